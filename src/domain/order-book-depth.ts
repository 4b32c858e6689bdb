import { type Decimal, type DecimalText, scaled, unitsText } from "./decimal.ts";
import type { SideLevels } from "./order-book-levels.ts";
import { power } from "./order-book-units.ts";

/** What lies at and before a price or a size, of one side. */
export interface BookDepth {
  readonly levels: number;
  readonly size: Decimal;
  /** Σ price × size. */
  readonly value: Decimal;
  /** The worst price of these levels; undefined when there are none. */
  readonly worst: DecimalText | undefined;
}

export interface DepthWanted {
  /** Decimals of the keys. */
  readonly priceScale: number;
  /** Decimals of the sizes. */
  readonly sizeScale: number;
  /** At this price or better; at any when absent. */
  readonly within?: Decimal;
  /** So much, the last level in part; all when absent. */
  readonly upTo?: Decimal;
}

/** The best levels of a side as far as they are wanted, added up exactly. */
export function depthOf(side: SideLevels, { priceScale, sizeScale, within, upTo }: DepthWanted): BookDepth {
  const limit = within === undefined ? undefined : limitOf(within, priceScale);
  const scale = Math.max(sizeScale, upTo?.scale ?? 0);
  const toScale = 10n ** BigInt(scale - sizeScale);
  let left = upTo === undefined ? undefined : BigInt(upTo.units) * 10n ** BigInt(scale - upTo.scale);
  let [levels, size, value, worst] = [0, 0n, 0n, Number.NaN];
  side.each((key, held) => {
    const isBeyond = limit !== undefined && (key < 0 ? -key < limit : key > limit);
    if (isBeyond || (left !== undefined && left <= 0n)) return false;
    const all = BigInt(held) * toScale;
    const part = left !== undefined && left < all ? left : all;
    if (left !== undefined) left -= part;
    levels++;
    size += part;
    worst = Math.abs(key);
    value += part * BigInt(worst);
    return true;
  });
  return {
    levels,
    size: scaled(size, scale),
    value: scaled(value, scale + priceScale),
    worst: levels === 0 ? undefined : unitsText(worst, priceScale),
  };
}

/** A price in units of 10^-scale. */
function limitOf(price: Decimal, scale: number): number {
  const finer = price.scale - scale;
  const units = Number(price.units);
  // A quotient is exact where it is a whole number of units; a product with a negative power of ten is not.
  return finer > 0 ? units / power(finer) : units * power(-finer);
}
