import type { SQLOutputValue } from "node:sqlite";
import { RecordCells } from "../cells.ts";
import { Told } from "../content-id.ts";
import { rowsOf, type SqlRow } from "../database-rows.ts";
import { type DatabaseFormat, type DatabaseInput, type ImportItem, refused } from "../format.ts";
import { freqtradeItems } from "../freqtrade.ts";

/** The database of a freqtrade instance: every trade with its orders. */
export const freqtradeSqlite: DatabaseFormat = {
  name: "freqtrade-sqlite",
  about: "SQLite database of freqtrade: trades, orders",
  tables: ["trades", "orders"],
  openDatabase: items,
};

/** Both tables are read side by side, so that memory holds one trade with its orders. */
function* items({ database, options, rowRead }: DatabaseInput): Generator<ImportItem, void> {
  const course = { options, instruments: new Told() };
  let line = 0;
  const cells = (row: SqlRow): RecordCells => {
    rowRead();
    return new RecordCells(++line, row);
  };
  const orders = new Ahead(rowsOf(database, "SELECT * FROM orders ORDER BY ft_trade_id, id"));
  const lost = (order: SqlRow): ImportItem =>
    refused(cells(order).line, "the trade of the order is not in the database", String(order["ft_trade_id"]));
  for (const row of rowsOf(database, "SELECT * FROM trades ORDER BY id")) {
    const id = row["id"];
    for (const order of orders.takeWhile(({ ft_trade_id }) => isBefore(ft_trade_id, id))) yield lost(order);
    const own = [...orders.takeWhile(({ ft_trade_id }) => ft_trade_id === id)];
    yield* freqtradeItems({ trade: cells(row), orders: own.map(cells) }, course);
  }
  for (const order of orders.takeWhile(() => true)) yield lost(order);
}

/** NULL stands first, as SQLite sorts it. */
const isBefore = (value: SQLOutputValue | undefined, bound: SQLOutputValue | undefined): boolean =>
  value === null || value === undefined || (typeof value === "bigint" && typeof bound === "bigint" && value < bound);

/** Rows with a look at the next one. */
class Ahead {
  readonly #rows: Iterator<SqlRow>;
  #next: SqlRow | undefined;

  constructor(rows: Iterable<SqlRow>) {
    this.#rows = rows[Symbol.iterator]();
    this.#step();
  }

  #step(): void {
    const step = this.#rows.next();
    this.#next = step.done === true ? undefined : step.value;
  }

  *takeWhile(isWanted: (row: SqlRow) => boolean): Generator<SqlRow, void> {
    for (; this.#next !== undefined && isWanted(this.#next); this.#step()) yield this.#next;
  }
}
