import type { Micros } from "../base/time.ts";
import type { EquityRow, ExplainedRow, PerformanceRow } from "../protocol/api-money.ts";
import type { State } from "./fold.ts";
import type { PerformanceFilter } from "./made.ts";
import { readPerformance } from "./read-performance.ts";

/** A state as it was at a moment, and what was made up to it: its session is all of that. */
export interface Moment {
  readonly state: State;
  readonly at: Micros;
}

/** Two moments, and what was between them: the session of `span`. */
export interface Moments {
  readonly before: Moment;
  readonly after: Moment;
  readonly span: Moment;
}

type Filter = Omit<PerformanceFilter, "window">;

/** What a bot made and had at a moment, by mode and currency. */
interface Standing {
  readonly rows: ReadonlyMap<string, PerformanceRow>;
  readonly equity: ReadonlyMap<string, readonly EquityRow[]>;
}

/**
 * Why the equity of a bot changed between two moments (D§3, tie-out): what was realised, what changed in value, fees,
 * funding and transfers, and the residual that none of them explains.
 */
export function explain({ before, after, span }: Moments, filter: Filter): ExplainedRow[] {
  const [then, now, between] = [standingAt(before, filter), standingAt(after, filter), standingAt(span, filter)];
  return [...between.rows]
    .map(([key, row]) => explained(key, row, { then, now }))
    .sort((a, b) => Math.abs(b.explained ?? 0) - Math.abs(a.explained ?? 0));
}

function standingAt({ state, at }: Moment, filter: Filter): Standing {
  const { rows, equity } = readPerformance(state, at, { ...filter, window: "session" });
  const currencies = new Map<string, string[]>();
  for (const { bot, mode, currency } of rows) {
    const key = `${bot}\t${mode}`;
    currencies.set(key, [...(currencies.get(key) ?? []), currency]);
  }
  const byRow = new Map<string, EquityRow[]>();
  for (const row of equity) {
    // A report that names no currency is in the one that the bot trades in, where there is only one.
    const known = currencies.get(`${row.bot}\t${row.mode}`) ?? [];
    const currency = row.currency ?? (known.length === 1 ? known[0] : undefined);
    if (currency === undefined) continue;
    const key = keyOf({ ...row, currency });
    byRow.set(key, [...(byRow.get(key) ?? []), row]);
  }
  return { rows: new Map(rows.map((row) => [keyOf(row), row])), equity: byRow };
}

const keyOf = ({ bot, mode, currency }: { readonly bot: string; readonly mode: string; readonly currency: string }) =>
  `${bot}\t${mode}\t${currency}`;

interface Ends {
  readonly then: Standing;
  readonly now: Standing;
}

function explained(key: string, row: PerformanceRow, { then, now }: Ends): ExplainedRow {
  const [a, b] = [then.rows.get(key), now.rows.get(key)];
  const [from, to] = [a === undefined ? 0 : a.unrealized, b === undefined ? 0 : b.unrealized];
  const shown = (value: number | null): number | null => (value === null ? null : round(value));
  const terms = {
    realized: shown(row.realized),
    unrealized: from === null || to === null ? null : round(to - from),
    fees: shown(row.fees),
    funding: shown(row.funding),
    transfers: shown(row.transfers),
    adjustments: shown(row.adjustments),
  };
  const reason = row.reason ?? b?.unrealized_reason ?? a?.unrealized_reason;
  const sum = sumOf(terms);
  const equity = equityChange(then.equity.get(key), now.equity.get(key));
  return {
    bot: row.bot,
    mode: row.mode,
    currency: row.currency,
    ...terms,
    explained: sum,
    ...(sum === null && reason !== undefined ? { reason } : {}),
    ...equity,
    residual: sum === null || equity.equity_change === null ? null : round(equity.equity_change - sum),
  };
}

type Terms = Pick<ExplainedRow, "realized" | "unrealized" | "fees" | "funding" | "transfers" | "adjustments">;

function sumOf({ realized, unrealized, fees, funding, transfers, adjustments }: Terms): number | null {
  const terms = [realized, unrealized, fees === null ? null : -fees, funding, transfers, adjustments];
  return terms.reduce((sum, term) => (sum === null || term === null ? null : round(sum + term)), 0);
}

/** Of all accounts together, where each of them reported at both moments. */
function equityChange(before: readonly EquityRow[] | undefined, after: readonly EquityRow[] | undefined) {
  const [from, to] = [totalOf(before), totalOf(after)];
  if (from === undefined || to === undefined)
    return { equity_change: null, equity_from: from ?? null, equity_to: to ?? null, residual_reason: NO_EQUITY };
  if (from.accounts !== to.accounts)
    return {
      equity_change: null,
      equity_from: from,
      equity_to: to,
      residual_reason: "other accounts reported at the end",
    };
  return { equity_change: round(to.equity - from.equity), equity_from: from, equity_to: to };
}

const NO_EQUITY = "no external equity";

function totalOf(rows: readonly EquityRow[] | undefined) {
  const whole = rows?.filter(({ venue }) => venue === null) ?? [];
  const counted = whole.length > 0 ? whole : (rows ?? []);
  const [first] = counted;
  if (first === undefined) return undefined;
  return {
    equity: round(counted.reduce((sum, { equity }) => sum + equity, 0)),
    at: counted.map(({ at }) => at).sort()[0] ?? first.at,
    accounts: counted.length,
  };
}

/** Sums of doubles are shown without what only doubles add to them. */
const round = (value: number): number => Number(value.toPrecision(12)) + 0;
