import { type Decimal, powerOfTen, roundedQuotient } from "../decimal.ts";
import type { Booked, BookedTrade } from "./average-cost.ts";

interface Lot {
  /** > 0, in the direction of the position. */
  size: bigint;
  value: bigint;
}

const VALUE_SCALE = 18;
const NOTHING = 0n;
/** Lots that were used up are forgotten once there are as many of them as are left. */
const COMPACT_AT = 64;

/** A position whose oldest lots close first, exact (metrics.md §2). Lots of equal price are never merged: their age counts. */
export class FifoLots {
  readonly #lots: Lot[] = [];
  #first = 0;
  #long = true;
  #size = NOTHING;
  #sizeScale = 0;
  #valueScale = VALUE_SCALE;

  get quantity(): Decimal {
    return { units: this.#long ? this.#size : -this.#size, scale: this.#sizeScale };
  }

  /** Total cost of what is held, with its sign. */
  get cost(): Decimal {
    let units = NOTHING;
    for (let index = this.#first; index < this.#lots.length; index++) units += this.#lots[index]?.value ?? NOTHING;
    return { units: this.#long ? units : -units, scale: this.#valueScale };
  }

  /** Open lots, oldest first. */
  get lots(): readonly { readonly size: Decimal; readonly value: Decimal }[] {
    return this.#lots.slice(this.#first).map(({ size, value }) => ({
      size: { units: size, scale: this.#sizeScale },
      value: { units: value, scale: this.#valueScale },
    }));
  }

  take({ side, size, value }: BookedTrade): Booked {
    this.#align(size.scale, value.scale);
    const long = side === "buy";
    let left = size.units * powerOfTen(this.#sizeScale - size.scale);
    let worth = value.units * powerOfTen(this.#valueScale - value.scale);
    let realized = NOTHING;
    let closed = NOTHING;
    while (left > NOTHING && this.#size > NOTHING && this.#long !== long) {
      const [part, cost] = this.#release(left);
      const partWorth = part === left ? worth : roundedQuotient(worth * part, left);
      realized += long ? cost - partWorth : partWorth - cost;
      closed += part;
      left -= part;
      worth -= partWorth;
    }
    if (left > NOTHING) {
      this.#long = long;
      this.#size += left;
      this.#lots.push({ size: left, value: worth });
    }
    return {
      realized: { units: realized, scale: this.#valueScale },
      closed: { units: closed, scale: this.#sizeScale },
    };
  }

  /** Takes at most `wanted` from the oldest lot: what it took, and what that had cost. */
  #release(wanted: bigint): [size: bigint, cost: bigint] {
    const lot = this.#lots[this.#first];
    if (lot === undefined) throw new Error("a position without lots");
    const size = wanted < lot.size ? wanted : lot.size;
    const cost = size === lot.size ? lot.value : roundedQuotient(lot.value * size, lot.size);
    this.#size -= size;
    if (size === lot.size) this.#drop();
    else {
      lot.size -= size;
      lot.value -= cost;
    }
    return [size, cost];
  }

  #drop(): void {
    this.#first++;
    if (this.#first < COMPACT_AT || this.#first * 2 < this.#lots.length) return;
    this.#lots.splice(0, this.#first);
    this.#first = 0;
  }

  #align(sizeScale: number, valueScale: number): void {
    if (sizeScale > this.#sizeScale) {
      const factor = powerOfTen(sizeScale - this.#sizeScale);
      this.#size *= factor;
      for (const lot of this.#lots) lot.size *= factor;
      this.#sizeScale = sizeScale;
    }
    if (valueScale > this.#valueScale) {
      const factor = powerOfTen(valueScale - this.#valueScale);
      for (const lot of this.#lots) lot.value *= factor;
      this.#valueScale = valueScale;
    }
  }
}
