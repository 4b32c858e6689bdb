import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from "react";

/** A column of a table that shows only the rows in view: its head names the unit, its cells do not. */
export interface GridColumn<Row> {
  readonly name: string;
  readonly head: string;
  /** What the head means, on hover. */
  readonly hint?: string;
  readonly numeric?: boolean;
  /** A track of a CSS grid. */
  readonly width: string;
  /** Left out when the frame gets narrower, among the first or the second; a card shows it again. */
  readonly out?: "first" | "second";
  readonly wraps?: boolean;
  /** Where the cell goes when the row is a card: its title, a line of its own, or nowhere. */
  readonly card?: "title" | "wide" | "none";
  /** What rows are sorted by when the head is pressed; what is undefined comes last. A head without it cannot be. */
  readonly sortBy?: (row: Row) => number | string | undefined;
  readonly cell: (row: Row) => ReactNode;
}

interface VirtualTableProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  /** In the order that holds while no head was pressed. */
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowData?: (row: Row) => Readonly<Record<`data-${string}`, string | undefined>>;
  /** What stands below the cells of a row, over its whole width. */
  readonly below?: (row: Row) => ReactNode;
  /** What scrolls the rows; the page's `main` when absent. */
  readonly scroller?: () => HTMLElement | null;
}

interface Sorting {
  readonly name: string;
  readonly descending: boolean;
}

const ROW_PX = 32;
/** Rows beyond the view that are ready in the document. */
const OVERSCAN = 8;

const pageMain = (): HTMLElement | null => document.getElementById("content");

/**
 * A table of any length: only the rows in view of what scrolls them are in the document. In a narrow frame its rows are
 * cards. Heads sort where they can.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>): ReactNode {
  const { label, columns, rows, rowKey, scroller = pageMain } = props;
  const [sorting, setSorting] = useState<Sorting>();
  const body = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => sortedRows(rows, columns, sorting), [rows, columns, sorting]);
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: scroller,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => keyAt(sorted, index, rowKey),
    overscan: OVERSCAN,
    scrollMargin: useOffset(body, scroller),
  });
  const items = virtual.getVirtualItems();
  const start = (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles
    <div role="table" aria-label={label} aria-rowcount={rows.length + 1} style={tracks(columns)}>
      <Heads columns={columns} sorting={sorting} onSort={setSorting} />
      <div ref={body} style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${Math.max(0, start)}px)` }}>
          {items.map(({ index, key }) => {
            const row = sorted[index];
            return row === undefined ? null : (
              <Line key={key} {...props} row={row} index={index} measure={virtual.measureElement} />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function keyAt<Row>(rows: readonly Row[], index: number, rowKey: (row: Row) => string): string {
  const row = rows[index];
  return row === undefined ? String(index) : rowKey(row);
}

/** How far below the top of what scrolls them the rows begin, in px; looked at again after every render. */
function useOffset(body: { readonly current: HTMLDivElement | null }, scroller: () => HTMLElement | null): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const main = scroller();
    if (main === null || body.current === null) return;
    const top = body.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
    if (Math.abs(top - offset) > 1) setOffset(top);
  });
  return offset;
}

function tracks<Row>(columns: readonly GridColumn<Row>[]): CSSProperties {
  const widths = (shown: readonly GridColumn<Row>[]): string => shown.map(({ width }) => width).join(" ");
  const custom = {
    "--columns": widths(columns),
    "--columns-less": widths(columns.filter(({ out }) => out !== "first")),
    "--columns-least": widths(columns.filter(({ out }) => out === undefined)),
  };
  return custom as CSSProperties;
}

function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly GridColumn<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const sortBy = columns.find(({ name }) => name === sorting?.name)?.sortBy;
  if (sorting === undefined || sortBy === undefined) return rows;
  const sign = sorting.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, by: sortBy(row) }))
    .toSorted((a, b) => {
      if (a.by === undefined || b.by === undefined) return Number(a.by === undefined) - Number(b.by === undefined);
      return a.by < b.by ? -sign : a.by > b.by ? sign : 0;
    })
    .map(({ row }) => row);
}

interface HeadsProps<Row> {
  readonly columns: readonly GridColumn<Row>[];
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
}

function Heads<Row>({ columns, sorting, onSort }: HeadsProps<Row>): ReactNode {
  const press = ({ name, numeric }: GridColumn<Row>): void => {
    const first = numeric === true;
    if (sorting?.name !== name) onSort({ name, descending: first });
    else if (sorting.descending === first) onSort({ name, descending: !first });
    else onSort(undefined);
  };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the row of heads is not for focus
    // biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles
    <div role="row" aria-rowindex={1} className="grid-heads">
      {columns.map((column) => {
        const mine = sorting?.name === column.name ? sorting : undefined;
        const order = mine === undefined ? "none" : mine.descending ? "descending" : "ascending";
        return (
          // biome-ignore lint/a11y/useFocusableInteractive: the button in it has the focus
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={column.name}
            role="columnheader"
            title={column.hint}
            className={cellClass(column)}
            {...(column.sortBy === undefined ? {} : { "aria-sort": order })}
          >
            {column.sortBy === undefined ? (
              column.head
            ) : (
              <button type="button" onClick={() => press(column)} className="hover:text-n12">
                {column.head}
                {mine !== undefined && <span aria-hidden="true">{mine.descending ? " ▾" : " ▴"}</span>}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

interface LineProps<Row> extends VirtualTableProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly measure: (element: Element | null) => void;
}

function Line<Row>({ columns, row, index, measure, rowData, below }: LineProps<Row>): ReactNode {
  const more = below?.(row);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table that shows only a part of its rows is made of roles
    <div
      ref={measure}
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      tabIndex={-1}
      data-row=""
      {...rowData?.(row)}
      className="grid-row data-row"
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div key={column.name} role="cell" data-head={column.head} className={`cell ${cellClass(column)}`}>
          {column.cell(row)}
        </div>
      ))}
      {more !== undefined && more !== null && (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div role="cell" className="cell cell-full">
          {more}
        </div>
      )}
    </div>
  );
}

function cellClass<Row>({ name, numeric, out, wraps, card }: GridColumn<Row>): string {
  const classes = {
    [`cell-at-${name}`]: true,
    "cell-numeric": numeric === true,
    [`cell-${out}-out`]: out !== undefined,
    "cell-wraps": wraps === true,
    [`cell-${card}`]: card !== undefined,
  };
  return Object.entries(classes)
    .filter(([, holds]) => holds)
    .map(([each]) => each)
    .join(" ");
}
