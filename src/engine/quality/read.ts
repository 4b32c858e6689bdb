import type { Micros } from "../../base/time.ts";
import { decimalToNumber, ZERO } from "../../domain/decimal.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import type { QualityReading, Reading } from "../../metrics/scope-reading.ts";
import type { MoneyWindow } from "../../protocol/api-money.ts";
import type { BotState } from "../bot-state.ts";
import type { State } from "../fold.ts";
import { termsOf, unnamedCurrency } from "../ledgers.ts";
import { botsOf } from "../made.ts";
import { commonCurrency, type Scope } from "../read-span.ts";
import { PLACE, type SumName, type Sums, sumsIn } from "./tally.ts";

/** The sums of one instrument of one bot in a window. */
export interface QualityRow {
  readonly bot: BotState;
  readonly venue: string;
  readonly symbol: string;
  readonly sums: Sums;
}

interface When {
  readonly window: MoneyWindow;
  readonly asOf: Micros;
}

/** Every instrument of a scope, each bot's own. */
function qualityRows(state: State, { bot, mode }: Scope, { window, asOf }: When): QualityRow[] {
  return botsOf(state, bot).flatMap((each) =>
    each.quality.flatMap((tally, place) =>
      tally.mode === mode
        ? [{ bot: each, venue: tally.venue, symbol: tally.symbol, sums: sumsIn(each, place, window, asOf) }]
        : [],
    ),
  );
}

/** What quotes and fills of a scope say of their own execution in a window. */
export function readQuality(state: State, scope: Scope, when: When): QualityReading {
  const bots = botsOf(state, scope.bot);
  if (bots.some(({ uncounted }) => uncounted > 0)) return TOO_MANY;
  return qualityOf(state, qualityRows(state, scope, when));
}

/** The same of some rows. */
export function qualityOf(state: State, rows: readonly QualityRow[]): QualityReading {
  const total = (name: SumName): number => rows.reduce((sum, { sums }) => sum + (sums[PLACE[name]] ?? 0), 0);
  const rate = (quotes: readonly SumName[], hits: readonly SumName[], none: string): Measure => {
    const [ended, hit] = [quotes, hits].map((names) => names.reduce((sum, name) => sum + total(name), 0));
    return ended === undefined || hit === undefined || ended <= 0
      ? unknown(none)
      : measured((100 * hit) / ended, ended);
  };
  return {
    hitRate: rate(["makerQuotes", "takerQuotes", "otherQuotes"], ["makerHits", "takerHits", "otherHits"], NO_QUOTES),
    hitRateMaker: rate(["makerQuotes"], ["makerHits"], "no maker quotes reported"),
    hitRateTaker: rate(["takerQuotes"], ["takerHits"], "no taker quotes reported"),
    fillFactor:
      total("eligibleQuotes") <= 0
        ? unknown("no quote says what traded at its price")
        : measured(total("filledOfEligible") / total("eligible"), total("eligibleQuotes")),
    avgMarkoutIn: markoutOf(state, rows, MAKER),
    avgMarkoutOut: markoutOf(state, rows, TAKER),
    spreadCaptureBps: meanOf(total("captureBps"), total("captureFills"), "no fill says the mid"),
    reportedDrift: meanOf(total("drift"), total("driftFills"), "no fill says its adverse drift"),
  };
}

const NO_QUOTES = "no quotes reported";
/** The same said of every part. */
export const qualityThatIs = (said: Reading): QualityReading => ({
  hitRate: said,
  hitRateMaker: said,
  hitRateTaker: said,
  fillFactor: said,
  avgMarkoutIn: said,
  avgMarkoutOut: said,
  spreadCaptureBps: said,
  reportedDrift: said,
});

const TOO_MANY = qualityThatIs(unknown("a bot trades more instruments than are told apart"));

const meanOf = (sum: number, n: number, none: string): Measure => (n <= 0 ? unknown(none) : measured(sum / n, n));

/** What fills gained against their reference price, and what they were worth, before a multiplier. */
interface Worth {
  readonly gain: SumName;
  readonly notional: SumName;
}

interface Names {
  readonly kind: string;
  readonly fills: SumName;
  readonly linear: Worth;
  readonly inverse: Worth;
  readonly fees: SumName;
  readonly feeless: SumName;
}

const MAKER: Names = {
  kind: "maker",
  fills: "makerFills",
  linear: { gain: "makerGain", notional: "makerNotional" },
  inverse: { gain: "makerInverseGain", notional: "makerInverseNotional" },
  fees: "makerFees",
  feeless: "makerFeeless",
};

const TAKER: Names = {
  kind: "taker",
  fills: "takerFills",
  linear: { gain: "takerGain", notional: "takerNotional" },
  inverse: { gain: "takerInverseGain", notional: "takerInverseNotional" },
  fees: "takerFees",
  feeless: "takerFeeless",
};

/**
 * Σ (s · (reference − price) · size − fee) ÷ Σ price · size; of an inverse contract, in what it settles in,
 * Σ (s · (1 ÷ price − 1 ÷ reference) · size − fee) ÷ Σ size ÷ price.
 */
function markoutOf(state: State, rows: readonly QualityRow[], names: Names): Measure {
  const counted = rows
    .filter(({ sums }) => (sums[PLACE[names.fills]] ?? 0) > 0)
    .map(({ sums, venue, symbol }) => ({ sums, symbol, terms: termsOf(state.desk, venue, symbol) }));
  const n = counted.reduce((sum, { sums }) => sum + (sums[PLACE[names.fills]] ?? 0), 0);
  if (n === 0) return unknown(`no ${names.kind} fill says a reference price`);
  if (counted.some(({ sums }) => (sums[PLACE[names.feeless]] ?? 0) > 0))
    return unknown("not every fill says its fee in the currency of its price", n);
  const made = counted.map(({ symbol, terms }) => ({ currency: terms.currency ?? unnamedCurrency(symbol) }));
  const common = commonCurrency(state, made);
  if (typeof common === "string") return unknown(common, n);
  let [gained, notional] = [0, 0];
  for (const [index, { sums, terms }] of counted.entries()) {
    const rate = decimalToNumber(common.rates[index] ?? ZERO);
    const multiplier = decimalToNumber(terms.multiplier);
    const worth = terms.kind === "inverse" ? names.inverse : names.linear;
    gained += ((sums[PLACE[worth.gain]] ?? 0) * multiplier - (sums[PLACE[names.fees]] ?? 0)) * rate;
    notional += (sums[PLACE[worth.notional]] ?? 0) * multiplier * rate;
  }
  return notional > 0 ? measured(gained / notional, n) : unknown("the fills are worth nothing", n);
}
