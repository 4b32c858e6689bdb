import { type Instrument, MONEY_DECIMALS, midOf, notionalOf, power, sizeOf } from "./instrument.ts";

/** What an event does to the money of its bot. `lots` is signed: bought > 0. Money in units of 1e-8. */
export type Effect =
  | {
      readonly kind: "fill";
      readonly instrument: Instrument;
      readonly lots: number;
      readonly ticks: number;
      /** > 0 paid, < 0 rebate. */
      readonly feeUnits: number;
      readonly isMaker: boolean;
      /** The mid at the fill. */
      readonly midHalfTicks: number;
      /** The order that is filled up with it. */
      readonly completes?: string;
    }
  | { readonly kind: "funding"; readonly instrument: Instrument; readonly units: number }
  | { readonly kind: "transfer"; readonly venue: string; readonly units: number }
  | { readonly kind: "settlement"; readonly instrument: Instrument; readonly payoutTicks: number }
  | { readonly kind: "mark"; readonly instrument: Instrument; readonly halfTicks: number };

type FillEffect = Extract<Effect, { kind: "fill" }>;

/** All that became of one instrument for one bot. Sums are whole numbers, so they are exact. */
export interface Holding {
  readonly instrument: Instrument;
  /** Signed: long > 0. */
  lots: number;
  /** Total cost of what is held, with the sign of `lots`; in 1e-18 of the quote currency. */
  cost: bigint;
  /** Realised PnL at average cost, before fees and funding; in 1e-18 of the quote currency. */
  realized: bigint;
  fills: number;
  makerFills: number;
  feesPaidUnits: number;
  rebateUnits: number;
  fundingUnits: number;
  /** Sum of ticks × lots. */
  volume: number;
  boughtLots: number;
  soldLots: number;
  /** Sum of side × (mid − price) × size, in half ticks × lots. */
  captureHalf: number;
  makerCaptureHalf: number;
  /** The newest mid, in half ticks; undefined before the first. */
  markHalf: number | undefined;
  settled: boolean;
}

/** Decimals of `cost` and `realized`. */
export const COST_DECIMALS = 18;

/** What one bot holds and has earned: metrics.md §2 in whole numbers, written apart from the hub's own ledger. */
export class Ledger {
  readonly holdings = new Map<string, Holding>();
  readonly #starts: ReadonlyMap<string, number>;
  readonly #transfers = new Map<string, number>();
  readonly #closed = new Map<string, number>();
  readonly #closedRealized = new Map<string, number>();

  /** `starts`: what the bot began with on each of its venues, in units of 1e-8. */
  constructor(starts: ReadonlyMap<string, number>) {
    this.#starts = starts;
  }

  get transferUnits(): number {
    return [...this.#transfers.values()].reduce((sum, units) => sum + units, 0);
  }

  get startUnits(): number {
    return [...this.#starts.values()].reduce((sum, units) => sum + units, 0);
  }

  apply(effect: Effect): void {
    switch (effect.kind) {
      case "fill":
        return fill(this.holding(effect.instrument), effect);
      case "funding":
        this.holding(effect.instrument).fundingUnits += effect.units;
        return;
      case "transfer":
        this.#transfers.set(effect.venue, (this.#transfers.get(effect.venue) ?? 0) + effect.units);
        return;
      case "settlement":
        return settle(this.holding(effect.instrument), effect.payoutTicks);
      case "mark":
        this.holding(effect.instrument).markHalf = effect.halfTicks;
        return;
    }
  }

  holding(instrument: Instrument): Holding {
    const key = `${instrument.venue}\t${instrument.symbol}`;
    let holding = this.holdings.get(key);
    if (holding === undefined) {
      holding = emptyHolding(instrument);
      this.holdings.set(key, holding);
    }
    return holding;
  }

  lots(instrument: Instrument): number {
    return this.holding(instrument).lots;
  }

  /** Forgets an instrument that is flat for good, and what it earned stays in the sums. */
  close(instrument: Instrument): void {
    const key = `${instrument.venue}\t${instrument.symbol}`;
    const holding = this.holdings.get(key);
    if (holding === undefined || holding.lots !== 0) return;
    const { venue } = instrument;
    this.#closed.set(venue, (this.#closed.get(venue) ?? 0) + earned(holding));
    this.#closedRealized.set(venue, (this.#closedRealized.get(venue) ?? 0) + realizedOf(holding));
    this.holdings.delete(key);
  }

  /** What the account is worth at the newest mids: start + PnL − fees + funding + transfers; of one venue or of all. */
  equity(venue?: string): number {
    const counts = (name: string): boolean => venue === undefined || venue === name;
    let sum = 0;
    for (const [name, units] of this.#starts) sum += counts(name) ? money(units) : 0;
    for (const [name, units] of this.#transfers) sum += counts(name) ? money(units) : 0;
    for (const [name, amount] of this.#closed) sum += counts(name) ? amount : 0;
    for (const holding of this.holdings.values()) sum += counts(holding.instrument.venue) ? earned(holding) : 0;
    return sum;
  }

  /** Realised PnL before fees and funding. */
  realized(): number {
    let sum = 0;
    for (const amount of this.#closedRealized.values()) sum += amount;
    for (const holding of this.holdings.values()) sum += realizedOf(holding);
    return sum;
  }
}

const money = (units: number): number => units / 10 ** MONEY_DECIMALS;

const realizedOf = ({ realized }: Holding): number => Number(realized / 10n ** 9n) / 1e9;

/** Everything that an instrument brought, what is still held at its newest mid. */
function earned(holding: Holding): number {
  const { instrument, lots, markHalf, feesPaidUnits, rebateUnits, fundingUnits } = holding;
  const value = markHalf === undefined || lots === 0 ? 0 : midOf(instrument, markHalf) * sizeOf(instrument, lots);
  const cost = lots === 0 || markHalf === undefined ? 0 : Number(holding.cost / 10n ** 9n) / 1e9;
  return realizedOf(holding) + value - cost - money(feesPaidUnits) + money(rebateUnits) + money(fundingUnits);
}

const emptyHolding = (instrument: Instrument): Holding => ({
  instrument,
  lots: 0,
  cost: 0n,
  realized: 0n,
  fills: 0,
  makerFills: 0,
  feesPaidUnits: 0,
  rebateUnits: 0,
  fundingUnits: 0,
  volume: 0,
  boughtLots: 0,
  soldLots: 0,
  captureHalf: 0,
  makerCaptureHalf: 0,
  markHalf: undefined,
  settled: false,
});

/** ticks × lots in 1e-18 of the quote currency. */
const exactValue = (instrument: Instrument, ticks: number, lots: number): bigint =>
  BigInt(ticks) * BigInt(lots) * 10n ** BigInt(COST_DECIMALS - instrument.tickDecimals - instrument.lotDecimals);

function fill(holding: Holding, effect: FillEffect): void {
  const { lots, ticks, feeUnits, isMaker, midHalfTicks } = effect;
  holding.fills++;
  if (isMaker) holding.makerFills++;
  if (feeUnits >= 0) holding.feesPaidUnits += feeUnits;
  else holding.rebateUnits -= feeUnits;
  holding.volume += ticks * Math.abs(lots);
  if (lots > 0) holding.boughtLots += lots;
  else holding.soldLots -= lots;
  const capture = (midHalfTicks - 2 * ticks) * lots;
  holding.captureHalf += capture;
  if (isMaker) holding.makerCaptureHalf += capture;
  trade(holding, lots, ticks);
}

function trade(holding: Holding, lots: number, ticks: number): void {
  const { instrument } = holding;
  const against = holding.lots !== 0 && holding.lots > 0 !== lots > 0;
  const closing = against ? Math.min(Math.abs(lots), Math.abs(holding.lots)) * Math.sign(holding.lots) : 0;
  if (closing !== 0) {
    const released =
      closing === holding.lots ? holding.cost : quotient(holding.cost * BigInt(closing), BigInt(holding.lots));
    holding.realized += exactValue(instrument, ticks, closing) - released;
    holding.cost -= released;
    holding.lots -= closing;
  }
  const opening = lots + closing;
  holding.cost += exactValue(instrument, ticks, opening);
  holding.lots += opening;
}

/** Rounded half to even. */
function quotient(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n;
  const [top, bottom] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const whole = top / bottom;
  const twice = (top % bottom) * 2n;
  const up = twice > bottom || (twice === bottom && whole % 2n === 1n);
  const size = up ? whole + 1n : whole;
  return negative ? -size : size;
}

function settle(holding: Holding, payoutTicks: number): void {
  holding.realized += exactValue(holding.instrument, payoutTicks, holding.lots) - holding.cost;
  holding.cost = 0n;
  holding.lots = 0;
  holding.settled = true;
}

/** Money that stands in an instrument at its newest mid, signed. */
export const heldValue = ({ instrument, lots, markHalf }: Holding): number =>
  markHalf === undefined ? 0 : notionalOf(instrument, markHalf, lots) / 2;

/** The average price of what is held, for a bot's own report; undefined when flat. */
export const averagePrice = ({ instrument, lots, cost }: Holding): number | undefined =>
  lots === 0
    ? undefined
    : Math.round((Number(cost / 10n ** 9n) / 1e9 / sizeOf(instrument, lots)) * power(instrument.tickDecimals + 4)) /
      power(instrument.tickDecimals + 4);
