import type { Brand } from "./brand.ts";

/** Microseconds since 1970-01-01T00:00:00Z, an integer. Exact in a double until the year 2255. */
export type Micros = Brand<number, "Micros">;

/** A source of time, handed in so that pure code and tests never read the machine's clock. */
export interface Clock {
  /** Wall-clock time, UTC. */
  readonly now: () => Micros;
}

const MICROS_PER_MS = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/** The last moment that a double holds to the microsecond, in 2255; as long before 1970 is the first, in 1684. */
const LAST = Number.MAX_SAFE_INTEGER;

/** A moment of any year as the nearest one that can be held. */
const held = (value: number): Micros => Math.min(Math.max(value, -LAST), LAST) as Micros;

/** Whether a moment stands for one of another year, which is too far away to be held. */
export const isBeyond = (value: Micros): boolean => Math.abs(value) === LAST;

/** Brands an integer count of microseconds. */
export const micros = (value: number): Micros => value as Micros;

export const microsFromMs = (ms: number): Micros => Math.round(ms * MICROS_PER_MS) as Micros;

const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
const MS_PER_MINUTE = 60_000;
/** How `SS.mmmZ`, which follows a minute, is long. */
const AFTER_MINUTE = 7;
/** 0 to 999 in three digits: times are written more often than anything else. */
const THREE_DIGITS = Array.from({ length: 1_000 }, (_, value) => String(value).padStart(3, "0"));

/** The minute that was written last: most times are of the same one as the time before them. */
const written = { minute: Number.NaN, text: "" };

/** ISO-8601 in UTC with as many fraction digits (3 or 6) as the value needs: `2026-02-24T12:30:13.441105Z`. */
export function isoFromMicros(value: Micros): string {
  const minute = Math.floor(value / MICROS_PER_MINUTE);
  if (minute !== written.minute) {
    written.text = new Date(minute * MS_PER_MINUTE).toISOString().slice(0, -AFTER_MINUTE);
    written.minute = minute;
  }
  const within = value - minute * MICROS_PER_MINUTE;
  const ms = Math.floor(within / MICROS_PER_MS);
  const second = Math.floor(ms / 1_000);
  const rest = within - ms * MICROS_PER_MS;
  const digits = rest === 0 ? "" : (THREE_DIGITS[rest] ?? String(rest).padStart(3, "0"));
  return `${written.text}${second < 10 ? "0" : ""}${second}.${THREE_DIGITS[ms - second * 1_000]}${digits}Z`;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;
/** What ISO-8601 has besides for a moment with its offset: no dashes and colons, days of the year, weeks, parts of an hour. */
const RARE_ISO =
  /^(\d{4})-?(?:(\d\d)-?(\d\d)|(\d{3})|w(\d\d)-?([1-7]))[t ](\d\d)(?::?(\d\d)(?::?(\d\d))?)?(?:[.,](\d+))?\s?(z|[+−-]\d\d(?::?\d\d)?)$/i;
const NUMERIC = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const SECONDS_PER_DAY = 86_400;

/**
 * Reads every time form that bots send: ISO-8601 (without an offset it is UTC; with one every form of it), or an epoch in
 * s, ms, µs or ns, told apart by magnitude, as a number or a numeric string. Finer than a microsecond is cut off. A time
 * before 1684 or after 2255 is read as the first or the last moment between them (`isBeyond`). Undefined when it is none.
 */
export function parseTime(value: unknown): Micros | undefined {
  if (typeof value === "number") return epochToMicros(value);
  if (typeof value !== "string") return undefined;
  return parseIso(value) ?? (NUMERIC.test(value) ? epochToMicros(Number(value)) : undefined);
}

function epochToMicros(value: number): Micros | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  return value < 8e18 ? held(unheldMicros(value)) : undefined;
}

/** An epoch in s, ms, µs or ns, told apart by magnitude. */
function unheldMicros(epoch: number): number {
  if (epoch < 1e11) return Math.round(epoch * 1e6);
  if (epoch < 1e14) return Math.round(epoch * 1e3);
  return Math.trunc(epoch < 1e17 ? epoch : epoch / 1e3);
}

/** A time of a year that is not held, as it was said; an epoch as ISO-8601 to the millisecond. */
export function isoBeyond(said: string | number): string {
  const epoch = Number(said);
  return Number.isNaN(epoch) ? String(said) : new Date(unheldMicros(epoch) / MICROS_PER_MS).toISOString();
}

/** The forms that `isoFromMicros` writes, read without a pattern: most times come so. */
function parseCanonical(text: string): Micros | undefined {
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== T) return undefined;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || text.charCodeAt(19) !== DOT) return undefined;
  if (text.charCodeAt(text.length - 1) !== Z) return undefined;
  if (knownDay.text === "" || !text.startsWith(knownDay.text)) knownDay = dayOf(text.slice(0, 10));
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const fraction = digits(text, 20, text.length - 1);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const seconds = knownDay.startsAtS + hour * 3600 + minute * 60 + second;
  const exact = seconds * MICROS_PER_SECOND + (text.length === 24 ? fraction * MICROS_PER_MS : fraction);
  return Number.isNaN(exact) ? undefined : held(exact);
}

/** The day read last: most times are of the same one. Its start is NaN where it is none that is read without a pattern. */
let knownDay: { readonly text: string; readonly startsAtS: number } = { text: "", startsAtS: Number.NaN };

function dayOf(text: string): typeof knownDay {
  const year = digits(text, 0, 4);
  const startsAtS = year >= 1970 ? calendarDay(year, digits(text, 5, 7), digits(text, 8, 10)) : undefined;
  return { text, startsAtS: startsAtS ?? Number.NaN };
}

const Z = "Z".charCodeAt(0);
const DASH = 45;
const T = 84;
const COLON = 58;
const DOT = 46;

/** The number that the digits from `start` to `end` write; NaN when one is no digit. */
function digits(text: string, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** True for a text that `isoFromMicros` would write the same; false says nothing. */
const isCanonicalIso = (text: string): boolean => text.length === 24 && readCanonical(text) !== undefined;

/** A time in the one form in which it is stored, ISO-8601 in UTC; undefined for what is no time. */
export function canonicalTime(value: unknown): string | undefined {
  if (typeof value === "string" && isCanonicalIso(value)) return value;
  const at = parseTime(value);
  if (at === undefined) return undefined;
  return isBeyond(at) ? isoBeyond(value as string | number) : isoFromMicros(at);
}

/** The text read last: a time is asked for several times on the way of its event. */
let known: { readonly text: string; readonly at: Micros | undefined } = { text: "", at: undefined };

function readCanonical(text: string): Micros | undefined {
  if (text !== known.text) known = { text, at: parseCanonical(text) };
  return known.at;
}

function parseIso(text: string): Micros | undefined {
  const quick = text.length === 24 || text.length === 27 ? readCanonical(text) : undefined;
  if (quick !== undefined) return quick;
  const match = ISO.exec(text);
  if (match === null) return parseRareIso(text);
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
  const micros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  return momentOf(
    calendarDay(Number(year), Number(month), Number(day)),
    [Number(hour), Number(minute), Number(second), micros],
    zone,
  );
}

/** `startsAtS`: the first second of the day in UTC; undefined for one that is not in the calendar. */
function momentOf(
  startsAtS: number | undefined,
  [hour, minute, second, micros]: readonly [number, number, number, number],
  zone: string,
): Micros | undefined {
  if (startsAtS === undefined || hour > 24 || minute > 59 || second > 60) return undefined;
  // The end of a day may be written as its 24th hour.
  if (hour === 24 && (minute > 0 || second > 0 || micros > 0)) return undefined;
  const seconds = startsAtS + hour * 3600 + minute * 60 + second - offsetSeconds(zone);
  // In UTC it may be of a year that cannot be written with four digits, and so not be read again.
  if (!(seconds < YEAR_10000_S)) return undefined;
  return held(seconds * MICROS_PER_SECOND + micros);
}

/** The first second of a day; undefined for one that its month does not have. */
function calendarDay(year: number, month: number, day: number): number | undefined {
  const startsAtS = firstSecond(year, month - 1, day);
  const date = new Date(startsAtS * 1000);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? startsAtS : undefined;
}

/** Unlike `Date.UTC` this takes the years before 100 as they are. */
const firstSecond = (year: number, month: number, day: number): number =>
  new Date(0).setUTCFullYear(year, month, day) / 1000;

const yearOf = (second: number): number => new Date(second * 1000).getUTCFullYear();

function parseRareIso(text: string): Micros | undefined {
  const match = RARE_ISO.exec(text);
  if (match === null) return undefined;
  const [, said, month, day, ordinal, week, weekday, hour, minute, second, fraction = "", zone = "Z"] = match;
  const year = Number(said);
  const startsAtS =
    week !== undefined
      ? dayOfWeek(year, Number(week), Number(weekday))
      : ordinal !== undefined
        ? dayOfYear(year, Number(ordinal))
        : calendarDay(year, Number(month), Number(day));
  // A fraction is of whatever is said last.
  const unitS = second !== undefined ? 1 : minute !== undefined ? 60 : 3600;
  const within = Math.trunc((Number(fraction.slice(0, 9).padEnd(9, "0")) * unitS) / 1000);
  const [wholeSeconds, micros] = [Math.trunc(within / MICROS_PER_SECOND), within % MICROS_PER_SECOND];
  const [minutes, seconds] = [Math.trunc(wholeSeconds / 60), wholeSeconds % 60];
  const time = [Number(hour), Number(minute ?? minutes), Number(second ?? seconds), micros] as const;
  return momentOf(startsAtS, time, zone);
}

function dayOfYear(year: number, day: number): number | undefined {
  const startsAtS = firstSecond(year, 0, day);
  return yearOf(startsAtS) === year ? startsAtS : undefined;
}

/** Weeks begin on Mondays, and are of the year that their Thursday is of. */
function dayOfWeek(year: number, week: number, weekday: number): number | undefined {
  const january4 = firstSecond(year, 0, 4);
  const daysSinceMonday = (new Date(january4 * 1000).getUTCDay() + 6) % 7;
  const monday = january4 + ((week - 1) * 7 - daysSinceMonday) * SECONDS_PER_DAY;
  const isOfYear = yearOf(monday + 3 * SECONDS_PER_DAY) === year;
  return isOfYear ? monday + (weekday - 1) * SECONDS_PER_DAY : undefined;
}

const YEAR_10000_S = Date.UTC(10_000, 0) / 1000;

/** NaN for an offset that no clock has. */
function offsetSeconds(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const sign = zone.startsWith("+") ? 1 : -1;
  const digits = zone.slice(1).replace(":", "");
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2) || "0")];
  return hours < 24 && minutes < 60 ? sign * (hours * 3600 + minutes * 60) : Number.NaN;
}
