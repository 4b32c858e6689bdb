import { type Measure, measured, unknown } from "./measure.ts";

/**
 * A day's equity against what it began with (metrics.md §5), with what is not realised: losses are ratios ≥ 0 (0.03 is
 * 3 %), and a day in profit has lost 0. Plain data.
 */
export interface DayEquity {
  readonly start: number;
  equity: number;
  worst: number;
  n: number;
}

/** A day that begins with the equity at its 00:00 UTC. */
export const beginDay = (start: number): DayEquity => ({ start, equity: start, worst: 0, n: 1 });

/** Takes the equity of a later moment of the day in, in place. */
export function takeDayEquity(day: DayEquity, equity: number): void {
  day.equity = equity;
  day.n++;
  if (day.start > 0) day.worst = Math.max(day.worst, lossOf(day));
}

export const dailyLoss = (day: DayEquity | undefined): Measure => against(day, lossOf);

export const worstDailyLoss = (day: DayEquity | undefined): Measure => against(day, ({ worst }) => worst);

/** How much of a limit is used: 1 is the limit itself, and from there on it is breached. */
export const utilization = (measure: Measure, limit: number): Measure =>
  typeof measure.value === "number" ? measured(measure.value / limit, measure.n) : measure;

const lossOf = ({ start, equity }: DayEquity): number => Math.max(0, (start - equity) / start);

function against(day: DayEquity | undefined, loss: (day: DayEquity) => number): Measure {
  if (day === undefined) return unknown("the day's starting equity is not known");
  return day.start > 0 ? measured(loss(day), day.n) : unknown("the day began without equity", day.n);
}
