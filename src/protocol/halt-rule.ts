import { z } from "zod";
import { text } from "./fields.ts";

/** A rule that halts by itself, as the configuration file, the API and the log have it. */

const metrics = ["daily_loss_pct", "drawdown_pct", "consecutive_losses", "feed_age_s", "margin_ratio"] as const;
const scopes = ["bot", "strategy", "venue", "desk"] as const;

/** What an automatic halt may watch. */
export type RuleMetric = (typeof metrics)[number];
export type RuleScope = (typeof scopes)[number];

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
const WEEK_S = 604_800;

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
    ...{ scopes, ofDesk: false },
  },
};

/** Rules that there may be, those of the file and those of the page together. */
export const HALT_RULES_MAX = 100;

/** Names become part of ids of commands. */
export const ruleName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,23}$/, { error: "expected 1 to 24 of a-z 0-9 -" });

/** The fields of a rule, before they are held against one another. */
export const haltRuleFields = z.strictObject({
  name: ruleName,
  metric: z.enum(metrics),
  unit: z
    .enum(["ratio", "count", "seconds"])
    .describe("of the metric; said, so that a limit is never taken for another"),
  limit: z.number().positive().describe("in that unit: 0.03 is 3 %"),
  scope: z.enum(scopes).describe("what is commanded: the bot that breaches, its strategy, the silent venue, or all"),
  of: z.array(text(128)).max(1_000).default([]).describe("only these bots, strategies or venues; all when empty"),
  mode: z.enum(["live", "paper", "simulate"]).default("live").describe("of the bots that it watches"),
  action: z.enum(["pause", "halt", "flatten"]),
  resume: z
    .union([z.literal("never"), z.strictObject({ when_clear_for_s: z.number().min(1).max(WEEK_S) })], {
      error: "expected never, or { when_clear_for_s: N }",
    })
    .default("never")
    .describe("lifts its own command after so many seconds within the limit"),
  enabled: z.boolean().default(true).describe("one that is switched off watches nothing"),
});

/** A rule whose fields fit one another. */
export const haltRule = haltRuleFields.superRefine((rule, context) => {
  for (const { path, message } of problemsOf(rule)) context.addIssue({ code: "custom", path: [path], message });
});
export type HaltRuleTerms = z.output<typeof haltRule>;

/** What of a rule does not fit the rest of it. */
function problemsOf({ metric, unit, limit, scope, of, mode }: HaltRuleTerms): { path: string; message: string }[] {
  const terms = RULE_METRICS[metric];
  const problems: { path: string; message: string }[] = [];
  const problem = (path: string, message: string): void => void problems.push({ path, message });
  if (unit !== terms.unit) problem("unit", `expected ${terms.unit}, the unit of ${metric}, found ${unit}`);
  if (limit > terms.limitMax)
    problem(
      "limit",
      terms.unit === "ratio"
        ? `expected a ratio of 1 at most (0.03 is 3 %), found ${limit}`
        : `expected ${terms.limitMax} ${terms.unit === "count" ? "" : `${terms.unit} `}at most, found ${limit}`,
    );
  if (terms.unit === "count" && !Number.isInteger(limit)) problem("limit", `expected a whole number, found ${limit}`);
  if (!terms.scopes.includes(scope))
    problem("scope", `expected one of ${terms.scopes.join(", ")} for ${metric}, found ${scope}`);
  if (mode !== "live" && scope !== "bot")
    problem("scope", `expected bot for ${mode} bots, for wider ones hold live bots too, found ${scope}`);
  if (of.length > 0 && scope === "desk" && terms.ofDesk)
    problem("of", "expected none: of the desk the losses of all bots together are watched");
  return problems;
}

/** Seconds within the limit after which a rule lifts its own command; undefined for never. */
export const resumeAfterS = ({ resume }: Pick<HaltRuleTerms, "resume">): number | undefined =>
  resume === "never" ? undefined : resume.when_clear_for_s;
