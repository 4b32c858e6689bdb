import type { Micros } from "../../base/time.ts";
import { type Decimal, ZERO, absolute, add, compare, isZero, subtract, unitsAt } from "../decimal.ts";
import { partOf } from "../units.ts";
import { type BookedTrade, book, FLAT, type Position } from "./average-cost.ts";

/** A fill as the trades of an instrument are made of it. */
export interface TradedFill extends BookedTrade {
  readonly at: Micros;
  /** In the currency of the profit: > 0 paid, < 0 rebate. */
  readonly fee: Decimal;
}

/** A part of a position that was closed, by one fill or from flat to flat. Money in the currency of the profit. */
export interface ClosedTrade {
  readonly direction: "long" | "short";
  readonly openedAt: Micros;
  readonly closedAt: Micros;
  readonly size: Decimal;
  /** Before fees. */
  readonly grossPnl: Decimal;
  /** Those of the closing part, and those of the entry in proportion to what closed. */
  readonly fees: Decimal;
  /** Gross less fees. */
  readonly netPnl: Decimal;
}

/** What is open between flat and flat. */
interface Episode {
  readonly direction: "long" | "short";
  readonly openedAt: Micros;
  /** All that was opened in it. */
  readonly size: Decimal;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
}

/** A position with the trade that it is part of. */
export interface OpenTrade {
  readonly position: Position;
  readonly episode: Episode | undefined;
  /** Fees of what is still open. */
  readonly entryFees: Decimal;
}

export const NO_TRADE: OpenTrade = { position: FLAT, episode: undefined, entryFees: ZERO };

/** What one fill closed, and what is open after it. */
export interface Traded {
  readonly open: OpenTrade;
  /** The part of the position that this fill closed; undefined when it only opened. */
  readonly closing: ClosedTrade | undefined;
  /** The episode from flat to flat that ended with it. */
  readonly roundTrip: ClosedTrade | undefined;
}

/** Decimals to which fees are split by size; the remainder stays with what is still open. */
const FEE_SCALE = 12;

/**
 * Takes a fill into the trades that win rate, expectancy and holding times are counted from (metrics.md §2, §3), at
 * average cost. Fees of an entry go with what closes it in proportion to size; the fee of a fill that goes through flat
 * is split by size.
 */
export function trade(before: OpenTrade, fill: TradedFill): Traded {
  const { position, realized, closed } = book(before.position, fill);
  if (isZero(closed))
    return { open: opened(before, position, fill, fill.size, fill.fee), closing: undefined, roundTrip: undefined };
  const held = absolute(before.position.quantity);
  const exitFee = share(fill.fee, closed, fill.size);
  const entryFee = share(before.entryFees, closed, held);
  const fees = isZero(exitFee) ? entryFee : add(exitFee, entryFee);
  const { episode } = before;
  const after = episode && closedBy(episode, realized, fees);
  const closing = episode && closedTrade(episode, { size: closed, grossPnl: realized, fees }, fill.at);
  if (compare(closed, held) < 0)
    return {
      open: {
        position,
        episode: after,
        entryFees: isZero(entryFee) ? before.entryFees : subtract(before.entryFees, entryFee),
      },
      closing,
      roundTrip: undefined,
    };
  const left = subtract(fill.size, closed);
  const open = isZero(left) ? NO_TRADE : opened(NO_TRADE, position, fill, left, subtract(fill.fee, exitFee));
  return { open, closing, roundTrip: after && closedTrade(after, after, fill.at) };
}

function opened(before: OpenTrade, position: Position, fill: TradedFill, size: Decimal, fee: Decimal): OpenTrade {
  return {
    position,
    episode: before.episode === undefined ? begun(fill, size) : grown(before.episode, size),
    entryFees: isZero(fee) ? before.entryFees : add(before.entryFees, fee),
  };
}

const begun = ({ side, at }: TradedFill, size: Decimal): Episode => ({
  direction: side === "buy" ? "long" : "short",
  openedAt: at,
  size,
  grossPnl: ZERO,
  fees: ZERO,
});

const grown = ({ direction, openedAt, size, grossPnl, fees }: Episode, more: Decimal): Episode => ({
  direction,
  openedAt,
  size: add(size, more),
  grossPnl,
  fees,
});

const closedBy = (episode: Episode, grossPnl: Decimal, fees: Decimal): Episode => ({
  direction: episode.direction,
  openedAt: episode.openedAt,
  size: episode.size,
  grossPnl: add(episode.grossPnl, grossPnl),
  fees: isZero(fees) ? episode.fees : add(episode.fees, fees),
});

const closedTrade = (
  { direction, openedAt }: Episode,
  { size, grossPnl, fees }: Pick<Episode, "size" | "grossPnl" | "fees">,
  closedAt: Micros,
): ClosedTrade => ({
  direction,
  openedAt,
  closedAt,
  size,
  grossPnl,
  fees,
  netPnl: isZero(fees) ? grossPnl : subtract(grossPnl, fees),
});

/** The part of `amount` that goes with `size` of `whole`; all of it when they are equal. */
function share(amount: Decimal, size: Decimal, whole: Decimal): Decimal {
  if (isZero(amount) || compare(size, whole) === 0) return amount;
  const scale = Math.max(FEE_SCALE, amount.scale);
  const sizeScale = Math.max(size.scale, whole.scale);
  return { units: partOf(unitsAt(amount, scale), unitsAt(size, sizeScale), unitsAt(whole, sizeScale)), scale };
}
