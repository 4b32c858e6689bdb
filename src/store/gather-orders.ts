import { type Micros, isoFromMicros, micros } from "../base/time.ts";
import { type Decimal, ZERO, add, compare, decimal, decimalText, divide, multiply, isZero } from "../domain/decimal.ts";
import type { OrderFilter } from "../hub/ports.ts";
import type { OrderStatus, OrderView } from "../protocol/api-trading.ts";
import { CANDIDATES, type FactFilter, type Gathering, type Statement, fieldsOf, statementsOf } from "./gathering.ts";
import type { Page } from "./page.ts";
import type { Row } from "./row-mapping.ts";

const ENDS = ["cancelled", "rejected", "expired"] as const;
const LATER = ["acknowledged", ...ENDS] as const;
type LaterState = (typeof LATER)[number];

/** Decimals of an average price. */
const PRICE_SCALE = 18;

const PLACED_FIELDS = [
  "strategy",
  "account",
  "order_type",
  "intent",
  "reduce_only",
  "price",
  "pair_id",
] as const satisfies readonly (keyof OrderView)[];

/** A page of orders: each `order.placed` with what later events say of it, by natural key, and its fills. */
export function* gatherOrders(filter: OrderFilter): Gathering<Page> {
  const { placed, reached, complete } = yield* placedOrders(filter);
  const keys = placed.flatMap((row) => LATER.map((state) => laterKey(String(row["key"]), state)));
  const statements = yield* statementsOf(keys, placed, filter.upTo);
  const orders = placed.flatMap((row) => statements.get(String(row["key"])) ?? []);
  const fills = yield* fillsOf(orders, filter.upTo);
  const open = new Set(filter.open);
  const texts: string[] = [];
  for (const [index, order] of orders.entries()) {
    const parts = { order, statements, fills: fills.get(identityOf(order.key)) ?? [], rests: open.has(order.seq) };
    const view = orderView(parts);
    if (!fits(view, filter)) continue;
    texts.push(JSON.stringify(view));
    if (texts.length < filter.limit) continue;
    const last = complete && index === orders.length - 1;
    return { texts, lastSeq: last ? undefined : order.seq, complete: last };
  }
  return { texts, lastSeq: complete ? undefined : reached, complete };
}

interface Candidates {
  readonly placed: readonly Row[];
  /** `seq` of the last row that was looked at. */
  readonly reached: number | undefined;
  readonly complete: boolean;
}

function* placedOrders(filter: OrderFilter): Gathering<Candidates> {
  const { limit, status, strategy, beforeSeq = Number.MAX_SAFE_INTEGER, upTo } = filter;
  const before = Math.min(beforeSeq, upTo + 1);
  const facts: FactFilter = { ...eventFilter(filter), type: "order.placed", beforeSeq: before, order: "newest" };
  if (status === "open" || status === "partially_filled") {
    const resting = filter.open.filter((seq) => seq < before).sort((a, b) => b - a);
    const seqs = resting.slice(0, CANDIDATES);
    const placed = yield { ask: "facts", filter: { ...facts, seqs, limit: CANDIDATES } };
    return { placed, reached: seqs.at(-1), complete: seqs.length === resting.length };
  }
  const most = status === undefined && strategy === undefined ? Math.min(limit, CANDIDATES) : CANDIDATES;
  const rows = yield { ask: "facts", filter: { ...facts, limit: most } };
  const placed = rows.slice(0, most);
  return { placed, reached: placed.map((row) => Number(row["seq"])).at(-1), complete: rows.length <= most };
}

/** The part of a filter that a row of the log tells by itself: no later statement can change it. */
function eventFilter({ bot, mode, symbol, venue, orderId, from, to, limit }: OrderFilter): FactFilter {
  const given = { bot, mode, symbol, venue, orderId, from, to };
  return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), limit };
}

const fits = (view: OrderView, { status, strategy }: OrderFilter): boolean =>
  (status === undefined || view.status === status) && (strategy === undefined || view.strategy === strategy);

const laterKey = (placedKey: string, state: LaterState): string =>
  placedKey.replace("\torder.placed\t", `\torder.${state}\t`);

/** Id, account, venue and mode: what an order and its fills have in common. */
const identityOf = (placedKey: string): string => placedKey.replace("\torder.placed\t", "\t");

interface OrderFill {
  readonly seq: number;
  readonly ts: Micros;
  readonly price: Decimal;
  readonly size: Decimal;
}

/** The fills of orders that count, by the order's identity, in order of `seq`. */
function* fillsOf(orders: readonly Statement[], upTo: number): Gathering<Map<string, OrderFill[]>> {
  const fills = new Map<string, OrderFill[]>(orders.map(({ key }) => [identityOf(key), []]));
  const orderIds = [...new Set(orders.map(({ content }) => String(content["order_id"])))];
  if (orderIds.length === 0) return fills;
  const rows = (yield { ask: "fills", orderIds, upTo }).filter((row) => fills.has(orderOf(row)));
  const takenBack = rows.filter(({ voided }) => voided === 1 || voided === true).map(voidKey);
  const voids = takenBack.length === 0 ? [] : yield { ask: "keys", keys: takenBack, upTo };
  const voided = new Set(voids.map((row) => String(row["key"])));
  for (const row of rows) {
    const { price, size } = row;
    if (typeof price !== "string" || typeof size !== "string" || voided.has(voidKey(row))) continue;
    const fill = { seq: Number(row["seq"]), ts: micros(Number(row["ts"])), price: decimal(price), size: decimal(size) };
    fills.get(orderOf(row))?.push(fill);
  }
  return fills;
}

const placeOf = ({ account, bot, venue, mode }: Row): string =>
  `${String(account ?? bot)}\t${String(venue ?? "")}\t${String(mode)}`;
const orderOf = (row: Row): string => `${String(row["order_id"])}\t${placeOf(row)}`;
const voidKey = (row: Row): string => `${String(row["fill_id"])}\tfill.voided\t${placeOf(row)}`;

interface OrderParts {
  readonly order: Statement;
  readonly statements: ReadonlyMap<string, Statement>;
  readonly fills: readonly OrderFill[];
  readonly rests: boolean;
}

function orderView({ order, statements, fills, rests }: OrderParts): OrderView {
  const { seq, ts, key, content } = order;
  const size = String(content["size"]);
  const said = (state: LaterState): Statement | undefined => statements.get(laterKey(key, state));
  const { filled, cost, completedAt } = summed(fills, decimal(size));
  const end = ENDS.flatMap((state) => said(state) ?? []).sort((a, b) => a.seq - b.seq)[0];
  const acknowledged = said("acknowledged");
  const endedAt = completedAt ?? end?.ts;
  return {
    seq,
    ...(fieldsOf(content, ["order_id", "bot"]) as { order_id: string; bot: string }),
    mode: (content["mode"] ?? "live") as OrderView["mode"],
    ...(fieldsOf(content, ["venue", "symbol", "side"]) as Pick<OrderView, "venue" | "symbol" | "side">),
    size,
    ...fieldsOf(content, PLACED_FIELDS),
    filled_size: decimalText(filled),
    ...(isZero(filled) ? {} : { avg_price: decimalText(divide(cost, filled, PRICE_SCALE)) }),
    status: statusOf({ filled, completed: completedAt !== undefined, end, rests }),
    ...(completedAt !== undefined || end === undefined ? {} : fieldsOf(end.content, ["reason"])),
    placed_at: isoFromMicros(micros(ts)),
    ...(acknowledged === undefined ? {} : { acknowledged_at: isoFromMicros(micros(acknowledged.ts)) }),
    ...(endedAt === undefined ? {} : { ended_at: isoFromMicros(micros(endedAt)) }),
  };
}

/** What was filled, at which cost, and when the last of the order's size was; undefined while some of it is left. */
function summed(
  fills: readonly OrderFill[],
  size: Decimal,
): { readonly filled: Decimal; readonly cost: Decimal; readonly completedAt: Micros | undefined } {
  let filled = ZERO;
  let cost = ZERO;
  let completedAt: Micros | undefined;
  for (const fill of [...fills].sort((a, b) => a.ts - b.ts || a.seq - b.seq)) {
    filled = add(filled, fill.size);
    cost = add(cost, multiply(fill.price, fill.size));
    if (completedAt === undefined && compare(filled, size) >= 0) completedAt = fill.ts;
  }
  return { filled, cost, completedAt };
}

interface Standing {
  readonly filled: Decimal;
  readonly completed: boolean;
  readonly end: Statement | undefined;
  readonly rests: boolean;
}

/** What was filled as a whole is filled, whatever else was said; else the first end that was said counts. */
function statusOf({ filled, completed, end, rests }: Standing): OrderStatus {
  if (completed) return "filled";
  const ended = ENDS.find((state) => end?.content["type"] === `order.${state}`);
  if (ended !== undefined) return ended;
  if (!rests) return "unknown";
  return isZero(filled) ? "open" : "partially_filled";
}
