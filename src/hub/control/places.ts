import { putBounded } from "../../base/bounded-map.ts";
import { strategyOf } from "../../engine/bot-strategy.ts";
import { venuesOfBot } from "../../engine/control/concerned.ts";
import { heldVenues } from "../../engine/control/effective.ts";
import type { State } from "../../engine/fold.ts";
import type { CommandQueue } from "./command-queue.ts";

export interface PlacesParts {
  readonly state: State;
  readonly queue: Pick<CommandQueue, "held">;
}

/**
 * What commands may hold each bot by, its strategy and the held venues at which it is, when it was told last: asked with
 * everything that comes in, so that only a bot that moved is told anew.
 */
export class Places {
  readonly #parts: PlacesParts;
  readonly #max: number;
  readonly #byBot = new Map<string, string>();
  #venues: ReadonlySet<string> | undefined;

  constructor(parts: PlacesParts, max: number) {
    this.#parts = parts;
    this.#max = max;
  }

  /** A command came: other venues may be held. */
  commandCame(): void {
    this.#venues = undefined;
  }

  noteTold(bot: string): void {
    putBounded(this.#byBot, bot, this.#of(bot), this.#max);
  }

  hasMoved(bot: string): boolean {
    return this.#byBot.get(bot) !== this.#of(bot);
  }

  #of(bot: string): string {
    const { state } = this.#parts;
    const strategy = strategyOf(state, bot) ?? "";
    const held = this.#heldVenues();
    if (held.size === 0) return strategy;
    const there = [...venuesOfBot(state, bot)].filter((venue) => held.has(venue));
    return [strategy, ...there.sort()].join("\t");
  }

  #heldVenues(): ReadonlySet<string> {
    const { state, queue } = this.#parts;
    this.#venues ??= new Set(heldVenues(state.desk).keys());
    const unstored = queue.held().flatMap(({ target }) => ("venue" in target ? [target.venue] : []));
    return unstored.length === 0 ? this.#venues : new Set([...this.#venues, ...unstored]);
  }
}
