import { type Clock, type Micros, parseTime } from "../../base/time.ts";
import { emptyState, foldedSeq, type State, reduce } from "../../engine/fold.ts";
import { noteContact, noteTraffic, reduceSample } from "../../engine/sample-state.ts";
import type { Rejection } from "../../protocol/errors.ts";
import type { DeskEvent } from "../../protocol/event-types.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import { storedEvent } from "../../protocol/stored-event.ts";
import { Admission } from "../admission.ts";
import { appendRow } from "../append-row.ts";
import { keptEvent, type KeptSample, KeptSamples } from "../kept-samples.ts";
import type { IncomingRow } from "../packed-rows.ts";
import type { AppendOutcome, AppendRow } from "../ports.ts";
import { SampleBuffer } from "../sample-buffer.ts";

/** The log that an intake appends to. */
export interface DirectLog {
  /** What becomes of a row; undefined where that is told later, to whoever hears late answers, in the order of the rows. */
  readonly put: (row: AppendRow, isCounted: boolean) => AppendOutcome | undefined;
}

/** Hears what became of a row that had no answer at once. */
export type LateAnswer = (row: IncomingRow, outcome: AppendOutcome, isCounted: boolean) => void;

export interface DirectIntakeParts {
  readonly log: DirectLog;
  readonly clock: Clock;
  /** What the facts of the log add up to; nothing, when not given. */
  readonly state?: State;
  /** When an event counts as heard, asked in their order; as it is received, where nothing else is said. */
  readonly heardAt?: (event: Pick<Recorded, "ts" | "receivedAt"> & { readonly isFact: boolean }) => Micros;
  /** Hears of each fact after it was folded. */
  readonly onFact?: (fact: Pick<Recorded, "seq" | "ts" | "receivedAt">) => void;
}

/** What became of events so far; none twice. */
export interface TakenCounts {
  readonly accepted: number;
  readonly sampled: number;
  readonly duplicates: number;
  readonly merged: number;
  readonly contradictions: number;
  readonly last_seq: number;
}

const COUNTED_AS = {
  fact: "accepted",
  duplicate: "duplicates",
  merge: "merged",
  contradiction: "contradictions",
} as const;

/**
 * The way in for whoever has a log for itself: as `Ingest`, but one event at a time, folded the moment the log says what
 * becomes of it. Nothing of an event is kept on the way, and nothing is read twice.
 */
export class DirectIntake {
  readonly state: State;
  readonly #parts: DirectIntakeParts;
  readonly #admission: Admission;
  readonly #kept: KeptSamples;
  readonly #samples = new SampleBuffer();
  readonly #counts = { accepted: 0, sampled: 0, duplicates: 0, merged: 0, contradictions: 0 };

  constructor(parts: DirectIntakeParts) {
    const { state = emptyState() } = parts;
    this.state = state;
    this.#parts = parts;
    this.#admission = new Admission(state, "live");
    this.#kept = new KeptSamples(state);
  }

  get counts(): TakenCounts {
    return { ...this.#counts, last_seq: foldedSeq(this.state) };
  }

  /** The newest sample of each stream since the last call. */
  takeSamples(): ReturnType<SampleBuffer["take"]> {
    return this.#samples.take();
  }

  /**
   * Takes in an event that `parseEvent` has made; `text` is what it is as JSON, letter by letter, where that is at hand:
   * a sample needs none. Why it is refused, else undefined.
   */
  take(event: DeskEvent, text?: string): Rejection | undefined {
    const refusal = this.#admission.refusalOf(event.bot);
    if (refusal !== undefined) return refusal;
    const receivedAt = this.#parts.clock.now();
    const ts = parseTime(event.ts) ?? receivedAt;
    const said = { mode: event.mode, venue: venueOf(event) };
    this.#admission.complete(event);
    const isFact = this.#admission.isFact(event, ts);
    const heardAt = this.#parts.heardAt?.({ ts, receivedAt, isFact }) ?? receivedAt;
    const { samples } = this.state;
    noteContact(samples, event, heardAt);
    noteTraffic(samples, event, heardAt);
    if (isFact) {
      for (const sample of this.#kept.before(event, ts)) this.#putKept(sample, receivedAt);
      const body = text === undefined ? JSON.stringify(event) : completedText(text, said, event);
      this.#put(appendRow(event, body, { ts, receivedAt }), true);
      return undefined;
    }
    reduceSample(this.state, event, heardAt, ts);
    this.#counts.sampled++;
    this.#samples.add(event, ts, receivedAt);
    const mark = event.type === "mark" ? this.#kept.onMark(event, ts) : undefined;
    if (mark !== undefined) this.#putKept(mark, receivedAt);
    return undefined;
  }

  /** The answer of the log for a row that had none at once. */
  readonly onLate: LateAnswer = (row, outcome, isCounted) => this.#settle(row, outcome, isCounted);

  #putKept(sample: KeptSample, receivedAt: Micros): void {
    const event = keptEvent(sample);
    this.#put(appendRow(event, JSON.stringify(event), { ts: sample.ts, receivedAt }), false);
  }

  #put(row: AppendRow, isCounted: boolean): void {
    const outcome = this.#parts.log.put(row, isCounted);
    if (outcome !== undefined) this.#settle(row, outcome, isCounted);
  }

  /** A row that had to wait is kept as its text alone, so it is read again. */
  #settle(row: AppendRow | IncomingRow, outcome: AppendOutcome, isCounted: boolean): void {
    const { seq, standing, ofSeq } = outcome;
    if (isCounted) this.#counts[COUNTED_AS[standing]]++;
    if (standing === "duplicate") return;
    const { ts, receivedAt } = row;
    const event = outcome.event ?? ("event" in row ? row.event : storedEvent(row.body));
    reduce(this.state, { seq, ts, receivedAt, standing, ofSeq, event });
    this.#parts.onFact?.({ seq, ts, receivedAt });
  }
}

interface Said {
  readonly mode: DeskEvent["mode"];
  readonly venue: unknown;
}

/** The text of an event that said less before it was completed by what its bot had said. */
function completedText(text: string, said: Said, event: DeskEvent): string {
  let added = said.mode === undefined && event.mode !== undefined ? `,"mode":"${event.mode}"` : "";
  const found = said.venue === undefined ? venueOf(event) : undefined;
  if (found !== undefined) added += `,"venue":${JSON.stringify(found)}`;
  return added === "" ? text : `${text.slice(0, -1)}${added}}`;
}

const venueOf = (event: DeskEvent): unknown => ("venue" in event ? event.venue : undefined);
