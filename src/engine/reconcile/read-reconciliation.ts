import { isoFromMicros } from "../../base/time.ts";
import { decimalText } from "../../domain/decimal.ts";
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
  return compareAll(state)
    .map((row) => rowOf(row, state.desk.differences.get(comparedKey(row))))
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
