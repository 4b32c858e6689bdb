import { type Decimal, decimal, divide, multiply } from "../domain/decimal.ts";
import { heldCost } from "../domain/ledger/average-cost.ts";
import { tradeValue } from "../domain/ledger/terms.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { type Ledger, positionOf, termsOf } from "./ledgers.ts";
import { markPriceOf } from "./mark-price.ts";
import type { ReportedPosition } from "./reported-positions.ts";

const USD = "USD";
const RATE_SCALE = 18;
/** What one unit of a currency is worth in itself. */
export const PAR: Decimal = decimal("1");

/** What a held position is worth at average cost, as far as it is known. */
export interface Valuation {
  readonly instrument: EventOf<"instrument"> | undefined;
  /** The currency of `notional`; undefined when no instrument event names it. */
  readonly currency: string | undefined;
  /** With the sign of the position; undefined when it cannot be told. */
  readonly notional: Decimal | undefined;
  /** USD for one unit of the currency, from recorded rates alone. */
  readonly usdRate: Decimal | undefined;
  /** Why `notional` is not known in USD. */
  readonly reason: string | undefined;
}

/** A position at average cost. An inverse contract is worth its multiplier in quote currency, whatever its price. */
export function valuationOf(state: State, held: Ledger): Valuation {
  const instrument = state.desk.instruments.get(instrumentKey(held.venue, held.symbol));
  return { instrument, ...inUsd(state, held.symbol, instrument, notionalOf(instrument, held)) };
}

function inUsd(
  state: State,
  symbol: string,
  instrument: EventOf<"instrument"> | undefined,
  notional: Decimal | undefined,
): Omit<Valuation, "instrument"> {
  const currency = instrument?.quote;
  const rate = currency === undefined ? undefined : usdRate(state, currency);
  return { currency, notional, usdRate: rate, reason: reasonOf(symbol, { currency, notional, rate }) };
}

/** A position that its bot reports: at its entry price, else at the newest mark. */
export function reportedValuation(state: State, reported: ReportedPosition): Valuation {
  const { venue, symbol, entryPrice, mark } = reported;
  const instrument = state.desk.instruments.get(instrumentKey(venue, symbol));
  const price = entryPrice ?? mark?.price ?? markPriceOf(state.samples, venue, symbol);
  const notional = reportedNotional(state, reported, price);
  const valued = inUsd(state, symbol, instrument, notional);
  if (price !== undefined || notional !== undefined) return { instrument, ...valued };
  return { instrument, ...valued, reason: `the bot reports no entry price of ${symbol}, and no mark of it came` };
}

function reportedNotional(
  { desk }: State,
  { venue, symbol, quantity }: ReportedPosition,
  price: Decimal | undefined,
): Decimal | undefined {
  const terms = termsOf(desk, venue, symbol);
  if (terms.kind !== "inverse") return price && tradeValue(terms, price, quantity);
  const named = desk.instruments.get(instrumentKey(venue, symbol))?.multiplier !== undefined;
  return named ? multiply(quantity, terms.multiplier) : undefined;
}

function notionalOf(instrument: EventOf<"instrument"> | undefined, held: Ledger): Decimal | undefined {
  const position = positionOf(held);
  if (held.terms.kind !== "inverse") return heldCost(position);
  return instrument?.multiplier === undefined ? undefined : multiply(position.quantity, held.terms.multiplier);
}

interface Known {
  readonly currency: string | undefined;
  readonly notional: Decimal | undefined;
  readonly rate: Decimal | undefined;
}

function reasonOf(symbol: string, { currency, notional, rate }: Known): string | undefined {
  if (currency === undefined) return `no instrument event names the quote currency of ${symbol}`;
  if (notional === undefined) return `no instrument event names the multiplier of the inverse contract ${symbol}`;
  return rate === undefined ? noRate(currency) : undefined;
}

/** Why money of a currency without `usdRate` is not known in USD. */
export const noRate = (currency: string): string => `no recorded rate from ${currency} to ${USD}`;

/** USD for one unit of a currency: as a `rate` told it, else as the configuration file declares it. */
export function usdRate(state: State, currency: string): Decimal | undefined {
  if (currency === USD) return PAR;
  const { samples, desk } = state;
  const told = (key: string): string | undefined => samples.rates.get(key)?.event.price ?? desk.rates.get(key);
  return rateBy(told, currency) ?? rateBy((key) => desk.declaredRates.get(key), currency);
}

/** From the rate to USD, or from the one back. */
function rateBy(priceOf: (key: string) => string | undefined, currency: string): Decimal | undefined {
  const direct = priceOf(`${currency}\t${USD}`);
  if (direct !== undefined) return decimal(direct);
  const inverse = priceOf(`${USD}\t${currency}`);
  return inverse === undefined ? undefined : divide(decimal("1"), decimal(inverse), RATE_SCALE);
}
