import type { ControlState } from "./orders.ts";

/** An order that a bot is about to send. */
export interface Intention {
  /** Where it would go. Without it only what holds the bot itself counts. */
  readonly venue?: string | undefined;
  /** Whether it opens or enlarges a position, or closes or reduces one. Without it an order counts as an entry. */
  readonly intent?: "entry" | "exit" | undefined;
}

const ANY = 0;
const EXITS = 1;
const NONE = 2;
const LEVELS = { running: ANY, paused: EXITS, reducing: EXITS, halted: NONE } as const satisfies Record<
  ControlState,
  number
>;
const NO_VENUES: ReadonlyMap<string, number> = new Map();

/** The local flag: what may be done now, in a form that costs a bot next to nothing to ask. */
export class Permission {
  #bot: number = ANY;
  #venues: ReadonlyMap<string, number> = NO_VENUES;

  set(state: ControlState, venues: ReadonlyMap<string, ControlState>): void {
    this.#bot = LEVELS[state];
    this.#venues =
      venues.size === 0 ? NO_VENUES : new Map([...venues].map(([venue, held]) => [venue, LEVELS[held]] as const));
  }

  /** Whether such an order may be sent now. An order needs leave of the bot's state and of the venue's. */
  allows(order: Intention | undefined): boolean {
    let level = this.#bot;
    if (this.#venues.size > 0 && level < NONE) {
      const venue = this.#venues.get(order?.venue ?? "");
      if (venue !== undefined && venue > level) level = venue;
    }
    return level === ANY || (level === EXITS && order?.intent === "exit");
  }
}
