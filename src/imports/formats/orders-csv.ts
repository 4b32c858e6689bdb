import { isoFromMicros } from "../../base/time.ts";
import { aliasedItems, hasRequired } from "../aliased-table.ts";
import { orderAliases } from "../column-aliases.ts";
import { boundedId } from "../content-id.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, told, Unmappable } from "../format.ts";
import { ownEnvelope } from "../own-envelope.ts";
import type { Row } from "../table.ts";

/** `orders.csv` as bots write it for themselves: one row, one order as it ended. */
export const ordersCsv: ImportFormat = {
  name: "orders-csv",
  about: "orders.csv of any bot: an order with its status a row, columns by their usual names",
  detect: (head, columns) => hasRequired(head, orderAliases, columns),
  open: (input) => aliasedItems(input, orderAliases, (row) => orderItems(row, input.options)),
};

type End = "open" | "filled" | "order.cancelled" | "order.rejected" | "order.expired";

const STATUSES: Readonly<Record<End, readonly string[]>> = {
  open: ["open", "new", "active", "pending", "placed", "submitted", "accepted", "partiallyfilled", "partial"],
  filled: ["filled", "fullyfilled", "closed", "done", "executed", "completed", "complete"],
  "order.cancelled": ["canceled", "cancelled", "partiallycanceled", "partiallycancelled"],
  "order.rejected": ["rejected", "failed", "error"],
  "order.expired": ["expired", "expiredinmatch"],
};

function endOf(row: Row): End {
  const said = row.need("status");
  const word = said.toLowerCase().replace(/[\s_-]+/g, "");
  const ends: readonly End[] = ["open", "filled", "order.cancelled", "order.rejected", "order.expired"];
  const end = ends.find((name) => STATUSES[name].includes(word));
  if (end === undefined) throw new Unmappable("the status is unknown", said);
  return end;
}

const SIDES: Readonly<Record<string, "buy" | "sell">> = {
  buy: "buy",
  long: "buy",
  bid: "buy",
  sell: "sell",
  short: "sell",
  ask: "sell",
};

/** Buy or sell. `long` of an order that only reduces may mean the position or the order. */
function sideOf(row: Row): "buy" | "sell" {
  const said = row.need("side").toLowerCase();
  const side = SIDES[said];
  if (side === undefined) throw new Unmappable("the side is none of buy, sell, long, short", said);
  if (row.flag("reduce_only") === true && (said === "long" || said === "short"))
    throw new Unmappable(
      'long or short of a reduce-only order is not plain: pass --columns "side=…" with buy or sell',
      said,
    );
  return side;
}

const ORDER_TYPES: Readonly<Record<string, string>> = {
  limit: "limit",
  market: "market",
  limitmaker: "limit_maker",
  postonly: "limit_maker",
};

function orderItems(row: Row, options: ImportOptions): ImportItem[] {
  const { line } = row;
  const orderId = row.need("order_id");
  const end = endOf(row);
  const base = {
    ...ownEnvelope(row, options),
    order_id: orderId,
    venue: row.get("venue") ?? "unknown",
    symbol: row.need("symbol"),
  };
  const side = sideOf(row);
  const size = row.needDecimal("size");
  const reduceOnly = row.flag("reduce_only");
  const type = row.get("order_type");
  const placed = told(line, {
    type: "order.placed",
    ...base,
    ts: isoFromMicros(row.needTime("time")),
    id: boundedId(`order:${orderId}`),
    side,
    price: priceOf(row, "price"),
    size,
    order_type: ORDER_TYPES[(type ?? "").toLowerCase().replace(/[\s_-]+/g, "")],
    venue_order_type: type,
    reduce_only: reduceOnly,
    intent: reduceOnly === undefined ? undefined : reduceOnly ? "exit" : "entry",
    time_in_force: row.get("time_in_force"),
  });
  return [placed, ...endItems(row, base, { end, side, size })];
}

interface Ended {
  readonly end: End;
  readonly side: "buy" | "sell";
  readonly size: string;
}

function endItems(
  row: Row,
  base: ReturnType<typeof ownEnvelope> & { readonly order_id: string; readonly venue: string; readonly symbol: string },
  { end, side, size }: Ended,
): ImportItem[] {
  const { line } = row;
  const ts = row.iso("end_time") ?? isoFromMicros(row.needTime("time"));
  const said = row.decimal("filled_size");
  const filled = said ?? (end === "filled" ? size : "0");
  if (end === "open") {
    const part = "what an open order has filled so far: it still changes";
    return filled === "0" ? [] : [{ line, leftOut: part }];
  }
  const id = boundedId(`${end}:${base.order_id}`);
  const ended =
    end === "filled" ? [] : [told(line, { type: end, ...base, ts, id, filled_size: said, reason: row.get("reason") })];
  if (filled === "0") return end === "filled" ? [{ line, leftOut: "a fill of nothing" }] : ended;
  const price = priceOf(row, "avg_price") ?? priceOf(row, "price");
  if (price === undefined) return [{ line, leftOut: "a fill without a price" }, ...ended];
  const fill = told(line, {
    type: "order.filled",
    ...base,
    ts,
    id: boundedId(`fill:${base.order_id}`),
    // The file has the order as a whole: all that it filled is one fill.
    fill_id: base.order_id,
    side,
    price,
    size: filled,
    fee: row.decimal("fee"),
    fee_currency: row.get("fee_currency"),
    reduce_only: row.flag("reduce_only"),
  });
  return [fill, ...ended];
}

/** Market orders are written with a price of 0. */
function priceOf(row: Row, column: string): string | undefined {
  const price = row.decimal(column);
  return price === "0" ? undefined : price;
}
