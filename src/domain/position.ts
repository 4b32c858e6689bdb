import { ZERO, type Decimal, absolute, add, compare, divide, multiply, negate, subtract } from "./decimal.ts";

/**
 * A net position at average cost, exact. `quantity` is signed (long > 0); `cost` is the total cost of what is held,
 * with the sign of `quantity`, in quote currency: the average price is `cost / quantity`.
 */
export interface Position {
  readonly quantity: Decimal;
  readonly cost: Decimal;
}

export const FLAT: Position = { quantity: ZERO, cost: ZERO };

export interface Trade {
  readonly side: "buy" | "sell";
  readonly price: Decimal;
  readonly size: Decimal;
}

export const isFlat = (position: Position): boolean => position.quantity.units === 0n;

const signed = (trade: Trade): Decimal => (trade.side === "buy" ? trade.size : negate(trade.size));

/** Decimals to which a part of the cost is allocated when a position shrinks; the remainder stays with the position. */
const ALLOCATION_SCALE = 18;

/**
 * The position after a fill (metrics.md §2): a fill in its direction adds at its own price, one against it takes
 * out cost in proportion, and what is left over after flat opens the other way at the fill's price.
 */
export function afterTrade(position: Position, trade: Trade): Position {
  const change = signed(trade);
  const held = position.quantity.units;
  if (held === 0n || held > 0n === change.units > 0n) return grown(position, change, trade.price);
  const order = compare(trade.size, absolute(position.quantity));
  if (order < 0) return shrunk(position, change);
  return order === 0 ? FLAT : grown(FLAT, add(position.quantity, change), trade.price);
}

/**
 * The position as it would be without a fill that was taken back. Exact for a fill that added to what is held;
 * otherwise as if the opposite had been traded at the same price.
 */
export function withoutTrade(position: Position, trade: Trade): Position {
  const change = signed(trade);
  const added = !isFlat(position) && position.quantity.units > 0n === change.units > 0n;
  const order = compare(trade.size, absolute(position.quantity));
  if (added && order < 0)
    return {
      quantity: subtract(position.quantity, change),
      cost: subtract(position.cost, multiply(change, trade.price)),
    };
  return afterTrade(position, { ...trade, side: trade.side === "buy" ? "sell" : "buy" });
}

const grown = (position: Position, change: Decimal, price: Decimal): Position => ({
  quantity: add(position.quantity, change),
  cost: add(position.cost, multiply(change, price)),
});

function shrunk(position: Position, change: Decimal): Position {
  const scale = Math.max(ALLOCATION_SCALE, position.cost.scale);
  const released = divide(multiply(position.cost, absolute(change)), absolute(position.quantity), scale);
  return { quantity: add(position.quantity, change), cost: subtract(position.cost, released) };
}
