import { fixed } from "../number-format.ts";

/** A series of returns as a file or a hub told it. */
export interface ReturnSeries {
  /** When each period ended, epoch ms; undefined where nobody said. */
  readonly at: Float64Array | undefined;
  /** Finite, ≥ −1. */
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
  /** The equity before the first return, where it is known. */
  readonly startEquity: number | undefined;
  /** Rows without a number, which were left out. */
  readonly dropped: number;
  readonly source: string;
}

/** Epoch ms at each value of the equity: one more than there are returns, the first a usual period before the next. */
export function equityTimes({ at, returns }: ReturnSeries): Float64Array {
  const times = new Float64Array(returns.length + 1);
  if (at === undefined) return times.map((_, index) => index);
  times.set(at, 1);
  times[0] = (at[0] ?? 0) - usualGap(at);
  return times;
}

/** The median of the first thousand gaps, ms. */
export function usualGap(at: Float64Array): number {
  const gaps = at.subarray(0, 1_000).map((time, index) => (index === 0 ? 0 : time - (at[index - 1] as number)));
  const sorted = gaps.subarray(1).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

/** Returns of calendar months, UTC, compounded; in order. */
export interface MonthReturn {
  readonly year: number;
  /** 0 is January. */
  readonly month: number;
  readonly value: number;
}

export function monthReturns({ at, returns }: ReturnSeries): readonly MonthReturn[] {
  if (at === undefined) return [];
  const months: MonthReturn[] = [];
  let [ends, growth, year, month] = [Number.NEGATIVE_INFINITY, 1, 0, 0];
  const close = (): void => {
    if (Number.isFinite(ends)) months.push({ year, month, value: growth - 1 });
  };
  for (let index = 0; index < returns.length; index++) {
    const time = at[index] as number;
    if (time >= ends || index === 0) {
      close();
      const day = new Date(time);
      [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
      ends = Date.UTC(year, month + 1, 1);
      growth = 1;
    }
    growth *= 1 + (returns[index] as number);
  }
  close();
  return months;
}

/** How the series is described at the head of a report. */
export function seriesAbout({ at, returns, periodsPerYear, dropped, source }: ReturnSeries): string[] {
  const day = (time: number | undefined): string => new Date(time ?? 0).toISOString().slice(0, 10);
  const span = at === undefined || at.length === 0 ? [] : [`${day(at[0])} to ${day(at.at(-1))} (UTC)`];
  const rows = `${fixed(returns.length, 0)} returns, ${fixed(periodsPerYear, 0)} a year`;
  return [source, ...span, rows, ...(dropped > 0 ? [`${fixed(dropped, 0)} rows without a number were left out`] : [])];
}
