import { err, ok, type Result } from "../../base/result.ts";
import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import {
  type AttributionAnswer,
  attributionAnswer,
  type DiagnosisAnswer,
  diagnosisAnswer,
} from "../../protocol/api-attribution.ts";
import { type PerformanceRow, performanceAnswer } from "../../protocol/api-money.ts";
import { type StatisticsAnswer, STATISTICS_DAYS_MAX, statisticsAnswer } from "../../protocol/api-statistics.ts";
import type { ReturnSeries } from "../../view/report/return-series.ts";
import { type QueryFields, readHub } from "../commands/hub-answer.ts";
import type { HubAddress } from "../commands/hub-options.ts";
import { answerOf, NOT_A_HUB } from "../commands/read-list.ts";

/** Whose equity, and of when. */
export interface HubScope {
  /** The whole desk when undefined. */
  readonly bot: string | undefined;
  /** The store's own when undefined. */
  readonly mode: string | undefined;
  readonly from: Micros;
  readonly to: Micros;
}

/** What a hub knows of a bot or the desk in a span: daily returns, what trading made and of what, and what seems wrong. */
export interface HubReturns {
  readonly series: ReturnSeries;
  readonly performance: readonly PerformanceRow[];
  readonly attribution: AttributionAnswer["rows"];
  readonly findings: DiagnosisAnswer["findings"];
  readonly notes: readonly string[];
}

type Read<Value> = Result<Value, string>;

/** Returns of whole UTC days as the hub makes them, and what its fills say of the same span. */
export async function readHubReturns(hub: HubAddress, scope: HubScope): Promise<Read<HubReturns>> {
  const span = wholeDays(scope);
  if (span.days < 1) return err("the span has no whole UTC day: name an earlier --from");
  if (span.days > STATISTICS_DAYS_MAX)
    return err(`the span has ${span.days} days, at most ${STATISTICS_DAYS_MAX} can be told`);
  const { bot, mode } = scope;
  const asked = { bot, mode, from: isoFromMicros(span.from), to: isoFromMicros(span.to) };
  const statistics = await ask(hub, "/api/v1/statistics", asked, statisticsAnswer);
  if (!statistics.ok) return statistics;
  const made = await ask(hub, "/api/v1/performance", asked, performanceAnswer);
  if (!made.ok) return made;
  const attribution = await ask(hub, "/api/v1/attribution", asked, attributionAnswer);
  if (!attribution.ok) return attribution;
  const diagnosis = await ask(hub, "/api/v1/diagnosis", asked, diagnosisAnswer);
  if (!diagnosis.ok) return diagnosis;
  return ok({
    ...returnsOf(statistics.value, bot),
    performance: made.value.rows,
    attribution: attribution.value.rows,
    findings: diagnosis.value.findings,
  });
}

interface Span {
  readonly from: Micros;
  /** The end of the last whole day. */
  readonly to: Micros;
  readonly days: number;
}

function wholeDays({ from, to }: Pick<HubScope, "from" | "to">): Span {
  const first = Math.ceil(from / MICROS_PER_DAY);
  const end = Math.floor(to / MICROS_PER_DAY);
  return { from: micros(first * MICROS_PER_DAY), to: micros(end * MICROS_PER_DAY), days: end - first };
}

async function ask<Answer>(
  hub: HubAddress,
  path: string,
  query: QueryFields,
  schema: Parameters<typeof answerOf<Answer>>[0],
): Promise<Read<Answer>> {
  const body = await readHub(hub, path, query);
  if (!body.ok) return err(body.error.message);
  const answer = answerOf(schema, body.value);
  return answer === undefined ? err(NOT_A_HUB) : ok(answer);
}

const DAY_MS = 86_400_000;

function returnsOf(
  { daily, notes, mode, currency, start_equity: startEquity, days_per_year: periodsPerYear }: StatisticsAnswer,
  bot: string | undefined,
): Pick<HubReturns, "series" | "notes"> {
  const known = daily.flatMap((day) => (day.return === null ? [] : [{ ...day, return: day.return }]));
  const last = daily.at(-1);
  const source = `${bot ?? "the whole desk"}, ${mode}`;
  const series = {
    at: Float64Array.from(known, ({ date }) => Date.parse(date) + DAY_MS),
    returns: Float64Array.from(known, (day) => day.return),
    periodsPerYear,
    startEquity,
    dropped: 0,
    source: currency === undefined ? source : `${source}, in ${currency}`,
  };
  const atEnd = last?.equity === null ? [`no equity at the end: ${last.reason ?? "not known"}`] : [];
  return { series, notes: [...atEnd, ...notes] };
}

/** A span from days before now, when nobody names one. */
export const usualSpan = (now: Micros, days: number): Pick<HubScope, "from" | "to"> => ({
  from: micros(now - days * MICROS_PER_DAY - (now % MICROS_PER_DAY)),
  to: now,
});
