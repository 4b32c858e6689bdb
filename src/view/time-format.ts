import { type Shown, plain } from "./shown.ts";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;

/** How long ago, in one unit: `0 s`, `14 s`, `6 min`, `3 h`, `2 d`. */
export function age(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min`;
  if (s < DAY_S) return `${Math.floor(s / HOUR_S)} h`;
  return `${Math.floor(s / DAY_S)} d`;
}

/** An age that turns amber when it is over its limit. */
export function ageOver(seconds: number, limitS: number): Shown {
  const text = age(seconds);
  return seconds > limitS
    ? { text, tone: "stale", full: `${text} ago, over the limit of ${age(limitS)}` }
    : plain(text);
}

/** How long something lasted, in one unit or two: `42 s`, `1 min`, `12 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min${besides(s % MINUTE_S, "s")}`;
  if (s < DAY_S) return `${Math.floor(s / HOUR_S)} h${besides(Math.floor((s % HOUR_S) / MINUTE_S), "min")}`;
  return `${Math.floor(s / DAY_S)} d${besides(Math.floor((s % DAY_S) / HOUR_S), "h")}`;
}

const besides = (n: number, unit: string): string => (n === 0 ? "" : ` ${n} ${unit}`);

/** The time of day in UTC: `14:03:22`. */
export const utcClock = (epochMs: number): string => new Date(epochMs).toISOString().slice(11, 19);

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/**
 * A moment (ISO-8601 in UTC) beside which the reader's now is known: the time of day today, the day and the time
 * before that, the year when it is another one; the whole moment on hover. A text that is no moment is shown as it is.
 */
export function moment(iso: string, nowMs: number): Shown {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return plain(iso);
  const time = utcClock(at);
  const then = new Date(at);
  const now = new Date(nowMs);
  if (Math.floor(at / DAY_MS) === Math.floor(nowMs / DAY_MS)) return plain(time, `${iso} UTC`);
  const day = `${then.getUTCDate()} ${MONTHS[then.getUTCMonth()] ?? ""}`;
  if (then.getUTCFullYear() === now.getUTCFullYear()) return plain(`${day} ${time.slice(0, 5)}`, `${iso} UTC`);
  return plain(`${day} ${then.getUTCFullYear()}`, `${iso} UTC`);
}

/** The time of day of a moment with its milliseconds, in UTC: `14:03:22.104`. A text that is no moment is shown as it is. */
export function momentMs(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : new Date(at).toISOString().slice(11, 23);
}

/** The age of a book: tenths below ten seconds, ⚠ once it is over its limit. */
export function bookAge(seconds: number, limitS: number): Shown {
  const text = seconds < 10 ? `${Math.max(0, seconds).toFixed(1)} s` : age(seconds);
  if (seconds <= limitS) return plain(text);
  return { text: `⚠ ${text}`, tone: "stale", full: `stale: ${text} old, over the limit of ${age(limitS)}` };
}
