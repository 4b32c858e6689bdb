import { type Clock, type Micros, micros, parseTime } from "../../base/time.ts";
import type { KeptEdge } from "../../engine/desk-state.ts";
import type { State } from "../../engine/fold.ts";
import { effectiveTs } from "../../protocol/recorded.ts";

/**
 * The state that a replay is at, for the same reads as the desk's: always the present one, whatever fold stands behind
 * it. What an importer told long after it happened was received after the replay's clock: an edge then lives from its own
 * time on, so that it runs out as it did.
 */
export function pastState(current: () => State, clock: Clock): State {
  return {
    get desk() {
      const { desk } = current();
      const now = clock.now();
      const isAhead = ({ receivedAt }: KeptEdge): boolean => receivedAt > now;
      if (![...desk.edges.values()].some(isAhead)) return desk;
      const edges = [...desk.edges].map(([key, edge]): [string, KeptEdge] => [key, atItsTime(edge, now)]);
      return { ...desk, edges: new Map(edges) };
    },
    get bots() {
      return current().bots;
    },
    get samples() {
      return current().samples;
    },
  };
}

function atItsTime(edge: KeptEdge, now: Micros): KeptEdge {
  if (edge.receivedAt <= now) return edge;
  return { ...edge, receivedAt: micros(Math.min(now, effectiveTs(parseTime(edge.event.ts) ?? now, edge.receivedAt))) };
}
