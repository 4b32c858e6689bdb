import { type Micros, micros } from "../../base/time.ts";
import { type Decimal, unitsAt } from "../decimal.ts";
import { minus, negated, orderOf, partOf, plus, timesPowerOfTen, type Units, unitsFrom } from "../units.ts";
import type { ClosedTrade, TradedFill } from "./trades.ts";

/** A part of a position that one fill opened, as far as nothing has closed it, in units of the book's scales; changed in place. */
interface Lot {
  readonly openedAt: Micros;
  size: Units;
  value: Units;
  fee: Units;
}

/** Decimals to which a fee is split by size; the remainder stays with what is still open. */
const FEE_SCALE = 12;
/** Lots that are closed are let go of so many at a time. */
const SPENT_MAX = 1_024;
const NONE = unitsFrom(0);

/**
 * The lots of one instrument, closed first in, first out (metrics.md §2): a fill against them closes the oldest first, and
 * what is left over after flat opens the other way. Exact; where a value cannot be split (of inverse contracts) the
 * remainder stays in the lot, so that realised and unrealised together are always what they are at average cost. Sizes,
 * values and fees are kept at one scale each, which grows with the finest that came.
 */
export class FifoLots {
  #lots: Lot[] = [];
  /** The oldest that is open. */
  #first = 0;
  #direction: "long" | "short" = "long";
  #size = NONE;
  #sizeScale = 0;
  /** Fine enough for any size that came at any price that came, so that what is worth price × size splits exactly. */
  #valueScale = 0;
  #priceScale = 0;
  #feeScale = FEE_SCALE;

  /** What is held: > 0 long. */
  get quantity(): Decimal {
    return { units: this.#directed(this.#size), scale: this.#sizeScale };
  }

  /** What the open lots were worth when they were opened, with the sign of the quantity. */
  get cost(): Decimal {
    let units = NONE;
    for (let index = this.#first; index < this.#lots.length; index++)
      units = plus(units, this.#lots[index]?.value ?? NONE);
    return { units: this.#directed(units), scale: this.#valueScale };
  }

  /**
   * Takes a fill in; what it closed, undefined where it only opened. `openedAt` of what closed is the moment that its lots
   * were opened, weighted by size: their age is how long it was held. Fills come in the order of the ledger.
   */
  take(fill: TradedFill): ClosedTrade | undefined {
    this.#fit(fill);
    const direction = fill.side === "buy" ? "long" : "short";
    let size = unitsAt(fill.size, this.#sizeScale);
    let value = unitsAt(fill.value, this.#valueScale);
    let fee = unitsAt(fill.fee, this.#feeScale);
    let closing: ClosedTrade | undefined;
    if (this.#size > NONE && direction !== this.#direction) {
      const closed = orderOf(size, this.#size) <= 0 ? size : this.#size;
      const closedValue = partOf(value, closed, size);
      const closedFee = partOf(fee, closed, size);
      closing = this.#close({ size: closed, value: closedValue, fee: closedFee, at: fill.at });
      size = minus(size, closed);
      value = minus(value, closedValue);
      fee = minus(fee, closedFee);
    }
    if (size > NONE) {
      this.#direction = direction;
      this.#size = plus(this.#size, size);
      this.#lots.push({ openedAt: fill.at, size, value, fee });
    }
    return closing;
  }

  /** With the sign of what is held. */
  #directed(units: Units): Units {
    return this.#direction === "long" ? units : negated(units);
  }

  #close({ size, value, fee, at }: Exit): ClosedTrade {
    let [left, cost, fees, held] = [size, NONE, fee, 0];
    while (left > NONE) {
      const lot = this.#lots[this.#first];
      if (lot === undefined) throw new RangeError("more was closed than is open");
      const taken = orderOf(left, lot.size) < 0 ? left : lot.size;
      const takenValue = partOf(lot.value, taken, lot.size);
      const takenFee = partOf(lot.fee, taken, lot.size);
      cost = plus(cost, takenValue);
      fees = plus(fees, takenFee);
      left = minus(left, taken);
      held += (at - lot.openedAt) * (taken === size ? 1 : Number(taken) / Number(size));
      if (taken === lot.size) this.#first++;
      else {
        lot.size = minus(lot.size, taken);
        lot.value = minus(lot.value, takenValue);
        lot.fee = minus(lot.fee, takenFee);
      }
    }
    this.#size = minus(this.#size, size);
    if (this.#first > SPENT_MAX && this.#first * 2 > this.#lots.length) {
      this.#lots = this.#lots.slice(this.#first);
      this.#first = 0;
    }
    const gross = this.#directed(minus(value, cost));
    return this.#closing({ size, gross, fees, openedAt: micros(Math.round(at - held)), at });
  }

  #closing({ size, gross, fees, openedAt, at }: Closed): ClosedTrade {
    const scale = Math.max(this.#valueScale, this.#feeScale);
    const net = minus(raised(gross, scale - this.#valueScale), raised(fees, scale - this.#feeScale));
    return {
      direction: this.#direction,
      openedAt,
      closedAt: at,
      size: { units: size, scale: this.#sizeScale },
      grossPnl: { units: gross, scale: this.#valueScale },
      fees: { units: fees, scale: this.#feeScale },
      netPnl: { units: net, scale },
    };
  }

  /** Makes the scales fine enough for a fill. */
  #fit({ size, value, fee }: TradedFill): void {
    const bySize = size.scale - this.#sizeScale;
    this.#priceScale = Math.max(this.#priceScale, value.scale - size.scale);
    const byValue = Math.max(size.scale, this.#sizeScale) + this.#priceScale - this.#valueScale;
    const byFee = fee.scale - this.#feeScale;
    if (bySize <= 0 && byValue <= 0 && byFee <= 0) return;
    this.#sizeScale += Math.max(0, bySize);
    this.#valueScale += Math.max(0, byValue);
    this.#feeScale += Math.max(0, byFee);
    this.#size = raised(this.#size, bySize);
    for (let index = this.#first; index < this.#lots.length; index++) {
      const lot = this.#lots[index];
      if (lot === undefined) continue;
      lot.size = raised(lot.size, bySize);
      lot.value = raised(lot.value, byValue);
      lot.fee = raised(lot.fee, byFee);
    }
  }
}

/** The part of a fill that closes. */
interface Exit {
  readonly size: Units;
  readonly value: Units;
  readonly fee: Units;
  readonly at: Micros;
}

interface Closed {
  readonly size: Units;
  readonly gross: Units;
  readonly fees: Units;
  readonly openedAt: Micros;
  readonly at: Micros;
}

/** At so many more decimals; as it is where there are none. */
const raised = (units: Units, decimals: number): Units => (decimals <= 0 ? units : timesPowerOfTen(units, decimals));
