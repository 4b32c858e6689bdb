import { seededRandom } from "../../base/random.ts";
import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import type { Mode } from "../../engine/bot-state.ts";
import { foldedSeq } from "../../engine/fold.ts";
import {
  type DailyStatistic,
  DAYS_MIN,
  DAYS_PER_YEAR,
  dailyStatistics,
  readDaily,
  tooFew,
} from "../../metrics/returns/daily-statistics.ts";
import { ReturnReading } from "../../metrics/returns/reading.ts";
import { type ReturnInterval, returnIntervalsInParts } from "../../metrics/returns/return-intervals.ts";
import type { MadeInterval, StatisticsAnswer, StatisticView } from "../../protocol/api-statistics.ts";
import { inTurn } from "../explain.ts";
import type { PastParts } from "../past.ts";
import { type DailyReturns, type DailyScope, readDailyReturns, wholeDays } from "./daily-returns.ts";
import { drawdownViews } from "./day-drawdowns.ts";
import { dayMarks } from "./day-marks.ts";
import { rollingView, trendViews } from "./day-windows.ts";

/** What statistics are asked for. */
export interface StatisticsFilter {
  /** The whole desk when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  /** 90 days before the end when absent. */
  readonly from?: Micros | undefined;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
  readonly confidence: number;
  readonly trials?: number | undefined;
  readonly rollingDays: number;
}

const DAYS_USUAL = 90;
const RESAMPLES = 2_000;
const SEED = 1;
/** Days that are kept as long as what they depend on is the same, and sets of intervals that are kept for the same returns. */
const KEPT_MAX = 32;
/** Such a read takes some milliseconds: more of them may wait than of others. */
const WAITING_MAX = 64;

interface Kept {
  /** What they depend on, as it was before they were read. */
  readonly marks: readonly unknown[];
  readonly made: Promise<DailyReturns>;
}

interface KeptIntervals {
  readonly returns: Float64Array;
  readonly confidence: number;
  readonly intervals: ReadonlyMap<string, ReturnInterval>;
}

/**
 * What daily returns say: made when it is asked for, off the fold, one read at a time and in parts that let other work
 * have its turn. Days are kept until something is told that may change them, intervals as long as the returns are the same.
 */
export class Statistics {
  readonly #parts: PastParts;
  readonly #inTurn = inTurn(WAITING_MAX);
  readonly #days = new Map<string, Kept>();
  #intervals: KeptIntervals[] = [];

  constructor(parts: PastParts) {
    this.#parts = parts;
  }

  /** Everything about the whole UTC days of a range. Rejects with `Overloaded` where too many such reads wait. */
  async read(filter: StatisticsFilter): Promise<StatisticsAnswer> {
    const { bot, mode, confidence, trials, rollingDays } = filter;
    const at = this.#parts.clock.now();
    const to = micros(Math.min(filter.to ?? at, at));
    const span = wholeDays(filter.from ?? micros(to - (to % MICROS_PER_DAY) - DAYS_USUAL * MICROS_PER_DAY), to);
    const daily = await this.daily({ bot, mode, ...span });
    const reading = new ReturnReading(daily.returns, DAYS_PER_YEAR);
    const intervals = reading.n < DAYS_MIN ? undefined : await this.intervals(reading, confidence);
    return {
      bot: bot ?? null,
      mode,
      ...(daily.currency === undefined ? {} : { currency: daily.currency }),
      from: isoOfDay(span.firstDay),
      to: isoOfDay(span.endDay),
      ...(daily.startEquity === undefined ? {} : { start_equity: daily.startEquity }),
      days: daily.days.length,
      returns: reading.n,
      days_per_year: DAYS_PER_YEAR,
      min_days: DAYS_MIN,
      confidence,
      trials: trials ?? null,
      statistics: [
        ...dailyStatistics({ confidence, trials }).map((statistic) => viewOf(statistic, reading, intervals)),
        ...drawdownViews(daily),
      ],
      rolling: rollingView(daily, { window: rollingDays, confidence }),
      trends: trendViews(daily.returns, confidence),
      daily: [...daily.days],
      notes: [...daily.notes],
      as_of: isoFromMicros(at),
      as_of_seq: daily.seq,
    };
  }

  /** The equity and the return of each day of a span. */
  daily(scope: DailyScope): Promise<DailyReturns> {
    const { state, clock } = this.#parts;
    const key = JSON.stringify(scope);
    const marks = dayMarks(state, scope);
    const kept = this.#days.get(key);
    this.#days.delete(key);
    if (kept !== undefined && isSame(kept.marks, marks)) {
      this.#days.set(key, kept);
      const seq = foldedSeq(state);
      // As far as the days go, nothing that was told since is news.
      return kept.made.then((daily) => (daily.seq >= seq ? daily : { ...daily, seq }));
    }
    const made = this.#inTurn(() => readDailyReturns(this.#parts, scope));
    // Days that end at this very moment are read with what is ahead of the clock.
    if (scope.endDay * MICROS_PER_DAY >= clock.now()) return made;
    this.#days.set(key, { marks, made });
    made.catch(() => {
      if (this.#days.get(key)?.made === made) this.#days.delete(key);
    });
    const [oldest] = this.#days.keys();
    if (this.#days.size > KEPT_MAX && oldest !== undefined) this.#days.delete(oldest);
    return made;
  }

  /** The intervals of some returns, by the names of reports. */
  intervals(reading: ReturnReading, confidence: number): Promise<ReadonlyMap<string, ReturnInterval>> {
    const known = this.#known(reading.returns, confidence);
    return known === undefined ? this.#inTurn(() => this.#makeIntervals(reading, confidence)) : Promise.resolve(known);
  }

  async #makeIntervals(reading: ReturnReading, confidence: number): Promise<ReadonlyMap<string, ReturnInterval>> {
    // Whoever asked first may have made them while this one waited.
    const known = this.#known(reading.returns, confidence);
    if (known !== undefined) return known;
    const work = returnIntervalsInParts(reading, { random: seededRandom(SEED), resamples: RESAMPLES, confidence });
    let step = work.next();
    while (step.done !== true) {
      await this.#parts.timers.breathe();
      step = work.next();
    }
    this.#intervals = [...this.#intervals, { returns: reading.returns, confidence, intervals: step.value }].slice(
      -KEPT_MAX,
    );
    return step.value;
  }

  #known(returns: Float64Array, confidence: number): ReadonlyMap<string, ReturnInterval> | undefined {
    return this.#intervals.find((kept) => kept.confidence === confidence && isSame(kept.returns, returns))?.intervals;
  }
}

function isSame(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

const isoOfDay = (day: number): string => isoFromMicros(micros(day * MICROS_PER_DAY));

function viewOf(
  statistic: DailyStatistic,
  reading: ReturnReading,
  intervals: ReadonlyMap<string, ReturnInterval> | undefined,
): StatisticView {
  const { name, title, group, unit, sign, formula, fewBelow, interval } = statistic;
  const measure = readDaily(statistic, reading);
  const ci = interval === undefined ? undefined : (intervals?.get(interval) ?? noInterval(reading));
  return {
    name,
    title,
    group,
    unit,
    sign,
    ...(measure.value === undefined ? { value: null, reason: measure.reason } : { value: measure.value }),
    n: measure.n,
    ...(ci === undefined ? {} : { ci: wireInterval(ci) }),
    ...(fewBelow !== undefined && reading.n < fewBelow ? { few: true } : {}),
    formula,
  };
}

const noInterval = ({ n }: ReturnReading): ReturnInterval => {
  const few = tooFew(n);
  return { reason: few.value === undefined ? few.reason : "" };
};

function wireInterval(interval: ReturnInterval): MadeInterval {
  if ("reason" in interval) return interval;
  const { low, high, confidence, method } = interval;
  const bound = (value: number): number | "unbounded" => (Number.isFinite(value) ? value : "unbounded");
  return { low: bound(low), high: bound(high), level: confidence, method };
}
