import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";
import { type Decimal, ZERO, absolute, add, isZero, multiply, subtract } from "../decimal.ts";
import { type CountedFill, NO_TOTALS, sumOfTotals, type Totals, totalsSince, withTraded } from "./totals.ts";
import { NO_TRADE, type OpenTrade, trade, type Traded, type TradedFill } from "./trades.ts";

/** Where something stands in the order of the ledger: by the time it took effect, then by `seq`. */
interface Place {
  readonly at: Micros;
  readonly seq: number;
}

interface Entered extends Place {
  /** The id of the fill at its venue, by which it can be voided; unlike any of another ledger entry. */
  readonly key: string;
  /** When the session of its bot began; 0 before any. */
  readonly session: Micros;
}

export interface LedgerFill extends CountedFill, Entered {}

/** All that is held then is closed at its payout, for nothing. */
export interface LedgerSettlement extends Entered {
  /** What one unit brings, in the currency of the profit. */
  readonly payout: Decimal;
}

export type LedgerEntry = LedgerFill | LedgerSettlement;

/** What the fills of one UTC day did. */
export interface DayTotals {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly totals: Totals;
}

/** What all fills of an instrument up to a moment add up to. */
export interface LedgerPoint {
  readonly open: OpenTrade;
  readonly all: Totals;
  /** Days that are over, on which something was filled: the newest, oldest first. */
  readonly days: readonly DayTotals[];
  /** The day of the newest fill, and the totals with which it began. */
  readonly today: DayTotals;
  /** The bot's last `bot.started`, and the totals with which it began. */
  readonly session: { readonly from: Micros; readonly totals: Totals };
  /** Of the newest entry. */
  readonly at: Micros;
  readonly seq: number;
  /** The largest `seq` of all entries: a late one may have a larger one than the newest. */
  readonly lastSeq: number;
}

export const NO_FILLS: LedgerPoint = {
  open: NO_TRADE,
  all: NO_TOTALS,
  days: [],
  today: { day: 0, totals: NO_TOTALS },
  session: { from: 0 as Micros, totals: NO_TOTALS },
  at: Number.MIN_SAFE_INTEGER as Micros,
  seq: 0,
  lastSeq: 0,
};

/**
 * The ledger of one instrument: a pure function of its entries in their order. The newest of them are kept beside a
 * checkpoint, so that a fill which comes late takes its place among them; one that is older than all of them waits for
 * the whole to be made again. Entries are booked some at a time: what is made and left behind in between is then gone at
 * once, and not kept until the next one comes.
 */
export interface Holding {
  readonly checkpoint: LedgerPoint;
  /** Entries since the checkpoint, in order. */
  readonly recent: readonly LedgerEntry[];
  /** The ledger after the first `bookedCount` of them. */
  readonly booked: LedgerPoint;
  readonly bookedCount: number;
  /** What is held after all of them: above 0 long. */
  readonly quantity: Decimal;
  /** `seq` of the newest event that the ledger could not take in and has to be made again for; undefined when it is right. */
  readonly staleSince: number | undefined;
}

/** A ledger that begins with a point. */
export const holdingAt = (point: LedgerPoint): Holding => ({
  checkpoint: point,
  recent: [],
  booked: point,
  bookedCount: 0,
  quantity: point.open.position.quantity,
  staleSince: undefined,
});

export const EMPTY_HOLDING: Holding = holdingAt(NO_FILLS);

/** The ledger after all entries. */
export const nowOf = ({ booked, bookedCount, recent }: Holding): LedgerPoint =>
  bookedCount === recent.length ? booked : recent.slice(bookedCount).reduce(withEntry, booked);

/** Where the newest entry stands. */
export const newestOf = ({ recent, checkpoint }: Holding): Place => recent.at(-1) ?? checkpoint;

/** Entries that a late one can still come before: so many, up to as many more as leave at once. */
const RECENT_MIN = 32;
const LEAVING = 16;
/** Entries that wait to be booked together. */
const UNBOOKED_MAX = 16;
/** Days kept for each instrument: more than a year. */
const DAYS_MAX = 400;

/** What a fill does to what is open. */
export type Accounting = (open: OpenTrade, fill: TradedFill) => Traded;

/** The ledger after one more entry, at average cost; entries are to come in their order here. */
export const withEntry = (point: LedgerPoint, entry: LedgerEntry): LedgerPoint => withEntryBy(trade, point, entry);

/** The same by another accounting. */
export function withEntryBy(accounting: Accounting, point: LedgerPoint, entry: LedgerEntry): LedgerPoint {
  if (!("payout" in entry)) return withFill(accounting, point, entry);
  const fill = settling(point, entry);
  return fill === undefined
    ? { ...point, at: entry.at, seq: entry.seq, lastSeq: Math.max(point.lastSeq, entry.seq) }
    : withFill(accounting, point, fill);
}

/** The fill that a settlement is for what is held then; undefined where nothing is. */
export function settling(
  { open }: Pick<LedgerPoint, "open">,
  { payout, ...entered }: LedgerSettlement,
): LedgerFill | undefined {
  const { quantity } = open.position;
  if (isZero(quantity)) return undefined;
  const size = absolute(quantity);
  const side = quantity.units > 0n ? "sell" : "buy";
  return { ...entered, side, size, value: multiply(payout, size), fee: ZERO, isMaker: undefined };
}

function withFill(accounting: Accounting, point: LedgerPoint, fill: LedgerFill): LedgerPoint {
  const traded = accounting(point.open, fill);
  const day = Math.floor(fill.at / MICROS_PER_DAY);
  const isSameDay = day === point.today.day;
  return {
    open: traded.open,
    all: withTraded(point.all, fill, traded),
    days: isSameDay ? point.days : withDay(point),
    today: isSameDay ? point.today : { day, totals: point.all },
    session: fill.session > point.session.from ? { from: fill.session, totals: point.all } : point.session,
    at: fill.at,
    seq: fill.seq,
    lastSeq: Math.max(point.lastSeq, fill.seq),
  };
}

/** The days with that of the newest fill, which is over. */
function withDay({ days, today, all }: LedgerPoint): readonly DayTotals[] {
  if (all.fills === today.totals.fills) return days;
  const kept = days.length < DAYS_MAX ? days : days.slice(1);
  return [...kept, { day: today.day, totals: totalsSince(all, today.totals) }];
}

/** What the fills of each day did, that of the newest fill included. */
export const daysOf = (point: LedgerPoint): readonly DayTotals[] => withDay(point);

/** What the fills of the days from `first` to `last` did, both included. */
export const totalsOfDays = (point: LedgerPoint, first: number, last: number): Totals =>
  daysOf(point)
    .filter(({ day }) => day >= first && day <= last)
    .reduce((sum, { totals }) => sumOfTotals(sum, totals), NO_TOTALS);

/** What the fills since the bot's last start did; nothing where they all came before. */
export const totalsOfSession = ({ all, session }: LedgerPoint): Totals => totalsSince(all, session.totals);

/** Takes an entry in, whenever it came. */
export function takeEntry(holding: Holding, entry: LedgerEntry): Holding {
  if (!isBefore(entry, newestOf(holding))) return kept(holding, entry);
  if (isBefore(entry, holding.checkpoint)) return { ...holding, staleSince: entry.seq };
  const place = holding.recent.findIndex((other) => isBefore(entry, other));
  return remade(holding, holding.recent.toSpliced(place, 0, entry), place);
}

/** Takes a fill back that the event `seq` voids. */
export function voidFill(holding: Holding, key: string, seq: number): Holding {
  const place = holding.recent.findIndex((fill) => fill.key === key);
  return place < 0 ? { ...holding, staleSince: seq } : remade(holding, holding.recent.toSpliced(place, 1), place);
}

/** Says more of a fill than was known: what the event `seq` adds to it. */
export function amendFill(holding: Holding, key: string, seq: number, more: Partial<LedgerFill>): Holding {
  const place = holding.recent.findIndex((fill) => fill.key === key);
  const fill = holding.recent[place];
  return fill === undefined
    ? { ...holding, staleSince: seq }
    : remade(holding, holding.recent.with(place, { ...fill, ...more }), place);
}

/**
 * The ledger made again from all entries up to `asOfSeq`; those that came after it take their place as usual. Where one
 * of these is no longer at hand, the ledger stays as it is, and stale.
 */
export function rebased(holding: Holding, point: LedgerPoint, asOfSeq: number): Holding {
  if (holding.checkpoint.lastSeq > asOfSeq) return holding;
  const after = holding.recent.filter((entry) => entry.seq > asOfSeq).reduce(takeEntry, holdingAt(point));
  const { staleSince } = holding;
  return staleSince !== undefined && staleSince > asOfSeq ? { ...after, staleSince } : after;
}

function kept(holding: Holding, entry: LedgerEntry): Holding {
  const recent = [...holding.recent, entry];
  const quantity = quantityAfter(holding.quantity, entry);
  const waiting = recent.length - holding.bookedCount;
  return settledDown(
    waiting < UNBOOKED_MAX ? { ...holding, recent, quantity } : bookedAll({ ...holding, recent, quantity }),
  );
}

const quantityAfter = (quantity: Decimal, entry: LedgerEntry): Decimal => {
  if ("payout" in entry) return ZERO;
  return entry.side === "buy" ? add(quantity, entry.size) : subtract(quantity, entry.size);
};

const bookedAll = (holding: Holding): Holding => ({
  ...holding,
  booked: nowOf(holding),
  bookedCount: holding.recent.length,
});

/** The oldest entries go into the checkpoint once there are enough of them. */
function settledDown(holding: Holding): Holding {
  const { recent, checkpoint, bookedCount } = holding;
  if (recent.length < RECENT_MIN + LEAVING || bookedCount < LEAVING) return holding;
  return {
    ...holding,
    checkpoint: recent.slice(0, LEAVING).reduce(withEntry, checkpoint),
    recent: recent.slice(LEAVING),
    bookedCount: bookedCount - LEAVING,
  };
}

/** The ledger with other entries from `place` on. */
function remade(holding: Holding, recent: readonly LedgerEntry[], place: number): Holding {
  const { checkpoint, booked, bookedCount } = holding;
  const known = place < bookedCount ? { booked: checkpoint, bookedCount: 0 } : { booked, bookedCount };
  const whole = bookedAll({ ...holding, ...known, recent });
  return settledDown({ ...whole, quantity: whole.booked.open.position.quantity });
}

const isBefore = (a: Place, b: Place): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);
