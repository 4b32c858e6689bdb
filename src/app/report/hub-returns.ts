import { err, ok, type Result } from "../../base/result.ts";
import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import { type MetricSeries, metricSeries } from "../../protocol/api-metrics.ts";
import { type PerformanceAnswer, type PerformanceRow, performanceAnswer } from "../../protocol/api-money.ts";
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

/** What a hub knows of a bot or the desk in a span: daily returns, and what trading made. */
export interface HubReturns {
  readonly series: ReturnSeries;
  readonly performance: readonly PerformanceRow[];
  readonly notes: readonly string[];
}

const DAYS_PER_YEAR = 365;
/** A series has no more steps. */
const DAYS_MAX = 999;

type Read<Value> = Result<Value, string>;

/**
 * Returns of whole UTC days from the equity that was reported, deposits and withdrawals taken out (metrics.md §0):
 * (equity − what came in) ÷ equity of the day before − 1. Days before the first report are no returns.
 */
export async function readHubReturns(hub: HubAddress, scope: HubScope): Promise<Read<HubReturns>> {
  const span = wholeDays(scope);
  if (span.days < 1) return err("the span has no whole UTC day: name an earlier --from");
  if (span.days > DAYS_MAX) return err(`the span has ${span.days} days, at most ${DAYS_MAX} can be told`);
  const of = { bot: scope.bot, mode: scope.mode };
  const asked = { ...of, from: isoFromMicros(span.before), to: isoFromMicros(span.to), step: "1d" };
  const equity = await ask(hub, "/api/v1/metrics/equity", asked, metricSeries);
  if (!equity.ok) return equity;
  const made = await performanceOf(hub, of, { from: span.from, to: span.to });
  if (!made.ok) return made;
  const flows = await dailyFlows(hub, of, { span, equity: equity.value, rows: made.value.rows });
  if (!flows.ok) return flows;
  const source = `${scope.bot ?? "the whole desk"}, ${equity.value.mode}`;
  const { series, notes } = returnsOf(equity.value, flows.value, source);
  return ok({ series, notes, performance: made.value.rows });
}

interface Span {
  /** The day before the first, whose equity the first return is of. */
  readonly before: Micros;
  readonly from: Micros;
  /** The end of the last whole day. */
  readonly to: Micros;
  readonly days: number;
}

function wholeDays({ from, to }: Pick<HubScope, "from" | "to">): Span {
  const first = Math.ceil(from / MICROS_PER_DAY);
  const end = Math.floor(to / MICROS_PER_DAY);
  return {
    before: micros((first - 1) * MICROS_PER_DAY),
    from: micros(first * MICROS_PER_DAY),
    to: micros(end * MICROS_PER_DAY),
    days: end - first,
  };
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

const performanceOf = (
  hub: HubAddress,
  of: Pick<HubScope, "bot" | "mode">,
  { from, to }: { readonly from: Micros; readonly to: Micros },
): Promise<Read<PerformanceAnswer>> =>
  ask(hub, "/api/v1/performance", { ...of, from: isoFromMicros(from), to: isoFromMicros(to) }, performanceAnswer);

interface Flowing {
  readonly span: Span;
  readonly equity: MetricSeries;
  readonly rows: readonly PerformanceRow[];
}

/** What came in on each day, in the currency of the equity; days are asked for one by one only where anything came. */
async function dailyFlows(
  hub: HubAddress,
  of: Pick<HubScope, "bot" | "mode">,
  { span, equity, rows }: Flowing,
): Promise<Read<Float64Array>> {
  const flows = new Float64Array(span.days);
  const moved = rows.filter(({ transfers }) => transfers !== 0);
  const foreign = moved.find(({ currency }) => currency !== equity.currency);
  if (foreign !== undefined)
    return err(
      `${foreign.bot} moved ${foreign.transfers} ${foreign.currency}, which cannot be taken out of an equity in ${equity.currency ?? "no named currency"}`,
    );
  if (!(await anyFlow(hub, of, { span, rows }))) return ok(flows);
  for (let day = 0; day < span.days; day++) {
    const from = micros(span.from + day * MICROS_PER_DAY);
    const told = await performanceOf(hub, of, { from, to: micros(from + MICROS_PER_DAY) });
    if (!told.ok) return told;
    flows[day] = told.value.rows.reduce(
      (sum, { transfers, currency }) => sum + (currency === equity.currency ? transfers : 0),
      0,
    );
  }
  return ok(flows);
}

/** A deposit and a withdrawal of one size sum to nothing: events tell whether there was any. */
async function anyFlow(
  hub: HubAddress,
  of: Pick<HubScope, "bot" | "mode">,
  { span, rows }: Pick<Flowing, "span" | "rows">,
): Promise<boolean> {
  if (rows.some(({ transfers }) => transfers !== 0)) return true;
  const query = { ...of, type: "income", from: isoFromMicros(span.from), to: isoFromMicros(span.to), limit: 1_000 };
  const body = await readHub(hub, "/api/v1/events", query);
  return body.ok && /"income_type":"(?:TRANSFER|DEPOSIT|WITHDRAW)/i.test(body.value);
}

function returnsOf(
  { points, currency }: MetricSeries,
  flows: Float64Array,
  source: string,
): Pick<HubReturns, "series" | "notes"> {
  const [at, returns]: [number[], number[]] = [[], []];
  const notes: string[] = [];
  let before: number | undefined;
  let startEquity: number | undefined;
  for (const [index, { value, to, reason }] of points.entries()) {
    const equity = typeof value === "number" ? value : undefined;
    if (equity !== undefined && before !== undefined && before > 0) {
      startEquity ??= before;
      at.push(Date.parse(to));
      returns.push(Math.max(-1, (equity - (flows[index - 1] ?? 0)) / before - 1));
    }
    if (equity === undefined && index === points.length - 1)
      notes.push(`no equity at the end: ${reason ?? "not known"}`);
    before = equity;
  }
  const missing = points.length - 1 - returns.length;
  if (missing > 0)
    notes.push(`${missing} of ${points.length - 1} days have no return: no equity is known at both their ends`);
  const series = {
    at: Float64Array.from(at),
    returns: Float64Array.from(returns),
    periodsPerYear: DAYS_PER_YEAR,
    startEquity,
    dropped: 0,
    source: currency === undefined ? source : `${source}, in ${currency}`,
  };
  return { series, notes };
}

/** A span from days before now, when nobody names one. */
export const usualSpan = (now: Micros, days: number): Pick<HubScope, "from" | "to"> => ({
  from: micros(now - days * MICROS_PER_DAY - (now % MICROS_PER_DAY)),
  to: now,
});
