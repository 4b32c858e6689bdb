import { estimateInterval, type RatioEstimate } from "../../metrics/inference/batched-ratio.ts";
import { studentQuantile } from "../../metrics/inference/student.ts";
import type { Judged, MoneyEvidence, Rule } from "./evidence.ts";
import { amount, bpsText, counted } from "./words.ts";

/** Fewer fills or trades say nothing. */
const FILLS_MIN = 30;
const TRADES_MIN = 30;
const LEVEL = 0.95;
const BPS = 10_000;
const METHOD = "ratio of sums, error from batches of neighbouring fills";

/** Less than this part of a loss is not what it was lost to. */
const SHARE_MIN = 0.25;
const SHARE = `net < 0 and it is ${100 * SHARE_MIN} % of the loss or more`;

/** What profit was lost to. */
export const MONEY_RULES: readonly Rule<MoneyEvidence>[] = [
  {
    code: "losing_to_execution",
    means: "Fills are worse than the mid when their orders were decided",
    threshold: `slippage above 0 with its whole 95 % interval; ${SHARE}, or it takes more than half of what the signal made; ${FILLS_MIN} fills with a mid at arrival`,
    judge: losingToExecution,
  },
  {
    code: "losing_to_signal",
    means: "The mid moves against what is bought and sold, from the decision to enter to the decision to leave",
    threshold: `signal below 0 with its whole 95 % interval; ${SHARE}; ${TRADES_MIN} closings with mids at arrival`,
    judge: losingToSignal,
  },
  {
    code: "losing_to_costs",
    means: "What trading makes before costs is less than fees and funding",
    threshold: `net < 0 while net − cost > 0; ${FILLS_MIN} fills`,
    judge: losingToCosts,
  },
  {
    code: "over_trading",
    means: "Each trade makes less than it pays in fees: fewer and better ones would do",
    threshold: `fees above what trades made before them, with the whole 95 % interval of the mean trade below 0; ${TRADES_MIN} trades`,
    judge: overTrading,
  },
];

function losingToExecution({ row, slippage }: MoneyEvidence): Judged {
  const n = slippage?.n ?? 0;
  if (slippage === undefined || n < FILLS_MIN)
    return { reason: `needs ${FILLS_MIN} fills with a mid at arrival, has ${n}` };
  const interval = intervalOf(slippage);
  if (interval === undefined || row.net === null || row.execution === null || row.signal === null)
    return { reason: row.residual_reasons[0] ?? "profit is not known" };
  const takesHalf = row.signal > 0 && -row.execution > row.signal / 2;
  if (interval.low <= 0 || !(isOfLoss(row.net, row.execution) || takesHalf)) return undefined;
  const value = slippage.ratio * BPS;
  return {
    currency: row.currency,
    severity: row.net < 0 ? "warning" : "notice",
    text:
      `losing to execution: fills ${bpsText(value)} [${interval.low.toFixed(1)}, ${interval.high.toFixed(1)}] worse than ` +
      `the mid, n = ${counted(n)}; it took ${amount(-row.execution, row.currency)}`,
    value,
    unit: "bps",
    ci: { ...interval, level: LEVEL, method: METHOD },
    n,
  };
}

function losingToSignal({ row, signal }: MoneyEvidence): Judged {
  const n = signal?.n ?? 0;
  if (signal === undefined || n < TRADES_MIN)
    return { reason: `needs ${TRADES_MIN} closings with mids at arrival, has ${n}` };
  const interval = intervalOf(signal);
  if (interval === undefined || row.net === null || row.signal === null)
    return { reason: row.residual_reasons[0] ?? "profit is not known" };
  if (interval.high >= 0 || !isOfLoss(row.net, row.signal)) return undefined;
  const value = signal.ratio * BPS;
  return {
    currency: row.currency,
    severity: "warning",
    text:
      `losing to signal: the mid moved ${bpsText(-value)} [${(-interval.high).toFixed(1)}, ${(-interval.low).toFixed(1)}] ` +
      `against what was held, n = ${counted(n)}; it took ${amount(-row.signal, row.currency)}`,
    value,
    unit: "bps",
    ci: { ...interval, level: LEVEL, method: METHOD },
    n,
  };
}

function losingToCosts({ row }: MoneyEvidence): Judged {
  const n = row.memo.fills;
  if (n < FILLS_MIN) return { reason: `needs ${FILLS_MIN} fills, has ${n}` };
  const { net, cost, fees, funding } = row;
  if (net === null || cost === null || fees === null || funding === null)
    return { reason: row.residual_reasons[0] ?? "profit is not known" };
  const gross = net - cost;
  if (net >= 0 || gross <= 0) return undefined;
  const paid = [`fees of ${amount(fees, row.currency)}`];
  if (funding < 0) paid.push(`funding of ${amount(-funding, row.currency)}`);
  return {
    currency: row.currency,
    severity: "warning",
    text: `losing to costs: ${paid.join(" and ")} against ${amount(gross, row.currency)} made before them, n = ${counted(n)}`,
    value: cost,
    unit: row.currency,
    n,
  };
}

function overTrading({ row, made }: MoneyEvidence): Judged {
  const { n } = made;
  if (n < TRADES_MIN) return { reason: `needs ${TRADES_MIN} trades, has ${n}` };
  const { net, cost, fees } = row;
  if (net === null || cost === null || fees === null)
    return { reason: row.residual_reasons[0] ?? "profit is not known" };
  const half = studentQuantile(0.5 + LEVEL / 2, made.freedom) * Math.sqrt((made.variance * made.factor) / n);
  const gross = net - cost;
  if (gross <= 0 || fees <= gross || made.mean + half >= 0) return undefined;
  return {
    currency: row.currency,
    severity: "notice",
    text:
      `over-trading: ${counted(n)} trades made ${amount(gross / n, row.currency)} each before fees and paid ` +
      `${amount(fees / n, row.currency)} each`,
    value: fees / gross,
    unit: "ratio",
    n,
  };
}

/** Whether a term is a good part of what was lost. */
const isOfLoss = (net: number, term: number): boolean => net < 0 && term <= SHARE_MIN * net;

function intervalOf(estimate: RatioEstimate): { readonly low: number; readonly high: number } | undefined {
  const interval = estimateInterval(estimate, LEVEL);
  return interval && { low: interval.low * BPS, high: interval.high * BPS };
}
