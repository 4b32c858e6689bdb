import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";
import { type Decimal, ZERO, absolute, add, isZero, multiply, sign, subtract } from "../decimal.ts";
import { isBefore, type LedgerEntry, type LedgerFill, type LedgerSettlement, type Place } from "./entries.ts";
import { inOrder, type KeptEntries, withNewest } from "./kept-entries.ts";
import { NO_TOTALS, sumOfTotals, takenIn, type Totals, totalsSince, withTraded } from "./totals.ts";
import { NO_TRADE, type OpenTrade, trade, type Traded, type TradedFill } from "./trades.ts";

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

/** Entries that were booked together, and the ledger after them. */
interface Group {
  readonly entries: KeptEntries | undefined;
  readonly after: LedgerPoint;
}

/**
 * The ledger of one instrument: a pure function of its entries in their order. The newest of them are kept beside a
 * checkpoint, so that a fill which comes late takes its place among them; one that is older than all of them waits for
 * the whole to be made again. Entries are booked some at a time: what is made and left behind in between is then gone at
 * once, and not kept until the next one comes.
 */
export interface Holding {
  readonly checkpoint: LedgerPoint;
  /** What came since the checkpoint and is booked, in order. */
  readonly groups: readonly Group[];
  /** What is not booked yet. */
  readonly waiting: KeptEntries | undefined;
  readonly waitingCount: number;
  /** What is held after all of them: above 0 long. */
  readonly quantity: Decimal;
  /** `seq` of the newest event that the ledger could not take in and has to be made again for; undefined when it is right. */
  readonly staleSince: number | undefined;
}

/** A ledger that begins with a point. */
export const holdingAt = (point: LedgerPoint): Holding => ({
  checkpoint: point,
  groups: [],
  waiting: undefined,
  waitingCount: 0,
  quantity: point.open.position.quantity,
  staleSince: undefined,
});

export const EMPTY_HOLDING: Holding = holdingAt(NO_FILLS);

const bookedOf = ({ groups, checkpoint }: Holding): LedgerPoint => groups.at(-1)?.after ?? checkpoint;

/** What was booked for readers: several of them ask for each moment. */
const readBefore = new WeakMap<Holding, LedgerPoint>();

/** The ledger after all entries. */
export function nowOf(holding: Holding): LedgerPoint {
  if (holding.waiting === undefined) return bookedOf(holding);
  const known = readBefore.get(holding);
  if (known !== undefined) return known;
  const point = inOrder(holding.waiting).reduce(withEntry, bookedOf(holding));
  readBefore.set(holding, point);
  return point;
}

/** Where the newest entry stands. */
export const newestOf = ({ waiting, groups, checkpoint }: Holding): Place =>
  waiting ?? groups.at(-1)?.entries ?? checkpoint;

/** All entries that are at hand, in order. */
const entriesOf = ({ groups, waiting }: Holding): LedgerEntry[] => [
  ...groups.flatMap(({ entries }) => inOrder(entries)),
  ...inOrder(waiting),
];

/** Entries of a group, each of them. */
const GROUP_SIZE = 16;
/** Groups that a late entry can still come into; older ones are in the checkpoint. */
const GROUPS_MAX = 1;
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
  const side = sign(quantity) > 0 ? "sell" : "buy";
  return { ...entered, side, size, value: multiply(payout, size), fee: ZERO, isMaker: undefined, settles: true };
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
  if (takenIn(all) === takenIn(today.totals)) return days;
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
  const entries = entriesOf(holding);
  const place = entries.findIndex((other) => isBefore(entry, other));
  return remade(holding, entries.toSpliced(place, 0, entry), place);
}

/** Takes a fill back that the event `seq` voids. */
export function voidFill(holding: Holding, key: string, seq: number): Holding {
  const entries = entriesOf(holding);
  const place = entries.findIndex((fill) => fill.key === key);
  return place < 0 ? { ...holding, staleSince: seq } : remade(holding, entries.toSpliced(place, 1), place);
}

/** Says more of a fill than was known: what the event `seq` adds to it. */
export function amendFill(holding: Holding, key: string, seq: number, more: Partial<LedgerFill>): Holding {
  const entries = entriesOf(holding);
  const place = entries.findIndex((fill) => fill.key === key);
  const fill = entries[place];
  return fill === undefined
    ? { ...holding, staleSince: seq }
    : remade(holding, entries.with(place, { ...fill, ...more }), place);
}

/**
 * The ledger made again from all entries up to `asOfSeq`; those that came after it take their place as usual. Where one
 * of these is no longer at hand, the ledger stays as it is, and stale.
 */
export function rebased(holding: Holding, point: LedgerPoint, asOfSeq: number): Holding {
  if (holding.checkpoint.lastSeq > asOfSeq) return holding;
  const after = entriesOf(holding)
    .filter((entry) => entry.seq > asOfSeq)
    .reduce(takeEntry, holdingAt(point));
  const { staleSince } = holding;
  return staleSince !== undefined && staleSince > asOfSeq ? { ...after, staleSince } : after;
}

/** The ledger with one more entry, which is its newest. */
function kept(holding: Holding, entry: LedgerEntry): Holding {
  const { checkpoint, groups, staleSince } = holding;
  const quantity = quantityAfter(holding.quantity, entry);
  const waiting = withNewest(holding.waiting, entry);
  const waitingCount = holding.waitingCount + 1;
  if (waitingCount < GROUP_SIZE) return { checkpoint, groups, waiting, waitingCount, quantity, staleSince };
  const group = { entries: waiting, after: inOrder(waiting).reduce(withEntry, bookedOf(holding)) };
  const [oldest] = groups;
  const isFull = oldest !== undefined && groups.length === GROUPS_MAX;
  return {
    checkpoint: isFull ? oldest.after : checkpoint,
    groups: [...(isFull ? groups.slice(1) : groups), group],
    waiting: undefined,
    waitingCount: 0,
    quantity,
    staleSince,
  };
}

const quantityAfter = (quantity: Decimal, entry: LedgerEntry): Decimal => {
  if ("payout" in entry) return ZERO;
  return entry.side === "buy" ? add(quantity, entry.size) : subtract(quantity, entry.size);
};

/** The ledger with other entries from `place` on. */
function remade(holding: Holding, entries: readonly LedgerEntry[], place: number): Holding {
  const untouched = Math.min(holding.groups.length, Math.floor(place / GROUP_SIZE));
  const before = { ...holdingAt(holding.checkpoint), groups: holding.groups.slice(0, untouched) };
  const { quantity } = bookedOf(before).open.position;
  return entries.slice(untouched * GROUP_SIZE).reduce(kept, { ...before, quantity, staleSince: holding.staleSince });
}
