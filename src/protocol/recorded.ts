import { type Micros, MICROS_PER_SECOND, isBeyond, isoFromMicros, micros } from "../base/time.ts";
import type { DeskEvent } from "./event-types.ts";

/**
 * How a row of the log relates to what was there. `fact`: the first statement. `merge`: a later statement of the same
 * fact, holding only what it adds. `contradiction`: a later statement that says otherwise, kept and flagged, without effect.
 */
export type Standing = "fact" | "merge" | "contradiction";

/** An event as the log has it: what the bot said, and what the hub added. */
export interface Recorded<E extends DeskEvent = DeskEvent> {
  /** Strictly increasing over the log; gaps are allowed. */
  readonly seq: number;
  /** The bot's time. */
  readonly ts: Micros;
  /** The hub's time of receipt. */
  readonly receivedAt: Micros;
  readonly standing: Standing;
  /** The `seq` of the first statement, for a merge, a contradiction, or what a `fill.voided` voids. */
  readonly ofSeq: number | undefined;
  readonly event: E;
}

/** A fact as the log has just taken it: with the text that it stored. */
export interface LoggedFact extends Recorded {
  readonly body: string;
}

/** A fact by its text alone: what is kept long costs one string, not the two dozen objects of an event. */
export type TextFact = Omit<LoggedFact, "event">;

export const textFact = ({ seq, ts, receivedAt, standing, ofSeq, body }: LoggedFact): TextFact => ({
  seq,
  ts,
  receivedAt,
  standing,
  ofSeq,
  body,
});

/** How far the clock of a bot may be ahead of the hub's (DESIGN §3). */
export const AHEAD_MAX_MICROS = 5 * MICROS_PER_SECOND;

/** A fast clock must not reach into tomorrow: at most five seconds past the receipt (DESIGN §3). */
export const effectiveTs = (ts: Micros, receivedAt: Micros): Micros =>
  micros(Math.min(ts, receivedAt + AHEAD_MAX_MICROS));

const ANCIENT_BEFORE = Date.UTC(2009, 0, 1) * 1000;

/** Whether anything is odd about an event's time, as `timeFlags` says it. */
export const isOddTime = (ts: Micros, receivedAt: Micros): boolean =>
  ts > receivedAt + AHEAD_MAX_MICROS || ts < ANCIENT_BEFORE;

/**
 * Whether what was said at `ts`, received at `receivedAt`, comes too late to take the place of what was said at `known`:
 * files are read again, and what waited is sent late. A bot whose clock was set back is heard again once it has come to
 * the time it had; a `known` time that lies ahead of the receipt by more than 5 s keeps nothing back.
 */
export const isLate = (ts: Micros, known: Micros | undefined, receivedAt: Micros): boolean =>
  known !== undefined && ts < known && known <= receivedAt + AHEAD_MAX_MICROS;

/** What is odd about an event's time: later than its receipt by more than 5 s, or before 2009. Kept all the same. */
export function timeFlags(ts: Micros, receivedAt: Micros): ("future_ts" | "ancient_ts")[] {
  if (ts > receivedAt + AHEAD_MAX_MICROS) return ["future_ts"];
  return ts < ANCIENT_BEFORE ? ["ancient_ts"] : [];
}

/** The event as reads and streams show it: its own fields, and `seq`, `received_at`, `effective_ts` from the hub. */
export type WireEvent = DeskEvent & {
  seq: number;
  received_at: string;
  effective_ts: string;
  standing?: Standing;
  of_seq?: number;
  flags?: string[];
};

/** Of the fields that the hub adds, those that it leaves out where there is nothing to say. */
const HUB_WORDS: readonly string[] = ["standing", "of_seq", "flags"];

/** A bot may call fields as it likes; those that are the hub's to say must not look as if it had said them. */
const withoutHubWords = (event: DeskEvent): DeskEvent =>
  HUB_WORDS.some((name) => name in event)
    ? (Object.fromEntries(Object.entries(event).filter(([name]) => !HUB_WORDS.includes(name))) as DeskEvent)
    : event;

export function wireEvent(recorded: Recorded): WireEvent {
  const { seq, ts, receivedAt, standing, ofSeq, event } = recorded;
  const flags = timeFlags(ts, receivedAt);
  return {
    ...withoutHubWords(event),
    id: event.id ?? `h-${seq}`,
    seq,
    ts: isBeyond(ts) ? event.ts : isoFromMicros(ts),
    received_at: isoFromMicros(receivedAt),
    effective_ts: isoFromMicros(effectiveTs(ts, receivedAt)),
    ...(standing === "fact" ? {} : { standing }),
    ...(ofSeq === undefined ? {} : { of_seq: ofSeq }),
    ...(flags.length === 0 ? {} : { flags }),
  };
}
