import type { ReactNode } from "react";
import { TabLinks } from "../parts/tab-links.tsx";

const tabs = [
  { to: "/performance", label: "Made, and why" },
  { to: "/performance/overview", label: "Metrics overview" },
  { to: "/performance/trends", label: "Historical trends" },
  { to: "/performance/assets", label: "Per-asset analysis" },
  { to: "/performance/metrics", label: "All metrics" },
  { to: "/performance/days", label: "Daily summaries" },
] as const;

/** The parts of the page of performance, each with an address of its own. */
export function PerformanceTabs({ current }: { readonly current: (typeof tabs)[number]["to"] }): ReactNode {
  return <TabLinks label="Performance" links={tabs.map(({ to, label }) => ({ to, label, current: to === current }))} />;
}
