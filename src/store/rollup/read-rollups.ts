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
  const edges = filter.moments.map((moment, index) =>
    edgeAt({ found, meta, index, moment, picks: byMoment.get(moment) ?? [] }),
  );
  for (const run of runsOf(edges)) yield* fillRun(dialect, { filter, meta, run });
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

/** A moment within buckets of some keys: what took effect in them before it comes from the facts. */
interface Edge {
  readonly index: number;
  readonly moment: number;
  /** The keys whose next rollup may have facts of before the moment in it, by their text. */
  readonly ragged: ReadonlyMap<string, Found>;
  /** From when on they may. */
  readonly from: number;
}

interface Place {
  readonly found: ReadonlyMap<number, Found>;
  readonly meta: Meta;
  readonly index: number;
  readonly moment: number;
  readonly picks: readonly Pick[];
}

function edgeAt({ found, meta, index, moment, picks }: Place): Edge {
  const ragged = new Map<string, Found>();
  let from = moment;
  for (const { id, next } of picks) {
    const begin = next === undefined ? moment : bucketOf(next, meta.grain);
    if (begin >= moment) continue;
    from = Math.min(from, begin);
    const one = ensure(found.get(id), "a rollup of a key that was not asked for");
    ragged.set(rolledKeyText(one.kept.key), one);
  }
  return { index, moment, ragged, from };
}

/** Edges whose facts overlap, as moments of one bucket do: their facts are read once. */
function runsOf(edges: readonly Edge[]): Edge[][] {
  const runs: Edge[][] = [];
  for (const edge of edges) {
    if (edge.ragged.size === 0) continue;
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && edge.from < last.moment) run.push(edge);
    else runs.push([edge]);
  }
  return runs;
}

interface Run {
  readonly filter: RollupFilter;
  readonly meta: Meta;
  readonly run: readonly Edge[];
}

function* fillRun(dialect: Dialect, { filter, meta, run }: Run): Rolling<void> {
  const ragged = new Map(run.flatMap((edge) => [...edge.ragged]));
  const types = [...new Set([...ragged.values()].flatMap(({ kept }) => [...TYPES_OF_KIND[kept.key.kind]]))];
  const bot = types.includes("mark") ? undefined : filter.bot;
  const from = Math.min(...run.map((edge) => edge.from));
  const to = Math.max(...run.map(({ moment }) => moment));
  const facts = yield* factsBetween(dialect, { types, bot, from, to, upTo: meta.seq });
  const entries = (yield* entriesOf(dialect, ragged, facts)).filter(({ at }) => at >= from && at < to);
  for (const [text, group] of Map.groupBy(entries, ({ key }) => rolledKeyText(key))) {
    const one = ragged.get(text);
    const own = run.filter((edge) => edge.ragged.has(text));
    if (one !== undefined) takeEdges(one, own, group);
  }
}

/** What one key adds up to at edges that ascend. */
function takeEdges(found: Found, edges: readonly Edge[], group: readonly RolledEntry[]): void {
  const { kind } = found.kept.key;
  if (kind === "equity" || kind === "mark") for (const edge of edges) takeLatest(found, edge, group);
  else takeSums(found, edges, inOrder([...group]));
}

/** Each edge goes on from the one before it, where both begin at the same rollup. */
function takeSums(found: Found, edges: readonly Edge[], entries: readonly RolledEntry[]): void {
  const { points, byMoment } = found;
  let base: Point | undefined;
  let rolled: Rolled | undefined;
  let taken = 0;
  let last: { readonly rolled: Rolled; readonly place: number } | undefined;
  for (const { index, moment } of edges) {
    const before = points[byMoment[index] ?? -1];
    if (before !== base) {
      base = before;
      rolled = before && revived(found, before);
      taken = entries.filter(({ at }) => before !== undefined && at <= before.at).length;
    }
    const due = dueOf(entries, taken, moment);
    taken += due.length;
    rolled = due.reduce((sum, entry) => entry.take(sum) ?? sum, rolled);
    if (rolled === undefined || rolled.at === base?.at) continue;
    if (last?.rolled !== rolled) last = { rolled, place: points.push(pointOf(rolled)) - 1 };
    byMoment[index] = last.place;
  }
}

/** Those from a place on that come before a moment. */
function dueOf(entries: readonly RolledEntry[], from: number, moment: number): readonly RolledEntry[] {
  let end = from;
  while ((entries[end]?.at ?? moment) < moment) end++;
  return entries.slice(from, end);
}

/** Of what is said anew each time the newest counts, as it came: what came late after something newer does not. */
function takeLatest(found: Found, { index, moment }: Edge, group: readonly RolledEntry[]): void {
  const { points, byMoment } = found;
  const base = points[byMoment[index] ?? -1];
  let rolled = base && revived(found, base);
  for (const entry of group.toSorted((a, b) => a.seq - b.seq)) {
    const isKnown = entry.at >= moment || (base !== undefined && entry.at <= base.at);
    const isLate = rolled !== undefined && entry.at < rolled.at;
    if (!isKnown && !isLate) rolled = entry.take(rolled) ?? rolled;
  }
  if (rolled !== undefined && rolled.at !== base?.at) byMoment[index] = points.push(pointOf(rolled)) - 1;
}

const revived = ({ kept }: Found, point: Point): Rolled =>
  rolledFrom({ kind: kept.key.kind, ...point, at: micros(point.at) });

const pointOf = (rolled: Rolled): Point => ({ at: rolled.at, seq: rolled.seq, text: rolledText(rolled) });

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
