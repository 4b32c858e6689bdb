import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo } from "react";
import type { OrderView } from "../../protocol/api-trading.ts";
import { orderStatuses } from "../../view/order-row.ts";
import { isEverything, type TradeFilter, tradeFilter } from "../../view/trade-filter.ts";
import { readOrders, readsAt } from "../live/hub-api.ts";
import { useDesk } from "../live/use-desk.ts";
import { useList } from "../live/use-list.ts";
import { ListEnd } from "../parts/list-end.tsx";
import { OrderTable } from "../parts/order-table.tsx";
import { Empty, Skeleton } from "../parts/panel.tsx";
import { TradeFilterBar } from "../parts/trade-filter-bar.tsx";
import { PageFrame } from "./page-frame.tsx";
import { TradeTabs } from "./trade-tabs.tsx";

const PAGE = 200;
const EVERY_MS = 3_000;

const keyOf = ({ mode, account, venue, order_id: id, seq }: OrderView): string =>
  [mode, account ?? "", venue, id, seq].join(" ");

/** All orders, newest first. */
export function Orders(): ReactNode {
  const search = useSearch({ from: "/desk/orders" });
  const navigate = useNavigate();
  const filter = useMemo(() => tradeFilter(search), [search]);
  return (
    <PageFrame title="Orders" note="newest first">
      <TradeTabs current="/orders" filter={filter} />
      <TradeFilterBar
        read="orders"
        filter={filter}
        statuses={orderStatuses}
        change={(next) => void navigate({ to: "/orders", search: next, replace: true })}
      />
      <Listed filter={filter} />
    </PageFrame>
  );
}

function Listed({ filter }: { readonly filter: TradeFilter }): ReactNode {
  const base = readsAt(useDesk().source);
  const readPage = useCallback(
    (cursor: string | undefined) => readOrders({ base, filter, limit: PAGE, cursor }),
    [base, filter],
  );
  const { items, state, trouble, loadOlder, refresh } = useList({ readPage, keyOf, everyMs: EVERY_MS });
  if (items === undefined && state !== "failed") return <Skeleton rows={12} />;
  return (
    <div className="@container min-w-0">
      {items?.length === 0 && (
        <Empty title={isEverything(filter) ? "No orders yet" : "No order is like that"}>
          {isEverything(filter)
            ? "They show here when a bot reports one with order.placed."
            : "Another bot, venue, symbol or status may have some."}
        </Empty>
      )}
      {items !== undefined && items.length > 0 && <OrderTable orders={items} />}
      {(items?.length !== 0 || state === "failed") && (
        <ListEnd what="orders" state={state} trouble={trouble} loadOlder={loadOlder} retry={refresh} />
      )}
    </div>
  );
}
