import { micros } from "../../base/time.ts";
import { placedOrder } from "../../engine/orders.ts";
import { fillKey, type RolledFact, type Surroundings } from "../../engine/rollup/entries.ts";
import type { FullFill } from "../../engine/ledgers.ts";
import { type DeskEvent, type EventOf, isPairFill } from "../../protocol/event-types.ts";
import { naturalKey } from "../../protocol/natural-key.ts";
import type { Standing } from "../../protocol/recorded.ts";
import type { Row } from "../row-mapping.ts";
import { type Dialect, type Rolling, statement } from "./rolling.ts";

const FACT = `e.seq, e.ts, e.received_at, e.standing, e.of_seq, e.body, f.voided, f.fee, f.fee_currency, f.is_maker,
  f.funding, f.order_id`;
const WITH_FILL = "LEFT JOIN fills AS f ON f.seq = e.seq";

const quoted = (types: readonly string[]): string => types.map((type) => `'${type}'`).join(", ");

/** A row of the log with what later statements added to it. */
export interface LogFact extends RolledFact {
  readonly isVoided: boolean;
}

/** Rows of these types after one `seq` up to another, contradictions left out. */
export function* factsAfter(
  dialect: Dialect,
  { after, upTo, types }: { readonly after: number; readonly upTo: number; readonly types: readonly string[] },
): Rolling<LogFact[]> {
  const rows = yield statement(
    dialect,
    (bind) => `SELECT ${FACT} FROM events AS e ${WITH_FILL}
      WHERE e.seq > ${bind(after)} AND e.seq <= ${bind(upTo)} AND e.standing <> 'contradiction'
        AND e.type IN (${quoted(types)}) ORDER BY e.seq`,
  );
  return rows.map(factOf);
}

export interface Window {
  readonly types: readonly string[];
  readonly bot?: string | undefined;
  readonly mode?: string | undefined;
  /** What their text must hold, such as the name of a symbol. */
  readonly holding?: string | undefined;
  /** They took effect at `from` or later, and before `to`. */
  readonly from: number;
  readonly to: number;
  readonly upTo: number;
}

/** How far a bot's clock may be ahead (`effectiveTs`). */
const AHEAD_MICROS = 5_000_000;

/** First statements that took effect in a window of time. A clock that is ahead puts them before the time they tell. */
export function* factsBetween(dialect: Dialect, window: Window): Rolling<LogFact[]> {
  const { types, bot, mode, holding, from, to, upTo } = window;
  const fits = (bind: (value: string | number) => string): string =>
    [
      `e.standing = 'fact' AND e.type IN (${quoted(types)}) AND e.seq <= ${bind(upTo)}`,
      ...(bot === undefined ? [] : [`e.bot = ${bind(bot)}`]),
      ...(mode === undefined ? [] : [`e.mode = ${bind(mode)}`]),
      ...(holding === undefined ? [] : [dialect.contains("e.body", bind(holding))]),
    ].join(" AND ");
  const rows = yield statement(dialect, (bind) => {
    const [begin, end] = [bind(from), bind(to)];
    const source = dialect.eventsOf({ bot: bot === undefined ? undefined : bind(bot), types, from: begin, to: end });
    return `SELECT ${FACT} FROM ${source} ${WITH_FILL}
      WHERE e.ts >= ${begin} AND e.ts < ${end} AND e.ts <= e.received_at + ${AHEAD_MICROS} AND ${fits(bind)}`;
  });
  const ahead = yield statement(
    dialect,
    (bind) => `SELECT ${FACT} FROM events AS e ${WITH_FILL}
      WHERE e.ts > e.received_at + ${AHEAD_MICROS} AND e.received_at >= ${bind(from - AHEAD_MICROS)}
        AND e.received_at < ${bind(to - AHEAD_MICROS)} AND ${fits(bind)}`,
  );
  return [...rows, ...ahead].map(factOf);
}

/** The facts with these `seq`. */
export function* factsNumbered(dialect: Dialect, seqs: readonly number[]): Rolling<LogFact[]> {
  if (seqs.length === 0) return [];
  const rows = yield statement(
    dialect,
    (bind) => `SELECT ${FACT} FROM ${dialect.numbers(bind(JSON.stringify(seqs)))} AS list
      ${dialect.join} events AS e ON e.seq = list.wanted ${WITH_FILL}`,
  );
  return rows.map(factOf);
}

/** The facts with these natural keys. */
export function* factsKeyed(dialect: Dialect, keys: readonly string[]): Rolling<LogFact[]> {
  if (keys.length === 0) return [];
  const rows = yield statement(
    dialect,
    (bind) => `SELECT ${FACT} FROM ${dialect.texts(bind(JSON.stringify(keys)))} AS list
      ${dialect.join} events AS e ON e.key = list.wanted AND e.key IS NOT NULL AND e.standing = 'fact' ${WITH_FILL}`,
  );
  return rows.map(factOf);
}

/** Every statement of what instruments are, in order. */
export function* instrumentFacts(dialect: Dialect, types: readonly string[], upTo: number): Rolling<LogFact[]> {
  const rows = yield statement(
    dialect,
    (bind) => `SELECT ${FACT} FROM ${dialect.eventsOf({ types })} ${WITH_FILL}
      WHERE e.type IN (${quoted(types)}) AND e.standing <> 'contradiction' AND e.seq <= ${bind(upTo)} ORDER BY e.seq`,
  );
  return rows.map(factOf);
}

function factOf(row: Row): LogFact {
  const event = JSON.parse(String(row["body"])) as DeskEvent & Record<string, unknown>;
  for (const name of ["fee", "fee_currency", "funding", "order_id"])
    if (typeof row[name] === "string") event[name] = row[name];
  const isMaker = row["is_maker"];
  if (isMaker !== null && isMaker !== undefined) event["is_maker"] = isMaker === 1 || isMaker === true;
  const ofSeq = row["of_seq"];
  return {
    recorded: {
      seq: Number(row["seq"]),
      ts: micros(Number(row["ts"])),
      receivedAt: micros(Number(row["received_at"])),
      standing: String(row["standing"]) as Standing,
      ofSeq: ofSeq === null || ofSeq === undefined ? undefined : Number(ofSeq),
      event,
    },
    isVoided: row["voided"] === 1 || row["voided"] === true,
  };
}

const fullFill = ({ recorded: { event, standing } }: LogFact): FullFill | undefined => {
  if (standing !== "fact") return undefined;
  if (event.type === "order.filled") return event;
  return event.type === "fill" && !isPairFill(event) ? event : undefined;
};

/** The `seq` of the fills that are void, with whether that was said before them. */
export function* voidsOf(dialect: Dialect, facts: readonly LogFact[]): Rolling<Map<number, "before" | "after">> {
  const voided = facts.filter(({ isVoided }) => isVoided).map(({ recorded }) => recorded.seq);
  const kinds = new Map(voided.map((seq) => [seq, "before" as "before" | "after"]));
  if (voided.length === 0) return kinds;
  const rows = yield statement(
    dialect,
    (bind) => `SELECT e.of_seq FROM ${dialect.numbers(bind(JSON.stringify(voided)))} AS list
      ${dialect.join} events AS e ON e.of_seq = list.wanted WHERE e.type = 'fill.voided'`,
  );
  for (const row of rows) kinds.set(Number(row["of_seq"]), "after");
  return kinds;
}

const orderKeyOf = (fill: FullFill): string =>
  naturalKey({ ...fill, type: "order.placed", order_id: fill.order_id ?? "" } as EventOf<"order.placed">) ?? "";

const placeOf = (bot: string, mode: string, venue: string, orderId: string): string =>
  `${bot}\t${mode}\t${venue}\t${orderId}`;

/** What the log knows of the orders that fills are of. */
export function* ordersOf(dialect: Dialect, facts: readonly LogFact[]): Rolling<Surroundings["orderOf"]> {
  const fills = facts.map(fullFill).filter((fill) => fill?.order_id !== undefined);
  const keys = new Set(fills.flatMap((fill) => (fill === undefined ? [] : [orderKeyOf(fill)])));
  const placed = new Map<string, LogFact>();
  for (const fact of yield* factsKeyed(dialect, [...keys])) placed.set(naturalKey(fact.recorded.event) ?? "", fact);
  const met = fills.filter((fill) => fill !== undefined && placed.has(orderKeyOf(fill)));
  const first = yield* firstFills(dialect, new Set(met.map((fill) => fill?.order_id ?? "")));
  return (fill, seq) => {
    const order = fill.order_id === undefined ? undefined : placed.get(orderKeyOf(fill));
    if (order === undefined || order.recorded.seq > seq) return undefined;
    const place = placeOf(fill.bot, fill.mode ?? "live", fill.venue, fill.order_id ?? "");
    const isMet = (first.get(place) ?? seq) < seq;
    return { ...placedOrder(order.recorded.event as EventOf<"order.placed">), isMet };
  };
}

function* firstFills(dialect: Dialect, orderIds: ReadonlySet<string>): Rolling<Map<string, number>> {
  if (orderIds.size === 0) return new Map();
  const rows = yield statement(
    dialect,
    (bind) => `SELECT f.bot, f.mode, f.venue, f.order_id, min(f.seq) AS first
      FROM ${dialect.texts(bind(JSON.stringify([...orderIds])))} AS list
      ${dialect.join} fills AS f ON f.order_id = list.wanted AND f.order_id IS NOT NULL
      GROUP BY f.bot, f.mode, f.venue, f.order_id`,
  );
  return new Map(
    rows.map((row) => [
      placeOf(String(row["bot"]), String(row["mode"]), String(row["venue"]), String(row["order_id"])),
      Number(row["first"]),
    ]),
  );
}

/** Where a fill is booked, and when it took effect. */
export const bookedAt = (fact: LogFact): ReturnType<typeof fillKey> | undefined => {
  const fill = fullFill(fact);
  return fill && fillKey(fill);
};
