import { isoFromMicros, type Micros } from "../../base/time.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { RULE_METRICS } from "../../protocol/rule-metrics.ts";
import { alertKey, type OpenAlert } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { HUB_BOT } from "../read-bots.ts";
import type { RuleReading } from "./evaluate-rules.ts";
import { alertScopeOf, breachText, type HaltRule, type RuleSubject, SPEAKER, speakerOf } from "./rule.ts";

export type RuleAlert = EventOf<"alert.raised"> | EventOf<"alert.resolved">;

/** The breach of a subject that was told since the rule is as it is. */
export function standingAlert(state: State, rule: HaltRule, subject: RuleSubject): OpenAlert | undefined {
  if (state.desk.alerts.size === 0) return undefined;
  const alert = state.desk.alerts.get(alertKey(speakerOf(rule), alertScopeOf(subject)));
  return alert === undefined || alert.seq < rule.seq ? undefined : alert;
}

/** What is to be told of breaches that began, that are over, and that nobody watches any more. */
export function ruleAlerts(
  state: State,
  rules: readonly HaltRule[],
  readings: readonly RuleReading[],
  now: Micros,
): RuleAlert[] {
  return [...endings(state, rules, readings, now), ...beginnings(readings, now)];
}

function beginnings(readings: readonly RuleReading[], now: Micros): RuleAlert[] {
  const raised = new Map<string, RuleAlert>();
  for (const { rule, subject, measure, alert, state } of readings) {
    if (state !== "breached" || alert !== undefined || typeof measure.value !== "number") continue;
    const scope = alertScopeOf(subject);
    raised.set(alertKey(speakerOf(rule), scope), {
      type: "alert.raised",
      bot: HUB_BOT,
      ts: isoFromMicros(now),
      mode: rule.mode,
      rule: speakerOf(rule),
      scope,
      alert_id: `${speakerOf(rule)}:${Object.values(scope).join(":")}:${now}`.slice(0, 128),
      severity: "critical",
      value: measure.value,
      threshold: rule.limit,
      unit: RULE_METRICS[rule.metric].unit,
      message: breachText(rule, subject, measure.value),
    });
  }
  return [...raised.values()];
}

function endings(
  state: State,
  rules: readonly HaltRule[],
  readings: readonly RuleReading[],
  now: Micros,
): EventOf<"alert.resolved">[] {
  const alerts = [...state.desk.alerts].filter(([, { rule }]) => rule.startsWith(SPEAKER));
  const speaking = new Set(alerts.map(([, { rule }]) => rule));
  const known = new Map(rules.map((rule) => [speakerOf(rule), rule]));
  const read = new Map(
    readings
      .filter(({ rule }) => speaking.has(speakerOf(rule)))
      .map((each) => [alertKey(speakerOf(each.rule), alertScopeOf(each.subject)), each.state]),
  );
  return alerts.flatMap(([key, alert]) => {
    const rule = known.get(alert.rule);
    const why = whyOver(state, rule, alert, read.get(key));
    if (why === undefined) return [];
    const { alertId, severity, scope } = alert;
    return [
      {
        type: "alert.resolved" as const,
        bot: HUB_BOT,
        ts: isoFromMicros(now),
        ...(rule === undefined ? {} : { mode: rule.mode }),
        rule: alert.rule,
        scope: { ...scope },
        alert_id: alertId,
        severity,
        message: why,
      },
    ];
  });
}

/** Why an alert that stands does so no longer; undefined while it does. */
function whyOver(
  state: State,
  rule: HaltRule | undefined,
  alert: OpenAlert,
  found: RuleReading["state"] | undefined,
): string | undefined {
  if (rule === undefined) return "Nobody watches this any more: the rule was removed.";
  if (!rule.enabled) return "Nobody watches this any more: the rule was switched off.";
  if (alert.seq < rule.seq) return "The rule was changed, and looks anew.";
  if (found === "within") return `Over: ${alert.message}`;
  return found === undefined ? whyUnwatched(state, rule, alert) : undefined;
}

function whyUnwatched(state: State, rule: HaltRule, { scope }: OpenAlert): string {
  const name = scope["bot"];
  const bot = name === undefined ? undefined : state.bots.get(name);
  const unwatched = "the rule watches it no longer";
  if (name === undefined) return `The rule watches ${scope["venue"] ?? "this"} no longer.`;
  if (bot === undefined) return `${name} is not known any more: ${unwatched}.`;
  if (bot.said?.status === "stopped") return `${name} has stopped: ${unwatched}.`;
  if (bot.mode !== rule.mode) return `${name} runs in another mode, ${bot.mode}: ${unwatched}.`;
  return `${name} is not what the rule watches any more.`;
}
