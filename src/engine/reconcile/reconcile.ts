import { isoFromMicros, type Micros } from "../../base/time.ts";
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  decimalText,
  multiply,
  subtract,
  ZERO,
} from "../../domain/decimal.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { Mode } from "../bot-state.ts";
import type { State } from "../fold.ts";
import { HUB_BOT } from "../read-bots.ts";
import type { VenueRead } from "../venue-readings.ts";
import { compareBalance } from "./compare-balance.ts";
import { type Compared, comparedKey } from "./compared.ts";
import { compareOrders } from "./compare-orders.ts";
import { comparePositions } from "./compare-positions.ts";
import type { ToldDifference } from "./told-differences.ts";

/** Every account that was read, once: by the first of the bots that share it. */
function* accountsRead(state: State): Generator<VenueRead> {
  for (const bot of state.bots.values())
    for (const read of bot.venueReads.values()) if (read.sharedBy[0] === bot.bot) yield read;
}

const compareAccount = (state: State, read: VenueRead): Compared[] => [
  ...comparePositions(state, read),
  ...compareOrders(state, read),
  ...compareBalance(state, read),
];

/** Everything that can be compared as it stands now. */
export const compareAll = (state: State): Compared[] =>
  [...accountsRead(state)].flatMap((read) => compareAccount(state, read));

/** What of one account can be compared. */
export const compareOne = (state: State, { bots, venue, mode }: AccountPlace): Compared[] =>
  [...accountsRead(state)]
    .filter((read) => read.venue === venue && read.mode === mode && read.sharedBy[0] === bots[0])
    .flatMap((read) => compareAccount(state, read));

interface AccountPlace {
  readonly bots: readonly string[];
  readonly venue: string;
  readonly mode: Mode;
}

/** How often in a row something was apart, and in which direction, or which orders it was each time. */
export interface Run {
  readonly rounds: number;
  readonly sign: -1 | 0 | 1;
  readonly ids: readonly string[];
}

export type Runs = ReadonlyMap<string, Run>;

/** A fill may be under way to one of the two: only what is apart in two readings in a row is. */
const ROUNDS = 2;

/** The runs after one more reading of an account: what is not apart any more, or in another way, begins anew. */
export function nextRuns(before: Runs, rows: readonly Compared[]): Runs {
  const runs = new Map<string, Run>();
  for (const row of rows) {
    if (!row.isApart) continue;
    const key = comparedKey(row);
    const sign = row.kind === "orders" ? 0 : compare(row.difference, ZERO);
    const ids = idsOf(row);
    const last = before.get(key);
    const still = last === undefined ? [] : ids.filter((id) => last.ids.includes(id));
    const goesOn = last !== undefined && last.sign === sign && (ids.length === 0 || still.length > 0);
    runs.set(key, { rounds: goesOn ? last.rounds + 1 : 1, sign, ids: goesOn && still.length > 0 ? still : ids });
  }
  return runs;
}

/** What has to be the same each time: the same orders, the same money of a day. */
const idsOf = ({ kind, difference, onlyOurs, onlyTheirs }: Compared): string[] =>
  kind === "fees" ? [decimalText(difference)] : [...onlyOurs, ...onlyTheirs];

/** One that is told already is told again when it has grown or shrunk by half. */
const HALF = decimal("0.5");

export interface Reading {
  readonly rows: readonly Compared[];
  readonly before: Runs;
  readonly runs: Runs;
  readonly told: ReadonlyMap<string, ToldDifference>;
  readonly now: Micros;
}

/**
 * What a reading of one account proposes to tell: each difference that has lasted, and with a difference of 0 each told
 * one that was over in two readings in a row.
 */
export function differencesToTell({ rows, before, runs, told, now }: Reading): EventOf<"reconciliation">[] {
  const events: EventOf<"reconciliation">[] = [];
  for (const row of rows) {
    const key = comparedKey(row);
    const last = told.get(key);
    if ((runs.get(key)?.rounds ?? 0) >= ROUNDS) {
      if (last === undefined || isOther(last.difference, row.difference))
        events.push(toldEvent(row, row.difference, now));
    } else if (last !== undefined && !runs.has(key) && !before.has(key)) events.push(toldEvent(row, ZERO, now));
  }
  return events;
}

/**
 * Of told differences of the account whose quantity has been on no side for two readings in a row: they are over. Equity
 * that is not told on both sides at about one time is not gone, it only cannot be compared.
 */
export function vanished(
  { rows, before, told, now }: Pick<Reading, "rows" | "before" | "told" | "now">,
  account: AccountPlace,
): EventOf<"reconciliation">[] {
  const present = new Set(rows.map(comparedKey));
  return [...told]
    .filter(([key, { place }]) => LISTED.has(place.kind) && isOf(place, account) && !present.has(key))
    .filter(([key]) => !before.has(key))
    .map(([, { place }]) => toldEvent({ ...place, ours: ZERO, theirs: ZERO }, ZERO, now));
}

/** What is over when no list has it any more. */
const LISTED: ReadonlySet<Compared["kind"]> = new Set(["position", "orders"]);

/** A bot has one account at a venue: what was told of it with other bots is of an account that is no more. */
const isOf = (place: ToldDifference["place"], { venue, mode, bots }: AccountPlace): boolean =>
  place.venue === venue && place.mode === mode && place.bots.some((bot) => bots.includes(bot));

const isOther = (told: Decimal, found: Decimal): boolean =>
  compare(absolute(subtract(found, told)), multiply(absolute(told), HALF)) > 0;

type Told = ToldDifference["place"] &
  Pick<Compared, "ours" | "theirs"> &
  Partial<Pick<Compared, "reported" | "onlyOurs" | "onlyTheirs" | "detail">>;

const toldEvent = (row: Told, difference: Decimal, now: Micros): EventOf<"reconciliation"> => ({
  type: "reconciliation",
  bot: HUB_BOT,
  ts: isoFromMicros(now),
  mode: row.mode,
  kind: row.kind,
  venue: row.venue,
  of_bots: [...row.bots],
  ...(row.account === undefined ? {} : { account: row.account }),
  ...(row.date === undefined ? {} : { date: row.date }),
  ...(row.symbol === "" ? {} : { symbol: row.symbol }),
  ...(row.currency === undefined ? {} : { currency: row.currency }),
  ours: decimalText(row.ours),
  theirs: decimalText(row.theirs),
  difference: decimalText(difference),
  ...(row.reported === undefined ? {} : { reported: decimalText(row.reported) }),
  ...detailOf(row),
});

function detailOf({ onlyOurs = [], onlyTheirs = [], detail = "" }: Told): { readonly detail?: string } {
  const parts = [
    onlyOurs.length === 0 ? "" : `not at the venue: ${onlyOurs.join(", ")}`,
    onlyTheirs.length === 0 ? "" : `told by no bot: ${onlyTheirs.join(", ")}`,
    detail,
  ].filter((part) => part !== "");
  return parts.length === 0 ? {} : { detail: parts.join("; ").slice(0, 1024) };
}
