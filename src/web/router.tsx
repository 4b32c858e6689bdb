import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  Link,
  retainSearchParams,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { eventFilter } from "../view/event-filter.ts";
import { tradeFilter } from "../view/trade-filter.ts";
import { Invitation, SetUp, SignIn } from "./pages/account.tsx";
import { BotDetail } from "./pages/bot-detail.tsx";
import { Bots } from "./pages/bots.tsx";
import { Connect } from "./pages/connect.tsx";
import { Edges } from "./pages/edges.tsx";
import { Fills } from "./pages/fills.tsx";
import { Health } from "./pages/health.tsx";
import { Overview } from "./pages/overview.tsx";
import { Rejected } from "./pages/rejected.tsx";
import { PageFrame } from "./pages/page-frame.tsx";
import { Empty, Trouble } from "./parts/panel.tsx";
import { DeskShell } from "./shell/shell.tsx";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

interface MetricSearch {
  readonly bot?: string | undefined;
  readonly window?: string | undefined;
  readonly search?: string | undefined;
  readonly metric?: string | undefined;
}

const metricSearch = (search: Record<string, unknown>): MetricSearch => ({
  bot: text(search["bot"]),
  window: text(search["window"]),
  search: text(search["search"]),
  metric: text(search["metric"]),
});

interface TrendSearch {
  readonly bot?: string | undefined;
  readonly range?: string | undefined;
  readonly by?: string | undefined;
  readonly a?: string | undefined;
  readonly b?: string | undefined;
}

const trendSearch = (search: Record<string, unknown>): TrendSearch => ({
  bot: text(search["bot"]),
  range: text(search["range"]),
  by: text(search["by"]),
  a: text(search["a"]),
  b: text(search["b"]),
});

interface AssetSearch {
  readonly bot?: string | undefined;
  readonly range?: string | undefined;
  readonly venue?: string | undefined;
  readonly asset?: string | undefined;
  readonly by?: string | undefined;
}

const assetSearch = (search: Record<string, unknown>): AssetSearch => ({
  bot: text(search["bot"]),
  range: text(search["range"]),
  venue: text(search["venue"]),
  asset: text(search["asset"]),
  by: text(search["by"]),
});

/** The replay that is watched stays in the address from page to page, so that a link to what is seen shows the same. */
const root = createRootRoute({
  errorComponent: Broken,
  validateSearch: (search: Record<string, unknown>): { replay?: string | undefined } => ({
    replay: text(search["replay"]),
  }),
  search: { middlewares: [retainSearchParams(["replay"])] },
});

/** What stands inside the strip and the navigation. */
const desk = createRoute({ getParentRoute: () => root, id: "desk", component: DeskShell });

const routeTree = root.addChildren([
  desk.addChildren([
    createRoute({ getParentRoute: () => desk, path: "/", component: Overview }),
    createRoute({ getParentRoute: () => desk, path: "/bots", component: Bots }),
    createRoute({ getParentRoute: () => desk, path: "/bots/$bot", component: BotDetail }),
    createRoute({
      getParentRoute: () => desk,
      path: "/controls",
      component: lazyRouteComponent(() => import("./pages/controls.tsx"), "Controls"),
      validateSearch: (
        search: Record<string, unknown>,
      ): { view?: string | undefined; command?: string | undefined } => ({
        view: text(search["view"]),
        command: text(search["command"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/markets",
      component: lazyRouteComponent(() => import("./pages/markets.tsx"), "Markets"),
      validateSearch: (search: Record<string, unknown>): { book?: string | undefined } => ({
        book: text(search["book"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/opportunities",
      component: lazyRouteComponent(() => import("./pages/opportunities.tsx"), "Opportunities"),
      validateSearch: (
        search: Record<string, unknown>,
      ): { action?: string | undefined; bot?: string | undefined; reason?: string | undefined } => ({
        action: text(search["action"]),
        bot: text(search["bot"]),
        reason: text(search["reason"]),
      }),
    }),
    createRoute({ getParentRoute: () => desk, path: "/fills", component: Fills, validateSearch: tradeFilter }),
    createRoute({
      getParentRoute: () => desk,
      path: "/orders",
      component: lazyRouteComponent(() => import("./pages/orders.tsx"), "Orders"),
      validateSearch: tradeFilter,
    }),
    createRoute({ getParentRoute: () => desk, path: "/edges", component: Edges }),
    createRoute({
      getParentRoute: () => desk,
      path: "/exposure",
      component: lazyRouteComponent(() => import("./pages/exposure.tsx"), "Exposure"),
      validateSearch: (search: Record<string, unknown>): { view?: string | undefined } => ({
        view: text(search["view"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance",
      component: lazyRouteComponent(() => import("./pages/performance.tsx"), "Performance"),
      validateSearch: (
        search: Record<string, unknown>,
      ): {
        window?: string | undefined;
        mode?: string | undefined;
        range?: string | undefined;
        bot?: string | undefined;
        cost?: "fifo" | undefined;
      } => ({
        window: text(search["window"]),
        mode: text(search["mode"]),
        range: text(search["range"]),
        bot: text(search["bot"]),
        cost: search["cost"] === "fifo" ? "fifo" : undefined,
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance/overview",
      component: lazyRouteComponent(() => import("./pages/metrics-overview.tsx"), "MetricsOverview"),
      validateSearch: (search: Record<string, unknown>): { bot?: string | undefined; window?: string | undefined } => ({
        bot: text(search["bot"]),
        window: text(search["window"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance/trends",
      component: lazyRouteComponent(() => import("./pages/historical-trends.tsx"), "HistoricalTrends"),
      validateSearch: trendSearch,
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance/assets",
      component: lazyRouteComponent(() => import("./pages/per-asset.tsx"), "PerAsset"),
      validateSearch: assetSearch,
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance/metrics",
      component: lazyRouteComponent(() => import("./pages/metrics.tsx"), "Metrics"),
      validateSearch: metricSearch,
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/performance/days",
      component: lazyRouteComponent(() => import("./pages/summaries.tsx"), "Summaries"),
      validateSearch: (search: Record<string, unknown>): { day?: string | undefined } => ({ day: text(search["day"]) }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/events",
      component: lazyRouteComponent(() => import("./pages/events.tsx"), "Events"),
      validateSearch: eventFilter,
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/replays",
      component: lazyRouteComponent(() => import("./pages/replays.tsx"), "Replays"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/imports",
      component: lazyRouteComponent(() => import("./pages/imports.tsx"), "Imports"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/reconciliation",
      component: lazyRouteComponent(() => import("./pages/reconciliation.tsx"), "Reconciliation"),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/people",
      component: lazyRouteComponent(() => import("./pages/people.tsx"), "People"),
      validateSearch: (search: Record<string, unknown>): { view?: string | undefined } => ({
        view: text(search["view"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/audit",
      component: lazyRouteComponent(() => import("./pages/audit.tsx"), "Audit"),
      validateSearch: (
        search: Record<string, unknown>,
      ): { kind?: string | undefined; who?: string | undefined; outcome?: string | undefined } => ({
        kind: text(search["kind"]),
        who: text(search["who"]),
        outcome: text(search["outcome"]),
      }),
    }),
    createRoute({
      getParentRoute: () => desk,
      path: "/account",
      component: lazyRouteComponent(() => import("./pages/own-account.tsx"), "OwnAccount"),
    }),
    createRoute({ getParentRoute: () => desk, path: "/health", component: Health }),
    createRoute({ getParentRoute: () => desk, path: "/rejected", component: Rejected }),
    createRoute({ getParentRoute: () => desk, path: "/connect", component: () => <Connect /> }),
    createRoute({ getParentRoute: () => desk, path: "$", component: NotFound }),
  ]),
  createRoute({ getParentRoute: () => root, path: "/set-up", component: SetUp }),
  createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn }),
  createRoute({ getParentRoute: () => root, path: "/invitation", component: Invitation }),
]);

/** The addresses of the page. A page that breaks leaves the others standing. */
export const router = createRouter({ routeTree, defaultErrorComponent: Broken });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

function NotFound(): ReactNode {
  return (
    <PageFrame title="There is no such page">
      <Empty title="Nothing is at this address">
        <Link to="/" className="underline underline-offset-2">
          To the overview
        </Link>
      </Empty>
    </PageFrame>
  );
}

function Broken({ error, reset }: ErrorComponentProps): ReactNode {
  return (
    <Trouble title="This page broke" retry={reset}>
      A bug of the page, not of your bots: {error instanceof Error ? error.message : String(error)}. The other pages go
      on; the events are safe in the hub.
    </Trouble>
  );
}
