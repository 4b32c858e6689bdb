import { add, type Decimal, powerOfTen, roundedQuotient, subtract, ZERO } from "../decimal.ts";

/**
 * A net position at average cost, exact. `quantity` is signed (long > 0); `cost` is the total cost of what is held, with
 * the sign of `quantity`: the average price is `cost / quantity`, and is never kept.
 */
export interface Position {
  readonly quantity: Decimal;
  readonly cost: Decimal;
}

export const FLAT: Position = { quantity: ZERO, cost: ZERO };

/**
 * A change of a position in one instrument. `value` is what `size` was worth at the trade's price, in the currency of
 * its profit, so that the difference of two values is a profit; see `tradeValue`.
 */
export interface BookedTrade {
  readonly side: "buy" | "sell";
  readonly size: Decimal;
  readonly value: Decimal;
}

/** What a trade did to the position it met. */
export interface Booked {
  /** Gross profit of the part that closed, before fees. Zero when nothing closed. */
  readonly realized: Decimal;
  /** How much of what was held it closed, ≥ 0. */
  readonly closed: Decimal;
}

/** Decimals to which a part of the cost is allocated when a position shrinks; the remainder stays with the position. */
const ALLOCATION_SCALE = 12;

const NOTHING = 0n;

const unitsAt = (value: Decimal, scale: number): bigint =>
  value.scale === scale ? value.units : value.units * powerOfTen(scale - value.scale);

/**
 * Takes a trade into a position (metrics.md §2): one in its direction adds its value to the cost, one against it takes
 * cost out in proportion to size, and what is left over after flat opens the other way with its part of the value.
 */
export function book(position: Position, trade: BookedTrade): Booked & { readonly position: Position } {
  const { quantity } = position;
  const buys = trade.side === "buy";
  return quantity.units === NOTHING || quantity.units > NOTHING === buys
    ? grown(position, trade, buys)
    : reduced(position, trade, buys);
}

function grown({ quantity, cost }: Position, { size, value }: BookedTrade, buys: boolean) {
  const position = buys
    ? { quantity: add(quantity, size), cost: add(cost, value) }
    : { quantity: subtract(quantity, size), cost: subtract(cost, value) };
  return { position, realized: ZERO, closed: ZERO };
}

function reduced(position: Position, { size, value }: BookedTrade, buys: boolean) {
  const sizeScale = Math.max(position.quantity.scale, size.scale);
  const costScale = Math.max(ALLOCATION_SCALE, position.cost.scale, value.scale);
  const sign = buys ? 1n : -1n;
  const open = -unitsAt(position.quantity, sizeScale) * sign;
  const cost = -unitsAt(position.cost, costScale) * sign;
  const taken = unitsAt(size, sizeScale);
  const worth = unitsAt(value, costScale);
  const result = (held: bigint, total: bigint, realized: bigint, closed: bigint) => ({
    position: {
      quantity: { units: held * sign, scale: sizeScale },
      cost: { units: total * sign, scale: costScale },
    },
    realized: { units: realized * sign, scale: costScale },
    closed: { units: closed, scale: sizeScale },
  });
  if (taken < open) {
    const released = roundedQuotient(cost * taken, open);
    return result(taken - open, released - cost, released - worth, taken);
  }
  const closing = taken === open ? worth : roundedQuotient(worth * open, taken);
  return result(taken - open, worth - closing, cost - closing, open);
}
