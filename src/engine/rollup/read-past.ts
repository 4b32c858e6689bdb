import type { Micros } from "../../base/time.ts";
import { readMetric } from "../../metrics/catalogue.ts";
import type { MetricDefinition } from "../../metrics/definition.ts";
import { unknown } from "../../metrics/measure.ts";
import type { NowReading, Reading, ScopeReading, SpanReading } from "../../metrics/scope-reading.ts";
import type { State } from "../fold.ts";
import { readNow } from "../read-now.ts";
import { qualityThatIs } from "../quality/read.ts";
import { NO_DAYS, NO_MARKOUTS, NOT_READ } from "../read-scope.ts";
import { NO_PAST, NO_PASTS, readSpan, type Scope } from "../read-span.ts";

/** What a point of a series says: of its step, of everything since the series began, or how it stood at the end of its step. */
export type SeriesSays = "step" | "since_from" | "end";

const SPANS: ReadonlySet<string> = new Set(["session", "today", "7d", "30d"]);

/** Whether a metric is of a span of time; else it tells how something stands. */
export const isOfSpan = ({ windows }: MetricDefinition): boolean => windows.some((window) => SPANS.has(window));

/** The curve of the desk is not rolled: where a metric says this, it is to be read. */
export const DESK_CURVE_UNREAD = "the equity of all bots together was not read";

/** A metric of a state of the past, as `pastState` makes it: of its span, or of the end of it. */
export function readPastMetric(definition: MetricDefinition, past: State, when: PastScope): Reading {
  const { scope } = when;
  const { scopes } = definition;
  if (!scopes.includes(scope.bot === undefined ? "desk" : "bot")) return unknown("is of one bot: name it with bot");
  if (scope.part?.venue !== undefined && !scopes.includes("venue")) return unknown("is not kept by venue");
  if (scope.part?.asset !== undefined && !scopes.includes("asset")) return unknown("is not kept by asset");
  return readMetric(definition, pastReading(past, { ...when, scope: { ...scope, isPast: true } }));
}

export interface PastScope {
  /** The last moment of the span. */
  readonly asOf: Micros;
  readonly scope: Scope;
  /** Why nothing is said of how the equity of all bots together went; undefined where the state has it. */
  readonly noDeskCurve?: string | undefined;
}

function pastReading(past: State, { asOf, scope, noDeskCurve }: PastScope): ScopeReading {
  return {
    get now() {
      const noCurve = scope.bot === undefined ? noDeskCurve : undefined;
      return new PastNow(readNow(past, asOf, scope), noCurve === undefined ? undefined : unknown(noCurve));
    },
    get span(): SpanReading {
      return readSpan(past, asOf, scope, "session");
    },
    history: NOT_READ,
    quality: qualityThatIs(NO_PAST),
    markouts: NO_MARKOUTS,
    daily: NO_DAYS,
  };
}

/** What holds at a moment of the past follows from what was rolled; anything else is known of now alone. */
class PastNow implements NowReading {
  readonly #now: NowReading;
  readonly #noCurve: Reading | undefined;
  readonly openOrders = NO_PAST;
  readonly fillsTold = NO_PAST;
  readonly reconnects = NO_PAST;
  readonly risk = {};
  readonly riskReasons = undefined;
  readonly venueDrift = NO_PAST;
  readonly venueMargin = NO_PAST;
  readonly tickDurationS = NO_PAST;
  readonly tickIndicatorS = NO_PAST;
  readonly tickConnectorIoS = NO_PAST;
  readonly tickTimes = NO_PASTS;
  readonly avgCaptureBps = NO_PAST;
  readonly realizedFillFactor = NO_PAST;
  readonly configuredFillFactor = NO_PAST;
  readonly approvalRate = NO_PAST;
  readonly consecutiveLosses = NO_PAST;

  constructor(now: NowReading, noCurve: Reading | undefined) {
    this.#now = now;
    this.#noCurve = noCurve;
  }

  get limits(): NowReading["limits"] {
    return this.#now.limits;
  }
  get equity(): Reading {
    return this.#now.equity;
  }
  get drawdown(): Reading {
    return this.#noCurve ?? this.#now.drawdown;
  }
  get maxDrawdown(): Reading {
    return this.#noCurve ?? this.#now.maxDrawdown;
  }
  get dailyLoss(): Reading {
    return this.#noCurve ?? this.#now.dailyLoss;
  }
  get exposureGross(): Reading {
    return this.#now.exposureGross;
  }
  get exposureNet(): Reading {
    return this.#now.exposureNet;
  }
  get concentration(): Reading {
    return this.#now.concentration;
  }
  get effectivePositions(): Reading {
    return this.#now.effectivePositions;
  }
  get positions(): Reading {
    return this.#now.positions;
  }
}

/**
 * The moments that a series' steps lie between: its beginning, the multiples of the step since 1970 in it, and its end.
 * Undefined where there would be more than `max` steps.
 */
export function stepsOf({ from, to, step }: SeriesSpan, max: number): Micros[] | undefined {
  if ((to - from) / step > max + 1) return undefined;
  const moments = [from];
  for (let at = (Math.floor(from / step) + 1) * step; at < to; at += step) moments.push(at as Micros);
  if (to > from) moments.push(to);
  return moments.length - 1 > max ? undefined : moments;
}

export interface SeriesSpan {
  readonly from: Micros;
  readonly to: Micros;
  /** In microseconds, as they are. */
  readonly step: number;
}

const MINUTE = 60_000_000;
/** Steps that people read at a glance. */
const STEPS = [1, 5, 15, 60, 240, 1_440, 10_080].map((minutes) => minutes * MINUTE);

/** The shortest usual step of which there are no more than `usual` in a span. */
export const usualStep = ({ from, to }: Omit<SeriesSpan, "step">, usual: number): number =>
  STEPS.find((step) => (to - from) / step <= usual) ?? Math.ceil((to - from) / usual / MINUTE) * MINUTE;
