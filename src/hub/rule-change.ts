import { termsOf } from "../engine/rules/rule.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { RULE_METRICS, resumeAfterS } from "../protocol/rule-metrics.ts";
import type { Act } from "./audit.ts";

/** What a rule was, and what it is: undefined where there was, or is, none. */
interface Change {
  readonly before: HaltRuleTerms | undefined;
  readonly after: HaltRuleTerms | undefined;
}

/** The act that a change of a rule was, with what was before and what is after; undefined where nothing changed. */
export function ruleAct({ before, after }: Change): Pick<Act, "action" | "target" | "detail"> | undefined {
  if (after === undefined)
    return before && { action: "rule.removed", target: before.name, detail: `was: ${wholeText(before)}` };
  if (before === undefined) return { action: "rule.set", target: after.name, detail: wholeText(after) };
  const changed = differences(before, after);
  if (changed.length === 0) return undefined;
  const isSwitch = changed.length === 1 && before.enabled !== after.enabled;
  const switched = after.enabled ? "rule.switched_on" : "rule.switched_off";
  return {
    action: isSwitch ? switched : "rule.changed",
    target: after.name,
    detail: isSwitch ? wholeText(after) : changed.join("; "),
  };
}

type Texts = readonly (readonly [string, string])[];

/** The longest, which is cut first, stands last. */
const textsOf = (rule: HaltRuleTerms): Texts => {
  const { metric, limit, scope, of, mode, action, enabled } = rule;
  const { unit, breaches } = RULE_METRICS[metric];
  const after = resumeAfterS(rule);
  return [
    ["limit", `${metric} ${breaches === "below" ? "below" : "at or over"} ${limit} ${unit}`],
    ["action", action],
    ["scope", scope],
    ["mode", mode],
    ["resumes", after === undefined ? "never" : `after ${after} s`],
    ["switched", enabled ? "on" : "off"],
    ["of", of.length === 0 ? "all" : `${of.length}: ${of.join(", ")}`],
  ];
};

const wholeText = (rule: HaltRuleTerms): string =>
  textsOf(rule)
    .map(([name, text]) => `${name} ${text}`)
    .join("; ");

function differences(before: HaltRuleTerms, after: HaltRuleTerms): string[] {
  const were = new Map(textsOf(termsOf(before)));
  return textsOf(termsOf(after)).flatMap(([name, text]) => {
    const was = were.get(name);
    return was === text ? [] : [`${name}: ${was} → ${text}`];
  });
}
