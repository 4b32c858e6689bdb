import { type ReactNode, useMemo } from "react";
import type { PositionsAnswer, PositionView } from "../../protocol/api-trading.ts";
import { type PositionRow, positionRow, repeatedTitles } from "../../view/position-rows.ts";
import { unknownValue } from "../../view/shown.ts";
import type { Stamped } from "../live/desk-store.ts";
import { Age } from "./age.tsx";
import { RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

interface Row {
  readonly position: PositionView;
  readonly shown: PositionRow;
  /** Another row has the same title. */
  readonly isRepeated: boolean;
  readonly atMs: number;
}

/** A mark this old is amber. */
const MARK_OLD_S = 60;

const columns: readonly GridColumn<Row>[] = [
  {
    name: "market",
    head: "Market",
    width: "minmax(9rem, 1fr)",
    card: "title",
    wraps: true,
    sortBy: ({ shown }) => shown.market.text.toLowerCase(),
    cell: ({ shown, position, isRepeated }) => (
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="line-clamp-2 min-w-0 text-n12 [overflow-wrap:anywhere]" title={shown.market.full}>
          {shown.market.text}
        </span>
        {isRepeated && <span className="min-w-0 text-12 text-n9 [overflow-wrap:anywhere]">{position.symbol}</span>}
        <RowMode mode={position.mode} />
        {shown.differs !== undefined && (
          <span className="shrink-0 text-12 text-stale" title={shown.differs}>
            ⚠ differs
          </span>
        )}
      </span>
    ),
  },
  {
    name: "venue",
    head: "Venue",
    width: "minmax(4rem, 6.5rem)",
    sortBy: ({ position }) => position.venue,
    cell: ({ position }) => position.venue,
  },
  {
    name: "bot",
    head: "Bot",
    width: "minmax(4.5rem, 7rem)",
    sortBy: ({ position }) => position.bot,
    cell: ({ position }) => <span title={position.bot}>{position.bot}</span>,
  },
  {
    name: "size",
    head: "Size",
    hint: "above 0 long, below 0 short",
    numeric: true,
    width: "5.5rem",
    sortBy: ({ position }) => Number(position.size),
    cell: ({ shown }) => <Value shown={shown.size} flash />,
  },
  {
    name: "entry",
    head: "Entry",
    hint: "average cost",
    numeric: true,
    width: "5.5rem",
    out: "first",
    cell: ({ shown }) => <Value shown={shown.entry} />,
  },
  {
    name: "mark",
    head: "Mark",
    numeric: true,
    width: "5.5rem",
    out: "first",
    cell: ({ shown }) => <Value shown={shown.mark} flash />,
  },
  {
    name: "age",
    head: "Mark age",
    numeric: true,
    width: "4rem",
    out: "second",
    sortBy: ({ shown }) => shown.markAgeS,
    cell: ({ shown, atMs }) =>
      shown.markAgeS === undefined ? (
        <Value shown={unknownValue("no mark price came")} />
      ) : (
        <Age ageS={shown.markAgeS} atMs={atMs} limitS={MARK_OLD_S} />
      ),
  },
  {
    name: "notional",
    head: "Notional",
    hint: "at average cost, in the currency beside it",
    numeric: true,
    width: "5.5rem",
    sortBy: ({ position }) => position.notional ?? undefined,
    cell: ({ shown }) => <Value shown={shown.notional} />,
  },
  {
    name: "pnl",
    head: "Unrealised",
    hint: "at the mark, in the currency beside it",
    numeric: true,
    width: "5.5rem",
    sortBy: ({ position }) => position.unrealized_pnl ?? undefined,
    cell: ({ shown }) => <Value shown={shown.unrealised} flash />,
  },
  {
    name: "currency",
    head: "In",
    hint: "the quote currency",
    width: "3.25rem",
    cell: ({ shown }) => <Value shown={shown.currency} />,
  },
];

/** By what its row is known: the title, as it is on each venue and for each bot. */
const titled = ({ title, bot, venue, outcome }: PositionView): { readonly title?: string } =>
  title === undefined ? {} : { title: [bot, venue, title, outcome ?? ""].join("\t") };

/** Every position by itself, the largest notional first. */
export function PositionTable({ positions }: { readonly positions: Stamped<PositionsAnswer> }): ReactNode {
  const rows = useMemo(() => {
    const repeated = repeatedTitles(positions.data.positions.map(titled));
    return positions.data.positions
      .toSorted((a, b) => (b.notional ?? -1) - (a.notional ?? -1))
      .map((position) => ({
        position,
        shown: positionRow(position),
        isRepeated: repeated.has(titled(position).title ?? ""),
        atMs: positions.atMs,
      }));
  }, [positions]);
  return (
    <VirtualTable
      label="Positions"
      columns={columns}
      rows={rows}
      rowKey={({ position: { mode, bot, account, venue, symbol } }) => [mode, bot, account, venue, symbol].join(" ")}
      rowData={({ position }) => ({ "data-position": `${position.venue}:${position.symbol}` })}
    />
  );
}
