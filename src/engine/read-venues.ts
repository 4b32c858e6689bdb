import { MICROS_PER_SECOND, type Micros, isoFromMicros } from "../base/time.ts";
import type { VenueHealth } from "../protocol/api.ts";
import { heldVenues, venueHeld } from "./control/effective.ts";
import type { FeedState } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { liveFeed, speaksNow } from "./live-feed.ts";

const DEGRADED_ERROR_RATE = 0.05;

/** The health of every venue that a feed event, a book or a bot speaks of, by name. */
export function readVenues(state: State, asOf: Micros): VenueHealth[] {
  const said = connectionsSaid(state, asOf);
  const names = new Set([
    ...state.desk.feeds.keys(),
    ...state.samples.feeds.keys(),
    ...said.keys(),
    ...heldVenues(state.desk).keys(),
  ]);
  return [...names].sort().map((venue) => readVenue(state, venue, said.get(venue), asOf));
}

/** What running bots say of their own connections: down for one is not up. Undefined where only a past is told. */
function connectionsSaid(state: State, asOf: Micros): Map<string, boolean | undefined> {
  const said = new Map<string, boolean | undefined>();
  for (const [name, bot] of state.bots) {
    const latest = state.samples.said.get(name) ?? bot.said;
    if (latest === undefined || latest.status === "stopped") continue;
    const speaks = speaksNow(state, name, asOf);
    for (const { venue, connected } of latest.venues)
      said.set(venue, speaks ? (said.get(venue) ?? true) && connected : said.get(venue));
  }
  return said;
}

function readVenue(state: State, venue: string, said: boolean | undefined, asOf: Micros): VenueHealth {
  const feed = liveFeed(state, venue, asOf);
  const window = state.samples.feeds.get(venue);
  const { p50Ms, p95Ms, errorRate } = window?.read(asOf) ?? {};
  const connected = feed?.connected ?? said ?? null;
  const lastMessageAt = window?.lastMessageAt;
  return {
    venue,
    status: statusOf(feed, connected, errorRate),
    latency_p50_ms: rounded(p50Ms),
    latency_p95_ms: rounded(p95Ms),
    error_rate: errorRate ?? null,
    last_message_age_s: lastMessageAt === undefined ? null : Math.max(0, asOf - lastMessageAt) / MICROS_PER_SECOND,
    halted: venueHeld(state.desk, venue).state === "halted",
    connected,
    ...(feed?.lastGapAt === undefined ? {} : { last_gap_at: isoFromMicros(feed.lastGapAt) }),
    ...(feed?.detail === undefined ? {} : { detail: feed.detail }),
  };
}

const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms * 10) / 10);

function statusOf(
  feed: FeedState | undefined,
  connected: boolean | null,
  errorRate: number | undefined,
): VenueHealth["status"] {
  if (connected === false) return "down";
  if (feed?.kind === "stale" || feed?.kind === "gap") return "degraded";
  if (errorRate !== undefined && errorRate > DEGRADED_ERROR_RATE) return "degraded";
  return connected === true || errorRate !== undefined ? "healthy" : "unknown";
}
