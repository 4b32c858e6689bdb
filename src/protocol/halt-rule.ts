import { z } from "zod";
import { text } from "./fields.ts";
import { RULE_METRICS, RULE_SCOPES, ruleMetrics, WEEK_S } from "./rule-metrics.ts";

/** A rule that halts by itself, as the configuration file, the API and the log have it. */

/** Names become part of ids of commands. */
export const ruleName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,23}$/, { error: "expected 1 to 24 of a-z 0-9 -" });

/** The fields of a rule, before they are held against one another. */
export const haltRuleFields = z.strictObject({
  name: ruleName,
  metric: z.enum(ruleMetrics),
  unit: z
    .enum(["ratio", "count", "seconds"])
    .describe("of the metric; said, so that a limit is never taken for another"),
  limit: z.number().positive().describe("in that unit: 0.03 is 3 %"),
  scope: z
    .enum(RULE_SCOPES)
    .describe("what is commanded: the bot that breaches, its strategy, the silent venue, or all"),
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
