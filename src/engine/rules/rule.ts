import type { ControlTarget } from "../../protocol/api-control.ts";
import type { Mode } from "../bot-state.ts";

/** What an automatic halt may watch. */
export type RuleMetric = "daily_loss_pct" | "drawdown_pct" | "consecutive_losses" | "feed_age_s" | "margin_ratio";
export type RuleScope = "bot" | "strategy" | "venue" | "desk";

/** A rule that asks for a command by itself. */
export interface HaltRule {
  readonly name: string;
  readonly metric: RuleMetric;
  /** In the unit of the metric. */
  readonly limit: number;
  /** What is commanded: the bot that breaches, its strategy, the venue that is silent, or all. */
  readonly scope: RuleScope;
  /** Names of what is watched; everything of the scope where there are none. */
  readonly of: readonly string[];
  readonly mode: Mode;
  readonly action: "pause" | "halt" | "flatten";
  /** Seconds of measured values within the limit after which it lifts its own command; undefined for never. */
  readonly resumeAfterS: number | undefined;
}

interface RuleMetricTerms {
  readonly unit: "ratio" | "count" | "seconds";
  /** A value at or above the limit breaches it, or one below. */
  readonly breaches: "at_or_above" | "below";
  readonly title: string;
  /** Where its value is of one of these. */
  readonly scopes: readonly RuleScope[];
}

const OF_BOTS: readonly RuleScope[] = ["bot", "strategy", "desk"];

export const RULE_METRICS: Readonly<Record<RuleMetric, RuleMetricTerms>> = {
  daily_loss_pct: { unit: "ratio", breaches: "at_or_above", title: "Daily loss", scopes: OF_BOTS },
  drawdown_pct: { unit: "ratio", breaches: "at_or_above", title: "Drawdown", scopes: OF_BOTS },
  consecutive_losses: { unit: "count", breaches: "at_or_above", title: "Losses in a row", scopes: OF_BOTS },
  margin_ratio: { unit: "ratio", breaches: "below", title: "Margin ratio", scopes: OF_BOTS },
  feed_age_s: {
    unit: "seconds",
    breaches: "at_or_above",
    title: "Silence of the feed",
    scopes: ["bot", "strategy", "venue", "desk"],
  },
};

/** What a rule looks at, and what it would command: a bot, a venue, a venue as a bot uses it, or the desk. */
export interface RuleSubject {
  readonly bot: string | undefined;
  readonly venue: string | undefined;
  readonly target: ControlTarget;
}

/** What the names begin with as whom rules speak. */
export const SPEAKER = "rule:";

/** As whom a rule speaks, in commands and alerts. */
export const speakerOf = ({ name }: Pick<HaltRule, "name">): string => `${SPEAKER}${name}`;

/** The scope of its alerts. */
export const alertScopeOf = ({ bot, venue }: RuleSubject): Record<string, string> => ({
  ...(bot === undefined ? {} : { bot }),
  ...(venue === undefined ? {} : { venue }),
  ...(bot === undefined && venue === undefined ? { desk: "all" } : {}),
});

export const isBreach = ({ metric, limit }: HaltRule, value: number): boolean =>
  RULE_METRICS[metric].breaches === "below" ? value < limit : value >= limit;

/** What happened, in words: with the value and the limit. */
export function breachText(rule: HaltRule, subject: RuleSubject, value: number): string {
  const { title, breaches } = RULE_METRICS[rule.metric];
  const of = [subject.venue, subject.bot].filter((name) => name !== undefined).join(" for ");
  const against = breaches === "below" ? "below its limit of" : "at or over its limit of";
  return `${title}${of === "" ? "" : ` of ${of}`} is ${shown(rule.metric, value)}, ${against} ${shown(rule.metric, rule.limit)}`;
}

function shown(metric: RuleMetric, value: number): string {
  switch (RULE_METRICS[metric].unit) {
    case "ratio":
      return metric === "margin_ratio" ? String(rounded(value)) : `${rounded(value * 100)} %`;
    case "count":
      return String(value);
    case "seconds":
      return `${rounded(value)} s`;
  }
}

const rounded = (value: number): number => Number(value.toPrecision(4));
