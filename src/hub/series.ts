import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import { type MetricFilter, wireMeasure } from "../engine/read-metrics.ts";
import type { State } from "../engine/fold.ts";
import { isPartial } from "../engine/part.ts";
import { pastState } from "../engine/rollup/past-state.ts";
import {
  DESK_CURVE_UNREAD,
  isOfSpan,
  readPastMetric,
  type SeriesSays,
  stepsOf,
  usualStep,
} from "../engine/rollup/read-past.ts";
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
import { readDeskCurve } from "./desk-curve.ts";
import { momentOfEnd, type PastParts, type PastReading, readPast } from "./past.ts";
import type { EntryStore } from "./stored-entries.ts";

/** The store is read for what no rollup has: how the equity of the whole desk went. */
export interface SeriesParts extends PastParts {
  readonly store: EntryStore;
  /** Such reads one at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

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
  parts: SeriesParts,
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
  const points = { definition, filter, moments, asked, reading, says, now };
  const rolled = await readPoints(parts, points, DESK_CURVE_UNREAD);
  const told = rolled.some(isUnread) ? await withDeskCurve(parts, points) : rolled;
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
  /** The same, the last of them of everything that was told. */
  readonly asked: readonly Micros[];
  readonly reading: PastReading;
  readonly says: SeriesSays;
  readonly now: Micros;
}

const isUnread = (told: Reading): boolean => told.value === undefined && told.reason === DESK_CURVE_UNREAD;

const TOO_MANY = `of all bots together there are too many reports to be read again: name one bot with bot`;

async function withDeskCurve(parts: SeriesParts, points: Points): Promise<Reading[]> {
  const { asked, filter, reading } = points;
  const { mode } = filter;
  const known = await parts.inTurn(() => readDeskCurve(parts.store, { mode, asOfSeq: reading.seq, moments: asked }));
  if (known === undefined) return readPoints(parts, points, TOO_MANY);
  const curves = known.map((curve) => new Map(curve === undefined ? [] : [[mode, curve]]));
  return readPoints(parts, points, undefined, curves);
}

async function readPoints(
  { state, timers }: PastParts,
  points: Points,
  noDeskCurve: string | undefined,
  curves: readonly State["desk"]["deskEquity"][] = [],
): Promise<Reading[]> {
  const { definition, filter, moments, reading, says, now } = points;
  const { bot, mode, venue, asset } = filter;
  const part = isPartial({ venue, asset }) ? { venue, asset } : undefined;
  const told: Reading[] = [];
  for (const [index, end] of moments.entries()) {
    if (index === 0) continue;
    const pasts = reading.between(sinceOf(says, index), index);
    const past = pastState(state, pasts, { end, isNow: end === now, part, deskEquity: curves[index] });
    const pastDays = wholeDays(moments[sinceOf(says, index) ?? index] ?? end, { end, isNow: end === now });
    const scope = { bot, mode, part, pastDays };
    told.push(readPastMetric(definition, past, { asOf: micros(end - 1), scope, noDeskCurve }));
    if (index % POINTS_AT_ONCE === 0) await timers.breathe();
  }
  return told;
}

/** The UTC days from one moment up to another; the last of them may not be over. */
function wholeDays(
  from: Micros,
  { end, isNow }: { readonly end: Micros; readonly isNow: boolean },
): number[] | undefined {
  if (from % MICROS_PER_DAY !== 0 || (end % MICROS_PER_DAY !== 0 && !isNow)) return undefined;
  const [first, last] = [from / MICROS_PER_DAY, Math.ceil(end / MICROS_PER_DAY)];
  return Array.from({ length: last - first }, (_, index) => first + index);
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
