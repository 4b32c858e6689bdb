import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import { type MetricFilter, wireMeasure } from "../engine/read-metrics.ts";
import { isPartial } from "../engine/part.ts";
import { pastState } from "../engine/rollup/past-state.ts";
import { isOfSpan, readPastMetric, type SeriesSays, stepsOf, usualStep } from "../engine/rollup/read-past.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";
import { metricNamed } from "../metrics/catalogue.ts";
import type { MetricDefinition } from "../metrics/definition.ts";
import type { Reading } from "../metrics/scope-reading.ts";
import {
  type MetricSeries,
  SERIES_POINTS_MAX,
  SERIES_POINTS_USUAL,
  type SeriesPoint,
} from "../protocol/api-metrics.ts";
import { momentOfEnd, type PastParts, type PastReading, readPast } from "./past.ts";

/** What a series is asked for. */
export interface SeriesFilter extends Omit<MetricFilter, "window" | "history"> {
  readonly from: Micros;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
  /** Microseconds; chosen by the span when absent. */
  readonly step?: number | undefined;
  /** Of a metric of a span: each point is of everything since `from`. */
  readonly sinceFrom?: boolean | undefined;
}

export type SeriesRefusal = "no such metric" | "too many points" | "no time" | "no past";

const OF_SPANS: readonly RolledKind[] = ["ledger", "cash", "reported"];
const EVERY_KIND: readonly RolledKind[] = [...OF_SPANS, "equity", "mark"];

/** Points computed before other work has its turn. */
const POINTS_AT_ONCE = 4;

/** A metric over a span of time, step by step, as the facts that are known now tell it. */
export async function readSeries(
  parts: PastParts,
  name: string,
  filter: SeriesFilter,
): Promise<(Omit<MetricSeries, "as_of" | "as_of_seq"> & { readonly seq: number }) | SeriesRefusal> {
  const definition = metricNamed(name);
  if (definition === undefined) return "no such metric";
  const now = parts.clock.now();
  const { bot, mode, from, venue, asset } = filter;
  const to = micros(Math.min(filter.to ?? now, now));
  if (to <= from) return "no time";
  const step = filter.step ?? usualStep({ from, to }, SERIES_POINTS_USUAL);
  const moments = stepsOf({ from, to, step }, SERIES_POINTS_MAX);
  if (moments === undefined) return "too many points";
  const asked = [...moments.slice(0, -1), momentOfEnd(to, now)];
  const reading = await readPast(parts, { bot, mode, kinds: isOfSpan(definition) ? OF_SPANS : EVERY_KIND }, asked);
  const says = saysOf(definition, filter);
  const told = await readPoints(parts, { definition, filter, moments, reading, says, now });
  const currency = told.find((point) => point.currency !== undefined)?.currency;
  return {
    name: definition.name,
    bot: bot ?? null,
    mode,
    ...(venue === undefined ? {} : { venue }),
    ...(asset === undefined ? {} : { asset }),
    unit: definition.unit,
    ...(currency === undefined ? {} : { currency }),
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    step_s: step / 1_000_000,
    says,
    points: told.map((point, index) =>
      pointOf(definition.name, point, { from: moments[index] ?? from, to: moments[index + 1] ?? to }),
    ),
    seq: reading.seq,
  };
}

const saysOf = (definition: MetricDefinition, { sinceFrom = false }: SeriesFilter): SeriesSays => {
  if (!isOfSpan(definition)) return "end";
  return sinceFrom ? "since_from" : "step";
};

/** The moment whose difference with the end of a step is told: none for how something stands. */
const sinceOf = (says: SeriesSays, index: number): number | undefined => {
  if (says === "end") return undefined;
  return says === "step" ? index - 1 : 0;
};

interface Points {
  readonly definition: MetricDefinition;
  readonly filter: SeriesFilter;
  readonly moments: readonly Micros[];
  readonly reading: PastReading;
  readonly says: SeriesSays;
  readonly now: Micros;
}

async function readPoints({ state, timers }: PastParts, points: Points): Promise<Reading[]> {
  const { definition, filter, moments, reading, says, now } = points;
  const { bot, mode, venue, asset } = filter;
  const part = isPartial({ venue, asset }) ? { venue, asset } : undefined;
  const scope = { bot, mode, part };
  const told: Reading[] = [];
  for (const [index, end] of moments.entries()) {
    if (index === 0) continue;
    const pasts = reading.between(sinceOf(says, index), index);
    const past = pastState(state, pasts, { end, isNow: end === now, part });
    told.push(readPastMetric(definition, past, { asOf: micros(end - 1), scope }));
    if (index % POINTS_AT_ONCE === 0) await timers.breathe();
  }
  return told;
}

interface Step {
  readonly from: Micros;
  readonly to: Micros;
}

const pointOf = (name: string, told: Reading, { from, to }: Step): SeriesPoint => ({
  from: isoFromMicros(from),
  to: isoFromMicros(to),
  ...wireMeasure(name, told),
});
