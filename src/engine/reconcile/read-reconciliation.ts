import { compareTexts } from "../../base/compare-texts.ts";
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

/** Everything that is compared, what differs first; of `fees` that agree only the newest day. */
export function readReconciliation(
  state: State,
  filter: ReconciliationFilter,
  fees: readonly Compared[],
): ReconciliationRow[] {
  const { differences } = state.desk;
  const rows = [...compareAll(state), ...fees];
  const compared = new Set(rows.map(comparedKey));
  const others = [...differences].filter(([key]) => !compared.has(key)).map(([, told]) => rowOfTold(told));
  const shown = withoutOldDays(rows.map((row) => rowOf(row, differences.get(comparedKey(row)))));
  return [...shown, ...others]
    .filter((row) => fits(row, filter))
    .sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || compareTexts(orderOf(a), orderOf(b)));
}

/** Days come in their order. */
function withoutOldDays(rows: readonly ReconciliationRow[]): ReconciliationRow[] {
  const placeOf = ({ kind, mode, venue, account, currency }: ReconciliationRow): string =>
    [kind, mode, venue, account, currency].join("\t");
  const newest = new Map(rows.filter(({ kind }) => kind === "fees").map((row) => [placeOf(row), row]));
  return rows.filter((row) => row.kind !== "fees" || row.state !== "agrees" || newest.get(placeOf(row)) === row);
}

const fits = (row: ReconciliationRow, { bot, venue, symbol, mode, kind, state }: ReconciliationFilter): boolean =>
  (bot === undefined || row.bots.includes(bot)) &&
  (venue === undefined || row.venue === venue) &&
  (symbol === undefined || row.symbol === symbol) &&
  (mode === undefined || row.mode === mode) &&
  (kind === undefined || row.kind === kind) &&
  (state === undefined || row.state === state);

const orderOf = ({ bots, venue, kind, symbol, mode, currency, date = "" }: ReconciliationRow): string =>
  [bots.join(), venue, kind, symbol ?? "", mode, ...(kind === "fees" ? [currency, date] : [])].join("\t");

function rowOf(row: Compared, told: ToldDifference | undefined): ReconciliationRow {
  return {
    kind: row.kind,
    bots: [...row.bots],
    mode: row.mode,
    venue: row.venue,
    ...(row.account === undefined ? {} : { account: row.account }),
    ...(row.date === undefined ? {} : { date: row.date }),
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
 * both sides at about one time, and a day that is not compared any more, stand as they were told.
 */
function rowOfTold({ place, ours, theirs, difference, since }: ToldDifference): ReconciliationRow {
  const larger = Math.max(Math.abs(decimalToNumber(ours)), Math.abs(decimalToNumber(theirs)));
  return {
    kind: place.kind,
    bots: [...place.bots],
    mode: place.mode,
    venue: place.venue,
    ...(place.account === undefined ? {} : { account: place.account }),
    ...(place.date === undefined ? {} : { date: place.date }),
    symbol: place.symbol === "" ? null : place.symbol,
    currency: place.currency ?? null,
    ours: decimalText(ours),
    theirs: decimalText(theirs),
    reported: null,
    difference: decimalText(difference),
    drift_pct: larger === 0 ? 0 : Math.abs(decimalToNumber(difference)) / larger,
    state: place.kind === "position" || place.kind === "orders" ? "settling" : "differs",
    since: isoFromMicros(since),
    only_ours: [],
    only_theirs: [],
    read_at: isoFromMicros(since),
  };
}
