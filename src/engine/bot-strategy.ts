import { putBounded } from "../base/bounded-map.ts";
import type { State } from "./fold.ts";
import { STREAMS_MAX } from "./sample-state.ts";

/** A bot's strategy by its newest word: an event, or what it named when it asked for commands. */
export function strategyOf({ bots, samples }: State, bot: string): string | undefined {
  return samples.strategies.get(bot)?.strategy ?? bots.get(bot)?.strategy;
}

/** The bot named its strategy beside the log. */
export function declareStrategy(state: State, bot: string, strategy: string): void {
  if (strategyOf(state, bot) === strategy) return;
  putBounded(state.samples.strategies, bot, { strategy, instead: state.bots.get(bot)?.strategy }, STREAMS_MAX);
}
