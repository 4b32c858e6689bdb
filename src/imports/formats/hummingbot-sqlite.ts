import type { DatabaseSync } from "node:sqlite";
import { isoFromMicros } from "../../base/time.ts";
import { decimalText, scaled } from "../../domain/decimal.ts";
import { byTime, type TimedItems } from "../by-time.ts";
import { RecordCells } from "../cells.ts";
import { boundedId, Occurrences, Told } from "../content-id.ts";
import { columnTypes, rowsOf, type SqlRow } from "../database-rows.ts";
import { type DatabaseFormat, type DatabaseInput, type ImportItem, mapped, told, Unmappable } from "../format.ts";
import { hummingbotFill, type HummingbotCourse, hummingbotMarket, hummingbotSide, positionOf } from "../hummingbot.ts";

/** Since its version 20220130 prices and amounts are integers of a millionth, cut off there. */
const SCALE = 6;
const SCALED = ["price", "amount", "filled"] as const;

/** The database of a Hummingbot instance: fills, orders with what became of them, funding payments. */
export const hummingbotSqlite: DatabaseFormat = {
  name: "hummingbot-sqlite",
  about: "SQLite database of Hummingbot: TradeFill, Order, OrderStatus, FundingPayment",
  tables: ["TradeFill", "Order", "OrderStatus"],
  openDatabase: (input) => {
    const reading = new Reading(input);
    const funding = columnTypes(input.database, "FundingPayment").size > 0 ? [reading.funding()] : [];
    return byTime([reading.orders(), reading.fills(), reading.statuses(), ...funding]);
  },
};

/** Of each order: what its fills and its statuses say. The order itself has neither its side nor what it filled. */
const ORDERS = `
  WITH filled AS (
    SELECT order_id, sum(amount) AS filled, min(trade_type) AS trade_type,
           max(nullif(position, 'NIL')) AS filled_position
    FROM TradeFill GROUP BY order_id
  ), said AS (
    SELECT order_id, min(CASE WHEN status LIKE 'Buy%' THEN 'BUY' WHEN status LIKE 'Sell%' THEN 'SELL' END) AS said_type
    FROM OrderStatus GROUP BY order_id
  ), known AS (
    SELECT o.*, coalesce(said.said_type, filled.trade_type) AS trade_type, filled.filled, filled.filled_position
    FROM "Order" AS o LEFT JOIN filled ON filled.order_id = o.id LEFT JOIN said ON said.order_id = o.id
  )`;

class Reading {
  readonly #database: DatabaseSync;
  readonly #course: HummingbotCourse;
  readonly #rowRead: () => void;
  readonly #isScaled: boolean;
  #row = 0;

  constructor({ database, options, rowRead }: DatabaseInput) {
    this.#database = database;
    this.#course = { options, instruments: new Told(), occurrences: new Occurrences() };
    this.#rowRead = rowRead;
    this.#isScaled = /INT/i.test(columnTypes(database, "TradeFill").get("amount") ?? "");
  }

  fills(): Iterable<TimedItems> {
    return this.#items("SELECT * FROM TradeFill ORDER BY timestamp, rowid", (row) => hummingbotFill(row, this.#course));
  }

  orders(): Iterable<TimedItems> {
    const sql = `${ORDERS} SELECT *, creation_timestamp AS timestamp FROM known ORDER BY timestamp, id`;
    return this.#items(sql, (row) => this.#placed(row));
  }

  statuses(): Iterable<TimedItems> {
    const sql = `${ORDERS} SELECT known.*, s.timestamp AS timestamp, s.status AS status, s.order_id AS order_id
      FROM OrderStatus AS s LEFT JOIN known ON known.id = s.order_id ORDER BY s.timestamp, s.id`;
    return this.#items(sql, (row) => this.#became(row));
  }

  funding(): Iterable<TimedItems> {
    return this.#items("SELECT * FROM FundingPayment ORDER BY timestamp", (row) => this.#paid(row));
  }

  *#items(sql: string, map: (row: RecordCells) => readonly ImportItem[]): Generator<TimedItems, void> {
    for (const row of rowsOf(this.#database, sql)) {
      this.#rowRead();
      const line = ++this.#row;
      yield {
        at: Number(row["timestamp"] ?? 0),
        items: mapped(line, () => map(new RecordCells(line, this.#isScaled ? unscaled(row) : row))),
      };
    }
  }

  #placed(row: RecordCells): ImportItem[] {
    const { envelope, venue, symbol } = hummingbotMarket(row, this.#course.options);
    const ts = isoFromMicros(row.needTime("timestamp"));
    const type = row.get("trade_type");
    if (type === undefined) throw new Unmappable("neither status nor fill says whether the order buys or sells");
    const price = row.decimal("price");
    const orderId = row.need("id");
    return [
      told(row.line, {
        type: "order.placed",
        ...envelope,
        ts,
        id: boundedId(`order:${orderId}`),
        order_id: orderId,
        venue,
        symbol,
        side: hummingbotSide(type),
        price: price === "0" ? undefined : price,
        size: row.needDecimal("amount"),
        order_type: ORDER_TYPES[row.get("order_type") ?? ""],
        ...positionOf(actionOf(row)),
        exchange_order_id: row.get("exchange_order_id"),
      }),
    ];
  }

  #became(row: RecordCells): readonly ImportItem[] {
    const { line } = row;
    const status = row.need("status");
    const orderId = row.need("order_id");
    if (/^OrderFilled$|^(?:Buy|Sell)OrderCompleted$/.test(status))
      return [{ line, leftOut: "a status that the order's fills tell already" }];
    const type = STATUSES.find(([pattern]) => pattern.test(status))?.[1];
    if (type === undefined) throw new Unmappable("the status is unknown", status);
    if (row.get("market") === undefined)
      throw new Unmappable("the order of the status is not in the database", orderId);
    const { envelope, venue, symbol } = hummingbotMarket(row, this.#course.options);
    return [
      told(line, {
        type,
        ...envelope,
        ts: isoFromMicros(row.needTime("timestamp")),
        id: boundedId(`${type}:${orderId}`),
        order_id: orderId,
        venue,
        symbol,
        // A sum of floats is no exact decimal.
        filled_size: type === "order.acknowledged" || !this.#isScaled ? undefined : (row.decimal("filled") ?? "0"),
      }),
    ];
  }

  #paid(row: RecordCells): ImportItem[] {
    const { envelope, venue, symbol, quote } = hummingbotMarket(row, this.#course.options);
    const at = row.need("timestamp");
    return [
      told(row.line, {
        type: "income",
        ...envelope,
        ts: isoFromMicros(row.needTime("timestamp")),
        id: boundedId(`funding:${venue}:${symbol}:${at}`),
        income_type: "FUNDING_FEE",
        amount: row.needDecimal("amount"),
        currency: quote,
        venue,
        symbol,
        transaction_id: at,
        funding_rate: row.number("rate"),
      }),
    ];
  }
}

const ORDER_TYPES: Readonly<Record<string, string>> = { LIMIT: "limit", LIMIT_MAKER: "limit_maker", MARKET: "market" };

const STATUSES = [
  [/^(?:Buy|Sell)OrderCreated$/, "order.acknowledged"],
  [/^OrderCancelled$/, "order.cancelled"],
  [/^OrderFailure$/, "order.rejected"],
  [/^OrderExpired$/, "order.expired"],
] as const;

/** Old versions say NIL of the order where its fills say OPEN. */
function actionOf(row: RecordCells): string | undefined {
  const own = row.get("position");
  return own === undefined || own === "NIL" ? row.get("filled_position") : own;
}

/** The row with its integers of a millionth as exact decimals. */
function unscaled(row: SqlRow): SqlRow {
  const whole = SCALED.flatMap((name) => {
    const value = row[name];
    return typeof value === "bigint" ? [[name, decimalText(scaled(value, SCALE))] as const] : [];
  });
  return { ...row, ...Object.fromEntries(whole) };
}
