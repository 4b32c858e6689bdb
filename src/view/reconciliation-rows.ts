import type { AccountView, ReconciliationRow } from "../protocol/api-reconciliation.ts";
import type { StateMark } from "./health-lines.ts";
import { exact, fixed, percent } from "./number-format.ts";
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

/** Why the bot says nothing besides what stands in the ledger. */
const UNREPORTED: Readonly<Record<ReconciliationRow["kind"], string>> = {
  position: "the bot tells no positions of its own",
  orders: "the bot's word is in the ledger already",
  balance: "the bot's word is in the ledger already",
  fees: "the bot's fills say it in the ledger already",
};

/** The cells of a compared quantity. */
export function reconciliationLine(row: ReconciliationRow): ReconciliationLine {
  const { kind, symbol, venue, bots, currency, date, account = "" } = row;
  const money = symbol === null && currency !== null ? ` ${currency}` : "";
  const day = date === undefined ? "" : ` of ${date}`;
  const sized = (text: string): Shown => exact(text, "");
  return {
    key: [kind, row.mode, venue, bots.join(), symbol ?? "", ...(date === undefined ? [] : [account, money, date])].join(
      " ",
    ),
    what: plain(symbol === null ? `${KINDS[kind]}${money}${day}` : `${symbol} · ${KINDS[kind]}`, `at ${venue}`),
    bots: bots.join(", "),
    mark: STATES[row.state],
    ours: sized(row.ours),
    theirs: sized(row.theirs),
    reported: row.reported === null ? unknownValue(UNREPORTED[kind]) : sized(row.reported),
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
