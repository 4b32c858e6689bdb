import type { ReactNode } from "react";
import type { TradeFilter } from "../../view/trade-filter.ts";
import { TabLinks } from "../parts/tab-links.tsx";

/** Fills and orders side by side; what both can be narrowed to goes along. */
export function TradeTabs({
  current,
  filter: { status: _, ...filter },
}: {
  readonly current: "/fills" | "/orders";
  readonly filter: TradeFilter;
}): ReactNode {
  return (
    <TabLinks
      label="Trades"
      links={[
        { to: "/fills", label: "Fills", search: filter, current: current === "/fills" },
        { to: "/orders", label: "Orders", search: filter, current: current === "/orders" },
      ]}
    />
  );
}
