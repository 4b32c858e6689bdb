import type { HealthAnswer, HubHealth, VenueHealth } from "../protocol/api.ts";
import { fixed } from "./number-format.ts";
import type { Tone } from "./shown.ts";
import { age } from "./time-format.ts";

/** A state with its sign, word and tone. */
export interface StateMark {
  readonly sign: string;
  readonly word: string;
  readonly tone: Tone;
}

const marks = {
  healthy: { sign: "●", word: "healthy", tone: "ok" },
  degraded: { sign: "⚠", word: "degraded", tone: "stale" },
  down: { sign: "○", word: "down", tone: "bad" },
  unknown: { sign: "◌", word: "unknown", tone: "muted" },
} as const satisfies Record<VenueHealth["status"], StateMark>;

/** The mark of a venue: a halt says more than its health. */
export function venueMark(venue: VenueHealth): StateMark {
  return venue.halted ? { sign: "■", word: "halted", tone: "bad" } : marks[venue.status];
}

/** The mark of the whole desk. */
export const statusMark = (status: HealthAnswer["status"]): StateMark => marks[status];

/** How many feeds are well, and of how many. Venues of which nothing is known are not counted. */
export function countFeeds(venues: readonly VenueHealth[]): { readonly well: number; readonly all: number } {
  const known = venues.filter((venue) => venue.status !== "unknown");
  return { well: known.filter((venue) => venue.status === "healthy").length, all: known.length };
}

/** The venue in a sentence: what is wrong with it, else that nothing is. */
export function venueSentence(venue: VenueHealth, elapsedS = 0): string {
  const { last_message_age_s: silence } = venue;
  const heard = silence === null ? "no message yet" : `last message ${age(silence + elapsedS)} ago`;
  if (venue.halted) return `${venue.venue}: trading is halted, ${heard}`;
  if (venue.connected === false) return `${venue.venue} feed is disconnected, ${heard}`;
  if (venue.status === "down") return `${venue.venue} feed is down, ${heard}`;
  return venue.detail === undefined ? `${venue.venue} feed, ${heard}` : `${venue.venue} feed: ${venue.detail}`;
}

/** What is wrong with the hub itself, and what to do; empty when all is well. */
export function hubTroubles(hub: HubHealth): string[] {
  const troubles: string[] = [];
  if (!hub.store_ok) {
    const why = hub.store_reason === undefined ? "" : `: ${hub.store_reason}`;
    troubles.push(
      `The store does not take events${why}. Bots keep theirs until it does; check the disk and the database.`,
    );
  }
  if (hub.queue_limit > 0 && hub.queue_events >= hub.queue_limit * 0.8) {
    const share = fixed((hub.queue_events / hub.queue_limit) * 100, 0);
    troubles.push(`The queue is ${share} % full. Above 100 % bots are asked to wait.`);
  }
  return troubles;
}
