import { MICROS_PER_SECOND, type Micros } from "../../base/time.ts";
import { decimal, isZero } from "../../domain/decimal.ts";
import type { ControlState, ControlTarget } from "../../protocol/api-control.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import { isSignOfLife } from "../contacts.ts";
import { venueOfList } from "../list-venue.ts";
import { isReadByHub } from "../read-by-hub.ts";
import { type Command, type ControlFacts, type Course, courseKey, type Seen } from "./control-state.ts";
import { stateUnder } from "./effective.ts";

type Snapshot = EventOf<"orders.snapshot"> | EventOf<"position.snapshot">;

/** Venues of which one course keeps what was seen. */
const SEEN_MAX = 64;

/** What a snapshot shows of the targets of every command that the bot has acknowledged; the courses that it changes. */
export function coursesAfterSnapshot(state: ControlFacts, event: Snapshot, recorded: Recorded): [Command, Course][] {
  if (!isSignOfLife(event)) return [];
  return acknowledged(state, event.bot)
    .filter(([, course]) => isAfter(course, event, recorded.ts))
    .map(([command, course]): [Command, Seen, Course] => [command, seenIn(event, command.target, recorded.seq), course])
    .filter(([{ target }, seen]) => isOf(target, seen))
    .map(([command, seen, course]) => {
      const field = event.type === "orders.snapshot" ? "orders" : "positions";
      return [command, { ...course, [field]: withSeen(course[field], seen, isOthers(event, seen)) }];
    });
}

/** What was restricted to another venue says nothing of this one. */
const isOf = (target: ControlTarget, { venue, count }: Seen): boolean =>
  !("venue" in target) || venue === "" || venue === target.venue || count > 0;

/** A clock may be so wrong, and a list so long on its way. */
const CLOCK_ERROR_MICROS = 60 * MICROS_PER_SECOND;

/**
 * Whether a snapshot is of a moment after the acknowledgement: a bot tells that by its own clock where it gave a time with
 * the acknowledgement, and else by the hub's as far as clocks go apart; what the hub read from a venue by the hub's.
 */
function isAfter({ doneAt, acknowledgedAt }: Course, event: Snapshot, ts: Micros): boolean {
  if (isRead(event)) return acknowledgedAt !== undefined && ts >= acknowledgedAt;
  return ts >= (doneAt ?? (acknowledgedAt ?? 0) - CLOCK_ERROR_MICROS);
}

/** Whether the hub itself read it from the venue; a bot that says so is still only the bot. */
const isRead = (event: Snapshot): boolean => event.source === "venue" && isReadByHub(event);

function* held(state: ControlFacts, bot: string): Generator<[Command, Course]> {
  for (const id of state.heldBots.get(bot) ?? []) {
    const command = state.commands.get(id);
    const course = state.courses.get(courseKey(id, bot));
    if (command !== undefined && course !== undefined && !course.over) yield [command, course];
  }
}

const acknowledged = (state: ControlFacts, bot: string): [Command, Course][] =>
  [...held(state, bot)].filter(([, { acknowledgedAt }]) => acknowledgedAt !== undefined);

/** Whether a position snapshot of the bot may prove a command, even one that says nothing new. */
export function awaitsPositions(state: ControlFacts, bot: string): boolean {
  for (const [{ action }, { verifiedAt }] of held(state, bot))
    if (action === "flatten" && verifiedAt === undefined) return true;
  return false;
}

function seenIn(event: Snapshot, target: ControlTarget, seq: number): Seen {
  const inTarget = (at: string): boolean => !("venue" in target) || target.venue === at;
  return {
    source: isRead(event) ? "venue" : "bot",
    venue: venueOfList(event) ?? "",
    mode: event.mode ?? "live",
    account: event.account ?? "",
    count:
      event.type === "orders.snapshot"
        ? event.orders.filter((order) => inTarget(order.venue)).length
        : heldInstruments(event, inTarget),
    seq,
    noneSince: seq,
  };
}

function heldInstruments(event: EventOf<"position.snapshot">, inTarget: (venue: string) => boolean): number {
  const names = new Set<string>();
  for (const { venue, symbol, size } of event.positions)
    if (inTarget(venue) && !isZero(decimal(size))) names.add(`${venue}\t${symbol}`);
  return names.size;
}

/** What is there on an account that several bots trade on may be another's: it says nothing of this one. */
const isOthers = (event: Snapshot, { count }: Seen): boolean =>
  isRead(event) && count > 0 && (event.shared_by?.length ?? 1) > 1;

/** What speaks of all takes the place of what the same source said of single venues before. */
function withSeen(before: readonly Seen[], seen: Seen, saysNothing: boolean): Seen[] {
  const isOfSame = ({ source, mode, account }: Seen): boolean =>
    source === seen.source && mode === seen.mode && account === seen.account;
  const others = before.filter((one) => !isOfSame(one) || (one.venue !== seen.venue && seen.venue !== ""));
  const last = before.find((one) => isOfSame(one) && one.venue === seen.venue);
  const noneSince = seen.count === 0 && last?.count === 0 ? last.noneSince : seen.seq;
  return (saysNothing ? others : [...others, { ...seen, noneSince }]).slice(-SEEN_MAX);
}

/**
 * The newest that was seen in each mode and on each account, from whatever source: the sum over venues where it was said
 * venue by venue.
 */
export function countOf(seen: readonly Seen[]): number | null {
  if (seen.length === 0) return null;
  const placeOf = ({ mode, account }: Seen): string => `${mode}\t${account}`;
  return [...new Set(seen.map(placeOf))].reduce(
    (sum, place) => sum + countIn(seen.filter((one) => placeOf(one) === place)),
    0,
  );
}

function countIn(seen: readonly Seen[]): number {
  const newest = seen.at(-1);
  if (newest === undefined || newest.venue === "") return newest?.count ?? 0;
  return seen
    .filter(({ source, venue }) => source === newest.source && venue !== "")
    .reduce((sum, { count }) => sum + count, 0);
}

/** What venues say: nothing, that something is there, or none at those of `venues`; at all where one says so of all. */
export function venueProof(seen: readonly Seen[], venues: readonly string[] = []): "none" | "something" | "clear" {
  const read = seen.filter(({ source }) => source === "venue");
  if (read.length === 0) return "none";
  if (read.some(({ count }) => count > 0)) return "something";
  return read.some(({ venue }) => venue === "") || venues.every((name) => read.some(({ venue }) => venue === name))
    ? "clear"
    : "none";
}

/**
 * Whether the bot itself says that none is left at `venues`, and no venue contradicted that since. A list without a venue is
 * of all that the bot has, wherever it is; one that names its venue is of that venue alone.
 */
export function saysNone(seen: readonly Seen[], venues: readonly string[]): boolean {
  const said = seen.filter(({ source }) => source === "bot");
  const newest = said.reduce((latest, { seq }) => Math.max(latest, seq), 0);
  return (
    isWhole(said, venues) &&
    said.every(({ count }) => count === 0) &&
    !seen.some(({ source, seq, count }) => source === "venue" && seq > newest && count > 0)
  );
}

/** Whether it speaks of all venues: at once, or of each of those that are named. */
const isWhole = (said: readonly Seen[], venues: readonly string[]): boolean =>
  said.some(({ venue }) => venue === "") ||
  (said.length > 0 && venues.length > 0 && venues.every((name) => said.some(({ venue }) => venue === name)));

/**
 * The courses in which an order counts as placed although it was not allowed: it is forbidden by that command, and by
 * all that holds the bot together, and was placed after the acknowledgement.
 */
export function coursesAfterOrder(
  state: ControlFacts,
  event: EventOf<"order.placed">,
  recorded: Recorded,
): [Command, Course][] {
  if (!isSignOfLife(event)) return [];
  const commands = [...held(state, event.bot)].map(([command]) => command).filter((command) => reaches(command, event));
  const isExit = event.reduce_only === true || event.intent === "exit";
  if (allows(stateUnder(commands), isExit)) return [];
  return acknowledged(state, event.bot)
    .filter(
      ([command, course]) =>
        reaches(command, event) && !allows(stateUnder([command]), isExit) && placedAfter(course, recorded),
    )
    .map(([command, course]) => [command, { ...course, ordersSince: course.ordersSince + 1 }]);
}

const reaches = ({ target }: Command, { venue }: EventOf<"order.placed">): boolean =>
  !("venue" in target) || target.venue === venue;

const allows = (state: ControlState, isExit: boolean): boolean => state === "running" || (isExit && state !== "halted");

/** By the bot's own clock where it gave a time with its acknowledgement, else against the hub's. */
const placedAfter = ({ doneAt, acknowledgedAt }: Course, { ts }: Recorded): boolean =>
  acknowledgedAt !== undefined && ts > (doneAt ?? acknowledgedAt);
