import { memo, type ReactNode } from "react";

/** A column of a table: its head names the unit, its cells do not. */
export interface Column<Row> {
  readonly head: string;
  /** What the head means, on hover. */
  readonly hint?: string;
  readonly numeric?: boolean;
  /** Where the cell goes when the row is a card: its title, a line of its own, or nowhere. */
  readonly card?: "title" | "wide" | "hidden";
  /** Left out of a table in a middling frame; a card shows it again. */
  readonly spare?: boolean;
  readonly wraps?: boolean;
  /** Takes the room that the others leave; its text is cut when that is little. */
  readonly grows?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  /** Few short columns, which stay a table in a narrow frame too. */
  readonly slim?: boolean;
  /** Names the table for those who cannot see where it stands. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Attributes of the row's element, such as `data-bot`. */
  readonly rowData?: (row: Row) => Readonly<Record<`data-${string}`, string>>;
}

/** A table; in a narrow frame its rows are cards. A row renders again only when the row itself changed. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowData,
  slim = false,
}: DataTableProps<Row>): ReactNode {
  return (
    <table className={slim ? "data-table slim" : "data-table"} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ head, hint, numeric, spare }) => (
            <th key={head} scope="col" title={hint} className={cellClass({ numeric, spare })}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TableRow key={rowKey(row)} row={row} columns={columns} rowData={rowData} />
        ))}
      </tbody>
    </table>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly rowData: DataTableProps<Row>["rowData"];
}

function PlainRow<Row>({ row, columns, rowData }: TableRowProps<Row>): ReactNode {
  return (
    <tr className="data-row" tabIndex={-1} data-row="" {...rowData?.(row)}>
      {columns.map((column) => (
        <td key={column.head} data-head={column.head} className={cellClass(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

const TableRow = memo(PlainRow) as typeof PlainRow;

type Placing = { readonly [K in "numeric" | "card" | "wraps" | "grows" | "spare"]?: Column<never>[K] | undefined };

function cellClass({ numeric, card, wraps, grows, spare }: Placing): string {
  const classes = { numeric, wraps, spare, grows, [`card-${card}`]: card !== undefined };
  return Object.entries(classes)
    .filter(([, holds]) => holds === true)
    .map(([name]) => name)
    .join(" ");
}
