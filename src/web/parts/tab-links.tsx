import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Page } from "../shell/pages.ts";

interface TabLink {
  readonly to: Page["to"] | `/performance/${"overview" | "trends" | "assets" | "metrics" | "days"}`;
  readonly label: string;
  readonly search?: Readonly<Record<string, string | undefined>>;
  /** Whether it is the one that is shown. */
  readonly current: boolean;
}

/** Two or three views of one matter, each with an address of its own. */
export function TabLinks({ label, links }: { readonly label: string; readonly links: readonly TabLink[] }): ReactNode {
  return (
    <nav aria-label={label} className="flex shrink-0 overflow-x-auto border-n5 border-b px-3">
      {links.map(({ to, label: text, search, current }) => (
        <Link
          key={text}
          to={to}
          search={search ?? {}}
          aria-current={current ? "true" : undefined}
          className={`-mb-px whitespace-nowrap border-b-2 px-2 py-1.5 hover:text-n12 ${current ? "border-n12 text-n12" : "border-transparent text-n9"}`}
        >
          {text}
        </Link>
      ))}
    </nav>
  );
}
