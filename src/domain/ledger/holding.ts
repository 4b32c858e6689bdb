import type { Micros } from "../../base/time.ts";
import { type Decimal, ZERO, add, compare } from "../decimal.ts";
import type { ClosedTrade, OpenTrade, TradedFill } from "./trades.ts";
import { NO_TRADE, trade } from "./trades.ts";

/** A fill in the order of the ledger: by the time it took effect, then by `seq`. */
export interface LedgerFill extends TradedFill {
  readonly seq: number;
  /** The natural key of the fill, by which it can be voided. */
  readonly key: string;
}

/** Closed trades counted by what they made, in the currency of the profit, after fees. */
export interface TradeCount {
  readonly wins: number;
  readonly losses: number;
  readonly evens: number;
  /** ≥ 0. */
  readonly won: Decimal;
  /** ≤ 0. */
  readonly lost: Decimal;
  readonly largestWin: Decimal;
  readonly largestLoss: Decimal;
  /** Microseconds that they were held, all together. */
  readonly heldMicros: number;
}

export const NO_TRADES: TradeCount = {
  wins: 0,
  losses: 0,
  evens: 0,
  won: ZERO,
  lost: ZERO,
  largestWin: ZERO,
  largestLoss: ZERO,
  heldMicros: 0,
};

/** What all fills of an instrument up to a moment add up to. Money in the currency of the profit, exact. */
export interface LedgerPoint {
  readonly open: OpenTrade;
  /** Gross, before fees. */
  readonly realized: Decimal;
  /** Paid less rebates. */
  readonly fees: Decimal;
  /** Sum of the value of all fills. */
  readonly volume: Decimal;
  readonly fills: number;
  readonly closings: TradeCount;
  readonly roundTrips: TradeCount;
  /** Of the newest fill. */
  readonly at: Micros;
  readonly seq: number;
}

export const NO_FILLS: LedgerPoint = {
  open: NO_TRADE,
  realized: ZERO,
  fees: ZERO,
  volume: ZERO,
  fills: 0,
  closings: NO_TRADES,
  roundTrips: NO_TRADES,
  at: Number.MIN_SAFE_INTEGER as Micros,
  seq: 0,
};

/**
 * The ledger of one instrument: a pure function of its fills in their order. The newest of them are kept beside a
 * checkpoint, so that a fill which comes late takes its place among them; one that is older than all of them waits for
 * the whole to be made again.
 */
export interface Holding {
  readonly checkpoint: LedgerPoint;
  /** Fills since the checkpoint, in order. */
  readonly recent: readonly LedgerFill[];
  readonly now: LedgerPoint;
  /** `seq` of the newest event that the ledger could not take in and has to be made again for; undefined when it is right. */
  readonly staleSince: number | undefined;
}

export const EMPTY_HOLDING: Holding = { checkpoint: NO_FILLS, recent: [], now: NO_FILLS, staleSince: undefined };

/** Fills that a late one can still come before. */
const RECENT_MAX = 32;

/** The ledger after one more fill; fills are to come in their order here. */
export function withFill(point: LedgerPoint, fill: LedgerFill): LedgerPoint {
  const { open, closing, roundTrip } = trade(point.open, fill);
  return {
    open,
    realized: closing === undefined ? point.realized : add(point.realized, closing.grossPnl),
    fees: fill.fee.units === 0n ? point.fees : add(point.fees, fill.fee),
    volume: add(point.volume, fill.value),
    fills: point.fills + 1,
    closings: counted(point.closings, closing),
    roundTrips: counted(point.roundTrips, roundTrip),
    at: fill.at,
    seq: fill.seq,
  };
}

/** Takes a fill in, whenever it came. */
export function takeFill(holding: Holding, fill: LedgerFill): Holding {
  if (!isBefore(fill, holding.now)) return kept(holding, fill);
  if (isBefore(fill, holding.checkpoint)) return { ...holding, staleSince: fill.seq };
  const place = holding.recent.findIndex((other) => isBefore(fill, other));
  return remade(holding, holding.recent.toSpliced(place, 0, fill));
}

/** Takes a fill back that `seq` voids. */
export function voidFill(holding: Holding, key: string, seq: number): Holding {
  const place = holding.recent.findIndex((fill) => fill.key === key);
  return place < 0 ? { ...holding, staleSince: seq } : remade(holding, holding.recent.toSpliced(place, 1));
}

/** The ledger made again from all fills up to `asOfSeq`; fills that came after it take their place as usual. */
export function rebased(holding: Holding, point: LedgerPoint, asOfSeq: number): Holding {
  const later = holding.recent.filter((fill) => fill.seq > asOfSeq);
  const fresh: Holding = { checkpoint: point, recent: [], now: point, staleSince: undefined };
  const remade = later.reduce(takeFill, fresh);
  const stillStale = holding.staleSince !== undefined && holding.staleSince > asOfSeq;
  return stillStale ? { ...remade, staleSince: holding.staleSince } : remade;
}

function kept(holding: Holding, fill: LedgerFill): Holding {
  const now = withFill(holding.now, fill);
  const [oldest] = holding.recent;
  if (oldest === undefined || holding.recent.length < RECENT_MAX)
    return { ...holding, recent: [...holding.recent, fill], now };
  const recent = holding.recent.slice(1);
  recent.push(fill);
  return { ...holding, checkpoint: withFill(holding.checkpoint, oldest), recent, now };
}

function remade(holding: Holding, recent: readonly LedgerFill[]): Holding {
  const surplus = Math.max(0, recent.length - RECENT_MAX);
  const checkpoint = recent.slice(0, surplus).reduce(withFill, holding.checkpoint);
  const left = recent.slice(surplus);
  return { ...holding, checkpoint, recent: left, now: left.reduce(withFill, checkpoint) };
}

const isBefore = (a: { readonly at: Micros; readonly seq: number }, b: { readonly at: Micros; readonly seq: number }) =>
  a.at < b.at || (a.at === b.at && a.seq < b.seq);

function counted(count: TradeCount, closed: ClosedTrade | undefined): TradeCount {
  if (closed === undefined) return count;
  const { netPnl } = closed;
  const heldMicros = count.heldMicros + (closed.closedAt - closed.openedAt);
  if (netPnl.units === 0n) return { ...count, evens: count.evens + 1, heldMicros };
  return netPnl.units > 0n
    ? {
        ...count,
        wins: count.wins + 1,
        won: add(count.won, netPnl),
        largestWin: compare(netPnl, count.largestWin) > 0 ? netPnl : count.largestWin,
        heldMicros,
      }
    : {
        ...count,
        losses: count.losses + 1,
        lost: add(count.lost, netPnl),
        largestLoss: compare(netPnl, count.largestLoss) < 0 ? netPnl : count.largestLoss,
        heldMicros,
      };
}
