import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  isZero,
  multiply,
  subtract,
  ZERO,
  sign,
} from "../../domain/decimal.ts";
import { book, FLAT, type Position } from "../../domain/ledger/average-cost.ts";

/** A fill as its profit is parted: what it was worth at its price, and at the mid when its order was decided. */
export interface ArrivingFill {
  readonly side: "buy" | "sell";
  readonly size: Decimal;
  /** In the currency of the profit, as the ledger books it. */
  readonly value: Decimal;
  /** The same at the mid at arrival; undefined where nobody said it. */
  readonly arrival: Decimal | undefined;
}

/**
 * What is held of one instrument, at what it was worth when its entries were decided. `known` are entries with a mid at
 * arrival, at that; `unknown` those without, at their price. Both are of one side.
 */
export interface ArrivalBook {
  readonly known: Position;
  readonly unknown: Position;
}

export const EMPTY_BOOK: ArrivalBook = { known: FLAT, unknown: FLAT };

/** The profit of what one fill closed, apart from its execution. */
export interface PartedProfit {
  /** From the mid at arrival of each entry to that of the exit. */
  readonly signal: Decimal;
  /** Of what lacks one of the two mids: from price, or mid, to price. */
  readonly unparted: Decimal;
  /** Nothing that it closed lacks a mid, whatever that made. */
  readonly isWhole: boolean;
}

const NO_PROFIT: PartedProfit = { signal: ZERO, unparted: ZERO, isWhole: true };
/** Decimals to which sizes and values are split; the remainder stays with what is still open. */
const SPLIT_SCALE = 18;

/**
 * Takes a fill in, at average cost as the ledger does: what it closes is of entries with and without a mid in proportion
 * to what is held of each. Realised profit − signal − unparted is what execution made of what closed: −Σ slippage of it.
 */
export function bookArrival(before: ArrivalBook, fill: ArrivingFill): PartedProfit & { readonly book: ArrivalBook } {
  const { side, size, arrival } = fill;
  const value = arrival ?? fill.value;
  if (arrival !== undefined && isZero(before.unknown.quantity)) {
    const { position, realized } = book(before.known, { side, size, value });
    return { book: { known: position, unknown: FLAT }, signal: realized, unparted: ZERO, isWhole: true };
  }
  if (arrival === undefined && isZero(before.known.quantity)) {
    const { position, realized } = book(before.unknown, { side, size, value });
    return { book: { known: FLAT, unknown: position }, signal: ZERO, unparted: realized, isWhole: false };
  }
  const held = add(before.known.quantity, before.unknown.quantity);
  const isAgainst = !isZero(held) && sign(held) > 0 !== (side === "buy");
  if (!isAgainst) return { book: opened(before, { side, size, value }, arrival !== undefined), ...NO_PROFIT };
  const whole = absolute(held);
  const closes = compare(size, whole) < 0 ? size : whole;
  const closing = { side, size: closes, value: part(value, closes, size) };
  const closed = closedBy(before, closing, whole);
  const isKnown = arrival !== undefined;
  const profit = {
    signal: isKnown ? closed.ofKnown : ZERO,
    unparted: isKnown ? closed.ofUnknown : add(closed.ofKnown, closed.ofUnknown),
    isWhole: isKnown && isZero(before.unknown.quantity),
  };
  const left = subtract(size, closes);
  if (isZero(left)) return { book: closed.book, ...profit };
  const rest = { side, size: left, value: subtract(value, closing.value) };
  return { book: opened(EMPTY_BOOK, rest, isKnown), ...profit };
}

type Trade = Pick<ArrivingFill, "side" | "size" | "value">;

const opened = ({ known, unknown }: ArrivalBook, trade: Trade, isKnown: boolean): ArrivalBook =>
  isKnown ? { known: book(known, trade).position, unknown } : { known, unknown: book(unknown, trade).position };

/** Both parts closed in proportion; `whole` is what is held of both, and no less than what is closed. */
function closedBy({ known, unknown }: ArrivalBook, { side, size, value }: Trade, whole: Decimal) {
  const ofKnownSize = isZero(unknown.quantity) ? size : knownPart(known, size, whole);
  const ofKnownValue = isZero(unknown.quantity) ? value : part(value, ofKnownSize, size);
  const a = closedPart(known, { side, size: ofKnownSize, value: ofKnownValue });
  const b = closedPart(unknown, { side, size: subtract(size, ofKnownSize), value: subtract(value, ofKnownValue) });
  return { book: { known: a.position, unknown: b.position }, ofKnown: a.realized, ofUnknown: b.realized };
}

/** What is rounded away may not be more than there is of the other part. */
function knownPart(known: Position, size: Decimal, whole: Decimal): Decimal {
  const held = absolute(known.quantity);
  const least = subtract(size, subtract(whole, held));
  const found = part(held, size, whole);
  return compare(found, least) < 0 ? least : found;
}

const closedPart = (position: Position, trade: Trade): { readonly position: Position; readonly realized: Decimal } =>
  isZero(trade.size) ? { position, realized: ZERO } : book(position, trade);

/** The part of `amount` that goes with `size` of `whole`; all of it when they are equal. */
const part = (amount: Decimal, size: Decimal, whole: Decimal): Decimal =>
  compare(size, whole) === 0 ? amount : divide(multiply(amount, size), whole, Math.max(SPLIT_SCALE, amount.scale));
