import { assert, ensure } from "../base/assert.ts";
import { type Result, err, ok } from "../base/result.ts";
import { type Clock, type Micros, parseTime } from "../base/time.ts";
import { instrumentKey } from "../engine/desk-state.ts";
import { type State, foldedSeq, reduce } from "../engine/fold.ts";
import { noteContact, noteTraffic, reduceSample } from "../engine/sample-state.ts";
import type { RejectedRow } from "../protocol/api.ts";
import type { Rejection } from "../protocol/errors.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { parseExactJson } from "../protocol/exact-json.ts";
import { type Speaker, parseEvent } from "../protocol/parse-event.ts";
import type { LoggedFact, Recorded } from "../protocol/recorded.ts";
import { storedEvent } from "../protocol/stored-event.ts";
import type { Admission } from "./admission.ts";
import { appendRow } from "./append-row.ts";
import type { Changes } from "./changes.ts";
import { eachStored, type PackedRows, RowPacker, type StoredText } from "./packed-rows.ts";
import { type KnownFact, knownFact, onlyStatement } from "./known-fact.ts";
import { keptEvent, type KeptSample, type KeptSamples, keptText } from "./kept-samples.ts";
import { type AppendOutcome, type Store, StoreUnavailable } from "./ports.ts";
import type { Rejections } from "./rejections.ts";
import type { SampleBuffer } from "./sample-buffer.ts";
import { TextSlabs } from "./text-slabs.ts";

/** One event as it came: a line of NDJSON, or a parsed value. */
export type RawEvent = { readonly line: string } | { readonly value: unknown };

export interface IngestOptions {
  readonly speaker?: Speaker;
  /** The only bot the caller may speak for. */
  readonly bot?: string | undefined;
  /** Keeps an edge as a fact, as `POST /api/edges` wants it. */
  readonly asFact?: boolean;
  /** Says of each event what the log has of it, too: to be asked of few at a time. */
  readonly recorded?: boolean;
  /** Reads a value that is no event as such: the body of a source document. */
  readonly read?: (value: unknown) => Result<DeskEvent, Rejection>;
}

type StoredKind = "accepted" | "duplicate" | "merged" | "contradiction";

/** What became of one event of a batch. */
export type ItemOutcome =
  | { readonly kind: StoredKind; readonly recorded?: KnownFact }
  | { readonly kind: "sampled" }
  | { readonly kind: "rejected"; readonly rejection: Rejection };

export interface IngestReport {
  /** One for each event handed in, in order. */
  readonly items: readonly ItemOutcome[];
  readonly lastSeq: number;
}

/** Why nothing of a batch was taken: the hub is full, or its store is away. Both may be tried again. */
export interface IngestFailure {
  readonly code: "overloaded" | "store_unavailable";
  readonly message: string;
}

/** Running totals since the start, for the hub's own metrics. */
export interface IngestTotals {
  accepted: number;
  sampled: number;
  duplicates: number;
  merged: number;
  contradictions: number;
  rejected: number;
  refusedFull: number;
}

export interface IngestParts {
  readonly state: State;
  readonly store: Pick<Store, "append" | "statementsOf">;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly kept: KeptSamples;
  readonly rejections: Rejections;
  readonly samples: SampleBuffer;
  readonly publish: (changes: Changes) => void;
  readonly onAppend?: (durationMs: number, rows: number) => void;
  readonly onStoreError?: (error: StoreUnavailable) => void;
}

/** Events that may wait for the log at once; beyond that the hub says 429. */
export const QUEUE_EVENTS_MAX = 50_000;

/**
 * Events that wait for the log as they were read; of others there is only their text, which is read again to be folded. A
 * few are folded before the garbage of reading is collected; thousands would be copied out of its way, which takes longer.
 */
const EVENTS_HELD_MAX = 2_000;

/** What a batch was sorted into before anything of it is stored. */
interface Sorted {
  readonly items: (ItemOutcome | undefined)[];
  readonly rows: RowPacker;
  /** For each row the item of the batch that it came from; none for a kept sample. */
  readonly itemOfRow: (number | undefined)[];
  /** For each row its event, but for kept samples; undefined where there are too many to be held. */
  readonly events: (DeskEvent | undefined)[] | undefined;
  readonly rejected: RejectedRow[];
  readonly touched: Set<string>;
  readonly books: Set<string>;
  marks: boolean;
  edges: boolean;
  health: boolean;
}

/** A batch that waits for the log. */
interface Batch {
  readonly sorted: Sorted;
  readonly rows: PackedRows;
  readonly saysRecorded: boolean;
}

/** bound → validate → append → fold → publish → acknowledge: the way of every event into the hub. */
export class Ingest {
  readonly totals: IngestTotals = {
    accepted: 0,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    rejected: 0,
    refusedFull: 0,
  };
  readonly #parts: IngestParts;
  readonly #slabs = new TextSlabs();
  #queued = 0;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  get queued(): number {
    return this.#queued;
  }

  /** Whether a further request may be read at all: asked before its body is. */
  hasRoom(): boolean {
    return this.#queued < QUEUE_EVENTS_MAX;
  }

  /**
   * Resolves once every fact among `raws` is on disk, folded and published. Of `raws` little is held until then: a desk
   * that sends as fast as it can has thousands of events on their way.
   */
  submit(raws: readonly RawEvent[], options: IngestOptions = {}): Promise<Result<IngestReport, IngestFailure>> {
    if (!this.hasRoom()) {
      this.totals.refusedFull++;
      const message = `${this.#queued} events wait for the log; try again in a second`;
      return Promise.resolve(err({ code: "overloaded", message }));
    }
    const receivedAt = this.#parts.clock.now();
    const sorted = this.#sort(raws, options, receivedAt);
    const rows = sorted.rows.packed();
    const batch = { sorted, rows, saysRecorded: options.recorded === true };
    return rows.count === 0 ? Promise.resolve(ok(this.#finish(batch, []))) : this.#append(batch);
  }

  async #append(batch: Batch): Promise<Result<IngestReport, IngestFailure>> {
    const { store, onAppend, onStoreError } = this.#parts;
    const { rows } = batch;
    this.#queued += rows.count;
    const started = this.#parts.clock.now();
    try {
      const outcomes = await store.append(rows);
      onAppend?.((this.#parts.clock.now() - started) / 1000, rows.count);
      const report = this.#finish(batch, outcomes);
      return ok(batch.saysRecorded ? await this.#withWhatStands(report) : report);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      onStoreError?.(error);
      return err({ code: "store_unavailable", message: error.message });
    } finally {
      this.#queued -= rows.count;
      this.#slabs.takeBack(rows);
    }
  }

  /** What was said once more is answered with what the log has of it, not with what came. */
  async #withWhatStands(report: IngestReport): Promise<IngestReport> {
    const { store } = this.#parts;
    const standing = async (item: ItemOutcome): Promise<ItemOutcome> => {
      if (item.kind === "rejected" || item.kind === "sampled" || item.kind === "accepted") return item;
      const { recorded } = item;
      const known = recorded && (await knownFact(store, recorded.ofSeq ?? recorded.seq));
      return known === undefined ? item : { ...item, recorded: known };
    };
    return { ...report, items: await Promise.all(report.items.map(standing)) };
  }

  #sort(raws: readonly RawEvent[], options: IngestOptions, receivedAt: Micros): Sorted {
    const sorted: Sorted = {
      items: new Array(raws.length).fill(undefined),
      rows: new RowPacker(this.#slabs, raws.length),
      itemOfRow: [],
      events: this.#queued + raws.length > EVENTS_HELD_MAX ? undefined : [],
      rejected: [],
      touched: new Set(),
      books: new Set(),
      marks: false,
      edges: false,
      health: false,
    };
    for (let index = 0; index < raws.length; index++) {
      const raw = raws[index];
      if (raw === undefined) continue;
      const parsed = this.#parse(raw, options);
      if (parsed.ok) this.#admit(parsed.value, index, sorted, options, receivedAt);
      else {
        this.totals.rejected++;
        sorted.items[index] = { kind: "rejected", rejection: parsed.error };
        sorted.rejected.push(
          this.#parts.rejections.add(parsed.error, "line" in raw ? raw.line : raw.value, receivedAt),
        );
      }
    }
    return sorted;
  }

  #parse(raw: RawEvent, { speaker = "bot", bot, read }: IngestOptions): Result<DeskEvent, Rejection> {
    const value = "line" in raw ? parseLine(raw.line) : ok(raw.value);
    if (!value.ok) return value;
    const parsed = read === undefined ? parseEvent(value.value, speaker) : read(value.value);
    if (!parsed.ok) return parsed;
    if (speaker === "hub") return parsed;
    const event = parsed.value;
    const refusal = this.#parts.admission.refusalOf(event.bot);
    if (refusal !== undefined) return err(refusal);
    if (bot !== undefined && event.bot !== bot)
      return err({ code: "forbidden", path: "bot", message: `this key may speak for ${bot} only, found ${event.bot}` });
    return parsed;
  }

  #admit(event: DeskEvent, index: number, sorted: Sorted, options: IngestOptions, receivedAt: Micros): void {
    const { admission, kept, state } = this.#parts;
    const ts = parseTime(event.ts) ?? receivedAt;
    admission.complete(event);
    const isFact = options.asFact === true || admission.isFact(event, ts);
    noteContact(state.samples, event, receivedAt);
    noteTraffic(state.samples, event, receivedAt);
    sorted.touched.add(event.bot);
    sorted.health ||= event.type === "feed" || event.type === "book" || event.type === "mark";
    sorted.edges ||= event.type === "edge";
    if (!isFact) {
      reduceSample(state, event, receivedAt, ts);
      this.#takeSample(event, ts, receivedAt, sorted);
      sorted.items[index] = SAMPLED;
      return;
    }
    for (const sample of kept.before(event, ts)) addSample(sorted, sample, receivedAt);
    addRow(sorted, event, { ts, receivedAt }, index);
  }

  #takeSample(event: DeskEvent, ts: Micros, receivedAt: Micros, sorted: Sorted): void {
    const { samples, kept } = this.#parts;
    this.totals.sampled++;
    if (event.type === "book") sorted.books.add(instrumentKey(event.venue, event.symbol));
    sorted.marks ||= event.type === "mark" || event.type === "rate";
    samples.add(event, ts, receivedAt);
    if (event.type !== "mark") return;
    const mark = kept.onMark(event, ts);
    if (mark !== undefined) addSample(sorted, mark, receivedAt);
  }

  /** Folds what the log took, in its order, and says what became of each event. */
  #finish({ sorted, rows, saysRecorded }: Batch, outcomes: readonly AppendOutcome[]): IngestReport {
    const { state, publish } = this.#parts;
    assert(outcomes.length === sorted.itemOfRow.length, "the log answered for a part of the batch");
    const facts: LoggedFact[] = [];
    let exposure = false;
    eachStored(rows, (row, index) => {
      const outcome = ensure(outcomes[index], "the log left a row without an answer");
      const recorded = recordedOf(row, outcome, sorted.events?.[index]);
      if (outcome.standing !== "duplicate") {
        reduce(state, recorded);
        facts.push(recorded);
        exposure ||= movesExposure(recorded.event);
      }
      if (outcome.standing !== "fact") this.#saidAgain(sorted.events?.[index] ?? storedEvent(row.body), row);
      const item = sorted.itemOfRow[index];
      if (item === undefined) return;
      const kind = this.#count(outcome);
      sorted.items[item] = saysRecorded ? { kind, recorded: onlyStatement(recorded) } : STORED[kind];
    });
    const { touched: bots, books, marks, edges, health, rejected } = sorted;
    publish({ facts, bots, edges, exposure, marks, books, health, rejected });
    return { items: sorted.items.map(answered), lastSeq: foldedSeq(state) };
  }

  /** An edge that is told once more stands: the log has it, and its time to live begins anew. */
  #saidAgain(event: DeskEvent, { ts, receivedAt }: StoredText): void {
    if (event.type !== "edge" || event.origin !== undefined) return;
    reduceSample(this.#parts.state, event, receivedAt, ts);
  }

  #count(outcome: AppendOutcome): StoredKind {
    switch (outcome.standing) {
      case "fact":
        this.totals.accepted++;
        return "accepted";
      case "duplicate":
        this.totals.duplicates++;
        return "duplicate";
      case "merge":
        this.totals.merged++;
        return "merged";
      case "contradiction":
        this.totals.contradictions++;
        return "contradiction";
    }
  }
}

const SAMPLED: ItemOutcome = { kind: "sampled" };
/** One for all events of a kind: a batch is held until it is answered, and what it was taken apart into need not be. */
const STORED: Readonly<Record<StoredKind, ItemOutcome>> = {
  accepted: { kind: "accepted" },
  duplicate: { kind: "duplicate" },
  merged: { kind: "merged" },
  contradiction: { kind: "contradiction" },
};

function answered(item: ItemOutcome | undefined): ItemOutcome {
  assert(item !== undefined, "an event of the batch has no outcome");
  return item;
}

function parseLine(line: string): Result<unknown, Rejection> {
  try {
    return ok(parseExactJson(line));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return err({ code: "invalid_event", path: "", message: `expected JSON, found ${detail}`.slice(0, 500) });
  }
}

type Times = Pick<Recorded, "ts" | "receivedAt">;

function addRow(sorted: Sorted, event: DeskEvent, times: Times, item: number): void {
  sorted.rows.add(appendRow(event, JSON.stringify(event), times));
  sorted.itemOfRow.push(item);
  sorted.events?.push(event);
}

function addSample(sorted: Sorted, sample: KeptSample, receivedAt: Micros): void {
  const event = sample.event.id === undefined ? sample.event : keptEvent(sample);
  sorted.rows.add(appendRow(event, keptText(sample), { ts: sample.ts, receivedAt }));
  sorted.itemOfRow.push(undefined);
  // The log has it with what the hub knows of it.
  sorted.events?.push(undefined);
}

const recordedOf = (row: StoredText, outcome: AppendOutcome, held: DeskEvent | undefined): LoggedFact => ({
  body: outcome.event === undefined ? row.body : JSON.stringify(outcome.event),
  seq: outcome.seq,
  ts: row.ts,
  receivedAt: row.receivedAt,
  standing: outcome.standing === "duplicate" ? "fact" : outcome.standing,
  ofSeq: outcome.ofSeq,
  // What is stored is what is folded.
  event: outcome.event ?? held ?? storedEvent(row.body),
});

/** Whether what is held, or what it is worth, may be another. */
function movesExposure(event: DeskEvent): boolean {
  switch (event.type) {
    case "fill":
    case "order.filled":
    case "fill.voided":
    case "settlement":
    case "instrument":
    case "pair":
    case "rate":
    case "position.snapshot":
    case "ledger.rebased":
      return true;
    default:
      return false;
  }
}
