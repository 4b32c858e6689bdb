import type { ControlState } from "../../protocol/api-control.ts";
import type { DeskState } from "../desk-state.ts";
import { ALL_KEY, type Command, type ControlFacts, isStanding } from "./control-state.ts";

/** What holds something, and by which commands. */
export interface Held {
  readonly state: ControlState;
  /** In the order in which they were issued. */
  readonly commands: readonly Command[];
}

/** What commands leave of a bot's freedom, in the order in which they were issued (decision 0016). */
export function stateUnder(commands: readonly Command[]): ControlState {
  let state: ControlState = "running";
  for (const { action } of commands) {
    if (action === "halt") state = "halted";
    else if (action === "flatten") state = "reducing";
    else if (action === "pause" && state === "running") state = "paused";
  }
  return state;
}

function heldBy(state: ControlFacts, keys: readonly string[]): Held {
  const commands: Command[] = [];
  for (const key of keys) {
    const command = state.commands.get(state.newestCommands.get(key) ?? "");
    if (command !== undefined && isStanding(command)) commands.push(command);
  }
  commands.sort((a, b) => a.seq - b.seq);
  return { state: stateUnder(commands), commands };
}

/** What holds the whole desk. */
export const deskHeld = (desk: DeskState): Held => heldBy(desk, [ALL_KEY]);

/** What holds a bot of that strategy, apart from what holds venues. */
export const botHeld = (desk: DeskState, bot: string, strategy: string | undefined): Held =>
  heldBy(desk, [ALL_KEY, `bot\t${bot}`, ...(strategy === undefined ? [] : [`strategy\t${strategy}`])]);

/** What holds every bot of a strategy. */
export const strategyHeld = (desk: DeskState, strategy: string): Held =>
  heldBy(desk, [ALL_KEY, `strategy\t${strategy}`]);

/** What holds a venue: its own commands, and those of all. */
export const venueHeld = (desk: DeskState, venue: string): Held => heldBy(desk, [ALL_KEY, `venue\t${venue}`]);

const VENUE = "venue\t";

/** Venues that are held for themselves, by name. */
export function heldVenues(state: ControlFacts): Map<string, Held> {
  const venues = new Map<string, Held>();
  for (const key of state.newestCommands.keys()) {
    if (!key.startsWith(VENUE)) continue;
    const held = heldBy(state, [key]);
    if (held.commands.length > 0) venues.set(key.slice(VENUE.length), held);
  }
  return venues;
}

/** Every command that holds something, in the order in which they were issued. */
export function standingCommands(state: ControlFacts): Command[] {
  const standing: Command[] = [];
  for (const id of state.newestCommands.values()) {
    const command = state.commands.get(id);
    if (command !== undefined && isStanding(command)) standing.push(command);
  }
  return standing.sort((a, b) => a.seq - b.seq);
}
