import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, micros } from "../../base/time.ts";
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  decimalToNumber,
  isZero,
  multiply,
  subtract,
} from "../../domain/decimal.ts";
import type { State } from "../fold.ts";
import { dateOfDay } from "../read-day.ts";
import { type Compared, comparedKey } from "./compared.ts";
import { dayKey, type DaySum, type FeePlace, feePlaces, NO_SUM } from "./fee-places.ts";

/** Rows of a day may come so long after its end. */
const GRACE_MICROS = 3_600 * MICROS_PER_SECOND;
/** Days that are compared, back from now. */
const DAYS_BACK = 92;
/** Bots that are named of one account. */
const BOTS_MAX = 100;
/** What rounding makes: a thousandth of the larger sum, and a hundred-millionth for each fill and row. */
const SHARE = decimal("0.001");
const EACH = decimal("0.00000001");

/**
 * What fills say of fees against what the venue's income says of commissions, for each account, currency and UTC day that
 * is over and that both tell of from its beginning to its end. Neither goes into any sum here. Yields after each bot and
 * each account, so that the caller may let other work in between.
 */
export function* compareFees(state: State, now: Micros): Generator<void, Compared[]> {
  const { differences } = state.desk;
  const rows: Compared[] = [];
  for (const place of yield* feePlaces(state)) {
    if (!tellsFees(place)) continue;
    for (const day of daysCovered(place, now))
      for (const row of comparedOn(place, day))
        if (!isZero(row.ours) || !isZero(row.theirs) || differences.has(comparedKey(row))) rows.push(row);
    yield;
  }
  return rows;
}

/** Fills that say no fee at all say nothing that could be wrong. A ledger that is to be made again says it later. */
const tellsFees = ({ ours, isStale }: FeePlace): boolean =>
  !isStale && [...ours.values()].some(({ paid }) => !isZero(paid));

/** On its first day a source may have begun at noon, and on its last it may not be through: these are not compared. */
function* daysCovered(place: FeePlace, now: Micros): Generator<number> {
  const { ourFirst, theirFirst, theirLast, toldUntil, unnamed } = place;
  const last = dayBefore(Math.min(toldUntil, now - GRACE_MICROS));
  const first = Math.max(ourFirst, theirFirst, last - DAYS_BACK) + 1;
  for (let day = first; day <= last && day < theirLast; day++) if (!unnamed.has(day)) yield day;
}

/** The newest day that was over at a moment. */
const dayBefore = (at: number): number => Math.floor(at / MICROS_PER_DAY) - 1;

function comparedOn(place: FeePlace, day: number): Compared[] {
  return [...currenciesOf(place)].map((currency) => {
    const key = dayKey(currency, day);
    const sums = { currency, ours: place.ours.get(key) ?? NO_SUM, theirs: place.theirs.get(key) ?? NO_SUM };
    return rowOf(place, day, sums);
  });
}

const currenciesOf = ({ ours, theirs }: FeePlace): Set<string> =>
  new Set([...ours.keys(), ...theirs.keys()].map((key) => key.slice(0, key.lastIndexOf("\t"))));

interface Sums {
  readonly currency: string;
  readonly ours: DaySum;
  readonly theirs: DaySum;
}

function rowOf({ mode, venue, account, bots }: FeePlace, day: number, { currency, ours, theirs }: Sums): Compared {
  const difference = subtract(theirs.paid, ours.paid);
  const [smaller, larger] = [absolute(ours.paid), absolute(theirs.paid)].sort(compare);
  const apart = absolute(difference);
  const isApart = compare(apart, toleranceOf(larger ?? smaller ?? apart, ours.count + theirs.count)) > 0;
  const most = decimalToNumber(larger ?? apart);
  return {
    kind: "fees",
    mode,
    venue,
    bots: [...bots].sort().slice(0, BOTS_MAX),
    account,
    symbol: "",
    currency,
    date: dateOfDay(day),
    ours: ours.paid,
    theirs: theirs.paid,
    reported: undefined,
    difference,
    isApart,
    drift: isApart && most > 0 ? decimalToNumber(apart) / most : 0,
    onlyOurs: [],
    onlyTheirs: [],
    detail: `${counted(ours.count, "fill")}, ${counted(theirs.count, "row")} of commission`,
    readAt: micros((day + 1) * MICROS_PER_DAY),
  };
}

const toleranceOf = (larger: Decimal, count: number): Decimal =>
  add(multiply(larger, SHARE), multiply(EACH, decimal(String(count))));

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
