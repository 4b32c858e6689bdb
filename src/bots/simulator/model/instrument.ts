/**
 * Something that is traded. Inside the simulator a price is a whole number of ticks and a size a whole number of lots,
 * both powers of ten, so that sums are exact; on the wire they are decimals.
 */
export interface Instrument {
  readonly venue: string;
  readonly symbol: string;
  readonly kind: "linear" | "binary";
  readonly base: string;
  readonly quote: string;
  /** A tick is `10^-tickDecimals` of the quote currency. */
  readonly tickDecimals: number;
  /** A lot is `10^-lotDecimals`. */
  readonly lotDecimals: number;
  readonly category: string;
  /** Of the notional; below 0 a rebate. Undefined where the venue has a formula. */
  readonly makerFeeRate?: number;
  readonly takerFeeRate?: number;
  readonly feeModel?: string;
  readonly eventId?: string;
  readonly title?: string;
  readonly expiresAtMs?: number;
}

const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/** 10 to the power of `decimals`, up to 8. */
export const power = (decimals: number): number => POWERS[decimals] ?? 10 ** decimals;

/** A price on the wire. The quotient of two whole numbers is the double that prints as that decimal. */
export const priceOf = (instrument: Instrument, ticks: number): number => ticks / power(instrument.tickDecimals);

export const sizeOf = (instrument: Instrument, lots: number): number => lots / power(instrument.lotDecimals);

/** A mid is kept in half ticks, where it is whole. */
export const midOf = (instrument: Instrument, halfTicks: number): number =>
  halfTicks / (2 * power(instrument.tickDecimals));

/** In quote currency. */
export const notionalOf = (instrument: Instrument, ticks: number, lots: number): number =>
  (ticks * lots) / power(instrument.tickDecimals + instrument.lotDecimals);

/** Money that is paid, received or owed is counted in units of 1e-8 of its currency. */
export const MONEY_DECIMALS = 8;
const MONEY = 10 ** MONEY_DECIMALS;

export const moneyUnits = (amount: number): number => Math.round(amount * MONEY);

export const moneyOf = (units: number): number => units / MONEY;

/** Rounded for what a bot reports of itself. */
export const cents = (amount: number): number => Math.round(amount * 100) / 100;

export const rounded = (value: number, decimals: number): number =>
  Math.round(value * power(decimals)) / power(decimals) || 0;

/** The fields of the `instrument` event. */
export const instrumentFields = (instrument: Instrument): Record<string, unknown> => ({
  venue: instrument.venue,
  symbol: instrument.symbol,
  kind: instrument.kind,
  base: instrument.base,
  quote: instrument.quote,
  settle: instrument.quote,
  tick: 1 / power(instrument.tickDecimals),
  category: instrument.category,
  ...(instrument.kind === "binary" ? { payout: 1, outcome: "YES" } : {}),
  ...(instrument.eventId === undefined ? {} : { event_id: instrument.eventId }),
  ...(instrument.title === undefined ? {} : { title: instrument.title }),
  ...(instrument.expiresAtMs === undefined ? {} : { expires_at: new Date(instrument.expiresAtMs).toISOString() }),
  ...(instrument.makerFeeRate === undefined ? {} : { maker_fee_rate: instrument.makerFeeRate }),
  ...(instrument.takerFeeRate === undefined ? {} : { taker_fee_rate: instrument.takerFeeRate }),
  ...(instrument.feeModel === undefined ? {} : { fee_model: instrument.feeModel }),
});
