import type { BotOrders, ControlState } from "../../protocol/api-control.ts";
import type { State } from "../fold.ts";
import { covers } from "./concerned.ts";
import { type Command, courseKey, isStanding } from "./control-state.ts";
import { botHeld, type Held, heldVenues } from "./effective.ts";
import { botCommandOf } from "./read-command.ts";

/** What a bot is to be told, with the commands in it that it has not acknowledged. */
export interface OrdersOfBot {
  readonly orders: BotOrders;
  readonly commands: readonly Command[];
}

/** `venues`: those that are held now, where the caller has them for many bots. */
export function ordersOfBot(state: State, bot: string, venues = heldVenues(state.desk)): OrdersOfBot {
  const held = botHeld(state.desk, bot, state.bots.get(bot)?.strategy);
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
