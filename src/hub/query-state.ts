import { type Clock, type Micros, isoFromMicros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { type State, foldedSeq } from "../engine/fold.ts";
import { botNames, readBot, readBots } from "../engine/read-bots.ts";
import { readEdges } from "../engine/read-edges.ts";
import { readExposure } from "../engine/read-exposure.ts";
import { readVenues } from "../engine/read-venues.ts";
import type { BotView, HealthAnswer, HubHealth, VenueHealth } from "../protocol/api.ts";
import type { EventFilter, Store } from "./ports.ts";
import type { AsOf, Query } from "./query.ts";
import { type Rejections, rejectedRow } from "./rejections.ts";

export interface QueryParts {
  readonly state: State;
  readonly store: Store;
  readonly clock: Clock;
  readonly rejections: Rejections;
  readonly defaultMode: Mode;
  readonly hub: () => HubHealth;
}

/** The read path over the fold in memory and the store. */
export function createQuery(parts: QueryParts): Query {
  const { state, store, clock, rejections } = parts;
  const modeOf = (mode: string | undefined): string | undefined =>
    mode === "all" ? undefined : (mode ?? parts.defaultMode);
  const asOf = (now: Micros = clock.now()): AsOf => ({ as_of: isoFromMicros(now), as_of_seq: foldedSeq(state) });
  const filtered = ({ mode, ...filter }: EventFilter): EventFilter => {
    const chosen = modeOf(mode);
    return chosen === undefined ? filter : { ...filter, mode: chosen };
  };
  return {
    asOf,
    bots: (mode) => {
      const now = clock.now();
      const bots = readBots(state, now, rejections.byBot);
      return {
        bots: mode === undefined || mode === "all" ? bots : bots.filter((bot) => bot.mode === mode),
        ...asOf(now),
      };
    },
    bot: (bot) =>
      botNames(state).has(bot) ? readBot(state, bot, clock.now(), rejections.byBot.get(bot) ?? 0) : undefined,
    edges: (limit, mode) => {
      const now = clock.now();
      return { edges: readEdges(state, now, modeOf(mode)).slice(0, limit), ...asOf(now) };
    },
    exposure: (mode) => ({ ...readExposure(state, modeOf(mode)), ...asOf() }),
    health: () => {
      const now = clock.now();
      return { ...healthOf(readBots(state, now, rejections.byBot), readVenues(state, now), parts.hub()), ...asOf(now) };
    },
    rejected: async (limit) => {
      const { rows, counts } = await store.rejections(limit);
      return {
        rejected: rows.map(rejectedRow),
        counts: counts.map(({ bot, code, count }) => ({ bot: bot ?? null, code, count })),
        ...asOf(),
      };
    },
    fills: async (filter) => ({ ...(await store.fills(filtered(filter))), ...asOf() }),
    events: async (filter) => ({ ...(await store.events(filtered(filter))), ...asOf() }),
  };
}

function healthOf(
  bots: readonly BotView[],
  venues: VenueHealth[],
  hub: HubHealth,
): Pick<HealthAnswer, "status" | "venues" | "bots" | "hub"> {
  const unwell = bots.some(
    (bot) => bot.status === "error" || bot.stuck || bot.liveness === "stale" || bot.liveness === "offline",
  );
  const degraded = unwell || venues.some((venue) => venue.status === "degraded" || venue.status === "down");
  return {
    status: hub.store_ok ? (degraded ? "degraded" : "healthy") : "down",
    venues,
    bots: bots.map(({ bot, mode, liveness, status, last_seen_age_s }) => ({
      bot,
      mode,
      liveness,
      status,
      last_seen_age_s,
    })),
    hub,
  };
}
