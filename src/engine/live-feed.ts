import type { Micros } from "../base/time.ts";
import type { FeedState } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { readLiveness } from "./liveness.ts";

/** Whether what a bot said of its connections is of now: not where files alone tell of it, or it has stopped. */
export const speaksNow = ({ bots, samples }: State, bot: string, asOf: Micros): boolean =>
  readLiveness(bots.get(bot), samples.contacts.get(bot), asOf).liveness !== "stopped";

/** The feed of a venue; undefined where nobody spoke of it, or only a file of the past (docs/decisions/0007). */
export function liveFeed(state: State, venue: string, asOf: Micros): FeedState | undefined {
  const feed = state.desk.feeds.get(venue);
  if (feed?.importedFor === undefined) return feed;
  return speaksNow(state, feed.importedFor, asOf) ? feed : undefined;
}
