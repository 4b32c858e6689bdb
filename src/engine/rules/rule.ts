import type { Micros } from "../../base/time.ts";
import type { ControlTarget } from "../../protocol/api-control.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { HaltRuleTerms } from "../../protocol/halt-rule.ts";
import { RULE_METRICS, type RuleMetric } from "../../protocol/rule-metrics.ts";
import type { Recorded } from "../../protocol/recorded.ts";

/** A rule that asks for a command by itself. */
export interface HaltRule extends HaltRuleTerms {
  /** Where it was set, which is where it is changed: the configuration file, or the page and the API. */
  readonly source: "file" | "page";
  /** Who set it as it is now; undefined of the file. */
  readonly by: string | undefined;
  /** Since when it is as it is now: what was breached before was another rule. */
  readonly since: Micros;
  /** Of the fact that says so. */
  readonly seq: number;
}

/** By its name, each rule that was set and not removed since. */
export interface RuleFacts {
  readonly rules: Map<string, HaltRule>;
}

/** A rule is set, or set in place of the one of its name. */
export function takeRule({ rules }: RuleFacts, event: EventOf<"rule.declared">, { ts, seq }: Recorded): void {
  const { rule, source, by } = event;
  rules.set(rule.name, { ...rule, source, by, since: ts, seq });
}

/** A rule without when, where and by whom it was set. */
export const termsOf = (rule: HaltRuleTerms): HaltRuleTerms => {
  const { name, metric, unit, limit, scope, of, mode, action, resume, enabled } = rule;
  return { name, metric, unit, limit, scope, of, mode, action, resume, enabled };
};

/** Whether two rules say the same. */
export const isSameRule = (one: HaltRuleTerms, other: HaltRuleTerms): boolean =>
  JSON.stringify(termsOf(one)) === JSON.stringify(termsOf(other));

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
