/** The fields of an event as plain data: what the bot said, or what several statements of one fact add up to. */
export type Content = Readonly<Record<string, unknown>>;

/** What a later statement of a fact does to what is known of it. */
export type Restatement =
  | { readonly kind: "same" }
  | { readonly kind: "adds"; readonly added: Content }
  | { readonly kind: "differs" };

/** Said anew with every statement: neither compared nor merged. (`__proto__` cannot be copied as a field.) */
const ENVELOPE = new Set(["id", "ts", "v", "type", "bot", "mode", "origin", "__proto__"]);

/** Labels: a second source may add them, and cannot contradict the first with them. */
const LABELS = new Set(["strategy", "tags"]);

/** The fields that say which thing an event speaks of: kept in a merge, so that it can be read by itself. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  fill: ["account", "venue", "symbol", "fill_id"],
  "order.filled": ["account", "venue", "symbol", "fill_id"],
  instrument: ["venue", "symbol"],
  pair: ["pair_id"],
  edge: ["pair_id"],
  opportunity: ["opportunity_id", "action"],
  "order.placed": ["account", "venue", "order_id"],
  "order.acknowledged": ["account", "venue", "order_id"],
  "order.cancelled": ["account", "venue", "order_id"],
  "order.rejected": ["account", "venue", "order_id"],
  "order.expired": ["account", "venue", "order_id"],
  "position.opened": ["account", "venue", "position_id"],
  "position.closed": ["account", "venue", "position_id"],
  income: ["account", "venue", "income_type", "transaction_id", "currency", "symbol"],
  settlement: ["venue", "symbol"],
  "fill.voided": ["account", "venue", "fill_id"],
};

/** Whether an event type is one of the two ways to say a fill. */
export const isFillType = (type: unknown): boolean => type === "fill" || type === "order.filled";

/**
 * Compares a statement with what is known of the same fact. Fields that are new are an addition, fields that say
 * otherwise a contradiction; id, time, mode and labels never contradict.
 */
export function restate(known: Content, next: Content): Restatement {
  if (!sameKind(known["type"], next["type"])) return { kind: "differs" };
  const added: Record<string, unknown> = {};
  let adds = false;
  for (const [name, value] of Object.entries(next)) {
    if (ENVELOPE.has(name) || isImpliedAccount(name, value, known)) continue;
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    if (before === undefined) {
      added[name] = value;
      adds = true;
    } else if (!mayDiffer(name, next["type"]) && !deepEqual(before, value)) return { kind: "differs" };
  }
  return adds ? { kind: "adds", added } : { kind: "same" };
}

/** The event of a merge: what it adds, and which fact it adds it to. */
export function mergeEvent(next: Content, added: Content): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const name of ["type", "bot", "ts", "id", "mode", "origin", ...(IDENTITY[String(next["type"])] ?? [])])
    if (next[name] !== undefined) event[name] = next[name];
  return { ...event, ...added };
}

/** What is known of a fact once a merge is added: what was known stays as it was. */
export function withMerge(known: Content, merge: Content): Content {
  const added = Object.entries(merge).filter(([name]) => !ENVELOPE.has(name) && !Object.hasOwn(known, name));
  return { ...known, ...Object.fromEntries(added) };
}

/** Whether two statements say the same, their envelopes and labels aside. */
export function sayTheSame(a: Content, b: Content): boolean {
  if (!sameKind(a["type"], b["type"])) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const name of names) if (!ENVELOPE.has(name) && !LABELS.has(name) && !deepEqual(a[name], b[name])) return false;
  return true;
}

const sameKind = (a: unknown, b: unknown): boolean => a === b || (isFillType(a) && isFillType(b));

/** Why a fill was taken back may be told in many words; it is taken back once. */
const mayDiffer = (name: string, type: unknown): boolean =>
  LABELS.has(name) || (name === "reason" && type === "fill.voided");

/** An absent account is the bot: saying so adds nothing. */
const isImpliedAccount = (name: string, value: unknown, known: Content): boolean =>
  name === "account" && known["account"] === undefined && value === known["bot"];

function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  const right = new Map(Object.entries(b));
  return left.every(([name, value]) => right.has(name) && deepEqual(value, right.get(name)));
}
