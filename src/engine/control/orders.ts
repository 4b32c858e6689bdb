import type { BotOrders, ControlState } from "../../protocol/api-control.ts";
import type { State } from "../fold.ts";
import { strategyOf } from "../bot-strategy.ts";
import { covers } from "./concerned.ts";
import { type Command, courseKey, isStanding, targetKey } from "./control-state.ts";
import { botHeld, type Held, heldVenues, stateUnder } from "./effective.ts";
import { botCommandOf } from "./read-command.ts";

/** What a bot is to be told, with the commands in it that it has not acknowledged. */
export interface OrdersOfBot {
  readonly orders: BotOrders;
  readonly commands: readonly Command[];
}

/** What the caller knows besides the facts. */
interface Besides {
  /** Venues that are held now, where the caller has them for many bots. */
  readonly venues?: ReadonlyMap<string, Held>;
  /** Commands that hold bots although the log does not have them yet, oldest first: newer than all that it has. */
  readonly more?: readonly Command[];
}

export function ordersOfBot(
  state: State,
  bot: string,
  { venues: stored = heldVenues(state.desk), more = [] }: Besides = {},
): OrdersOfBot {
  const here = more.filter(({ target }) => !("venue" in target) && covers(state, target, bot));
  const held = withMore(botHeld(state.desk, bot, strategyOf(state, bot)), here);
  const venues = more.length === 0 ? stored : venuesWithMore(stored, more);
  const commands = unacknowledged(state, bot, held, venues);
  return {
    orders: {
      bot,
      state: held.state,
      venues_halted: namesOf(venues, (venue) => venue === "halted"),
      venue_states: Object.fromEntries([...venues].map(([venue, one]) => [venue, one.state])),
      commands: commands.map(botCommandOf),
    },
    commands,
  };
}

/** The newest command of a target holds it. */
function withMore({ commands }: Held, more: readonly Command[]): Held {
  const byTarget = new Map(commands.map((command) => [targetKey(command.target), command]));
  for (const command of more) {
    // It counts by its own place in the order, not by that of the one before it.
    byTarget.delete(targetKey(command.target));
    byTarget.set(targetKey(command.target), command);
  }
  const all = [...byTarget.values()].sort((a, b) => a.seq - b.seq);
  return { state: stateUnder(all), commands: all };
}

function venuesWithMore(stored: ReadonlyMap<string, Held>, more: readonly Command[]): Map<string, Held> {
  const venues = new Map(stored);
  for (const command of more)
    if ("venue" in command.target)
      venues.set(command.target.venue, withMore({ state: "running", commands: [] }, [command]));
  return venues;
}

const namesOf = (venues: ReadonlyMap<string, Held>, is: (state: ControlState) => boolean): string[] =>
  [...venues].filter(([, held]) => is(held.state)).map(([venue]) => venue);

/** What it was not told or did not acknowledge: what holds it, and resumes that it has not taken; oldest first. */
function unacknowledged(state: State, bot: string, held: Held, venues: ReadonlyMap<string, Held>): Command[] {
  const { courses, openCourses, commands } = state.desk;
  const holding = new Map(held.commands.map((command) => [command.commandId, command]));
  for (const { commands: ofVenue } of venues.values())
    for (const command of ofVenue)
      if (courses.has(courseKey(command.commandId, bot)) || covers(state, command.target, bot))
        holding.set(command.commandId, command);
  const waiting = [...holding.values()].filter(({ commandId }) => {
    const course = courses.get(courseKey(commandId, bot));
    return course === undefined || course.over || course.acknowledgedAt === undefined;
  });
  for (const id of state.desk.newestCommands.values()) {
    const command = commands.get(id);
    if (command === undefined || isStanding(command)) continue;
    const key = courseKey(id, bot);
    if (openCourses.has(key) && courses.get(key)?.acknowledgedAt === undefined) waiting.push(command);
  }
  return waiting.sort((a, b) => a.seq - b.seq);
}
