import { type ReactNode, useMemo } from "react";
import type { PerformanceRow, WireMeasure } from "../../protocol/api-money.ts";
import { type PerformanceLine, performanceLine } from "../../view/performance-rows.ts";
import { Value } from "./value.tsx";
import { botColumn } from "./bot-column.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

/** What rows are sorted by: nothing lost is above every number, unknown is below. */
const sortable = ({ value }: WireMeasure): number | undefined =>
  value === "unbounded" ? Number.POSITIVE_INFINITY : (value ?? undefined);

const columns: readonly GridColumn<PerformanceLine>[] = [
  botColumn,
  {
    name: "currency",
    head: "In",
    hint: "the currency that the money of the row is in",
    width: "3.25rem",
    sortBy: ({ row }) => row.currency,
    cell: ({ row }) => row.currency,
  },
  {
    name: "net",
    head: "Net",
    hint: "realised − fees + funding",
    numeric: true,
    width: "5.25rem",
    sortBy: ({ row }) => row.net ?? undefined,
    cell: ({ net }) => <Value shown={net} flash />,
  },
  {
    name: "realised",
    head: "Realised",
    hint: "of what was closed, before fees",
    numeric: true,
    width: "5.25rem",
    sortBy: ({ row }) => row.realized ?? undefined,
    cell: ({ realised }) => <Value shown={realised} flash />,
  },
  {
    name: "fees",
    head: "Fees",
    hint: "what was paid as −, rebates as +",
    numeric: true,
    width: "4.5rem",
    sortBy: ({ row }) => (row.fees === null ? undefined : -row.fees),
    cell: ({ fees }) => <Value shown={fees} />,
  },
  {
    name: "funding",
    head: "Funding",
    hint: "received as +, paid as −",
    numeric: true,
    width: "4.5rem",
    out: "first",
    sortBy: ({ row }) => row.funding ?? undefined,
    cell: ({ funding }) => <Value shown={funding} />,
  },
  {
    name: "unrealised",
    head: "Not realised",
    hint: "of what is held now, at the marks of the moment; not in the net",
    numeric: true,
    width: "5.25rem",
    sortBy: ({ row }) => row.unrealized ?? undefined,
    cell: ({ unrealised }) => <Value shown={unrealised} flash />,
  },
  {
    name: "trades",
    head: "Trades",
    hint: "closed, n of the statistics beside it",
    numeric: true,
    width: "3.5rem",
    sortBy: ({ row }) => row.trades.closed,
    cell: ({ closed }) => <Value shown={closed} />,
  },
  {
    name: "wins",
    head: "Win %",
    hint: "won of won and lost, after fees",
    numeric: true,
    width: "3.25rem",
    sortBy: ({ row }) => sortable(row.trades.win_rate_pct),
    cell: ({ winRate }) => <Value shown={winRate} />,
  },
  {
    name: "expectancy",
    head: "A trade",
    hint: "expectancy: mean net profit of a trade",
    numeric: true,
    width: "4.5rem",
    out: "second",
    sortBy: ({ row }) => sortable(row.trades.expectancy),
    cell: ({ expectancy }) => <Value shown={expectancy} />,
  },
  {
    name: "factor",
    head: "Factor",
    hint: "profit factor: all that was won ÷ all that was lost",
    numeric: true,
    width: "3.25rem",
    out: "second",
    sortBy: ({ row }) => sortable(row.trades.profit_factor),
    cell: ({ profitFactor }) => <Value shown={profitFactor} />,
  },
  {
    name: "payoff",
    head: "Payoff",
    hint: "mean win ÷ mean loss",
    numeric: true,
    width: "3.25rem",
    out: "first",
    sortBy: ({ row }) => sortable(row.trades.payoff),
    cell: ({ payoff }) => <Value shown={payoff} />,
  },
  {
    name: "held",
    head: "Held",
    hint: "mean time that a trade was open",
    numeric: true,
    width: "3.5rem",
    out: "first",
    sortBy: ({ row }) => sortable(row.trades.avg_holding_hours),
    cell: ({ holding }) => <Value shown={holding} />,
  },
  {
    name: "maker",
    head: "Maker %",
    hint: "fills that rested in the book, of those that said",
    numeric: true,
    width: "3.75rem",
    out: "first",
    sortBy: ({ row }) => sortable(row.maker_ratio),
    cell: ({ makerPercent }) => <Value shown={makerPercent} />,
  },
];

/** What every bot made in each of its currencies, the largest net first. */
export function PerformanceTable({ rows }: { readonly rows: readonly PerformanceRow[] }): ReactNode {
  const lines = useMemo(() => rows.map(performanceLine), [rows]);
  return (
    <VirtualTable
      label="What each bot made"
      columns={columns}
      rows={lines}
      rowKey={({ key }) => key}
      rowData={({ row }) => ({ "data-made": `${row.bot} ${row.currency}` })}
    />
  );
}
