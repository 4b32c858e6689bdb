import { z } from "zod";
import { asOf, iso } from "./api.ts";
import { controlTarget } from "./api-control.ts";
import { haltRuleFields } from "./halt-rule.ts";

/** Bodies of the rules that ask for commands by themselves. */

const ruleReadingView = z.object({
  target: controlTarget.describe("what it would command"),
  bot: z.string().nullable().describe("whose value it is; null for a venue, or the desk"),
  venue: z.string().nullable(),
  value: z.number().nullable().describe("in the unit of the rule; null where there is none"),
  reason: z.string().optional().describe("why there is no value: then the rule neither asks for anything nor lifts it"),
  state: z.enum(["within", "breached", "no_data"]),
  since: iso.nullable().describe("when the breach that stands was told"),
  clear_since: iso.nullable().describe("since when every value of its target has been seen within the limit"),
  command_id: z.string().nullable().describe("the rule's own command that stands for this target"),
});

/** A rule as it was set, and what it reads now. */
const haltRuleView = z.object({
  ...haltRuleFields.shape,
  breaches: z.enum(["at_or_above", "below"]),
  source: z.enum(["file", "page"]).describe("rules of the configuration file are changed there"),
  set_by: z.string().nullable().describe("who set it as it is now; null of the file"),
  set_at: iso,
  seq: z.number().int().describe("of the fact that says so: another once it was changed"),
  readings: z.array(ruleReadingView).describe("what is breached first; at most 200"),
  watched: z.number().int().describe("how many readings there are"),
});
export type HaltRuleView = z.infer<typeof haltRuleView>;

export const haltRulesAnswer = z.object({ rules: z.array(haltRuleView), ...asOf });
export type HaltRulesAnswer = z.infer<typeof haltRulesAnswer>;

/** A rule that was set. */
export const haltRuleAnswer = z.object({ rule: haltRuleView, ...asOf });
