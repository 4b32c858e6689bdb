import { isoFromMicros } from "../../base/time.ts";
import { decimalText, decimalToNumber } from "../../domain/decimal.ts";
import type { ReconciliationRow } from "../../protocol/api-reconciliation.ts";
import type { State } from "../fold.ts";
import { type Compared, comparedKey } from "./compared.ts";
import { compareAll } from "./reconcile.ts";
import type { ToldDifference } from "./told-differences.ts";

/** Which rows are read; all that are given must hold. */
export interface ReconciliationFilter {
  readonly bot?: string;
  readonly venue?: string;
  readonly symbol?: string;
  readonly mode?: string;
  readonly kind?: string;
  readonly state?: ReconciliationRow["state"];
}

const WORST: readonly ReconciliationRow["state"][] = ["differs", "settling", "agrees"];

/** Everything that is compared, what differs first. */
export function readReconciliation(state: State, filter: ReconciliationFilter): ReconciliationRow[] {
  const { differences } = state.desk;
  const rows = compareAll(state);
  const compared = new Set(rows.map(comparedKey));
  const others = [...differences].filter(([key]) => !compared.has(key)).map(([, told]) => rowOfTold(told));
  return [...rows.map((row) => rowOf(row, differences.get(comparedKey(row)))), ...others]
    .filter((row) => fits(row, filter))
    .sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || compareTexts(orderOf(a), orderOf(b)));
}

const fits = (row: ReconciliationRow, { bot, venue, symbol, mode, kind, state }: ReconciliationFilter): boolean =>
  (bot === undefined || row.bots.includes(bot)) &&
  (venue === undefined || row.venue === venue) &&
  (symbol === undefined || row.symbol === symbol) &&
  (mode === undefined || row.mode === mode) &&
  (kind === undefined || row.kind === kind) &&
  (state === undefined || row.state === state);

const orderOf = ({ bots, venue, kind, symbol, mode }: ReconciliationRow): string =>
  [bots.join(), venue, kind, symbol ?? "", mode].join("\t");

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function rowOf(row: Compared, told: ToldDifference | undefined): ReconciliationRow {
  return {
    kind: row.kind,
    bots: [...row.bots],
    mode: row.mode,
    venue: row.venue,
    ...(row.account === undefined ? {} : { account: row.account }),
    symbol: row.symbol === "" ? null : row.symbol,
    currency: row.currency ?? null,
    ours: decimalText(row.ours),
    theirs: decimalText(row.theirs),
    reported: row.reported === undefined ? null : decimalText(row.reported),
    difference: decimalText(row.difference),
    drift_pct: row.drift,
    state: row.isApart === (told !== undefined) ? (row.isApart ? "differs" : "agrees") : "settling",
    since: told === undefined ? null : isoFromMicros(told.since),
    only_ours: [...row.onlyOurs],
    only_theirs: [...row.onlyTheirs],
    read_at: isoFromMicros(row.readAt),
  };
}

/**
 * A difference that was told and of which nothing is on any side now: it is about to be over. Equity that is not told on
 * both sides at about one time stands as it was told.
 */
function rowOfTold({ place, ours, theirs, difference, currency, since }: ToldDifference): ReconciliationRow {
  const larger = Math.max(Math.abs(decimalToNumber(ours)), Math.abs(decimalToNumber(theirs)));
  return {
    kind: place.kind,
    bots: [...place.bots],
    mode: place.mode,
    venue: place.venue,
    symbol: place.symbol === "" ? null : place.symbol,
    currency: currency ?? null,
    ours: decimalText(ours),
    theirs: decimalText(theirs),
    reported: null,
    difference: decimalText(difference),
    drift_pct: larger === 0 ? 0 : Math.abs(decimalToNumber(difference)) / larger,
    state: place.kind === "balance" ? "differs" : "settling",
    since: isoFromMicros(since),
    only_ours: [],
    only_theirs: [],
    read_at: isoFromMicros(since),
  };
}
