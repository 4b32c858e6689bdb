import { wilsonInterval } from "../../metrics/inference/wilson.ts";
import type { ConductEvidence, Judged, Rule } from "./evidence.ts";
import { bpsText, counted, percent } from "./words.ts";

const LEVEL = 0.95;
const FILLS_MIN = 30;
const ORDERS_MIN = 50;
/** Of entry orders. */
const FILL_RATE_LOW = 0.2;
const CONCENTRATION_MAX = 0.6;
const INSTRUMENTS_MIN = 3;
const FEED_SHARE_MAX = 0.05;
const FEED_SECONDS_MIN = 3_600;
/** Of the limit that is configured. */
const DRAWDOWN_OF_LIMIT = 0.5;
const DRAWDOWN_DAYS_MIN = 5;
const DEEPEST_WITHIN_DAYS = 2;

/** What else a bot does that costs it. */
export const CONDUCT_RULES: readonly Rule<ConductEvidence>[] = [
  {
    code: "losing_to_adverse_selection",
    means: "The mid moves against fills right after them: who trades with the bot knows more",
    threshold: `drift of the mid in the 30 s after a fill below 0 with its whole 95 % interval, and more than fills earn at once: their mean markout after 30 s is below 0; ${FILLS_MIN} fills with marks`,
    judge: adverseSelection,
  },
  {
    code: "concentration",
    means: "Nearly all that is held is in one instrument, of several that are traded",
    threshold: `Herfindahl index of net exposure above ${CONCENTRATION_MAX}; ${INSTRUMENTS_MIN} instruments traded`,
    judge: concentrated,
  },
  {
    code: "stale_feed",
    means: "A feed is stale or away for a good part of the time",
    threshold: `${percent(FEED_SHARE_MAX)} of the time or more; ${FEED_SECONDS_MIN / 3_600} h in which feeds were told of`,
    judge: staleFeed,
  },
  {
    code: "low_fill_rate",
    means: "Few of the entry orders are filled at all",
    threshold: `the whole 95 % interval (Wilson) below ${percent(FILL_RATE_LOW)}; ${ORDERS_MIN} entry orders; not of bots that make markets, whose orders mostly end unfilled`,
    judge: lowFillRate,
  },
  {
    code: "drawdown_deepening",
    means: "Equity is at or near its deepest below the peak, and uses up its limit",
    threshold: `drawdown of half its limit or more, deepest within the last ${DEEPEST_WITHIN_DAYS} days; ${DRAWDOWN_DAYS_MIN} days of equity`,
    judge: drawdownDeepening,
  },
];

function adverseSelection({ drift }: ConductEvidence): Judged {
  if ("reason" in drift) return drift;
  const { bps, markoutBps, low, high, n } = drift;
  if (n < FILLS_MIN) return { reason: `needs ${FILLS_MIN} fills with marks, has ${n}` };
  if (high >= 0 || markoutBps >= 0) return undefined;
  return {
    severity: "warning",
    text:
      `losing to adverse selection: the mid moves ${bpsText(-bps)} [${(-high).toFixed(1)}, ${(-low).toFixed(1)}] against ` +
      `fills within 30 s, which are worth ${bpsText(markoutBps - bps)} at once, n = ${counted(n)}`,
    value: bps,
    unit: "bps",
    ci: { low, high, level: LEVEL, method: "as the markouts have it" },
    n,
  };
}

function concentrated({ concentration, instruments }: ConductEvidence): Judged {
  if (instruments < INSTRUMENTS_MIN)
    return { reason: `needs ${INSTRUMENTS_MIN} instruments traded, has ${instruments}` };
  if (typeof concentration.value !== "number")
    return { reason: concentration.value === undefined ? concentration.reason : "not known" };
  if (concentration.value <= CONCENTRATION_MAX) return undefined;
  return {
    severity: "notice",
    text: `concentrated: the Herfindahl index of what is held is ${concentration.value.toFixed(2)}, of ${instruments} instruments traded`,
    value: concentration.value,
    unit: "ratio",
    n: instruments,
  };
}

function staleFeed({ feed }: ConductEvidence): Judged {
  if (feed === undefined) return { reason: "no feed was told of" };
  const { share, seconds, changes } = feed;
  if (seconds < FEED_SECONDS_MIN)
    return { reason: `needs ${FEED_SECONDS_MIN / 3_600} h of feeds, has ${(seconds / 3_600).toFixed(1)} h` };
  if (share < FEED_SHARE_MAX) return undefined;
  return {
    severity: "warning",
    text: `a feed was stale or away ${percent(share)} of the time, in ${counted(changes)} changes`,
    value: share,
    unit: "ratio",
    n: changes,
  };
}

function lowFillRate({ makesMarkets, ordersPlaced, ordersFilled }: ConductEvidence): Judged {
  if (makesMarkets) return { reason: "a bot that makes markets leaves most of its orders unfilled" };
  if (ordersPlaced < ORDERS_MIN) return { reason: `needs ${ORDERS_MIN} entry orders, has ${ordersPlaced}` };
  const filled = Math.min(ordersFilled, ordersPlaced);
  const interval = wilsonInterval(filled, ordersPlaced, LEVEL);
  if ("reason" in interval || interval.high >= FILL_RATE_LOW) return undefined;
  const { low, high } = interval;
  return {
    severity: "notice",
    text:
      `low fill rate: ${percent(filled / ordersPlaced)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}] of ` +
      `${counted(ordersPlaced)} entry orders were filled`,
    value: filled / ordersPlaced,
    unit: "ratio",
    ci: { low, high, level: LEVEL, method: "Wilson" },
    n: ordersPlaced,
  };
}

function drawdownDeepening({ drawdown }: ConductEvidence): Judged {
  if (drawdown === undefined) return { reason: "no equity was reported" };
  const { now, deepest, daysAgo, days, limit } = drawdown;
  if (days < DRAWDOWN_DAYS_MIN) return { reason: `needs ${DRAWDOWN_DAYS_MIN} days of equity, has ${days}` };
  if (now < DRAWDOWN_OF_LIMIT * limit || daysAgo > DEEPEST_WITHIN_DAYS) return undefined;
  return {
    severity: "warning",
    text: `drawdown deepening: ${percent(now)} below the peak, deepest ${percent(deepest)} ${daysAgo === 0 ? "on the last day" : `${daysAgo} days before`}, of a limit of ${percent(limit)}`,
    value: now,
    unit: "ratio",
    n: days,
  };
}
