import { MICROS_PER_SECOND, type Micros } from "../../base/time.ts";
import { type Measure, unknown } from "../../metrics/measure.ts";
import type { ControlRequest, ControlState } from "../../protocol/api-control.ts";
import { RULE_METRICS, resumeAfterS } from "../../protocol/rule-metrics.ts";
import { isStanding, targetKey } from "../control/control-state.ts";
import type { OpenAlert } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { heldSince, isUnderAnotherRule, lifts, liftsOnly, OwnCommands, stateOfTarget } from "./own-commands.ts";
import { breachText, type HaltRule, isBreach, type RuleSubject } from "./rule.ts";
import { type RuleAlert, ruleAlerts, standingAlert } from "./rule-alerts.ts";
import { type RuleContext, measurer, subjectsOf } from "./rule-values.ts";

/** What a rule reads of one of its subjects. */
export interface RuleReading {
  readonly rule: HaltRule;
  readonly subject: RuleSubject;
  readonly measure: Measure;
  readonly state: "within" | "breached" | "no_data";
  /** The breach that was told since the rule is as it is; undefined while there is none. */
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
  readonly alerts: readonly RuleAlert[];
  readonly commands: readonly RuleCommand[];
  /** For the next look. */
  readonly memory: RuleMemory;
}

/** What is remembered from look to look, and may be lost. */
export interface RuleMemory {
  /** By rule and target, since when every value was measured and within the limit. */
  readonly within: ReadonlyMap<string, Micros>;
  /** By rule and subject, when a breach was seen first: it keeps its command's id while the log cannot take its alert. */
  readonly breached: ReadonlyMap<string, Micros>;
}

export const NO_MEMORY: RuleMemory = { within: new Map(), breached: new Map() };

/** What every rule reads now, one reading at a time, so that the caller may let other work in between. */
export function* eachReading(state: State, rules: readonly HaltRule[], context: RuleContext): Generator<RuleReading> {
  const measure = measurer(state, context);
  for (const rule of rules)
    for (const subject of rule.enabled ? subjectsOf(state, rule) : []) {
      const alert = standingAlert(state, rule, subject);
      const value = measure(rule, subject);
      const found = stateOf(rule, value);
      const isSilent = context.sinceStart.isSilent(state, alert, { subject, measure: value });
      if (isSilent && found === "within") yield { rule, subject, measure: NOT_HEARD, alert, state: "no_data" };
      else yield { rule, subject, measure: value, alert, state: found };
    }
}

const NOT_HEARD = unknown("it was breached before the hub started, and nothing was heard since that says otherwise");

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
  const { now } = context;
  const own = new OwnCommands(state.desk);
  const memory = nextMemory(readings, before, now);
  const open = readings.filter((reading) =>
    isOpen(state, own, reading, memory.breached.get(breachKey(reading)) ?? now),
  );
  return {
    alerts: ruleAlerts(state, rules, readings, now),
    commands: [
      ...breachCommands(state, open, { breached: memory.breached, now }),
      ...resumes(state, { own, readings, open, within: memory.within, now }),
    ],
    memory,
  };
}

/** Of one version of a rule: one that was changed begins anew. */
const ruleKey = ({ name, seq }: HaltRule): string => `${name}\t${seq}`;

/** A rule and what it would command: many subjects may share it. */
export const placeOf = ({ rule, subject }: Pick<RuleReading, "rule" | "subject">): string =>
  `${ruleKey(rule)}\t${targetKey(subject.target)}`;

/** A rule and one of its subjects: each breach has a command of its own. */
const breachKey = ({ rule, subject }: RuleReading): string =>
  `${ruleKey(rule)}\t${targetKey(subject.target)}\t${subject.bot ?? ""}\t${subject.venue ?? ""}`;

function nextMemory(readings: readonly RuleReading[], before: RuleMemory, now: Micros): RuleMemory {
  const within = new Map<string, Micros>();
  const breached = new Map<string, Micros>();
  const others = new Set<string>();
  for (const reading of readings) {
    const place = placeOf(reading);
    if (reading.state === "within") within.set(place, before.within.get(place) ?? now);
    else others.add(place);
    const key = breachKey(reading);
    if (reading.state === "breached") breached.set(key, reading.alert?.at ?? before.breached.get(key) ?? now);
  }
  for (const place of others) within.delete(place);
  return { within, breached };
}

/** Whether a breach has not had its command yet, or only one that another rule has replaced since by its own. */
function isOpen(state: State, own: OwnCommands, { rule, subject, state: found }: RuleReading, since: Micros): boolean {
  if (found !== "breached") return false;
  const last = own.of(rule, subject.target);
  if (last === undefined || !heldSince(state.desk, last, since) || isUnderAnotherRule(state.desk, last)) return true;
  return isStanding(last) && last.seq < rule.seq && last.action !== rule.action;
}

/** One command for each target at a look: the strictest, and rather one that nothing lifts by itself. */
function breachCommands(
  state: State,
  open: readonly RuleReading[],
  { breached, now }: { readonly breached: RuleMemory["breached"]; readonly now: Micros },
): RuleCommand[] {
  const commands = new Map<string, RuleCommand>();
  for (const reading of [...open].sort((a, b) => weightOf(b.rule) - weightOf(a.rule))) {
    const { rule, subject, measure } = reading;
    const target = targetKey(subject.target);
    if (commands.has(target) || typeof measure.value !== "number") continue;
    if (!wouldHold(rule.action, stateOfTarget(state, subject.target))) continue;
    const key = breachKey(reading);
    const reason = `${breachText(rule, subject, measure.value)} (rule ${rule.name})`;
    commands.set(target, {
      rule,
      request: {
        ...{ action: rule.action, target: subject.target, reason },
        command_id: commandId(rule, key, breached.get(key) ?? now),
      },
    });
  }
  return [...commands.values()];
}

const STRICTNESS: Readonly<Record<HaltRule["action"], number>> = { pause: 0, halt: 2, flatten: 4 };

const weightOf = ({ action, resume }: HaltRule): number => STRICTNESS[action] + (resume === "never" ? 1 : 0);

const commandId = ({ name }: HaltRule, key: string, at: Micros): string => `rule:${name}:${hashOf(key)}:${at}`;

const FNV_OFFSETS = [0x811c9dc5, 0x050c5d1f] as const;

/** 64 bits for a name that is longer than an id may be (FNV-1a, twice). */
const hashOf = (text: string): string =>
  FNV_OFFSETS.map((offset) => {
    let hash: number = offset;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, "0");
  }).join("");

/** A rule never loosens what somebody asked for, nor breaks off what closes positions. */
const wouldHold = (action: HaltRule["action"], state: ControlState): boolean =>
  state === "running" || (state === "paused" && action !== "pause");

interface Resuming {
  readonly own: OwnCommands;
  readonly readings: readonly RuleReading[];
  /** Breaches that would ask for their command at once if their target were let go. */
  readonly open: readonly RuleReading[];
  readonly within: RuleMemory["within"];
  readonly now: Micros;
}

function resumes(state: State, { own, readings, open, within, now }: Resuming): RuleCommand[] {
  const proposed = new Map<string, RuleCommand>();
  for (const reading of readings) {
    const { rule, subject } = reading;
    const afterS = resumeAfterS(rule);
    const place = placeOf(reading);
    const since = within.get(place);
    if (afterS === undefined || since === undefined || proposed.has(place)) continue;
    if (now - since < afterS * MICROS_PER_SECOND) continue;
    const last = own.of(rule, subject.target);
    if (last === undefined || !isStanding(last) || !liftsOnly(state, last) || own.tookOver(last)) continue;
    if (open.some((other) => lifts(state, subject.target, other.subject.target))) continue;
    const reason = `${RULE_METRICS[rule.metric].title} has been within its limit for ${afterS} s (rule ${rule.name})`;
    proposed.set(place, {
      rule,
      request: { action: "resume", target: subject.target, reason, command_id: commandId(rule, place, since) },
    });
  }
  return [...proposed.values()];
}
