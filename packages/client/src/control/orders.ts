/** What a bot may do. `paused` and `reducing` (it flattens): exits only; `halted`: no order at all. */
export type ControlState = "running" | "paused" | "reducing" | "halted";
export type ControlAction = "pause" | "halt" | "flatten" | "resume";
export type ControlTarget =
  | { readonly bot: string }
  | { readonly strategy: string }
  | { readonly venue: string }
  | { readonly all: true };

/** One command as the hub tells it. */
export interface HubCommand {
  readonly command_id: string;
  readonly action: ControlAction;
  readonly target: ControlTarget;
  readonly reason: string;
  /** ISO-8601 in UTC, by the hub's clock. */
  readonly issued_at: string;
}

/** What a bot may do now, and the commands that it has not acknowledged, oldest first. */
export interface Orders {
  readonly state: ControlState;
  /** Venues that are held, by name; at all others the bot may do what its own state says. */
  readonly venues: ReadonlyMap<string, ControlState>;
  readonly commands: readonly HubCommand[];
}

/** What a bot says of a command: done, or why it could not be done. */
export interface Acknowledgement {
  readonly commandId: string;
  readonly error: string | undefined;
  /** When it was done, ISO-8601 by the bot's own clock. */
  readonly doneAt: string;
}

/** The state in which the newest command leaves its target. */
export const STATE_AFTER: Readonly<Record<ControlAction, ControlState>> = {
  pause: "paused",
  halt: "halted",
  flatten: "reducing",
  resume: "running",
};

const STATES: ReadonlySet<unknown> = new Set(Object.values(STATE_AFTER));

export const isState = (value: unknown): value is ControlState => STATES.has(value);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads what a bot is told. Throws on anything else: half an order is none. */
export function readOrders(value: Record<string, unknown>): Orders {
  const { state, venues_halted: halted, venue_states: states, commands } = value;
  if (!isState(state) || !Array.isArray(commands)) throw new Error("the hub told no orders that can be read");
  return { state, venues: readVenues(states, halted), commands: commands.map(readCommand) };
}

/** Venues by name. A halt counts wherever it is said. Throws on a state that is none. */
export function readVenues(states: unknown, halted?: unknown): ReadonlyMap<string, ControlState> {
  const venues = new Map<string, ControlState>();
  for (const [venue, state] of Object.entries(isRecord(states) ? states : {})) {
    if (!isState(state)) throw new Error("the hub told a venue's state that cannot be read");
    if (state !== "running") venues.set(venue, state);
  }
  for (const venue of Array.isArray(halted) ? halted : []) venues.set(String(venue), "halted");
  return venues;
}

/** Reads one command. Throws on anything else. */
export function readCommand(value: unknown): HubCommand {
  if (!isRecord(value)) throw new Error("the hub told a command that cannot be read");
  const { command_id, action, reason, issued_at } = value;
  const target = readTarget(value["target"]);
  if (typeof command_id !== "string" || command_id === "" || !isAction(action) || target === undefined)
    throw new Error("the hub told a command that cannot be read");
  return { command_id, action, target, reason: text(reason), issued_at: text(issued_at) };
}

const isAction = (value: unknown): value is ControlAction =>
  typeof value === "string" && Object.hasOwn(STATE_AFTER, value);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function readTarget(value: unknown): ControlTarget | undefined {
  if (!isRecord(value)) return undefined;
  const { bot, strategy, venue, all } = value;
  if (typeof bot === "string") return { bot };
  if (typeof strategy === "string") return { strategy };
  if (typeof venue === "string") return { venue };
  return all === true ? { all } : undefined;
}
