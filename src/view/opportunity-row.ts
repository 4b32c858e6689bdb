import { parseTime } from "../base/time.ts";
import type { OpportunityView } from "../protocol/api-trading.ts";
import { OPPORTUNITY_ACTIONS } from "../protocol/opportunity-actions.ts";
import type { StateMark } from "./health-lines.ts";
import { count, signedAmount } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

export type OpportunityAction = OpportunityView["action"];

const marks: Record<OpportunityAction, StateMark> = {
  detected: { sign: "◌", word: "detected", tone: "muted" },
  approved: { sign: "◐", word: "approved", tone: "neutral" },
  executed: { sign: "●", word: "executed", tone: "ok" },
  rejected: { sign: "✕", word: "rejected", tone: "stale" },
};

export const actionMark = (action: OpportunityAction): StateMark => marks[action];

const levels = {
  high: { text: "▮▮▮ high", tone: "neutral" },
  medium: { text: "▮▮▯ medium", tone: "neutral" },
  low: { text: "▮▯▯ low", tone: "muted" },
} as const satisfies Record<NonNullable<OpportunityView["confidence"]>, Shown>;

/** An opportunity as a row. */
export interface OpportunityRow {
  readonly market: Shown;
  /** In the unit that the bot gave: it stands in the cell, since the two differ from row to row. */
  readonly edge: Shown;
  readonly confidence: Shown;
  readonly action: StateMark;
  readonly reason: Shown;
}

/** The cells of an opportunity. */
export function opportunityRow(opportunity: OpportunityView): OpportunityRow {
  const name = opportunity.title ?? opportunity.event_id ?? opportunity.pair_id;
  return {
    market:
      name === undefined
        ? unknownValue("the bot named neither event nor pair")
        : plain(name, [opportunity.event_id, opportunity.pair_id].filter(Boolean).join(", pair ")),
    edge: edge(opportunity),
    confidence:
      opportunity.confidence === undefined ? unknownValue("the bot gave none") : levels[opportunity.confidence],
    action: actionMark(opportunity.action),
    reason: reason(opportunity),
  };
}

/** The same opportunities, newest first by the bot's time of what was said last of each. */
export const latestFirst = (opportunities: readonly OpportunityView[]): OpportunityView[] =>
  opportunities
    .map((opportunity) => ({ opportunity, at: parseTime(opportunity.steps.at(-1)?.at ?? opportunity.timestamp) ?? 0 }))
    .sort((a, b) => b.at - a.at || b.opportunity.seq - a.opportunity.seq)
    .map(({ opportunity }) => opportunity);

function edge({ edge_bps: bps, edge_cents: cents }: OpportunityView): Shown {
  if (bps !== undefined) return withUnit(signedAmount(bps, 1), "bps");
  if (cents !== undefined) return withUnit(signedAmount(cents, 2), "¢");
  return unknownValue("the bot gave no edge");
}

function withUnit(shown: Shown, unit: string): Shown {
  const full = shown.full === undefined ? {} : { full: `${shown.full} ${unit}` };
  return { ...shown, text: `${shown.text} ${unit}`, ...full };
}

function reason({ reason: code, detail, action }: OpportunityView): Shown {
  if (code === undefined && detail === undefined)
    return action === "rejected" ? unknownValue("the bot gave no reason") : plain("");
  const words = code === undefined ? "" : reasonWords(code);
  const text = [words, detail].filter(Boolean).join(": ");
  return plain(text, code === undefined ? undefined : `${text} (${code})`);
}

/** What codes that bots often give mean; others are shown as they are, without their underscores. */
const known: Readonly<Record<string, string>> = {
  edge_too_small: "Edge below the threshold",
  below_threshold: "Edge below the threshold",
  min_edge: "Edge below the threshold",
  stale_data: "Order book too old",
  stale_book: "Order book too old",
  stale_orderbook: "Order book too old",
  insufficient_liquidity: "Not enough size in the book",
  insufficient_depth: "Not enough size in the book",
  insufficient_balance: "Not enough money on a venue",
  max_exposure: "Exposure limit reached",
  exposure_limit: "Exposure limit reached",
  position_limit: "Position limit reached",
  max_position: "Position limit reached",
  daily_loss_limit: "Daily loss limit reached",
  max_daily_loss: "Daily loss limit reached",
  consecutive_losses: "Too many losses in a row",
  cooldown: "Waits after the last trade",
  low_confidence: "Confidence too low",
  venue_down: "A venue is down",
  venue_disconnected: "A venue is disconnected",
  feed_stale: "A feed is silent",
  halted: "The bot is halted",
  paused: "The bot is paused",
  slippage: "Slippage would eat the edge",
  slippage_too_high: "Slippage would eat the edge",
  fees: "Fees would eat the edge",
  unhedged: "A leg is open without its hedge",
  leg_failed: "One leg did not fill",
  duplicate: "Already taken",
  already_open: "Already taken",
};

/** A reason's code in plain words. */
export function reasonWords(code: string): string {
  const words = known[code.toLowerCase()];
  if (words !== undefined) return words;
  const spaced = code.replace(/[_\s]+/g, " ").trim();
  return spaced === spaced.toUpperCase() && /[A-Z]{2}/.test(spaced) ? sentence(spaced.toLowerCase()) : sentence(spaced);
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Which opportunities are shown. */
export interface OpportunityFilter {
  readonly action?: OpportunityAction | undefined;
  readonly bot?: string | undefined;
  readonly reason?: string | undefined;
}

export const matchesOpportunity = (opportunity: OpportunityView, filter: OpportunityFilter): boolean =>
  (filter.action === undefined || opportunity.action === filter.action) &&
  (filter.bot === undefined || opportunity.bot === filter.bot) &&
  (filter.reason === undefined || (opportunity.action === "rejected" && opportunity.reason === filter.reason));

/** One answer to "why did it not trade?". */
export interface ReasonCount {
  readonly code: string | undefined;
  readonly words: string;
  readonly count: Shown;
  /** Of the most frequent one, 0 to 1. */
  readonly share: number;
}

/** The reasons of what was rejected, the most frequent first. */
export function reasonCounts(opportunities: readonly OpportunityView[]): ReasonCount[] {
  const counts = new Map<string | undefined, number>();
  for (const { action, reason: code } of opportunities)
    if (action === "rejected") counts.set(code, (counts.get(code) ?? 0) + 1);
  const most = Math.max(1, ...counts.values());
  return [...counts]
    .map(([code, total]) => ({ code, total, words: code === undefined ? "No reason given" : reasonWords(code) }))
    .toSorted((a, b) => b.total - a.total || (a.words < b.words ? -1 : 1))
    .map(({ code, total, words }) => ({ code, words, count: count(total), share: total / most }));
}

/** How many opportunities got how far, in the order of the steps. */
export function actionCounts(
  opportunities: readonly OpportunityView[],
): { action: OpportunityAction; count: number }[] {
  return OPPORTUNITY_ACTIONS.map((action) => ({
    action,
    count: opportunities.filter((each) => each.action === action).length,
  }));
}
