import { isoFromMicros, MICROS_PER_SECOND, type Micros } from "../../base/time.ts";
import type { Measure } from "../../metrics/measure.ts";
import type { ControlRequest, ControlState, ControlTarget } from "../../protocol/api-control.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { isStanding, targetKey } from "../control/control-state.ts";
import { alertKey, type OpenAlert } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { HUB_BOT } from "../read-bots.ts";
import { heldSince, liftsOnly, OwnCommands, stateOfTarget } from "./own-commands.ts";
import {
  alertScopeOf,
  breachText,
  type HaltRule,
  isBreach,
  RULE_METRICS,
  type RuleSubject,
  SPEAKER,
  speakerOf,
} from "./rule.ts";
import { type RuleContext, measurer, subjectsOf } from "./rule-values.ts";

/** What a rule reads of one of its subjects. */
export interface RuleReading {
  readonly rule: HaltRule;
  readonly subject: RuleSubject;
  readonly measure: Measure;
  readonly state: "within" | "breached" | "no_data";
  /** The breach that was told; undefined while there is none. */
  readonly alert: OpenAlert | undefined;
}

/** A command that a rule asks for, and as whom. */
export interface RuleCommand {
  readonly rule: HaltRule;
  /** Its `command_id` is the same each time it is asked for, until it is taken. */
  readonly request: ControlRequest;
}

export interface RuleProposals {
  /** To be in the log before any of the commands is asked for. */
  readonly alerts: readonly (EventOf<"alert.raised"> | EventOf<"alert.resolved">)[];
  readonly commands: readonly RuleCommand[];
  /** For the next look. */
  readonly memory: RuleMemory;
}

/** What is remembered from look to look, and may be lost: by `rule\ttarget`. */
export interface RuleMemory {
  /** Since when every value was measured and within the limit. */
  readonly within: ReadonlyMap<string, Micros>;
  /** When a breach was seen first: it keeps its command's id while the log cannot take its alert. */
  readonly breached: ReadonlyMap<string, Micros>;
}

export const NO_MEMORY: RuleMemory = { within: new Map(), breached: new Map() };

/** What every rule reads now, one reading at a time, so that the caller may let other work in between. */
export function* eachReading(state: State, rules: readonly HaltRule[], context: RuleContext): Generator<RuleReading> {
  const measure = measurer(state, context);
  for (const rule of rules)
    for (const subject of subjectsOf(state, rule)) {
      const value = measure(rule, subject);
      const alert = state.desk.alerts.get(alertKey(speakerOf(rule), alertScopeOf(subject)));
      yield { rule, subject, measure: value, alert, state: stateOf(rule, value) };
    }
}

function stateOf(rule: HaltRule, { value }: Measure): RuleReading["state"] {
  if (typeof value !== "number") return "no_data";
  return isBreach(rule, value) ? "breached" : "within";
}

/** One look: what was read of every rule, and what is remembered from the last. */
export interface RuleLook {
  readonly rules: readonly HaltRule[];
  readonly context: RuleContext;
  readonly memory: RuleMemory;
  readonly readings: readonly RuleReading[];
}

/**
 * What rules ask for now: nothing is changed here. A breach is told once, and asks for its command once: not while the
 * rule's own command stands, not where the target is held as strictly already, and after somebody lifted it not before the
 * value has been within the limit once. A value that is not known neither begins nor ends anything.
 */
export function evaluateRules(state: State, { rules, context, memory: before, readings }: RuleLook): RuleProposals {
  const own = new OwnCommands(state.desk);
  const memory = nextMemory(readings, before, context.now);
  const commands = new Map<string, RuleCommand>();
  for (const reading of readings) {
    const key = placeOf(reading.rule, reading.subject.target);
    const command = commands.has(key)
      ? undefined
      : breachCommand(state, own, reading, memory.breached.get(key) ?? context.now);
    if (command !== undefined) commands.set(key, command);
  }
  return {
    alerts: [
      ...readings.flatMap((reading) => alertOf(reading, context.now)),
      ...ofRulesGone(state, rules, context.now),
    ],
    commands: [...commands.values(), ...resumes(state, own, readings, { within: memory.within, now: context.now })],
    memory,
  };
}

const placeOf = (rule: HaltRule, target: ControlTarget): string => `${rule.name}\t${targetKey(target)}`;

function nextMemory(readings: readonly RuleReading[], before: RuleMemory, now: Micros): RuleMemory {
  const within = new Map<string, Micros>();
  const breached = new Map<string, Micros>();
  const others = new Set<string>();
  for (const { rule, subject, state, alert } of readings) {
    const key = placeOf(rule, subject.target);
    if (state === "within") within.set(key, before.within.get(key) ?? now);
    else others.add(key);
    if (state === "breached" && !breached.has(key)) breached.set(key, alert?.at ?? before.breached.get(key) ?? now);
  }
  for (const key of others) within.delete(key);
  return { within, breached };
}

function breachCommand(
  state: State,
  own: OwnCommands,
  { rule, subject, measure, state: found, alert }: RuleReading,
  since: Micros,
): RuleCommand | undefined {
  if (found !== "breached" || typeof measure.value !== "number") return undefined;
  const last = own.of(rule, subject.target);
  if (last !== undefined && heldSince(state.desk, last, alert?.at ?? since)) return undefined;
  if (!wouldHold(rule.action, stateOfTarget(state, subject.target))) return undefined;
  const reason = `${breachText(rule, subject, measure.value)} (rule ${rule.name})`;
  return { rule, request: { action: rule.action, ...asked(rule, subject, since), reason } };
}

const asked = (rule: HaltRule, { target }: RuleSubject, at: Micros): Pick<ControlRequest, "target" | "command_id"> => ({
  target,
  command_id: `rule:${rule.name}:${hashOf(targetKey(target))}:${at}`,
});

/** Names of targets are longer than ids may be (FNV-1a). */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return hash.toString(16);
}

/** A rule never loosens what somebody asked for, nor breaks off what closes positions. */
const wouldHold = (action: HaltRule["action"], state: ControlState): boolean =>
  state === "running" || (state === "paused" && action !== "pause");

function resumes(
  state: State,
  own: OwnCommands,
  readings: readonly RuleReading[],
  { within, now }: { readonly within: RuleMemory["within"]; readonly now: Micros },
): RuleCommand[] {
  const proposed = new Map<string, RuleCommand>();
  for (const { rule, subject } of readings) {
    const { resumeAfterS } = rule;
    const key = placeOf(rule, subject.target);
    const since = within.get(key);
    if (resumeAfterS === undefined || since === undefined || proposed.has(key)) continue;
    if (now - since < resumeAfterS * MICROS_PER_SECOND) continue;
    const last = own.of(rule, subject.target);
    if (last === undefined || !isStanding(last) || !liftsOnly(state, last)) continue;
    const reason = `${RULE_METRICS[rule.metric].title} has been within its limit for ${resumeAfterS} s (rule ${rule.name})`;
    proposed.set(key, { rule, request: { action: "resume", ...asked(rule, subject, since), reason } });
  }
  return [...proposed.values()];
}

function alertOf(reading: RuleReading, now: Micros): (EventOf<"alert.raised"> | EventOf<"alert.resolved">)[] {
  const { rule, subject, measure, alert, state } = reading;
  const scope = alertScopeOf(subject);
  const base = { bot: HUB_BOT, ts: isoFromMicros(now), mode: rule.mode, rule: speakerOf(rule), scope };
  if (state === "breached" && alert === undefined && typeof measure.value === "number")
    return [
      {
        type: "alert.raised",
        ...base,
        alert_id: `${speakerOf(rule)}:${Object.values(scope).join(":")}:${now}`.slice(0, 128),
        severity: "critical",
        value: measure.value,
        threshold: rule.limit,
        unit: RULE_METRICS[rule.metric].unit,
        message: breachText(rule, subject, measure.value),
      },
    ];
  if (state !== "within" || alert === undefined) return [];
  const { alertId, severity, message } = alert;
  return [{ type: "alert.resolved", ...base, alert_id: alertId, severity, message: `Over: ${message}` }];
}

/** A rule that the file has no longer watches nothing any more. */
function ofRulesGone(state: State, rules: readonly HaltRule[], now: Micros): EventOf<"alert.resolved">[] {
  const known = new Set(rules.map(speakerOf));
  return [...state.desk.alerts.values()]
    .filter(({ rule }) => rule.startsWith(SPEAKER) && !known.has(rule))
    .map(({ rule, alertId, severity, scope }) => ({
      type: "alert.resolved",
      bot: HUB_BOT,
      ts: isoFromMicros(now),
      rule,
      scope: { ...scope },
      alert_id: alertId,
      severity,
      message: "The configuration file has this rule no longer.",
    }));
}
