import { add, type Decimal, sign, subtract, unitsAt, ZERO } from "../decimal.ts";
import { minus, negated, orderOf, partOf, type Units } from "../units.ts";

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

/**
 * Takes a trade into a position (metrics.md §2): one in its direction adds its value to the cost, one against it takes
 * cost out in proportion to size, and what is left over after flat opens the other way with its part of the value.
 */
export function book(position: Position, trade: BookedTrade): Booked & { readonly position: Position } {
  const { quantity } = position;
  const buys = trade.side === "buy";
  const direction = sign(quantity);
  return direction === 0 || direction > 0 === buys ? grown(position, trade, buys) : reduced(position, trade, buys);
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
  // What is held as if it were long: of a short position all signs are the other way round.
  const directed = (units: Units): Units => (buys ? negated(units) : units);
  const open = directed(unitsAt(position.quantity, sizeScale));
  const cost = directed(unitsAt(position.cost, costScale));
  const taken = unitsAt(size, sizeScale);
  const worth = unitsAt(value, costScale);
  const isWithin = orderOf(taken, open) < 0;
  const closed = isWithin ? taken : open;
  const released = isWithin ? partOf(cost, taken, open) : cost;
  const closing = isWithin ? worth : partOf(worth, open, taken);
  // What is left of the one, or of the other.
  const left = isWithin ? minus(cost, released) : minus(closing, worth);
  return {
    position: {
      quantity: { units: directed(minus(open, taken)), scale: sizeScale },
      cost: { units: directed(left), scale: costScale },
    },
    realized: { units: directed(minus(closing, released)), scale: costScale },
    closed: { units: closed, scale: sizeScale },
  };
}
