import type { Micros } from "../../base/time.ts";
import { readMetric } from "../../metrics/catalogue.ts";
import type { MetricDefinition } from "../../metrics/definition.ts";
import { unknown } from "../../metrics/measure.ts";
import type { NowReading, Percentiles, Reading, ScopeReading, SpanReading } from "../../metrics/scope-reading.ts";
import type { State } from "../fold.ts";
import { readNow } from "../read-now.ts";
import { NOT_READ } from "../read-scope.ts";
import { readSpan, type Scope } from "../read-span.ts";

/** What a point of a series says: of its step, of everything since the series began, or how it stood at the end of its step. */
export type SeriesSays = "step" | "since_from" | "end";

const SPANS: ReadonlySet<string> = new Set(["session", "today", "7d", "30d"]);

/** Whether a metric is of a span of time; else it tells how something stands. */
export const isOfSpan = ({ windows }: MetricDefinition): boolean => windows.some((window) => SPANS.has(window));

const OF_DESK: Reading = unknown("over time it is kept for each bot: name one with bot");
const NO_PAST: Reading = unknown("keeps no past: it is read as of now only");
const NO_PASTS: Percentiles = { p50: NO_PAST, p95: NO_PAST, p99: NO_PAST };
const ORDER_PATH_OF_NOW = { orderSent: NO_PASTS, orderAcknowledged: NO_PASTS, orderFilled: NO_PASTS };

/** What holds at a moment of the past follows from what was rolled; anything else is known of now alone. */
const KEPT = [
  "equity",
  "drawdown",
  "maxDrawdown",
  "dailyLoss",
  "exposureGross",
  "exposureNet",
  "concentration",
  "effectivePositions",
  "positions",
] as const satisfies readonly (keyof NowReading)[];

/** A metric of a state of the past, as `pastState` makes it: of its span, or of the end of it. */
export function readPastMetric(definition: MetricDefinition, past: State, { asOf, scope }: PastScope): Reading {
  if (!definition.scopes.includes(scope.bot === undefined ? "desk" : "bot"))
    return unknown("is of one bot: name it with bot");
  return readMetric(definition, pastReading(past, asOf, { ...scope, isPast: true }));
}

export interface PastScope {
  /** The last moment of the span. */
  readonly asOf: Micros;
  readonly scope: Scope;
}

function pastReading(past: State, asOf: Micros, scope: Scope): ScopeReading {
  return {
    get now() {
      return pastNow(readNow(past, asOf, scope), scope);
    },
    get span(): SpanReading {
      const span = readSpan(past, asOf, scope, "session");
      return { ...span, ...ORDER_PATH_OF_NOW, timeInMarketPct: NO_PAST, tradesPerDay: NO_PAST };
    },
    history: NOT_READ,
  };
}

function pastNow(now: NowReading, { bot }: Scope): NowReading {
  const kept = Object.fromEntries(KEPT.map((name) => [name, now[name]]));
  const others = Object.keys(now).map((name) => [name, NO_PAST]);
  return {
    ...(Object.fromEntries(others) as unknown as NowReading),
    ...kept,
    limits: now.limits,
    tickTimes: NO_PASTS,
    risk: {},
    riskReasons: undefined,
    ...(bot === undefined ? { drawdown: OF_DESK, maxDrawdown: OF_DESK, dailyLoss: OF_DESK } : {}),
  };
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
