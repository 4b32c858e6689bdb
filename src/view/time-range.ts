const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The ranges of time in the order of their buttons, each with words for where it begins. */
export const TIME_RANGES = [
  { range: "1h", label: "1h", words: "the last hour" },
  { range: "6h", label: "6h", words: "the last 6 hours" },
  { range: "24h", label: "24h", words: "the last 24 hours" },
  { range: "7d", label: "7d", words: "the last 7 days" },
  { range: "30d", label: "30d", words: "the last 30 days" },
  { range: "wtd", label: "WTD", words: "since Monday 00:00 UTC" },
  { range: "mtd", label: "MTD", words: "since the first of the month, UTC" },
  { range: "ytd", label: "YTD", words: "since 1 January, UTC" },
  { range: "max", label: "Max", words: "all that is known" },
] as const;

/** A range of time that ends now. */
export type TimeRange = (typeof TIME_RANGES)[number]["range"];

/** The range that a text names, else the usual one. */
export const timeRangeOf = (name: string | undefined, usual: TimeRange = "24h"): TimeRange =>
  TIME_RANGES.find(({ range }) => range === name)?.range ?? usual;

/** Where a range begins, in words. */
export const rangeWords = (wanted: TimeRange): string => TIME_RANGES.find(({ range }) => range === wanted)?.words ?? "";

const LENGTHS: Partial<Record<TimeRange, number>> = {
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
};

/** The first moment (ms) of a range that ends at `nowMs`; `firstMs`, the first that is known, for all of it. */
export function rangeStart(range: TimeRange, nowMs: number, firstMs: number): number {
  const length = LENGTHS[range];
  if (length !== undefined) return nowMs - length;
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (range === "wtd") return Date.UTC(year, month, now.getUTCDate() - ((now.getUTCDay() + 6) % 7));
  if (range === "mtd") return Date.UTC(year, month, 1);
  if (range === "ytd") return Date.UTC(year, 0, 1);
  return firstMs;
}

const MINUTE_S = 60;
/** Steps of a chart, s. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1_440, 2_880, 10_080].map(
  (minutes) => minutes * MINUTE_S,
);

/** The shortest usual step (s) with which a span has no more than so many points. */
export function stepFor(spanMs: number, points: number): number {
  const least = spanMs / 1000 / points;
  return STEPS_S.find((step) => step >= least) ?? Math.ceil(least / MINUTE_S) * MINUTE_S;
}
