import { z } from "zod";
import { type HaltRule, RULE_METRICS, type RuleMetric } from "../../engine/rules/rule.ts";

/** Names become part of ids of commands. */
const NAME = /^[a-z0-9][a-z0-9-]{0,23}$/;
const METRICS = Object.keys(RULE_METRICS) as [RuleMetric, ...RuleMetric[]];

const ruleSchema = z
  .strictObject({
    name: z.string().regex(NAME, { error: "expected 1 to 24 of a-z 0-9 -" }),
    metric: z.enum(METRICS),
    unit: z.enum(["ratio", "count", "seconds"]),
    limit: z.number().positive(),
    scope: z.enum(["bot", "strategy", "venue", "desk"]),
    of: z.array(z.string().min(1).max(128)).max(1_000).default([]),
    mode: z.enum(["live", "paper", "simulate", "demo"]).default("live"),
    action: z.enum(["pause", "halt", "flatten"]),
    resume: z
      .union([z.literal("never"), z.strictObject({ when_clear_for_s: z.number().min(1).max(604_800) })], {
        error: "expected never, or { when_clear_for_s: N }",
      })
      .default("never"),
  })
  .superRefine(({ metric, unit, limit, scope, of }, context) => {
    const terms = RULE_METRICS[metric];
    const problem = (path: string, message: string): void =>
      void context.addIssue({ code: "custom", path: [path], message });
    if (unit !== terms.unit) problem("unit", `expected ${terms.unit}, the unit of ${metric}, found ${unit}`);
    if (terms.unit === "ratio" && limit > 1)
      problem("limit", `expected a ratio of 1 at most (0.03 is 3 %), found ${limit}`);
    if (terms.unit === "count" && !Number.isInteger(limit)) problem("limit", `expected a whole number, found ${limit}`);
    if (!terms.scopes.includes(scope))
      problem("scope", `expected one of ${terms.scopes.join(", ")} for ${metric}, found ${scope}`);
    if (of.length > 0 && scope === "desk" && terms.unit === "ratio" && metric !== "margin_ratio")
      problem("of", "expected none: of the desk the losses of all bots together are watched");
  })
  .transform(
    ({ unit: _unit, resume, ...rule }): HaltRule => ({
      ...rule,
      resumeAfterS: resume === "never" ? undefined : resume.when_clear_for_s,
    }),
  );

/** `automatic_halts` of the YAML file: none watches anything until it stands there. */
export const ruleListSchema = z
  .array(ruleSchema)
  .max(100)
  .superRefine((rules, context) => {
    const names = rules.map((rule) => rule?.name);
    const twice = names.findIndex((name, index) => name !== undefined && names.indexOf(name) < index);
    if (twice >= 0)
      context.addIssue({
        code: "custom",
        path: [twice, "name"],
        message: `expected another name, found ${names[twice]} twice`,
      });
  });
