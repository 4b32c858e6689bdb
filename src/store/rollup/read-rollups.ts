import { ensure } from "../../base/assert.ts";
import { type Micros, micros } from "../../base/time.ts";
import { type Terms, UNKNOWN_TERMS } from "../../domain/ledger/terms.ts";
import { bucketOf } from "../../engine/rollup/buckets.ts";
import { entryOf, type RolledEntry, settlementOf, TYPES_OF_KIND } from "../../engine/rollup/entries.ts";
import { type Rolled, rolledFrom, rolledKeyText, rolledText } from "../../engine/rollup/rolled.ts";
import { decode } from "../../engine/snapshot-text.ts";
import type { RolledPast, RollupFilter, RollupReading } from "../../hub/rollup-port.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { factsBetween, factsNumbered, type LogFact, ordersOf, voidsOf } from "./facts.ts";
import { anyDirty, type KeptKey, type Meta, readKeys, readMeta } from "./kept.ts";
import { type Dialect, type Rolling, statement } from "./rolling.ts";
import { inOrder } from "./work.ts";

interface Point {
  readonly at: number;
  readonly seq: number;
  readonly text: string;
}

/** A key with its points as they are found. */
interface Found {
  readonly kept: KeptKey;
  readonly points: Point[];
  /** `at` of a stored point → its place in `points`. */
  readonly places: Map<number, number>;
  readonly byMoment: number[];
  latest: number;
}

/** For one key and moment: the rollup before it, and the one after that. */
interface Pick {
  readonly id: number;
  readonly moment: number;
  readonly before: number | undefined;
  readonly next: number | undefined;
}

/** What keys add up to at some moments: from the rollup before each, and the facts from there on; in one transaction. */
export function* readRollups(dialect: Dialect, filter: RollupFilter): Rolling<RollupReading> {
  const meta = yield* readMeta(dialect);
  const isWhole = meta.seq >= meta.ahead && !(yield* anyDirty(dialect));
  const keys = yield* readKeys(dialect, filter);
  if (!isWhole || keys.length === 0) return { seq: meta.seq, isWhole, pasts: [] };
  const found = new Map(keys.map((kept) => [kept.id, newFound(kept)]));
  const picks = yield* picksOf(dialect, keys, filter.moments);
  yield* fetchPoints(dialect, found, picks);
  for (const { id, before } of picks) {
    const one = ensure(found.get(id), "a rollup of a key that was not asked for");
    one.byMoment.push(before === undefined ? -1 : (one.places.get(before) ?? -1));
  }
  const byMoment = Map.groupBy(picks, ({ moment }) => moment);
  for (const [index, moment] of filter.moments.entries())
    yield* fillEdge(dialect, { found, filter, meta, index, moment, picks: byMoment.get(moment) ?? [] });
  return { seq: meta.seq, isWhole, pasts: [...found.values()].map(pastOf) };
}

const newFound = (kept: KeptKey): Found => ({ kept, points: [], places: new Map(), byMoment: [], latest: -1 });

const pastOf = ({ kept: { key, terms }, points, byMoment, latest }: Found): RolledPast => ({
  ...key,
  terms,
  points,
  byMoment,
  latest,
});

function* picksOf(dialect: Dialect, keys: readonly KeptKey[], moments: readonly Micros[]): Rolling<Pick[]> {
  const rows = yield statement(dialect, (bind) => {
    const ids = dialect.numbers(bind(JSON.stringify(keys.map(({ id }) => id))));
    const times = dialect.numbers(bind(JSON.stringify(moments)));
    return `SELECT k.wanted AS id, m.wanted AS moment,
      (SELECT max(at) FROM rollups WHERE key = k.wanted AND at < m.wanted) AS before,
      (SELECT min(at) FROM rollups WHERE key = k.wanted AND at >= m.wanted) AS next
      FROM ${ids} AS k CROSS JOIN ${times} AS m ORDER BY k.wanted, m.wanted`;
  });
  const optional = (value: unknown): number | undefined => (value === null ? undefined : Number(value));
  return rows.map((row) => ({
    id: Number(row["id"]),
    moment: Number(row["moment"]),
    before: optional(row["before"]),
    next: optional(row["next"]),
  }));
}

/** The rollups that were picked, and the newest of every key. */
function* fetchPoints(dialect: Dialect, found: ReadonlyMap<number, Found>, picks: readonly Pick[]): Rolling<void> {
  const wanted = new Map<string, readonly [number, number]>();
  for (const { id, before } of picks) if (before !== undefined) wanted.set(`${id} ${before}`, [id, before]);
  const pairs = [...wanted.values()];
  const rows = yield statement(dialect, (bind) => {
    const ids = JSON.stringify([...found.keys()]);
    return `SELECT r.key, r.at, r.seq, r.body FROM ${dialect.pairs(bind(JSON.stringify(pairs)))} AS list
      ${dialect.join} rollups AS r ON r.key = list.first AND r.at = list.second
      UNION SELECT r.key, r.at, r.seq, r.body FROM ${dialect.numbers(bind(ids))} AS list
      ${dialect.join} rollups AS r ON r.key = list.wanted AND r.at = (SELECT max(at) FROM rollups WHERE key = list.wanted)`;
  });
  for (const row of rows) {
    const one = ensure(found.get(Number(row["key"])), "a rollup of a key that was not asked for");
    const at = Number(row["at"]);
    one.places.set(at, one.points.length);
    const newest = one.points[one.latest];
    if (newest === undefined || newest.at < at) one.latest = one.points.length;
    one.points.push({ at, seq: Number(row["seq"]), text: String(row["body"]) });
  }
}

interface Edge {
  readonly found: ReadonlyMap<number, Found>;
  readonly filter: RollupFilter;
  readonly meta: Meta;
  readonly index: number;
  readonly moment: number;
  readonly picks: readonly Pick[];
}

/** A moment within a bucket: what took effect in it before the moment comes from the facts. */
function* fillEdge(dialect: Dialect, edge: Edge): Rolling<void> {
  const { filter, meta, index, moment } = edge;
  const { ragged, from } = raggedAt(edge);
  if (ragged.size === 0) return;
  const types = [...new Set([...ragged.values()].flatMap(({ kept }) => [...TYPES_OF_KIND[kept.key.kind]]))];
  const bot = types.includes("mark") ? undefined : filter.bot;
  const facts = yield* factsBetween(dialect, { types, bot, from, to: moment, upTo: meta.seq });
  const entries = (yield* entriesOf(dialect, ragged, facts)).filter(({ at }) => at >= from && at < moment);
  for (const [text, group] of Map.groupBy(entries, ({ key }) => rolledKeyText(key))) {
    const one = ragged.get(text);
    if (one !== undefined) takeEdge(one, index, group);
  }
}

/** The keys whose next rollup may have facts of before the moment in it, and from when on. */
function raggedAt({ found, meta, moment, picks }: Edge): { ragged: Map<string, Found>; from: number } {
  const ragged = new Map<string, Found>();
  let from = moment;
  for (const { id, next } of picks) {
    const begin = next === undefined ? moment : bucketOf(next, meta.grain);
    if (begin >= moment) continue;
    from = Math.min(from, begin);
    const one = ensure(found.get(id), "a rollup of a key that was not asked for");
    ragged.set(rolledKeyText(one.kept.key), one);
  }
  return { ragged, from };
}

function takeEdge({ kept: { key }, points, byMoment }: Found, index: number, group: RolledEntry[]): void {
  const base = points[byMoment[index] ?? -1];
  let rolled: Rolled | undefined = base && rolledFrom({ kind: key.kind, ...base, at: micros(base.at) });
  const isSequence = key.kind === "equity" || key.kind === "mark";
  const entries = isSequence ? group.sort((a, b) => a.seq - b.seq) : inOrder(group);
  for (const entry of entries) {
    const isKnown = base !== undefined && entry.at <= base.at;
    const isLate = isSequence && rolled !== undefined && entry.at < rolled.at;
    if (!isKnown && !isLate) rolled = entry.take(rolled) ?? rolled;
  }
  if (rolled === undefined || rolled.at === base?.at) return;
  byMoment[index] = points.push({ at: rolled.at, seq: rolled.seq, text: rolledText(rolled) }) - 1;
}

function* entriesOf(
  dialect: Dialect,
  ragged: ReadonlyMap<string, Found>,
  facts: readonly LogFact[],
): Rolling<RolledEntry[]> {
  const terms = new Map<string, Terms>();
  for (const { kept } of ragged.values())
    if (kept.terms !== undefined) terms.set(kept.key.parts.slice(1).join("\t"), decode(kept.terms) as Terms);
  const orderOf = yield* ordersOf(dialect, facts);
  const voids = yield* voidsOf(dialect, facts);
  const termsOf = (venue: string, symbol: string): Terms => terms.get(`${venue}\t${symbol}`) ?? UNKNOWN_TERMS;
  const entries = facts.flatMap(({ recorded }) => {
    const entry = entryOf({ recorded, voided: voids.get(recorded.seq) }, { termsOf, orderOf });
    return entry === undefined ? [] : [entry];
  });
  const settled = [...ragged.values()].filter(({ kept }) => kept.settledBy !== undefined);
  const settlements = yield* factsNumbered(dialect, [...new Set(settled.map(({ kept }) => kept.settledBy ?? 0))]);
  const bySeq = new Map(settlements.map((fact) => [fact.recorded.seq, fact.recorded]));
  for (const { kept } of settled) {
    const recorded = bySeq.get(kept.settledBy ?? 0);
    const own = terms.get(kept.key.parts.slice(1).join("\t"));
    if (recorded === undefined || own === undefined) continue;
    entries.push(settlementOf(kept.key, recorded.event as EventOf<"settlement">, { recorded, terms: own }));
  }
  return entries;
}
