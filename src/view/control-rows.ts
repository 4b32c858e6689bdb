import type {
  CommandCourse,
  CommandView,
  ControlledBot,
  ControlsAnswer,
  ControlState,
} from "../protocol/api-control.ts";
import { type HeldBy, heldBy, STATE_MEANS } from "./control-words.ts";
import { counted, isDone } from "./command-proof.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";
import { age } from "./time-format.ts";

/** A bot's newest command, and how far it came with it. */
export interface BotCourse {
  readonly command: CommandView;
  readonly course: CommandCourse;
}

/** A bot on the page of controls. */
export interface ControlledRow {
  readonly bot: ControlledBot;
  readonly held: readonly HeldBy[];
  /** The newest command that concerns it and is worth a look: it stands, or is not done yet. */
  readonly newest: BotCourse | undefined;
}

const byId = (commands: readonly CommandView[]): ReadonlyMap<string, CommandView> =>
  new Map(commands.map((command) => [command.command_id, command]));

/** Bots with what holds them, those that need somebody first, then by name. */
export function controlledRows({
  bots,
  commands,
  as_of: asOf,
}: Pick<ControlsAnswer, "bots" | "commands" | "as_of">): ControlledRow[] {
  const known = byId(commands);
  const newest = newestCourses(commands, Date.parse(asOf));
  return bots
    .map((bot) => ({ bot, held: heldBy(bot.command_ids, known), newest: newest.get(bot.bot) }))
    .toSorted((a, b) => rank(a) - rank(b) || (a.bot.bot < b.bot.bot ? -1 : a.bot.bot > b.bot.bot ? 1 : 0));
}

/** A command that is done and holds nothing is worth a look for so long. */
const NEWS_MS = 10 * 60_000;

/** The newest command of every bot, where it is worth a look at `nowMs`: it stands, goes on, or is fresh. */
export function newestCourses(commands: readonly CommandView[], nowMs: number): ReadonlyMap<string, BotCourse> {
  const newest = new Map<string, BotCourse>();
  for (const command of commands) {
    for (const course of command.bots) if (!newest.has(course.bot)) newest.set(course.bot, { command, course });
  }
  for (const [bot, { command, course }] of newest) {
    const goesOn = command.standing || (!course.over && !isDone(command, course));
    if (!goesOn && nowMs - Date.parse(command.issued_at) > NEWS_MS) newest.delete(bot);
  }
  return newest;
}

const held: Record<ControlState, number> = { halted: 2, reducing: 3, paused: 4, running: 5 };

function rank({ bot, newest }: ControlledRow): number {
  if (bot.liveness === "stopped") return 6;
  if (newest === undefined || newest.course.over) return held[bot.state];
  const { error, orders_since: placed, late } = newest.course;
  if (error !== null || placed > 0) return 0;
  return !isDone(newest.command, newest.course) && late.length > 0 ? 1 : held[bot.state];
}

/** What holds the desk, a strategy or a venue, in words. */
export const heldWords = (
  { command_ids: ids }: { readonly command_ids: readonly string[] },
  { commands }: Pick<ControlsAnswer, "commands">,
): readonly HeldBy[] => heldBy(ids, byId(commands));

/** Whether a bot hears commands, `elapsedS` after the answer was made at `asOf`. */
export function linkShown(bot: Pick<ControlledBot, "linked" | "last_asked_at">, nowMs: number): Shown {
  if (bot.last_asked_at === null && !bot.linked) {
    return { text: "⚠ never asked", tone: "stale", full: "it never asked for commands: nothing can be proven of it" };
  }
  if (bot.linked)
    return { text: "● linked", tone: "ok", full: "it holds a line for commands, or asked within the last minute" };
  const ago = bot.last_asked_at === null ? "silent" : `${age((nowMs - Date.parse(bot.last_asked_at)) / 1000)} ago`;
  return { text: `◌ ${ago}`, tone: "stale", full: `it last asked for commands ${ago}` };
}

/** How many bots are held as halted, and how many of them say that they are. */
export function haltCount(bots: readonly ControlledBot[]): { readonly told: number; readonly said: number } {
  const told = bots.filter(({ state, liveness }) => state === "halted" && liveness !== "stopped");
  return { told: told.length, said: told.filter(({ status }) => status === "halted").length };
}

/** A state to narrow the bots to, with how many there are. */
export function countStates(bots: readonly ControlledBot[]): ReadonlyMap<ControlState, number> {
  const counts = new Map<ControlState, number>();
  for (const { state } of bots) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** What a bot says of itself beside what it may do; amber where it says otherwise. */
export function saysShown({ status, state }: Pick<ControlledBot, "status" | "state">): Shown {
  if (status === null) return unknownValue("it does not say how it is");
  const differs = (state === "halted" || state === "paused") && status !== state;
  return differs ? { text: status, tone: "stale", full: `it says ${status}, though it may not go on` } : plain(status);
}

/** What holds the desk as a whole, and how much is held besides. */
export function deskWords({ desk, bots, venues }: Pick<ControlsAnswer, "desk" | "bots" | "venues">): string {
  if (desk.state !== "running") return `The whole desk: ${STATE_MEANS[desk.state]}.`;
  const isHeld = ({ state }: { readonly state: ControlState }): boolean => state !== "running";
  const [heldBots, heldVenues] = [bots.filter(isHeld).length, venues.filter(isHeld).length];
  if (heldBots + heldVenues === 0) return "Nothing is held: orders of every kind are allowed.";
  const parts = [
    ...(heldBots > 0 ? [`${heldBots} of ${counted(bots.length, "bot")}`] : []),
    ...(heldVenues > 0 ? [`${heldVenues} of ${counted(venues.length, "venue")}`] : []),
  ];
  return `Nothing holds the desk as a whole; ${parts.join(" and ")} ${heldBots + heldVenues === 1 ? "is" : "are"} held.`;
}
