import type { ReplayView, SessionView } from "../protocol/api-sessions.ts";
import type { StateMark } from "./health-lines.ts";
import { count } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import { duration } from "./time-format.ts";

type Speed = ReplayView["speed"];

/** The speeds that the transport bar offers. */
export const replaySpeeds = [1, 2, 10, 60, "max"] as const satisfies readonly Speed[];

export const speedText = (speed: Speed): string => (speed === "max" ? "max" : `${speed}×`);

/** The speed above or below, for the keys; the same one at the end of the list. */
export function nextSpeed(speed: Speed, step: 1 | -1): Speed {
  const rank = (each: Speed): number => (each === "max" ? Number.POSITIVE_INFINITY : each);
  const faster = replaySpeeds.filter((each) => rank(each) > rank(speed));
  const slower = replaySpeeds.filter((each) => rank(each) < rank(speed));
  return (step === 1 ? faster[0] : slower.at(-1)) ?? speed;
}

const marks: Record<ReplayView["state"], StateMark> = {
  preparing: { sign: "◌", word: "preparing", tone: "muted" },
  playing: { sign: "▶", word: "playing", tone: "stale" },
  paused: { sign: "‖", word: "paused", tone: "stale" },
  ended: { sign: "■", word: "at the end", tone: "muted" },
  failed: { sign: "⚠", word: "failed", tone: "bad" },
};

export const replayMark = (state: ReplayView["state"]): StateMark => marks[state];

/** The stretch of event time that a replay covers, ms since the epoch; undefined while that is not known. */
export interface ReplaySpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
}

/** The span of a replay and where its clock stands. A span of no length is taken as one millisecond. */
export function replaySpan({ from, to, at }: Pick<ReplayView, "from" | "to" | "at">): ReplaySpan | undefined {
  if (from === null || to === null) return undefined;
  const fromMs = Date.parse(from);
  const toMs = Math.max(Date.parse(to), fromMs + 1);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return undefined;
  const said = at === null ? fromMs : Date.parse(at);
  const atMs = Number.isNaN(said) ? fromMs : said;
  return { fromMs, toMs, atMs: Math.min(toMs, Math.max(fromMs, atMs)) };
}

/** How far the clock is, 0 to 1. */
export const shareOf = ({ fromMs, toMs, atMs }: ReplaySpan): number => (atMs - fromMs) / (toMs - fromMs);

/** The moment at a share of the span, 0 to 1, as ISO-8601. */
export function momentAt({ fromMs, toMs }: ReplaySpan, share: number): string {
  const within = Math.min(1, Math.max(0, share));
  return new Date(Math.round(fromMs + within * (toMs - fromMs))).toISOString();
}

const SMALL_STEP = 0.01;
const LARGE_STEP = 0.1;

/** Where a key of a slider leads, as a share of the span; undefined for other keys. */
export function shareAfterKey(key: string, share: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: SMALL_STEP,
    ArrowUp: SMALL_STEP,
    ArrowLeft: -SMALL_STEP,
    ArrowDown: -SMALL_STEP,
    PageUp: LARGE_STEP,
    PageDown: -LARGE_STEP,
  };
  if (key === "Home") return 0;
  if (key === "End") return 1;
  const step = steps[key];
  return step === undefined ? undefined : Math.min(1, Math.max(0, share + step));
}

/** The day and the time of an event clock, in UTC: `2026-02-24 14:03:22`. */
export const eventClock = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace("T", " ");

/** A session as a row. */
export interface SessionRow {
  readonly lasted: Shown;
  readonly facts: Shown;
  readonly fills: Shown;
  readonly origin: StateMark;
  /** Still going on. */
  readonly open: boolean;
}

/** The cells of a session. */
export function sessionRow(session: SessionView): SessionRow {
  const { from, to } = session;
  const open = to === null;
  const lastedS = to === null ? undefined : (Date.parse(to) - Date.parse(from)) / 1000;
  return {
    lasted: lastedS === undefined ? unknownValue("it goes on") : plain(duration(lastedS)),
    facts: count(session.facts),
    fills: count(session.fills),
    origin: session.imported
      ? { sign: "⇩", word: "a file", tone: "muted" }
      : { sign: "●", word: "the bot", tone: open ? "ok" : "muted" },
    open,
  };
}
