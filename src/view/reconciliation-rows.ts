import type { AccountView, ReconciliationRow } from "../protocol/api-reconciliation.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import type { StateMark } from "./health-lines.ts";
import { count, exact, fixed, percent } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** One quantity as its three sides say it. */
export interface ReconciliationLine {
  readonly key: string;
  readonly what: Shown;
  readonly bots: string;
  readonly mark: StateMark;
  readonly ours: Shown;
  readonly theirs: Shown;
  readonly reported: Shown;
  readonly difference: Shown;
  readonly drift: Shown;
  /** What is known besides: which orders, since when; empty when nothing is. */
  readonly detail: string;
}

const STATES: Readonly<Record<ReconciliationRow["state"], StateMark>> = {
  differs: { sign: "⚠", word: "differs", tone: "bad" },
  settling: { sign: "◌", word: "settling", tone: "stale" },
  agrees: { sign: "●", word: "agrees", tone: "ok" },
};

const KINDS: Readonly<Record<ReconciliationRow["kind"], string>> = {
  position: "position",
  orders: "resting orders",
  balance: "equity",
  fees: "fees",
};

/** The cells of a compared quantity. */
export function reconciliationLine(row: ReconciliationRow): ReconciliationLine {
  const { kind, symbol, venue, bots, currency } = row;
  const money = kind === "balance" && currency !== null ? ` ${currency}` : "";
  const sized = (text: string): Shown => exact(text, "");
  return {
    key: [kind, row.mode, venue, bots.join(), symbol ?? ""].join(" "),
    what: plain(symbol === null ? `${KINDS[kind]}${money}` : `${symbol} · ${KINDS[kind]}`, `at ${venue}`),
    bots: bots.join(", "),
    mark: STATES[row.state],
    ours: sized(row.ours),
    theirs: sized(row.theirs),
    reported: row.reported === null ? unknownValue("the bot tells no positions of its own") : sized(row.reported),
    difference: { ...signedDifference(row), tone: row.state === "differs" ? "bad" : "neutral" },
    drift: row.drift_pct === 0 ? plain("0") : percent(row.drift_pct, ""),
    detail: detailOf(row),
  };
}

/** How many orders only one side knows has no sign. */
function signedDifference({ kind, difference }: ReconciliationRow): Shown {
  const shown = exact(difference, "");
  return kind !== "orders" && Number(difference) > 0 ? { ...shown, text: `+${shown.text}` } : shown;
}

const IDS_SHOWN = 5;

function detailOf({ only_ours: ours, only_theirs: theirs }: ReconciliationRow): string {
  return [
    ours.length === 0 ? "" : `not at the venue: ${listed(ours)}`,
    theirs.length === 0 ? "" : `told by no bot: ${listed(theirs)}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
}

const listed = (ids: readonly string[]): string =>
  ids.length <= IDS_SHOWN
    ? ids.join(", ")
    : `${ids.slice(0, IDS_SHOWN).join(", ")} and ${fixed(ids.length - IDS_SHOWN, 0)} more`;

const KEYS: Readonly<Record<AccountView["key"], StateMark>> = {
  read_only: { sign: "●", word: "reads only", tone: "ok" },
  unknown: { sign: "◌", word: "not known", tone: "stale" },
  unchecked: { sign: "◌", word: "not asked yet", tone: "muted" },
  refused: { sign: "⚠", word: "refused", tone: "bad" },
};

/** What the venue says that the key of an account may do. */
export const keyMark = ({ key }: AccountView): StateMark => KEYS[key];

const RULE_STATES: Readonly<Record<"within" | "breached" | "no_data", StateMark>> = {
  within: { sign: "●", word: "within", tone: "ok" },
  breached: { sign: "⚠", word: "breached", tone: "bad" },
  no_data: { sign: "◌", word: "no data", tone: "muted" },
};

/** A rule in words, and what it reads. */
export interface RuleLine {
  readonly key: string;
  readonly says: string;
  readonly does: string;
  readonly mark: StateMark;
  /** The reading that is worst, or all of the same kind. */
  readonly reads: Shown;
}

const METRICS: Readonly<Record<HaltRuleView["metric"], string>> = {
  daily_loss_pct: "daily loss",
  drawdown_pct: "drawdown",
  consecutive_losses: "losses in a row",
  feed_age_s: "silence of the feed",
  margin_ratio: "margin ratio",
};

const SCOPES: Readonly<Record<HaltRuleView["scope"], string>> = {
  bot: "the bot",
  strategy: "its strategy",
  venue: "the venue",
  desk: "all bots",
};

/** The cells of a rule that halts by itself. */
export function ruleLine(rule: HaltRuleView): RuleLine {
  const worst = rule.readings[0];
  const breached = rule.readings.filter(({ state }) => state === "breached").length;
  return {
    key: rule.rule,
    says: `${METRICS[rule.metric]} ${rule.breaches === "below" ? "below" : "at or over"} ${inUnit(rule, rule.limit)}`,
    does: `${rule.action}s ${SCOPES[rule.scope]}${resumes(rule)}`,
    mark: worst === undefined ? RULE_STATES.no_data : RULE_STATES[worst.state],
    reads:
      worst === undefined ? unknownValue("there is nothing that it watches yet") : readingOf(rule, worst, breached),
  };
}

const resumes = ({ resume_after_s: seconds }: HaltRuleView): string =>
  seconds === null ? "; never resumes" : `; resumes after ${fixed(seconds, 0)} s within`;

type RuleReading = HaltRuleView["readings"][number];

function readingOf(rule: HaltRuleView, worst: RuleReading, breached: number): Shown {
  const of = [worst.venue, worst.bot].filter((name) => name !== null).join(" for ");
  const where = of === "" ? "" : ` · ${of}`;
  if (worst.value === null) return unknownValue(`${worst.reason ?? "no data"}${where}`);
  const more = breached > 1 ? ` and ${count(breached - 1).text} more` : "";
  return plain(`${inUnit(rule, worst.value)}${where}${more}`);
}

function inUnit({ unit, metric }: HaltRuleView, value: number): string {
  if (unit === "seconds") return `${fixed(value, 0)} s`;
  if (unit === "count") return fixed(value, 0);
  return metric === "margin_ratio" ? fixed(value, 3) : `${fixed(value * 100, 2)} %`;
}
