import { ensure } from "../../base/assert.ts";
import { MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import { type DeskState, emptyDeskState, reduceDesk } from "../../engine/desk-state.ts";
import { FOLD_VERSION } from "../../engine/fold.ts";
import { termsOf } from "../../engine/ledgers.ts";
import { bucketOf, FINEST, type Grain } from "../../engine/rollup/buckets.ts";
import {
  entryOf,
  ROLLED_TYPES,
  type RolledEntry,
  settlementOf,
  type Surroundings,
  TYPES_OF_KIND,
} from "../../engine/rollup/entries.ts";
import { type Rolled, type RolledKey, rolledKeyText, ROLLUP_VERSION } from "../../engine/rollup/rolled.ts";
import { decode, encode } from "../../engine/snapshot-text.ts";
import type { RollupProgress } from "../../hub/rollup-port.ts";
import { sameTerms, type Terms } from "../../domain/ledger/terms.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { naturalKey } from "../../protocol/natural-key.ts";
import { effectiveTs } from "../../protocol/recorded.ts";
import {
  bookedAt,
  factsAfter,
  factsBetween,
  factsKeyed,
  factsNumbered,
  instrumentFacts,
  type LogFact,
  ordersOf,
  voidsOf,
} from "./facts.ts";
import {
  type KeptKey,
  type RollupRow,
  type Meta,
  newestOf,
  NO_META,
  headOf,
  readKeys,
  readMeta,
  rolledRow,
  type Writes,
} from "./kept.ts";
import type { Dialect, Rolling } from "./rolling.ts";
import { inOrder, isBefore, Roll } from "./work.ts";

/** Of what is rolled and of the fold whose steps it is made with. */
const VERSION = FOLD_VERSION * 1_000 + ROLLUP_VERSION;

/** Facts taken in at once. */
const CHUNK_SEQS = 5_000;
/** Keys whose newest rollup is kept at hand. */
const AT_HAND_MAX = 20_000;
/** Keys made coarser at once. */
const THIN_KEYS = 50;

const INSTRUMENT_TYPES = ["instrument", "instrument.declared", "instrument.withdrawn"];
const TYPES = [...new Set<string>([...ROLLED_TYPES, ...INSTRUMENT_TYPES])];

/** What a part of the work came to: what is to be written, and where rollups stand then. */
export interface RollStep {
  readonly writes: Writes | undefined;
  readonly progress: RollupProgress;
}

/** Makes rollups of the log, part by part. It remembers what it wrote; what others wrote it finds by the round. */
export class Roller {
  readonly #dialect: Dialect;
  #meta: Meta = NO_META;
  #isLoaded = false;
  #desk: DeskState = emptyDeskState();
  #keys = new Map<string, KeptKey>();
  #dirty = new Set<string>();
  #lastId = 0;
  readonly #atHand = new Map<string, Rolled>();
  #unthinned: number[] = [];
  /** What the step at hand found: the newest fact, and how fine all is to be kept. */
  #head = 0;
  #wanted: Grain = FINEST;
  /** All that there was has been taken in: what is left besides goes before what came since, or would never be done. */
  #isCaughtUp = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The next part, read in one transaction. What it returns is written before it is called again, or lost. */
  *step(grain: Grain): Rolling<RollStep> {
    const meta = yield* readMeta(this.#dialect);
    if (meta.version !== VERSION) return this.#wiped(meta, grain);
    if (!this.#isLoaded || meta.round !== this.#meta.round) yield* this.#load(meta);
    this.#head = yield* headOf(this.#dialect);
    this.#wanted = grain;
    const [dirty] = this.#dirty;
    const hasOther = dirty !== undefined || this.#isTooFine();
    if (meta.seq < this.#head && !(this.#isCaughtUp && hasOther)) return yield* this.#chunk();
    if (dirty !== undefined) return yield* this.#remade(ensure(this.#keys.get(dirty), "a dirty key is not known"));
    return this.#thinned();
  }

  #wiped({ round }: Meta, grain: Grain): RollStep {
    this.#isLoaded = false;
    const meta = { ...NO_META, version: VERSION, round: round + 1, grain };
    return { writes: { meta, wipe: true }, progress: { seq: 0, isWhole: false, isDone: false } };
  }

  *#load(meta: Meta): Rolling<void> {
    this.#meta = meta;
    this.#desk = emptyDeskState();
    for (const { recorded } of yield* instrumentFacts(this.#dialect, INSTRUMENT_TYPES, meta.seq))
      reduceDesk(this.#desk, recorded);
    this.#atHand.clear();
    this.#keys = new Map();
    this.#dirty = new Set();
    this.#lastId = 0;
    for (const kept of yield* readKeys(this.#dialect)) this.#remember(kept);
    this.#unthinned = [];
    this.#isCaughtUp = false;
    this.#isLoaded = true;
  }

  #remember(kept: KeptKey): void {
    const text = rolledKeyText(kept.key);
    this.#keys.set(text, kept);
    this.#lastId = Math.max(this.#lastId, kept.id);
    if (kept.dirtyFrom === undefined) this.#dirty.delete(text);
    else this.#dirty.add(text);
  }

  /** The facts that come next. */
  *#chunk(): Rolling<RollStep> {
    const { seq: after, grain } = this.#meta;
    const upTo = Math.min(this.#head, after + CHUNK_SEQS);
    const facts = yield* factsAfter(this.#dialect, { after, upTo, types: TYPES });
    const changed = new Map<string, KeptKey>();
    const put = (kept: KeptKey): void => {
      changed.set(rolledKeyText(kept.key), kept);
      this.#remember(kept);
    };
    this.#takeInstruments(facts, put);
    yield* this.#takeStatements(facts, after, put);
    const entries = yield* this.#entriesOf(facts);
    const groups = new Map<string, RolledEntry[]>();
    for (const entry of entries) append(groups, rolledKeyText(entry.key), entry);
    yield* this.#settle({ facts, groups, upTo, put });
    const rows: RollupRow[] = [];
    const cuts: (readonly [number, number])[] = [];
    yield* this.#fetch([...groups.keys()]);
    for (const [text, group] of groups) {
      const rolled = this.#atHand.get(text);
      const kept = ensure(this.#keys.get(text), "a key was rolled before it was known");
      const fresh = isSequence(kept.key) ? inSequence(group, rolled) : group;
      const [first] = inOrder(fresh);
      if (first === undefined) continue;
      const known = withSpan(kept, fresh);
      const isLate = kept.dirtyFrom !== undefined || (rolled !== undefined && isBefore(first, rolled));
      put(isLate ? dirtied(known, first.at) : known);
      if (isLate) continue;
      const roll = new Roll(kept.id, rolled, grain);
      roll.take(fresh);
      roll.end();
      cuts.push([kept.id, bucketOf(first.at, grain)]);
      rows.push(...roll.rows);
      if (roll.rolled !== undefined) this.#atHand.set(text, roll.rolled);
    }
    this.#isCaughtUp = upTo === this.#head;
    return this.#stepOf(upTo, { keys: [...changed.values()], cuts, rows });
  }

  /** What instruments are: ledgers whose money is another by it are to be made again. */
  #takeInstruments(facts: readonly LogFact[], put: (kept: KeptKey) => void): void {
    const said = facts.filter(({ recorded }) => INSTRUMENT_TYPES.includes(recorded.event.type));
    if (said.length === 0) return;
    for (const { recorded } of said) reduceDesk(this.#desk, recorded);
    for (const kept of this.#keys.values()) {
      if (kept.key.kind !== "ledger") continue;
      const terms = this.#termsOf(kept.key);
      if (!sameTerms(termsFrom(kept), terms)) put({ ...dirtied(kept, kept.firstAt), terms: encode(terms) });
    }
  }

  #termsOf({ parts: [, venue = "", symbol = ""] }: RolledKey): Terms {
    return termsOf(this.#desk, venue, symbol);
  }

  /** Later statements of fills that are rolled already. */
  *#takeStatements(facts: readonly LogFact[], after: number, put: (kept: KeptKey) => void): Rolling<void> {
    const of = facts.flatMap(({ recorded: { ofSeq } }) => (ofSeq !== undefined && ofSeq <= after ? [ofSeq] : []));
    for (const fact of yield* factsNumbered(this.#dialect, [...new Set(of)])) {
      const key = bookedAt(fact);
      const kept = key && this.#keys.get(rolledKeyText(key));
      const { ts, receivedAt } = fact.recorded;
      if (kept !== undefined) put(dirtied(kept, effectiveTs(ts, receivedAt)));
    }
  }

  *#entriesOf(facts: readonly LogFact[]): Rolling<RolledEntry[]> {
    const said = facts.filter(({ recorded }) => recorded.standing === "fact");
    const surroundings: Surroundings = {
      termsOf: (venue, symbol) => termsOf(this.#desk, venue, symbol),
      orderOf: yield* ordersOf(this.#dialect, said),
    };
    const voids = yield* voidsOf(this.#dialect, said);
    return said.flatMap(({ recorded }) => {
      const entry = entryOf({ recorded, voided: voids.get(recorded.seq) }, surroundings);
      return entry === undefined ? [] : [entry];
    });
  }

  /** Makes keys known, and puts settlements into the ledgers that they are of. */
  *#settle({ facts, groups, upTo, put }: Settling): Rolling<void> {
    const wanted = new Set<string>();
    for (const [text, group] of groups) {
      const key = ensure(group[0], "a group of no entries").key;
      if (this.#keys.has(text)) continue;
      const isLedger = key.kind === "ledger";
      const kept = newKey(++this.#lastId, key, isLedger ? encode(this.#termsOf(key)) : undefined);
      put(withSpan(kept, group));
      if (isLedger) wanted.add(settlementKey(key));
    }
    const told = facts.filter(({ recorded }) => recorded.event.type === "settlement" && recorded.standing === "fact");
    const older = (yield* factsKeyed(this.#dialect, [...wanted])).filter(({ recorded }) => recorded.seq <= upTo);
    const byKey = new Map([...older, ...told].map((fact) => [naturalKey(fact.recorded.event) ?? "", fact]));
    if (byKey.size === 0) return;
    for (const kept of [...this.#keys.values()]) {
      if (kept.key.kind !== "ledger" || kept.settledBy !== undefined) continue;
      const fact = byKey.get(settlementKey(kept.key));
      if (fact === undefined) continue;
      put({ ...kept, settledBy: fact.recorded.seq });
      append(groups, rolledKeyText(kept.key), this.#settlement(kept.key, fact));
    }
  }

  #settlement(key: RolledKey, { recorded }: LogFact): RolledEntry {
    const terms = this.#termsOf(key);
    return settlementOf(key, recorded.event as EventOf<"settlement">, { recorded, terms });
  }

  *#fetch(texts: readonly string[]): Rolling<void> {
    if (this.#atHand.size > AT_HAND_MAX) this.#atHand.clear();
    const missing = new Map<number, string>();
    for (const text of texts) {
      const kept = this.#keys.get(text);
      if (kept !== undefined && !this.#atHand.has(text)) missing.set(kept.id, text);
    }
    for (const row of yield* newestOf(this.#dialect, [...missing.keys()])) {
      const text = ensure(missing.get(Number(row["key"])), "a rollup of another key");
      this.#atHand.set(text, rolledRow(ensure(this.#keys.get(text), "a rollup of no key").key.kind, row));
    }
  }

  /** One key from the bucket on that something came late for, out of the facts. */
  *#remade(kept: KeptKey): Rolling<RollStep> {
    const { grain, seq: upTo } = this.#meta;
    const { key, lastAt } = kept;
    const from = bucketOf(Math.max(kept.dirtyFrom ?? kept.firstAt, kept.firstAt), grain);
    const [base] = yield* newestOf(this.#dialect, [kept.id], from);
    const roll = new Roll(kept.id, base && rolledRow(key.kind, base), grain);
    const [settled] = kept.settledBy === undefined ? [] : yield* factsNumbered(this.#dialect, [kept.settledBy]);
    const text = rolledKeyText(key);
    const window = { types: TYPES_OF_KIND[key.kind], bot: key.bot, mode: key.mode, holding: holdingOf(key), upTo };
    for (let begin: number = from; begin <= lastAt; begin = dayAfter(begin)) {
      const to = Math.min(dayAfter(begin), lastAt + 1);
      const facts = yield* factsBetween(this.#dialect, { ...window, from: begin, to });
      const entries = (yield* this.#entriesOf(inSeq(facts))).filter((entry) => rolledKeyText(entry.key) === text);
      const settlement = settled && this.#settlement(key, settled);
      if (settlement !== undefined && settlement.at >= begin && settlement.at < to) entries.push(settlement);
      roll.take(inOrder(entries));
    }
    roll.end();
    this.#remember({ ...kept, dirtyFrom: undefined });
    if (roll.rolled === undefined) this.#atHand.delete(text);
    else this.#atHand.set(text, roll.rolled);
    if (this.#dirty.size === 0) this.#isCaughtUp = false;
    const keys = [{ ...kept, dirtyFrom: undefined }];
    return this.#stepOf(upTo, { keys, cuts: [[kept.id, from]], rows: roll.rows });
  }

  #isTooFine(): boolean {
    return (
      this.#unthinned.length > 0 || (this.#wanted.minutesFrom > this.#meta.grain.minutesFrom && this.#keys.size > 0)
    );
  }

  /** Nothing is left but to keep the older past more coarsely. */
  #thinned(): RollStep {
    if (!this.#isTooFine()) return { writes: undefined, progress: this.#progress() };
    if (this.#unthinned.length === 0) this.#unthinned = [...this.#keys.values()].map(({ id }) => id);
    const grain = this.#wanted;
    const ids = this.#unthinned.splice(0, THIN_KEYS);
    const isLast = this.#unthinned.length === 0;
    if (isLast) this.#isCaughtUp = false;
    // Rows that are finer than they need to be do no harm: the grain is that of all only after the last of them.
    const meta = isLast ? { ...this.#meta, grain } : this.#meta;
    return this.#written({ meta: { ...meta, round: meta.round + 1 }, thin: { ids, grain } });
  }

  #stepOf(seq: number, rest: Omit<Writes, "meta">): RollStep {
    const { round, ahead } = this.#meta;
    return this.#written({
      meta: { ...this.#meta, round: round + 1, seq, ahead: Math.max(this.#head, ahead) },
      ...rest,
    });
  }

  #written(writes: Writes): RollStep {
    this.#meta = writes.meta;
    return { writes, progress: this.#progress() };
  }

  #progress(): RollupProgress {
    const { seq, ahead } = this.#meta;
    const isRight = this.#dirty.size === 0;
    return { seq, isWhole: isRight && seq >= ahead, isDone: isRight && seq >= this.#head && !this.#isTooFine() };
  }
}

interface Settling {
  readonly facts: readonly LogFact[];
  readonly groups: Map<string, RolledEntry[]>;
  readonly upTo: number;
  readonly put: (kept: KeptKey) => void;
}

/** Of these the newest counts: what comes late has no effect. */
const isSequence = ({ kind }: RolledKey): boolean => kind === "equity" || kind === "mark";

/** What came no later than what was known before it. */
function inSequence(entries: readonly RolledEntry[], rolled: Rolled | undefined): RolledEntry[] {
  let newest = rolled?.at ?? Number.NEGATIVE_INFINITY;
  return entries.filter(({ at }) => {
    const isNews = at >= newest;
    if (isNews) newest = at;
    return isNews;
  });
}

const dayAfter = (at: number): number => (Math.floor(at / MICROS_PER_DAY) + 1) * MICROS_PER_DAY;

const inSeq = (facts: LogFact[]): LogFact[] => facts.sort((a, b) => a.recorded.seq - b.recorded.seq);

function append<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}

const newKey = (id: number, key: RolledKey, terms: string | undefined): KeptKey => ({
  id,
  key,
  terms,
  settledBy: undefined,
  firstAt: Number.MAX_SAFE_INTEGER as Micros,
  lastAt: Number.MIN_SAFE_INTEGER as Micros,
  dirtyFrom: undefined,
});

function withSpan(kept: KeptKey, entries: readonly RolledEntry[]): KeptKey {
  let { firstAt, lastAt } = kept;
  for (const { at } of entries) {
    if (at < firstAt) firstAt = at;
    if (at > lastAt) lastAt = at;
  }
  return firstAt === kept.firstAt && lastAt === kept.lastAt ? kept : { ...kept, firstAt, lastAt };
}

const dirtied = (kept: KeptKey, at: Micros): KeptKey => ({
  ...kept,
  dirtyFrom: micros(Math.min(at, kept.dirtyFrom ?? at)),
});

const termsFrom = ({ terms }: KeptKey): Terms => decode(terms ?? "") as Terms;

const settlementKey = ({ mode, parts: [, venue = "", symbol = ""] }: RolledKey): string =>
  naturalKey({ type: "settlement", mode, venue, symbol } as EventOf<"settlement">) ?? "";

/** What the text of every fact of a key holds. */
const holdingOf = ({ kind, parts }: RolledKey): string | undefined =>
  kind === "ledger" || kind === "reported" ? JSON.stringify(parts.at(-1)) : undefined;
