import { type Micros, micros } from "../../base/time.ts";
import { add, type Decimal, isZero, subtract, ZERO } from "../../domain/decimal.ts";
import type { Flow } from "../../domain/ledger/flow.ts";
import { daysOf, newestOf, nowOf } from "../../domain/ledger/holding.ts";
import type { BotState, Mode } from "../bot-state.ts";
import type { State } from "../fold.ts";
import type { Ledger } from "../ledgers.ts";
import { venueReadKey } from "../venue-readings.ts";

/** What one source says of fees on one day, and of how many fills or rows. */
export interface DaySum {
  readonly paid: Decimal;
  readonly count: number;
}

/** Fees of one account at one venue, in every currency, as its fills say them and as the venue's income does. */
export interface FeePlace {
  readonly mode: Mode;
  readonly venue: string;
  readonly account: string;
  readonly bots: Set<string>;
  /** By `currency\tday`; days since 1970-01-01. */
  readonly ours: Map<string, DaySum>;
  readonly theirs: Map<string, DaySum>;
  /** The first day that fills, and rows, tell of; the last one of rows. */
  ourFirst: number;
  theirFirst: number;
  theirLast: number;
  /** The newest moment up to which its bots told what they did. */
  toldUntil: Micros;
  /** Days on which a fee has no currency that anybody named. */
  readonly unnamed: Set<number>;
  /** A ledger is to be made again: its days are not right yet. */
  isStale: boolean;
}

export const NO_SUM: DaySum = { paid: ZERO, count: 0 };

export const dayKey = (currency: string, day: number): string => `${currency}\t${day}`;

/**
 * Every account that the venue's income speaks of, with what fills say of it. Yields after some ledgers and after each bot, so
 * that the caller may let other work in between.
 */
export function* feePlaces(state: State): Generator<void, FeePlace[]> {
  const places = new Map<string, FeePlace>();
  for (const bot of state.bots.values()) addRows(places, bot);
  if (places.size > 0)
    for (const bot of state.bots.values()) {
      yield* addFills(places, bot);
      yield;
    }
  return [...places.values()];
}

type Said = Pick<Ledger, "mode" | "venue" | "account">;

/** Bots that share an account and do not say its name say their own: where the hub reads it, it knows that it is one. */
function accountOf(bot: BotState, { mode, venue, account }: Said): string {
  const read = bot.venueReads.get(venueReadKey(mode, venue));
  if (account !== bot.bot || read === undefined) return account;
  return read.account ?? read.sharedBy.join(",");
}

const placeKey = ({ mode, venue }: Said, account: string): string => `${mode}\t${venue}\t${account}`;

function addRows(places: Map<string, FeePlace>, bot: BotState): void {
  for (const said of bot.commissions.values()) {
    const account = accountOf(bot, said);
    const key = placeKey(said, account);
    const place = places.get(key) ?? emptyPlace(said, account);
    places.set(key, place);
    place.bots.add(bot.bot);
    place.theirFirst = Math.min(place.theirFirst, said.day);
    place.theirLast = Math.max(place.theirLast, said.day);
    addTo(place.theirs, dayKey(said.currency, said.day), { paid: said.paid, count: said.rows });
  }
}

const emptyPlace = ({ mode, venue }: Said, account: string): FeePlace => ({
  mode,
  venue,
  account,
  bots: new Set(),
  ours: new Map(),
  theirs: new Map(),
  ourFirst: Number.POSITIVE_INFINITY,
  theirFirst: Number.POSITIVE_INFINITY,
  theirLast: Number.NEGATIVE_INFINITY,
  toldUntil: micros(0),
  unnamed: new Set(),
  isStale: false,
});

/** Ledgers that are taken in at once. */
const LEDGERS = 50;

function* addFills(places: Map<string, FeePlace>, bot: BotState): Generator<void, void> {
  let taken = 0;
  for (const ledger of [...bot.ledgers.values()]) {
    const place = places.get(placeKey(ledger, accountOf(bot, ledger)));
    if (place === undefined) continue;
    addLedger(place, bot, ledger);
    if (++taken % LEDGERS === 0) yield;
  }
}

function addLedger(place: FeePlace, bot: BotState, { holding, terms }: Ledger): void {
  place.bots.add(bot.bot);
  place.toldUntil = micros(Math.max(place.toldUntil, bot.lastLiveAt, newestOf(holding).at));
  place.isStale ||= holding.staleSince !== undefined;
  for (const { day, totals } of daysOf(nowOf(holding))) {
    place.ourFirst = Math.min(place.ourFirst, day);
    const fees = paidOf(totals.fees);
    if (terms.currency !== undefined)
      addTo(place.ours, dayKey(terms.currency, day), { paid: fees, count: totals.fills });
    else if (!isZero(fees)) place.unnamed.add(day);
    for (const other of totals.otherFees)
      addTo(place.ours, dayKey(other.currency, day), { paid: paidOf(other.fees), count: totals.fills });
  }
}

const paidOf = ({ paid, received }: Flow): Decimal => subtract(paid, received);

function addTo(sums: Map<string, DaySum>, key: string, { paid, count }: DaySum): void {
  const before = sums.get(key) ?? NO_SUM;
  sums.set(key, { paid: add(before.paid, paid), count: before.count + count });
}
