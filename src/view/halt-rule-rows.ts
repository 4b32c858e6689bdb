import type { HaltRuleView } from "../protocol/api-rules.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import { RULE_METRICS, type RuleMetric, resumeAfterS } from "../protocol/rule-metrics.ts";
import { targetWords } from "./control-words.ts";
import type { StateMark } from "./health-lines.ts";
import { count, grouped } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import { duration } from "./time-format.ts";

export type RuleReadingView = HaltRuleView["readings"][number];

/** How a rule stands with one of its subjects, or as a whole. */
export type RuleStand = "breached" | "holding" | "cooling" | "no_data" | "armed" | "off";

const MARKS: Readonly<Record<RuleStand, StateMark>> = {
  breached: { sign: "⚠", word: "breached", tone: "bad" },
  holding: { sign: "■", word: "holding", tone: "stale" },
  cooling: { sign: "◐", word: "cooling", tone: "stale" },
  no_data: { sign: "◌", word: "no data", tone: "stale" },
  armed: { sign: "●", word: "armed", tone: "ok" },
  off: { sign: "○", word: "off", tone: "muted" },
};

/** What asks for a look first. */
const ORDER: readonly RuleStand[] = ["breached", "holding", "cooling", "no_data", "armed", "off"];

const worseFirst = (a: RuleStand, b: RuleStand): number => ORDER.indexOf(a) - ORDER.indexOf(b);

/** What is watched, in words that begin a sentence in its middle. */
const METRIC_WORDS: Readonly<Record<RuleMetric, string>> = {
  daily_loss_pct: "daily loss",
  drawdown_pct: "drawdown",
  consecutive_losses: "losses in a row",
  feed_age_s: "silence of the feed",
  margin_ratio: "margin ratio",
};

const SCOPES: Readonly<Record<HaltRuleTerms["scope"], string>> = {
  bot: "the bot",
  strategy: "its strategy",
  venue: "the venue",
  desk: "all bots",
};

/** A rule as a line of its table. */
export interface RuleRow {
  readonly mark: StateMark;
  /** `daily loss at or over 3 %`. */
  readonly when: string;
  /** `halts the bot; never resumes by itself`. */
  readonly does: string;
  /** What it is restricted to; empty when to nothing. */
  readonly only: string;
  /** How many it watches, and how many of them are in which state. */
  readonly watches: string;
  readonly source: Shown;
}

/** The cells of a rule. */
export function ruleRow(rule: HaltRuleView): RuleRow {
  const stand = ruleStand(rule);
  return {
    mark: MARKS[stand],
    when: `${METRIC_WORDS[rule.metric]} ${againstWords(rule)} ${inUnit(rule, rule.limit)}`,
    does: `${rule.action}s ${SCOPES[rule.scope]}; ${resumeWords(rule)}`,
    only: onlyWords(rule),
    watches: watchWords(rule),
    source:
      rule.source === "file"
        ? plain("file", "automatic_halts of the configuration file: changed there")
        : plain(`page · ${rule.set_by ?? "?"}`, `set by ${rule.set_by ?? "nobody known"}, ${rule.set_at}`),
  };
}

function ruleStand(rule: HaltRuleView): RuleStand {
  if (!rule.enabled) return "off";
  const [worst] = rule.readings.map((reading) => readingStand(rule, reading)).sort(worseFirst);
  return worst ?? "armed";
}

function readingStand(rule: HaltRuleView, { state, command_id }: RuleReadingView): RuleStand {
  if (state !== "within") return state;
  if (command_id === null) return "armed";
  return rule.resume === "never" ? "holding" : "cooling";
}

const againstWords = ({ breaches }: Pick<HaltRuleView, "breaches">): string =>
  breaches === "below" ? "below" : "at or over";

const resumeWords = (rule: HaltRuleTerms): string => {
  const after = resumeAfterS(rule);
  return after === undefined ? "never resumes by itself" : `resumes after ${duration(after)} within`;
};

function onlyWords({ of, mode }: HaltRuleView): string {
  const modes = mode === "live" ? "" : `${mode} bots`;
  const names =
    of.length === 0
      ? ""
      : `only ${of.length > 3 ? `${of.slice(0, 3).join(", ")} and ${of.length - 3} more` : of.join(", ")}`;
  return [modes, names].filter((part) => part !== "").join("; ");
}

function watchWords(rule: HaltRuleView): string {
  if (!rule.enabled) return "nothing";
  if (rule.watched === 0) return "nothing yet";
  const of = (state: RuleReadingView["state"]): number => rule.readings.filter((each) => each.state === state).length;
  const [breached, blind] = [of("breached"), of("no_data")];
  const parts = [
    ...(breached > 0 ? [`${count(breached).text} breached`] : []),
    ...(blind > 0 ? [`${count(blind).text} without data`] : []),
  ];
  return `${count(rule.watched).text}${parts.length === 0 ? "" : ` · ${parts.join(", ")}`}`;
}

/** Rules in the order of a list: what needs a look first, and by their names. */
export const rulesInOrder = (rules: readonly HaltRuleView[]): HaltRuleView[] =>
  [...rules].sort((a, b) => worseFirst(ruleStand(a), ruleStand(b)) || (a.name < b.name ? -1 : 1));

/** One subject of a rule as a line. */
export interface ReadingRow {
  readonly key: string;
  readonly rule: string;
  readonly subject: string;
  readonly stand: RuleStand;
  readonly mark: StateMark;
  readonly value: Shown;
  readonly limit: string;
  /** How much of the limit is used, 0 to 1; undefined where there is no value. */
  readonly used: number | undefined;
  /** What it means: since when, what goes on to hold, when that ends. */
  readonly meaning: string;
  readonly commandId: string | undefined;
}

/** Every subject of the rules that are on, what needs a look first; those of one state as near as they are to their limit. */
export function readingRows(rules: readonly HaltRuleView[], nowMs: number): ReadingRow[] {
  return rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => rule.readings.map((reading) => readingRow(rule, reading, nowMs)))
    .sort((a, b) => worseFirst(a.stand, b.stand) || (b.used ?? -1) - (a.used ?? -1));
}

function readingRow(rule: HaltRuleView, reading: RuleReadingView, nowMs: number): ReadingRow {
  const stand = readingStand(rule, reading);
  const subject = [reading.venue, reading.bot].filter((name) => name !== null).join(" for ") || "the desk";
  return {
    key: `${rule.name} ${subject}`,
    rule: rule.name,
    subject,
    stand,
    mark: MARKS[stand],
    value: reading.value === null ? unknownValue(reading.reason ?? "no data") : plain(inUnit(rule, reading.value)),
    limit: `${rule.breaches === "below" ? "< " : "≥ "}${inUnit(rule, rule.limit)}`,
    used: usedOf(rule, reading.value),
    meaning: meaningWords(rule, reading, { stand, nowMs }),
    commandId: reading.command_id ?? undefined,
  };
}

/** Of a limit from below, how near the value has come to it. */
function usedOf({ breaches, limit }: HaltRuleView, value: number | null): number | undefined {
  if (value === null) return undefined;
  const used = breaches === "below" ? (value <= 0 ? 1 : limit / value) : value / limit;
  return Math.min(1, Math.max(0, used));
}

function meaningWords(
  rule: HaltRuleView,
  { target, since, clear_since, command_id }: RuleReadingView,
  { stand, nowMs }: { readonly stand: RuleStand; readonly nowMs: number },
): string {
  const held = `its ${rule.action} of ${targetWords(target)} holds`;
  const ago = (at: string | null): string => (at === null ? "" : duration((nowMs - Date.parse(at)) / 1000));
  switch (stand) {
    case "breached":
      return `for ${ago(since) || "less than a second"}; ${command_id === null ? "no command of this rule stands: somebody lifted it, or something else holds" : held}`;
    case "holding":
      return `${held} until somebody resumes`;
    case "cooling": {
      const after = resumeAfterS(rule) ?? 0;
      const left = clear_since === null ? after : after - (nowMs - Date.parse(clear_since)) / 1000;
      return `${held}; ${left > 0 ? `resumes in ${duration(Math.ceil(left))} if it stays within` : "resumes once nothing else holds"}`;
    }
    case "no_data":
      return command_id === null ? "neither halts nor resumes without a value" : held;
    case "armed":
    case "off":
      return "";
  }
}

/** A value in the unit that people read: percent of ratios but for margins, seconds, or a plain count. */
export function inUnit({ metric }: Pick<HaltRuleTerms, "metric">, value: number): string {
  const { unit } = RULE_METRICS[metric];
  if (unit === "seconds") return duration(value);
  if (unit === "count") return short(value);
  return metric === "margin_ratio" ? short(value) : `${short(value * 100)} %`;
}

/** At most two decimals from 1 on, and three digits below; no zeros at the end. */
const short = (value: number): string =>
  grouped(String(Number(Math.abs(value) >= 1 ? value.toFixed(2) : value.toPrecision(3))));
