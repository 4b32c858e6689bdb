import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { RULE_METRICS, type RuleMetric, type RuleScope, resumeAfterS } from "../protocol/rule-metrics.ts";

/** A rule as a form has it: texts, in the units that people type. */
export interface RuleDraft {
  readonly name: string;
  readonly metric: RuleMetric;
  /** Percent of ratios but for margins. */
  readonly limit: string;
  readonly scope: RuleScope;
  /** Names with commas between them; empty for all. */
  readonly of: string;
  readonly mode: HaltRuleTerms["mode"];
  readonly action: HaltRuleTerms["action"];
  /** Whether it lifts its own command. */
  readonly resumes: boolean;
  /** After so many seconds within the limit. */
  readonly resumeAfter: string;
}

interface MetricField {
  /** What stands beside the field of the limit. */
  readonly unit: string;
  readonly suggested: string;
  /** What the limit is of. */
  readonly means: string;
  /** A name for a rule of it. */
  readonly name: string;
  /** What is commanded first of all. */
  readonly scope: RuleScope;
}

/** What a form says of the limit of each metric. */
export const METRIC_FIELDS: Readonly<Record<RuleMetric, MetricField>> = {
  daily_loss_pct: {
    ...{ unit: "%", suggested: "3", name: "daily-loss", scope: "bot" },
    means: "Breached at this loss of the UTC day, of the equity at 00:00 UTC. 3 % is suggested.",
  },
  drawdown_pct: {
    ...{ unit: "%", suggested: "5", name: "drawdown", scope: "bot" },
    means: "Breached when equity is so far below its peak. 5 % is suggested.",
  },
  consecutive_losses: {
    ...{ unit: "losses", suggested: "5", name: "losses-in-a-row", scope: "bot" },
    means: "Breached at so many losing trades one after another.",
  },
  feed_age_s: {
    ...{ unit: "seconds", suggested: "30", name: "silent-feed", scope: "venue" },
    means: "Breached when nothing came from a venue for so long, or it has been down.",
  },
  margin_ratio: {
    ...{ unit: "ratio", suggested: "0.2", name: "margin", scope: "bot" },
    means: "Breached below this distance from liquidation: 1 is safe, 0 is liquidation.",
  },
};

/** The words for what a rule commands. */
export const SCOPE_WORDS: Readonly<Record<RuleScope, string>> = {
  bot: "the bot that breaches",
  strategy: "every bot of its strategy",
  venue: "the venue that is silent",
  desk: "all bots",
};

/** A draft to begin with: the suggested limit, and a name that no rule has yet. */
export function newDraft(metric: RuleMetric, taken: readonly string[]): RuleDraft {
  const { suggested, name, scope } = METRIC_FIELDS[metric];
  return {
    ...{ metric, limit: suggested, name: freeName(name, taken), scope },
    ...{ of: "", mode: "live", action: "halt", resumes: false, resumeAfter: "300" },
  };
}

function freeName(name: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!taken.includes(free)) return free;
  }
}

/** A rule as a form shows it. */
export function draftOf(rule: HaltRuleTerms): RuleDraft {
  const { name, metric, limit, scope, of, mode, action } = rule;
  const after = resumeAfterS(rule);
  return {
    ...{ name, metric, limit: String(isPercent(metric) ? tidy(limit * 100) : limit), scope, of: of.join(", ") },
    ...{ mode, action, resumes: after !== undefined, resumeAfter: String(after ?? 300) },
  };
}

/** The rule that a form holds, as it is sent; the hub says what does not fit. */
export function ruleOf(draft: RuleDraft, enabled: boolean): HaltRuleTerms {
  const { name, metric, scope, mode, action } = draft;
  const limit = Number(draft.limit.trim().replace(",", "."));
  return {
    ...{ name: name.trim(), metric, unit: RULE_METRICS[metric].unit, scope, mode, action, enabled },
    limit: isPercent(metric) ? tidy(limit / 100) : limit,
    of: [...new Set(draft.of.split(",").map((each) => each.trim()))].filter((each) => each !== ""),
    resume: draft.resumes ? { when_clear_for_s: Number(draft.resumeAfter) } : "never",
  };
}

const isPercent = (metric: RuleMetric): boolean => METRIC_FIELDS[metric].unit === "%";

/** 0.07 × 100 is 7, and 3 ÷ 100 is 0.03. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** What a rule of that metric and mode may command: what is wider than a bot would hold live bots too. */
export const scopesFor = ({ metric, mode }: Pick<RuleDraft, "metric" | "mode">): readonly RuleScope[] =>
  mode === "live" ? RULE_METRICS[metric].scopes : ["bot"];
