import { isoFromMicros } from "../base/time.ts";
import { isStanding } from "../engine/control/control-state.ts";
import { placeOf, type RuleMemory, type RuleReading } from "../engine/rules/evaluate-rules.ts";
import type { OwnCommands } from "../engine/rules/own-commands.ts";
import { type HaltRule, termsOf } from "../engine/rules/rule.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import { RULE_METRICS } from "../protocol/rule-metrics.ts";

const READINGS_MAX = 200;
const ORDER: readonly RuleReading["state"][] = ["breached", "no_data", "within"];

/** What is shown of a rule besides what it reads. */
export interface RuleShown extends Pick<RuleMemory, "within"> {
  readonly own: OwnCommands;
}

/** A rule as the API tells of it, with what was read of it. */
export function ruleView(rule: HaltRule, own: readonly RuleReading[], shown: RuleShown): HaltRuleView {
  const readings = own.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || nearness(b) - nearness(a));
  return {
    ...termsOf(rule),
    breaches: RULE_METRICS[rule.metric].breaches,
    source: rule.source,
    set_by: rule.by ?? null,
    set_at: isoFromMicros(rule.since),
    seq: rule.seq,
    watched: readings.length,
    readings: readings.slice(0, READINGS_MAX).map((reading) => readingView(reading, shown)),
  };
}

/** What is nearest to its limit, or furthest beyond, comes first. */
function nearness({ rule, measure: { value } }: RuleReading): number {
  if (typeof value !== "number") return Number.NEGATIVE_INFINITY;
  return RULE_METRICS[rule.metric].breaches === "below" ? -value : value;
}

function readingView(reading: RuleReading, { own, within }: RuleShown): HaltRuleView["readings"][number] {
  const { rule, subject, measure, state, alert } = reading;
  const command = own.of(rule, subject.target);
  const clearSince = within.get(placeOf(reading));
  return {
    target: subject.target,
    bot: subject.bot ?? null,
    venue: subject.venue ?? null,
    value: typeof measure.value === "number" ? measure.value : null,
    ...(measure.value === undefined ? { reason: measure.reason } : {}),
    state,
    since: alert === undefined ? null : isoFromMicros(alert.at),
    clear_since: clearSince === undefined ? null : isoFromMicros(clearSince),
    command_id: command !== undefined && isStanding(command) ? command.commandId : null,
  };
}
