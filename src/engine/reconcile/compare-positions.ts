import {
  absolute,
  add,
  type Decimal,
  decimal,
  decimalToNumber,
  isZero,
  multiply,
  subtract,
  ZERO,
} from "../../domain/decimal.ts";
import type { Terms } from "../../domain/ledger/terms.ts";
import { instrumentKey } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { termsOf } from "../ledgers.ts";
import { type PositionRead, type VenueRead, venueReadKey } from "../venue-readings.ts";
import { beginCompared, type Compared } from "./compared.ts";

/** One instrument on the three sides. */
interface Sides {
  ours: Decimal;
  theirs: Decimal;
  reported: Decimal | undefined;
  price: number | undefined;
}

/**
 * What was held when the venue's list came: by our ledgers, by the bots' own word and by the venue, over the union of the
 * instruments that any of them names. In hedge mode the venue's two positions of an instrument are set against each other, as fills are in a ledger.
 */
export function comparePositions(state: State, read: VenueRead): Compared[] {
  const { positions, venue, dust } = read;
  if (positions === undefined) return [];
  const sides = new Map<string, Sides>();
  for (const row of positions.rows) addTheirs(sides, row);
  addOwn(sides, state, read);
  return [...sides]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, each]) => {
      const terms = termsOf(state.desk, venue, symbol);
      const price = each.price ?? markOf(state, venue, symbol);
      const difference = subtract(each.theirs, each.ours);
      const isApart = !isDust(difference, { terms, price, dust });
      return {
        ...beginCompared(read),
        kind: "position" as const,
        symbol,
        currency: terms.currency,
        ours: each.ours,
        theirs: each.theirs,
        reported: each.reported,
        difference,
        isApart,
        drift: isApart ? driftOf(each, difference) : 0,
        readAt: positions.at,
      };
    });
}

function sideOf(sides: Map<string, Sides>, symbol: string): Sides {
  let side = sides.get(symbol);
  if (side === undefined) {
    side = { ours: ZERO, theirs: ZERO, reported: undefined, price: undefined };
    sides.set(symbol, side);
  }
  return side;
}

function addTheirs(sides: Map<string, Sides>, { symbol, size, mark_price, entry_price }: PositionRead): void {
  const side = sideOf(sides, symbol);
  side.theirs = add(side.theirs, decimal(size));
  const price = Number(mark_price ?? entry_price);
  if (price > 0) side.price = price;
}

/** Each bot's own part, as it was when the list came. */
function addOwn(sides: Map<string, Sides>, state: State, { sharedBy, mode, venue }: VenueRead): void {
  const reads = sharedBy.map((bot) => state.bots.get(bot)?.venueReads.get(venueReadKey(mode, venue))?.positions);
  for (const own of reads)
    for (const { symbol, quantity } of own?.ours ?? []) {
      const side = sideOf(sides, symbol);
      side.ours = add(side.ours, quantity);
    }
  const told = reads.map((own) => own?.reported).filter((reported) => reported !== undefined);
  for (const { symbol, quantity } of told.flat()) {
    const side = sideOf(sides, symbol);
    side.reported = add(side.reported ?? ZERO, quantity);
  }
  // A bot tells its whole book: what it leaves out is 0.
  if (told.length > 0) for (const side of sides.values()) side.reported ??= ZERO;
}

const markOf = ({ samples }: State, venue: string, symbol: string): number | undefined => {
  const mark = samples.marks.get(instrumentKey(venue, symbol));
  return mark === undefined ? undefined : Number(mark.event.price);
};

interface Worth {
  readonly terms: Terms;
  readonly price: number | undefined;
  readonly dust: number;
}

/** Without a price nothing but an exact match is dust. An inverse contract is worth its multiplier at any price. */
function isDust(difference: Decimal, { terms, price, dust }: Worth): boolean {
  if (isZero(difference)) return true;
  const contracts = decimalToNumber(absolute(multiply(difference, terms.multiplier)));
  if (terms.kind === "inverse") return contracts < dust;
  return price !== undefined && contracts * price < dust;
}

function driftOf({ ours, theirs }: Sides, difference: Decimal): number {
  const larger = Math.max(decimalToNumber(absolute(ours)), decimalToNumber(absolute(theirs)));
  return larger === 0 ? 0 : decimalToNumber(absolute(difference)) / larger;
}
