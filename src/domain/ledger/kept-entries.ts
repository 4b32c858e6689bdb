import type { Micros } from "../../base/time.ts";
import { type Decimal, ZERO } from "../decimal.ts";
import { type Units, unitsFrom } from "../units.ts";
import type { LedgerEntry, LedgerFill } from "./entries.ts";

/**
 * Entries as a ledger keeps them at hand, the newest first: one more leaves those before it as they are. A desk keeps many
 * thousands of them for a while, so each is one flat object: the decimals by their units, all that is small in one number.
 */
export interface KeptEntries {
  readonly seq: number;
  readonly at: Micros;
  readonly session: Micros;
  readonly key: string;
  /** The side, that of the book, and the scales of size, value and fee. */
  readonly marks: number;
  readonly size: Units;
  readonly value: Units;
  readonly fee: Units;
  /** Of the fee where it is not that of the profit. Of an entry that is unlike nearly all others: all of it. */
  readonly other: string | LedgerEntry | undefined;
  readonly before: KeptEntries | undefined;
}

const BUY = 1;
const MAKER = 2;
const TAKER = 4;
/** Where the scales are in the marks, each below 2^8. */
const SCALE_BITS = 8;
const SIZE_SHIFT = 3;
const VALUE_SHIFT = SIZE_SHIFT + SCALE_BITS;
const FEE_SHIFT = VALUE_SHIFT + SCALE_BITS;
const SCALE_MASK = 2 ** SCALE_BITS - 1;

const NONE = unitsFrom(0);

/** With one more entry. */
export function withNewest(before: KeptEntries | undefined, entry: LedgerEntry): KeptEntries {
  const { seq, at, session, key } = entry;
  if ("payout" in entry || !isUsual(entry))
    return { seq, at, session, key, marks: 0, size: NONE, value: NONE, fee: NONE, other: entry, before };
  const { size, value, fee, otherFee } = entry;
  const said = otherFee?.amount ?? fee;
  return {
    seq,
    at,
    session,
    key,
    marks: marksOf(entry, said.scale),
    size: size.units,
    value: value.units,
    fee: said.units,
    other: otherFee?.currency,
    before,
  };
}

const isUsual = ({ size, value, fee, otherFee, funding, feeless }: LedgerFill): boolean =>
  funding === undefined &&
  feeless === undefined &&
  (otherFee === undefined || fee === ZERO) &&
  size.scale <= SCALE_MASK &&
  value.scale <= SCALE_MASK &&
  (otherFee?.amount ?? fee).scale <= SCALE_MASK;

const marksOf = ({ side, isMaker, size, value }: LedgerFill, feeScale: number): number =>
  (side === "buy" ? BUY : 0) |
  (isMaker === undefined ? 0 : isMaker ? MAKER : TAKER) |
  (size.scale << SIZE_SHIFT) |
  (value.scale << VALUE_SHIFT) |
  (feeScale << FEE_SHIFT);

/** The newest entry as it was put. */
function newestEntry(kept: KeptEntries): LedgerEntry {
  const { marks, other } = kept;
  if (typeof other === "object") return other;
  const fee: Decimal = { units: kept.fee, scale: marks >> FEE_SHIFT };
  return {
    seq: kept.seq,
    at: kept.at,
    session: kept.session,
    key: kept.key,
    side: (marks & BUY) === 0 ? "sell" : "buy",
    size: { units: kept.size, scale: (marks >> SIZE_SHIFT) & SCALE_MASK },
    value: { units: kept.value, scale: (marks >> VALUE_SHIFT) & SCALE_MASK },
    fee: other === undefined ? fee : ZERO,
    isMaker: (marks & MAKER) !== 0 ? true : (marks & TAKER) !== 0 ? false : undefined,
    otherFee: other === undefined ? undefined : { currency: other, amount: fee },
    funding: undefined,
  };
}

/** All of them, oldest first. */
export function inOrder(kept: KeptEntries | undefined): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let next = kept; next !== undefined; next = next.before) entries.push(newestEntry(next));
  return entries.reverse();
}
