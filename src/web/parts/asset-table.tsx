import { type ReactNode, useMemo } from "react";
import type { AssetsAnswer } from "../../protocol/api-execution.ts";
import { type AssetLine, assetLine } from "../../view/asset-rows.ts";
import type { Shown } from "../../view/shown.ts";
import { RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface Instrument {
  readonly venue: string;
  readonly asset: string;
}

interface AssetTableProps {
  readonly answer: AssetsAnswer;
  readonly chosen: { readonly [K in keyof Instrument]: string | undefined };
  readonly choose: (instrument: Instrument) => void;
}

/** What each instrument made, and how well it was executed; a press on its name shows its markouts alone. */
export function AssetTable({ answer, chosen: { venue, asset }, choose }: AssetTableProps): ReactNode {
  const lines = useMemo(() => answer.rows.map((row) => assetLine(row, answer.markouts_reason)), [answer]);
  const name: GridColumn<AssetLine> = {
    name: "asset",
    head: "Instrument",
    width: "minmax(9rem, 1.6fr)",
    card: "title",
    wraps: true,
    sortBy: ({ row }) => row.symbol,
    cell: ({ row }) => (
      <span className="flex flex-wrap items-baseline gap-x-2">
        <button
          type="button"
          aria-pressed={row.symbol === asset && row.venue === venue}
          title={row.title ?? row.symbol}
          onClick={() => choose({ venue: row.venue, asset: row.symbol })}
          className="min-w-0 text-left text-n12 underline-offset-2 [overflow-wrap:anywhere] hover:underline"
        >
          {row.symbol}
        </button>
        <span className="text-12 text-n9">{row.venue}</span>
        <RowMode mode={row.mode} />
      </span>
    ),
  };
  return (
    <div className="@container min-w-0">
      <VirtualTable
        label="Instruments"
        columns={[name, ...figures]}
        rows={lines}
        rowKey={({ key }) => key}
        rowData={({ row }) => ({
          "data-asset": row.symbol,
          "data-chosen": row.symbol === asset && row.venue === venue ? "" : undefined,
        })}
      />
    </div>
  );
}

interface Figure {
  readonly name: string;
  readonly head: string;
  readonly hint?: string;
  readonly shown: (line: AssetLine) => Shown;
  readonly sortBy: (line: AssetLine) => number | undefined;
  readonly out?: "first" | "second";
}

const known = (value: number | "unbounded" | null): number | undefined => {
  if (value === "unbounded") return Number.POSITIVE_INFINITY;
  return value ?? undefined;
};

const FIGURES: readonly Figure[] = [
  {
    name: "net",
    head: "Net",
    hint: "realised + not realised − fees + funding, in the row's currency",
    shown: ({ net }) => net,
    sortBy: ({ row }) => row.net ?? undefined,
  },
  {
    name: "realised",
    head: "Realised",
    out: "second",
    shown: ({ realised }) => realised,
    sortBy: ({ row }) => row.realized,
  },
  {
    name: "unrealised",
    head: "Not real.",
    hint: "of what is held at the end of the range",
    out: "first",
    shown: ({ unrealised }) => unrealised,
    sortBy: ({ row }) => row.unrealized ?? undefined,
  },
  { name: "fees", head: "Fees", out: "first", shown: ({ fees }) => fees, sortBy: ({ row }) => row.fees ?? undefined },
  { name: "volume", head: "Volume", out: "first", shown: ({ volume }) => volume, sortBy: ({ row }) => row.volume },
  { name: "fills", head: "Fills", shown: ({ fills }) => fills, sortBy: ({ row }) => row.fills },
  {
    name: "win",
    head: "Win %",
    out: "first",
    shown: ({ winRate }) => winRate,
    sortBy: ({ row }) => known(row.win_rate_pct.value),
  },
  {
    name: "fill-rate",
    head: "Fill %",
    hint: "entry orders that were filled",
    out: "first",
    shown: ({ fillRate }) => fillRate,
    sortBy: ({ row }) => known(row.fill_rate_pct.value),
  },
  {
    name: "hit",
    head: "Hit %",
    hint: "quotes that ended with any fill",
    out: "second",
    shown: ({ hitRate }) => hitRate,
    sortBy: ({ row }) => known(row.hit_rate.value),
  },
  {
    name: "maker",
    head: "Maker %",
    out: "second",
    shown: ({ maker }) => maker,
    sortBy: ({ row }) => known(row.maker_ratio.value),
  },
  {
    name: "slippage",
    head: "Slip bps",
    hint: "of entries; above 0 is a cost",
    out: "second",
    shown: ({ slippage }) => slippage,
    sortBy: ({ row }) => known(row.entry_slippage_bps.value),
  },
  {
    name: "markout",
    head: "30 s bps",
    hint: "mean markout 30 s after the fill",
    shown: ({ markout }) => markout,
    sortBy: ({ row }) => known(row.markouts.find(({ horizon_s: s }) => s === 30)?.mean_bps.value ?? null),
  },
];

const figures = FIGURES.map(
  ({ name, head, hint, shown, sortBy, out }): GridColumn<AssetLine> => ({
    name,
    head,
    ...(hint === undefined ? {} : { hint }),
    ...(out === undefined ? {} : { out }),
    numeric: true,
    width: "minmax(4rem, 6rem)",
    sortBy,
    cell: (line) => <Value shown={shown(line)} />,
  }),
);
