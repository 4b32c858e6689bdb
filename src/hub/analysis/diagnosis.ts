import { isoFromMicros, MICROS_PER_DAY, micros } from "../../base/time.ts";
import { attribute } from "../../engine/attribution/read-attribution.ts";
import { currencyParts, evidenceOf } from "../../engine/attribution/span-evidence.ts";
import { orderCountsOf } from "../../engine/activity.ts";
import type { BotState } from "../../engine/bot-state.ts";
import { byGravity, type Diagnosis, diagnose } from "../../engine/diagnosis/diagnose.ts";
import type {
  ConductEvidence,
  DrawdownEvidence,
  DriftEvidence,
  MoneyEvidence,
} from "../../engine/diagnosis/evidence.ts";
import { readConcentration } from "../../engine/read-concentration.ts";
import { limitsOf } from "../../engine/read-limits.ts";
import { growthOf, readPath } from "../../metrics/returns/equity-path.ts";
import type { AttributionRow, DiagnosisAnswer } from "../../protocol/api-attribution.ts";
import type { ExecutionQuery } from "../execution-query.ts";
import { Overloaded } from "../explain.ts";
import { HistoryUnreadable } from "../histories.ts";
import { type AttributionFilter, type AttributionParts, namesIn, type BotRange, readBot } from "./attribution.ts";
import type { Statistics } from "./statistics.ts";
import { wholeDays } from "./daily-returns.ts";
import { feedTimeOf } from "./feed-time.ts";

export interface DiagnosisParts extends AttributionParts {
  readonly statistics: Statistics;
  readonly execution: ExecutionQuery;
}

const DAYS_USUAL = 7;
/** Days of equity that a drawdown is looked for in. */
const DRAWDOWN_DAYS = 90;

/** What seems wrong with each bot, from its fills, orders, feeds and equity of a range: the last 7 days unless it is named. */
export async function readDiagnosis(parts: DiagnosisParts, filter: AttributionFilter): Promise<DiagnosisAnswer> {
  const { bot: name, mode } = filter;
  const now = parts.clock.now();
  const to = micros(Math.min(filter.to ?? now, now));
  const from = micros(Math.min(filter.from ?? to - DAYS_USUAL * MICROS_PER_DAY, to));
  const all: Diagnosis[] = [];
  let seq = 0;
  for (const bot of namesIn(parts.state, name, mode)) {
    const told = await diagnoseBot(parts, { bot, mode, from, to, now });
    seq = Math.max(seq, told.seq);
    all.push(told);
  }
  return {
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    findings: all.flatMap(({ findings }) => findings).sort(byGravity),
    unsaid: all.flatMap(({ unsaid }) => unsaid),
    as_of: isoFromMicros(now),
    as_of_seq: seq === 0 ? parts.state.desk.seq : seq,
  };
}

async function diagnoseBot(parts: DiagnosisParts, range: BotRange): Promise<Diagnosis & { readonly seq: number }> {
  const { input, seq } = await readBot(parts, range);
  const parted = currencyParts(input.course, input.ledgers);
  // A currency that only fees are paid in has no fills to judge.
  const money = attribute(input)
    .filter(({ memo }) => memo.fills > 0)
    .map((row): MoneyEvidence => ({ row, ...evidenceOf(parted, row.currency) }));
  const { bot, mode, past } = input;
  const orders = orderCountsOf(past.bots.get(bot.bot) ?? bot, mode, "session");
  const conduct: ConductEvidence = {
    bot: bot.bot,
    mode,
    makesMarkets: bot.said?.makesMarkets === true,
    ordersPlaced: orders.ordersPlaced,
    ordersFilled: orders.ordersFilled,
    instruments: new Set(money.flatMap(({ row }) => tradedIn(row))).size,
    concentration: readConcentration(parts.state, botsOf(parts, bot), mode).concentration,
    feed: await feedTimeOf(parts, range),
    drawdown: await drawdownOf(parts, range),
    drift: await driftOf(parts, range),
  };
  return { ...diagnose(conduct, money), seq };
}

const botsOf = ({ state }: DiagnosisParts, { bot }: BotState): BotState[] => {
  const found = state.bots.get(bot);
  return found === undefined ? [] : [found];
};

const tradedIn = (row: AttributionRow): string[] =>
  row.by_asset.flatMap(({ venue, symbol, memo }) => (memo.fills > 0 ? [`${venue}\t${symbol}`] : []));

async function drawdownOf(
  { state, statistics }: DiagnosisParts,
  { bot, mode, to }: BotRange,
): Promise<DrawdownEvidence | undefined> {
  const span = wholeDays(micros(to - DRAWDOWN_DAYS * MICROS_PER_DAY), to);
  const { returns } = await statistics.daily({ bot, mode, ...span });
  if (returns.length === 0) return undefined;
  const { drawdown, deepest } = readPath(growthOf(returns));
  const now = drawdown[drawdown.length - 1] as number;
  return {
    now: -now + 0,
    deepest: -deepest + 0,
    daysAgo: drawdown.length - 1 - drawdown.lastIndexOf(deepest),
    days: returns.length,
    limit: limitsOf(state).drawdown_pct,
  };
}

const DRIFT_HORIZON_S = 30;

async function driftOf(
  { execution }: DiagnosisParts,
  { bot, mode, from, to, now }: BotRange,
): Promise<DriftEvidence | { readonly reason: string }> {
  try {
    const { all } = await execution.markouts({ bot, mode, from, ...(to >= now ? {} : { to }) });
    const point = all.curve.find(({ horizon_s }) => horizon_s === DRIFT_HORIZON_S);
    if (point === undefined) return { reason: "no markouts" };
    const { value, reason, n, ci, ci_reason } = point.mean_drift_bps;
    if (typeof value !== "number" || ci === undefined) return { reason: reason ?? ci_reason ?? "no marks" };
    const markout = point.mean_bps;
    if (typeof markout.value !== "number") return { reason: markout.reason ?? "no markouts" };
    return { bps: value, markoutBps: markout.value, low: ci.low, high: ci.high, n };
  } catch (error) {
    if (error instanceof Overloaded || error instanceof HistoryUnreadable) return { reason: error.message };
    throw error;
  }
}
