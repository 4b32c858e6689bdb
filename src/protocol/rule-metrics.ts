import type { HaltRuleTerms } from "./halt-rule.ts";

/** What rules that halt by themselves may watch; without a schema, so that the page can carry it. */

export const ruleMetrics = [
  "daily_loss_pct",
  "drawdown_pct",
  "consecutive_losses",
  "feed_age_s",
  "margin_ratio",
] as const;
export const RULE_SCOPES = ["bot", "strategy", "venue", "desk"] as const;

/** What an automatic halt may watch. */
export type RuleMetric = (typeof ruleMetrics)[number];
export type RuleScope = (typeof RULE_SCOPES)[number];

interface RuleMetricTerms {
  readonly unit: "ratio" | "count" | "seconds";
  /** A value at or above the limit breaches it, or one below. */
  readonly breaches: "at_or_above" | "below";
  readonly title: string;
  /** Where its value is of one of these. */
  readonly scopes: readonly RuleScope[];
  /** The largest limit that makes sense, in its unit. */
  readonly limitMax: number;
  /** Of the desk it is one number of all bots together, and not one of each. */
  readonly ofDesk: boolean;
}

const OF_BOTS = { scopes: ["bot", "strategy", "desk"], ofDesk: false } as const;
export const WEEK_S = 604_800;

export const RULE_METRICS: Readonly<Record<RuleMetric, RuleMetricTerms>> = {
  daily_loss_pct: {
    ...{ unit: "ratio", breaches: "at_or_above", title: "Daily loss", limitMax: 1 },
    ...{ ...OF_BOTS, ofDesk: true },
  },
  drawdown_pct: {
    ...{ unit: "ratio", breaches: "at_or_above", title: "Drawdown", limitMax: 1 },
    ...{ ...OF_BOTS, ofDesk: true },
  },
  consecutive_losses: {
    ...{ unit: "count", breaches: "at_or_above", title: "Losses in a row", limitMax: 1_000_000 },
    ...OF_BOTS,
  },
  margin_ratio: { unit: "ratio", breaches: "below", title: "Margin ratio", limitMax: 1, ...OF_BOTS },
  feed_age_s: {
    ...{ unit: "seconds", breaches: "at_or_above", title: "Silence of the feed", limitMax: WEEK_S },
    ...{ scopes: RULE_SCOPES, ofDesk: false },
  },
};

/** Rules that there may be, those of the file and those of the page together. */
export const HALT_RULES_MAX = 100;

/** Seconds within the limit after which a rule lifts its own command; undefined for never. */
export const resumeAfterS = ({ resume }: Pick<HaltRuleTerms, "resume">): number | undefined =>
  resume === "never" ? undefined : resume.when_clear_for_s;
