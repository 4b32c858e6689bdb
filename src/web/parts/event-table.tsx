import { type ReactNode, useMemo } from "react";
import type { PositionsAnswer } from "../../protocol/api-trading.ts";
import { type EventRow, eventTable } from "../../view/position-rows.ts";
import { unknownValue } from "../../view/shown.ts";
import type { Stamped } from "../live/desk-store.ts";
import { Age } from "./age.tsx";
import { LevelMark } from "./level-mark.tsx";
import { RowMode } from "./marks.tsx";
import { Value } from "./value.tsx";
import { type GridColumn, VirtualTable } from "./virtual-table.tsx";

/** A mark this old is amber: its profit is that of yesterday's price. */
const MARK_OLD_S = 60;

interface Row extends EventRow {
  readonly atMs: number;
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function columnsFor(venues: readonly string[]): GridColumn<Row>[] {
  return [
    {
      name: "event",
      head: "Event",
      width: "minmax(8rem, 1fr)",
      card: "title",
      wraps: true,
      sortBy: ({ title }) => title.text.toLowerCase(),
      cell: ({ title, id, mode, unhedged }) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="line-clamp-3 min-w-0 text-n12 [overflow-wrap:anywhere]" title={title.full ?? title.text}>
            {title.text}
          </span>
          {id !== undefined && (
            <span className="min-w-0 text-12 text-n9 [overflow-wrap:anywhere]" data-event-id="">
              {id}
            </span>
          )}
          <RowMode mode={mode} />
          {unhedged && (
            <span className="shrink-0 text-12 text-stale" title="its legs do not cancel out">
              ⚠ open leg
            </span>
          )}
        </span>
      ),
    },
    ...venues.map(
      (venue, index): GridColumn<Row> => ({
        name: `venue-${index}`,
        head: capitalised(venue),
        hint:
          venue === "elsewhere" ? "on other venues; which ones on hover" : `contracts on ${venue}: YES as +, NO as −`,
        numeric: true,
        width: "4.75rem",
        ...(index > 1 ? { out: "second" as const } : {}),
        sortBy: ({ sizes }) => numberIn(sizes[index]?.text),
        cell: (row) => {
          const size = row.sizes[index];
          return size === undefined ? <span className="text-n9">none</span> : <Value shown={size} flash />;
        },
      }),
    ),
    ...figures,
  ];
}

/** The number that a shown text holds, for sorting. */
function numberIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replace("−", "-").replace(/[^\d.-]/g, ""));
  return Number.isNaN(value) || !/\d/.test(text) ? undefined : value;
}

const figures: readonly GridColumn<Row>[] = [
  {
    name: "net",
    head: "Net",
    hint: "what remains when the legs are set against each other",
    numeric: true,
    width: "4.25rem",
    sortBy: ({ net }) => numberIn(net.full ?? net.text),
    cell: ({ net }) => <Value shown={net} flash />,
  },
  {
    name: "gross",
    head: "Gross USD",
    numeric: true,
    width: "5.25rem",
    sortBy: ({ gross }) => numberIn(gross.full ?? gross.text),
    cell: ({ gross }) => <Value shown={gross} flash />,
  },
  {
    name: "level",
    head: "Level",
    hint: "how much the gross is; the limits stand below",
    width: "5rem",
    cell: ({ level }) => (level === undefined ? <span className="text-n9">—</span> : <LevelMark level={level} />),
  },
  {
    name: "pnl",
    head: "Unreal. USD",
    hint: "unrealised profit or loss at the mark",
    numeric: true,
    width: "5.25rem",
    sortBy: ({ unrealised }) => numberIn(unrealised.full ?? unrealised.text),
    cell: ({ unrealised }) => <Value shown={unrealised} flash />,
  },
  {
    name: "mark",
    head: "Mark age",
    hint: "of its oldest mark price",
    numeric: true,
    width: "3.75rem",
    out: "second",
    sortBy: ({ markAgeS }) => markAgeS,
    cell: ({ markAgeS, atMs }) =>
      markAgeS === undefined ? (
        <Value shown={unknownValue("no mark price came")} />
      ) : (
        <Age ageS={markAgeS} atMs={atMs} limitS={MARK_OLD_S} />
      ),
  },
];

/** Source document 4's positions: one row an event, with what is held of it on each venue. */
export function EventTable({ positions }: { readonly positions: Stamped<PositionsAnswer> }): ReactNode {
  const { venues, rows } = useMemo(() => {
    const table = eventTable(positions.data);
    return { venues: table.venues.join("\n"), rows: table.rows.map((row) => ({ ...row, atMs: positions.atMs })) };
  }, [positions]);
  const columns = useMemo(() => columnsFor(venues === "" ? [] : venues.split("\n")), [venues]);
  return (
    <VirtualTable
      label="Positions by event"
      columns={columns}
      rows={rows}
      rowKey={({ key }) => key}
      rowData={({ key }) => ({ "data-event": key })}
    />
  );
}
