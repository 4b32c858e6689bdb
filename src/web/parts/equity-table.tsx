import { type ReactNode, useMemo } from "react";
import type { EquityRow } from "../../protocol/api-money.ts";
import { type EquityLine, equityLines, type LimitUse } from "../../view/equity-rows.ts";
import { moment } from "../../view/time-format.ts";
import { useDeskNowMs } from "../live/use-desk.ts";
import { ShareBar } from "./marks.tsx";
import { toneClass, Value } from "./value.tsx";
import { botColumn } from "./bot-column.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

const columns: readonly GridColumn<EquityLine>[] = [
  botColumn,
  {
    name: "venue",
    head: "Said by",
    hint: "the venue whose account it is, or the bot itself",
    width: "minmax(4.5rem, 7rem)",
    out: "second",
    sortBy: ({ row }) => row.venue ?? undefined,
    cell: ({ row: { venue } }) => (venue === null ? <span className="text-n9">the bot</span> : venue),
  },
  {
    name: "equity",
    head: "Equity",
    numeric: true,
    width: "6rem",
    sortBy: ({ row }) => row.equity,
    cell: ({ equity }) => <Value shown={equity} flash />,
  },
  {
    name: "currency",
    head: "In",
    width: "3.25rem",
    sortBy: ({ row }) => row.currency ?? undefined,
    cell: ({ currency }) => <Value shown={currency} />,
  },
  {
    name: "drawdown",
    head: "Drawdown %",
    hint: "below the peak of the equity now, held against its limit, at which nothing stops by itself",
    width: "minmax(8rem, 14rem)",
    card: "wide",
    sortBy: ({ drawdown }) => drawdown.share,
    cell: ({ drawdown }) => <Limit use={drawdown} />,
  },
  {
    name: "largest",
    head: "Largest %",
    hint: "the largest drawdown that was reported",
    numeric: true,
    width: "4.5rem",
    sortBy: ({ row }) => (typeof row.max_drawdown.value === "number" ? row.max_drawdown.value : undefined),
    cell: ({ maxDrawdown }) => <Value shown={maxDrawdown} />,
  },
  {
    name: "loss",
    head: "Lost today %",
    hint: "of the equity at 00:00 UTC, held against its limit, at which nothing stops by itself",
    width: "minmax(8rem, 14rem)",
    card: "wide",
    sortBy: ({ dailyLoss }) => dailyLoss.share,
    cell: ({ dailyLoss }) => <Limit use={dailyLoss} />,
  },
  {
    name: "at",
    head: "Reported UTC",
    numeric: true,
    width: "6rem",
    out: "second",
    sortBy: ({ row }) => row.at,
    cell: ({ row }) => <Reported at={row.at} />,
  },
];

function Reported({ at }: { readonly at: string }): ReactNode {
  return <Value shown={moment(at, useDeskNowMs())} />;
}

/** A loss as a bar that is full at its limit, with the number and a word. */
function Limit({ use: { shown, share, sign, word, tone } }: { readonly use: LimitUse }): ReactNode {
  return (
    <span className="block min-w-24 text-left" data-limit={word}>
      <span className="flex gap-2">
        <Value shown={shown} flash />
        {word !== undefined && (
          <span className={`ml-auto whitespace-nowrap text-12 ${toneClass(tone)}`}>
            <span aria-hidden="true">{sign}</span> {word}
          </span>
        )}
      </span>
      <ShareBar share={share} tone={tone} />
    </span>
  );
}

/** Equity as it was reported, with the losses that follow from it beside their limits, the largest drawdown first. */
export function EquityTable({ rows }: { readonly rows: readonly EquityRow[] }): ReactNode {
  const lines = useMemo(() => equityLines(rows), [rows]);
  return (
    <VirtualTable
      label="Equity"
      columns={columns}
      rows={lines}
      rowKey={({ key }) => key}
      rowData={({ row }) => ({ "data-equity": row.bot })}
    />
  );
}
