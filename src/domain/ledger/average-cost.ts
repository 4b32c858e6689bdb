import { add, type Decimal, isZero, sign, subtract, unitsAt, ZERO } from "../decimal.ts";
import { minus, negated, orderOf, partInPieces, type Pieces, plusRaised, type Units } from "../units.ts";

/**
 * A net position at average cost, exact. `quantity` is signed (long > 0). The total cost of what is held is `paid + rest`,
 * with the sign of `quantity`: `paid` in the decimals of the values that came, `rest` what allocation left beyond these, so
 * that both stay small. The average price is the cost by the quantity, and is never kept.
 */
export interface Position {
  readonly quantity: Decimal;
  readonly paid: Decimal;
  readonly rest: Decimal;
}

export const FLAT: Position = { quantity: ZERO, paid: ZERO, rest: ZERO };

/** The total cost of what is held, with the sign of its quantity. */
export const heldCost = ({ paid, rest }: Position): Decimal => (isZero(rest) ? paid : add(paid, rest));

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

function grown({ quantity, paid, rest }: Position, { size, value }: BookedTrade, buys: boolean) {
  const position = buys
    ? { quantity: add(quantity, size), paid: add(paid, value), rest }
    : { quantity: subtract(quantity, size), paid: subtract(paid, value), rest };
  return { position, realized: ZERO, closed: ZERO };
}

function reduced({ quantity, paid, rest }: Position, { size, value }: BookedTrade, buys: boolean) {
  const sizeScale = Math.max(quantity.scale, size.scale);
  const paidScale = Math.max(paid.scale, value.scale);
  const restScale = Math.max(ALLOCATION_SCALE, paidScale, rest.scale);
  const exponent = restScale - paidScale;
  // What is held as if it were long: of a short position all signs are the other way round.
  const directed = (units: Units): Units => (buys ? negated(units) : units);
  const open = directed(unitsAt(quantity, sizeScale));
  const taken = unitsAt(size, sizeScale);
  const cost = { whole: directed(unitsAt(paid, paidScale)), rest: directed(unitsAt(rest, restScale)) };
  const worth = { whole: unitsAt(value, paidScale), rest: ZERO.units };
  const isWithin = orderOf(taken, open) < 0;
  const released = isWithin ? partInPieces(cost, { size: taken, all: open, exponent }) : cost;
  const closing = isWithin ? worth : partInPieces(worth, { size: open, all: taken, exponent });
  // What is left of the one, or of the other.
  const left = isWithin ? difference(cost, released) : difference(closing, worth);
  const gain = difference(closing, released);
  const restUnits = directed(left.rest);
  return {
    position: {
      quantity: { units: directed(minus(open, taken)), scale: sizeScale },
      paid: { units: directed(left.whole), scale: paidScale },
      rest: restUnits === 0 ? ZERO : { units: restUnits, scale: restScale },
    },
    realized: { units: directed(plusRaised(gain.rest, gain.whole, exponent)), scale: restScale },
    closed: { units: isWithin ? taken : open, scale: sizeScale },
  };
}

const difference = (a: Pieces, b: Pieces): Pieces => ({ whole: minus(a.whole, b.whole), rest: minus(a.rest, b.rest) });
