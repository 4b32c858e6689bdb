import { isoFromMicros, type Micros, micros, parseTime } from "../base/time.ts";
import type { TableFill } from "../engine/markouts/fill-table.ts";
import { chosenFills } from "../engine/markouts/read-markouts.ts";
import { type QuoteEnd, rowsOfLog } from "../engine/quality/from-log.ts";
import { qualityOf } from "../engine/quality/read.ts";
import { isInPart } from "../engine/part.ts";
import { type AskedMetric, answerOf, askedFor, type MetricFilter, wireMeasure } from "../engine/read-metrics.ts";
import { scopeReader } from "../engine/read-scope.ts";
import { stepsOf, usualStep } from "../engine/rollup/read-past.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { readMetric } from "../metrics/catalogue.ts";
import type { MetricDefinition } from "../metrics/definition.ts";
import { unknown } from "../metrics/measure.ts";
import type { QualityReading, Reading, ScopeReading } from "../metrics/scope-reading.ts";
import { type MetricSeries, SERIES_POINTS_MAX, SERIES_POINTS_USUAL } from "../protocol/api-metrics.ts";
import { readQuoteEnds } from "./execution.ts";
import { beginOfWindow, markoutReadingOf } from "./markout-metrics.ts";
import type { MarkoutParts, Markouts } from "./markouts.ts";
import { momentOfEnd } from "./past.ts";
import type { SeriesFilter, SeriesRefusal } from "./series.ts";

/** Quotes and fills of a span, in order of time. */
interface Facts {
  readonly fills: readonly TableFill[];
  readonly quotes: readonly QuoteEnd[];
}

/** A metric of quotes, fills and marks over a span of time, step by step, read from the log. */
export async function readExecutionSeries(
  parts: MarkoutParts,
  tables: Markouts,
  definition: MetricDefinition,
  filter: SeriesFilter,
): Promise<Omit<MetricSeries, "as_of" | "as_of_seq"> | SeriesRefusal> {
  const { state, clock, timers } = parts;
  const now = clock.now();
  const { bot, mode, from, venue, asset, sinceFrom = false } = filter;
  const to = micros(Math.min(filter.to ?? now, now));
  if (to <= from) return "no time";
  const step = filter.step ?? usualStep({ from, to }, SERIES_POINTS_USUAL);
  const moments = stepsOf({ from, to, step }, SERIES_POINTS_MAX);
  if (moments === undefined) return "too many points";
  const facts = await factsOf(parts, tables, { ...filter, to: momentOfEnd(to, now) });
  const points: MetricSeries["points"] = [];
  for (const [index, begin] of moments.slice(0, -1).entries()) {
    const end = moments[index + 1] ?? to;
    const last = end === to ? momentOfEnd(to, now) : end;
    const own = within(facts, sinceFrom ? from : begin, last);
    const reading = readMetric(definition, readingOf(state, own, { bot, mode, now }));
    points.push({ from: isoFromMicros(begin), to: isoFromMicros(end), ...wireMeasure(definition.name, reading) });
    await timers.breathe();
  }
  return {
    name: definition.name,
    bot: bot ?? null,
    mode,
    ...(venue === undefined ? {} : { venue }),
    ...(asset === undefined ? {} : { asset }),
    unit: definition.unit,
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    step_s: step / 1_000_000,
    says: sinceFrom ? "since_from" : "step",
    points,
  };
}

/** A metric whose past is in the log, as it is asked for; undefined for another. */
export function logMetricOf(name: string, window: MetricFilter["window"]): AskedMetric | undefined {
  const asked = askedFor(name, window);
  return typeof asked !== "string" && asked.definition.past === "log" ? asked : undefined;
}

/** A metric of quotes, fills and marks of a part of what was traded, in a window up to now, read from the log. */
export async function readExecutionMetric(
  parts: MarkoutParts,
  tables: Markouts,
  asked: AskedMetric,
  filter: MetricFilter,
): Promise<ReturnType<typeof answerOf>> {
  const { state, clock } = parts;
  const { bot, mode } = filter;
  const { definition, window } = asked;
  if (window === "now" || (window === "session" && bot === undefined)) return answerOf(asked, filter, OF_ONE_BOT);
  const now = clock.now();
  const from = beginOfWindow(window, now, bot === undefined ? undefined : state.bots.get(bot)?.startedAt);
  const facts = await factsOf(parts, tables, { ...filter, from, to: momentOfEnd(now, now) });
  return answerOf(asked, filter, readMetric(definition, readingOf(state, facts, { bot, mode, now })));
}

const OF_ONE_BOT: Reading = unknown("a session is of one bot: name it with bot");

async function factsOf(
  parts: MarkoutParts,
  tables: Markouts,
  { bot, mode, venue, asset, from, to }: SeriesFilter & { readonly to: Micros },
): Promise<Facts> {
  const asOfSeq = foldedSeq(parts.state);
  const quotes = (await readQuoteEnds(parts, { bot, mode, from, to, asOfSeq }))
    .filter(({ event }) => isInPart(parts.state.desk, { venue, asset }, event.venue, event.symbol))
    .sort((a, b) => timeOf(a) - timeOf(b));
  const fills = await tables.read({ bot, mode, from }, ({ table }) =>
    chosenFills(table, { bot, venue, asset, from, to }, parts.state.desk),
  );
  return { fills, quotes };
}

const timeOf = ({ event }: QuoteEnd): number => parseTime(event.ts) ?? 0;

const within = ({ fills, quotes }: Facts, from: Micros, to: Micros): Facts => ({
  fills: sliceOf(fills, ({ at }) => at, [from, to]),
  quotes: sliceOf(quotes, timeOf, [from, to]),
});

function sliceOf<T>(items: readonly T[], at: (item: T) => number, [from, to]: readonly [number, number]): readonly T[] {
  return items.slice(firstFrom(items, at, from), firstFrom(items, at, to));
}

/** The place of the first item at a moment or later. */
function firstFrom<T>(items: readonly T[], at: (item: T) => number, moment: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(items[middle] as T) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Scope {
  readonly bot: string | undefined;
  readonly mode: SeriesFilter["mode"];
  readonly now: Micros;
}

function readingOf(state: State, facts: Facts, { now, ...scope }: Scope): ScopeReading {
  const markouts = markoutReadingOf(facts.fills, { desk: state.desk, now });
  const quality = (): QualityReading => qualityOf(state, rowsOfLog(facts, state.desk));
  return scopeReader(state, now, scope, { markouts, quality })("all");
}
