import type { Micros } from "../base/time.ts";
import { add, type Decimal, decimalToNumber, multiply, ZERO, decimal, isZero } from "../domain/decimal.ts";
import { netOf } from "../domain/ledger/flow.ts";
import type { Reading } from "../metrics/scope-reading.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { readRealized } from "./made.ts";
import { usdRate } from "./money.ts";
import { readEquity } from "./read-equity.ts";

export interface EquityScope {
  /** The whole desk when undefined. */
  readonly bot: string | undefined;
  readonly mode: Mode;
}

/** The equity at the end of a day, and what moved it besides trading. */
export interface DayEquityReading {
  /** Of every bot that has reported by then. */
  readonly equity: Reading;
  /** Of those that had reported by the end of the day before. */
  readonly ofKnown: Reading;
  /** Deposits less withdrawals of these, in the currency of `ofKnown`; or why they cannot be told in it. */
  readonly flow: number | { readonly reason: string };
  readonly bots: ReadonlySet<string>;
  /** The newest report. */
  readonly reportedAt: number;
}

/**
 * Reads a day of a past state: its span is the day. `now` says in which currency a bot trades that named none with its
 * equity; `known` are the bots that had reported before the day.
 */
export function readDayEquity(
  past: State,
  now: State,
  { scope, known, asOf }: { readonly scope: EquityScope; readonly known: ReadonlySet<string>; readonly asOf: Micros },
): DayEquityReading {
  const { bot, mode } = scope;
  const reporting = [...past.bots.values()].filter(
    (each) => (bot === undefined || each.bot === bot) && curvesOf(each, mode).length > 0,
  );
  const named = reporting.map((each) => ({ ...each, ledgers: now.bots.get(each.bot)?.ledgers ?? each.ledgers }));
  const ofKnown = named.filter((each) => known.has(each.bot));
  const equity = readEquity(past, ofKnown, mode);
  return {
    equity: readEquity(past, named, mode),
    ofKnown: equity,
    flow: flowOf(past, { bots: ofKnown, mode, asOf, currency: equity.currency }),
    bots: new Set(reporting.map((each) => each.bot)),
    reportedAt: Math.max(...reporting.flatMap((each) => curvesOf(each, mode).map(({ drawdown }) => drawdown.at)), 0),
  };
}

const curvesOf = (bot: BotState, mode: Mode) => [...bot.equity.values()].filter((curve) => curve.mode === mode);

interface Flowing {
  readonly bots: readonly BotState[];
  readonly mode: Mode;
  readonly asOf: Micros;
  /** Of the equity; undefined where nobody named it: it is then that of whatever moved. */
  readonly currency: string | undefined;
}

function flowOf(past: State, { bots, mode, asOf, currency }: Flowing): DayEquityReading["flow"] {
  let sum = ZERO;
  for (const { bot } of bots)
    for (const made of readRealized(past, { bot, mode, window: "session", asOf })) {
      const moved = netOf(made.cash.transfers);
      if (isZero(moved)) continue;
      const rate = rateInto(past, made.currency, currency);
      if (rate === undefined)
        return {
          reason: `${bot} moved ${decimalToNumber(moved)} ${made.currency}, which cannot be taken out of an equity in ${currency}`,
        };
      sum = add(sum, multiply(moved, rate));
    }
  return decimalToNumber(sum);
}

const ONE: Decimal = decimal("1");

/** What one unit is worth in another currency: only that of USD is known. */
function rateInto(state: State, currency: string, into: string | undefined): Decimal | undefined {
  if (into === undefined || currency === into) return ONE;
  return into === "USD" ? usdRate(state, currency) : undefined;
}
