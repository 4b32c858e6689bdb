import type { HubHealth } from "../../protocol/api.ts";
import { createPublisher } from "../publish.ts";
import { createQuery, type QueryParts } from "../query-state.ts";
import { Rejections } from "../rejections.ts";
import type { Past } from "./replay.ts";
import { ReplayManager, type ReplayManagerOptions } from "./replay-manager.ts";

export interface ReplaysOptions extends Omit<ReplayManagerOptions, "queryOver" | "publisherOf"> {
  readonly version: string;
  /** What the desk's own query is made with, besides what it reads from. */
  readonly desk: Omit<QueryParts, "state" | "store" | "clock" | "timers" | "rejections" | "hub">;
}

/** The replays of a hub: each with the desk's own read path and stream, over its own past. */
export function openReplays({ version, desk, ...options }: ReplaysOptions): ReplayManager {
  const { timers, onProblem } = options;
  return new ReplayManager({
    ...options,
    queryOver: (past) =>
      createQuery({ ...desk, ...past, timers, rejections: new Rejections(), hub: () => hubHealth(past, version) }),
    publisherOf: (query) =>
      createPublisher({
        query,
        schedule: timers.after,
        onError: (error, topic) => onProblem(`publishing ${topic} of a replay`, error),
      }),
  });
}

/** A replay takes nothing in: of the hub it knows what it has folded. */
const hubHealth = ({ state, store }: Past, version: string): HubHealth => ({
  version,
  uptime_s: 0,
  store: store.kind,
  store_ok: true,
  queue_events: 0,
  queue_limit: 0,
  facts: state.desk.facts,
  samples: 0,
  rejected: 0,
  last_append_ms: null,
});
