import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";
import { controlTarget } from "./api-control.ts";

/** Bodies of the rules that ask for commands by themselves. */

const ruleReadingView = z.object({
  target: controlTarget.describe("what it would command"),
  bot: z.string().nullable().describe("whose value it is; null for a venue, or the desk"),
  venue: z.string().nullable(),
  value: z.number().nullable().describe("in the unit of the rule; null where there is none"),
  reason: z.string().optional().describe("why there is no value: then the rule neither asks for anything nor lifts it"),
  state: z.enum(["within", "breached", "no_data"]),
  since: iso.nullable().describe("when the breach that stands was told"),
  command_id: z.string().nullable().describe("the rule's own command that stands for this target"),
});

const haltRuleView = z.object({
  rule: z.string(),
  metric: z.enum(["daily_loss_pct", "drawdown_pct", "consecutive_losses", "feed_age_s", "margin_ratio"]),
  unit: z.enum(["ratio", "count", "seconds"]),
  breaches: z.enum(["at_or_above", "below"]),
  limit: z.number(),
  scope: z.enum(["bot", "strategy", "venue", "desk"]),
  of: z.array(z.string()).describe("names that it is restricted to; all when empty"),
  mode: tradingMode,
  action: z.enum(["pause", "halt", "flatten"]),
  resume_after_s: z
    .number()
    .nullable()
    .describe("seconds within the limit after which it lifts its own command; null for never"),
  source: z.literal("file").describe("rules of the configuration file are changed there"),
  readings: z.array(ruleReadingView).describe("what is breached first; at most 200"),
  watched: z.number().int().describe("how many readings there are"),
});
export type HaltRuleView = z.infer<typeof haltRuleView>;

export const haltRulesAnswer = z.object({ rules: z.array(haltRuleView), ...asOf });
export type HaltRulesAnswer = z.infer<typeof haltRulesAnswer>;
