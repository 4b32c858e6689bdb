import { type ReactNode, useMemo } from "react";
import type { OrderView } from "../../protocol/api-trading.ts";
import { type OrderRow, orderRow } from "../../view/order-row.ts";
import { moment } from "../../view/time-format.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { dayOf } from "./fill-table.tsx";
import { Mark, RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface Row {
  readonly order: OrderView;
  readonly shown: OrderRow;
  readonly todayMs: number;
}

const columns: readonly GridColumn<Row>[] = [
  {
    name: "time",
    head: "Placed UTC",
    hint: "the bot's time",
    width: "5.75rem",
    sortBy: ({ order }) => order.placed_at,
    cell: ({ order, todayMs }) => <Value shown={moment(order.placed_at, todayMs)} />,
  },
  {
    name: "bot",
    head: "Bot",
    width: "minmax(5rem, 8rem)",
    sortBy: ({ order }) => order.bot,
    cell: ({ order }) => (
      <span className="flex items-center gap-1.5">
        <span className="truncate">{order.bot}</span>
        <RowMode mode={order.mode} />
      </span>
    ),
  },
  {
    name: "market",
    head: "Market",
    width: "minmax(8rem, 1fr)",
    card: "title",
    sortBy: ({ shown }) => shown.market.text,
    cell: ({ shown }) => (
      <span className="text-n12">
        <Value shown={shown.market} />
      </span>
    ),
  },
  { name: "venue", head: "Venue", width: "minmax(4rem, 6rem)", out: "first", cell: ({ order }) => order.venue },
  { name: "side", head: "Side", width: "3.25rem", cell: ({ shown }) => <Value shown={shown.side} /> },
  { name: "type", head: "Type", width: "4.75rem", out: "second", cell: ({ shown }) => <Value shown={shown.kind} /> },
  { name: "price", head: "Price", numeric: true, width: "5.75rem", cell: ({ shown }) => <Value shown={shown.price} /> },
  { name: "size", head: "Size", numeric: true, width: "5rem", cell: ({ shown }) => <Value shown={shown.size} /> },
  {
    name: "filled",
    head: "Filled",
    hint: "of its size; the fills and their average price on hover",
    numeric: true,
    width: "3.75rem",
    out: "second",
    cell: ({ shown }) => <Value shown={shown.filled} flash />,
  },
  {
    name: "status",
    head: "Status",
    width: "6.5rem",
    sortBy: ({ shown }) => shown.status.word,
    cell: ({ shown }) => <Mark mark={shown.status} />,
  },
  {
    name: "ack",
    head: "Ack ms",
    hint: "from placing to the venue's acknowledgement",
    numeric: true,
    width: "4rem",
    out: "first",
    sortBy: ({ shown }) => (shown.acknowledgedMs.reason === undefined ? Number(shown.acknowledgedMs.text) : undefined),
    cell: ({ shown }) => <Value shown={shown.acknowledgedMs} />,
  },
  {
    name: "why",
    head: "Why",
    width: "minmax(4rem, 10rem)",
    out: "first",
    card: "wide",
    cell: ({ shown }) => <span title={shown.detail}>{shown.detail}</span>,
  },
];

/** Orders as they stand. */
export function OrderTable({ orders }: { readonly orders: readonly OrderView[] }): ReactNode {
  const todayMs = dayOf(useDeskNowMs());
  const rows = useMemo(() => orders.map((order) => ({ order, shown: orderRow(order), todayMs })), [orders, todayMs]);
  return (
    <VirtualTable
      label="Orders"
      columns={columns}
      rows={rows}
      rowKey={({ order }) => `${order.seq} ${order.order_id}`}
      rowData={({ order }) => ({ "data-order": order.order_id })}
    />
  );
}
