import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { type DeskEvent, type EventOf, isPairFill } from "../protocol/event-types.ts";

/** Seconds after a fill at which its markout is measured (metrics.md §1); 0 is the fill itself. */
const HORIZONS_S = [1, 5, 30, 60, 300] as const;
const PENDING_MAX = 2_000;
/** Instruments, and pairs of a bot, that are remembered at once: those silent longest are forgotten first. */
const STREAMS_MAX = 20_000;

interface Pending {
  /** Moments, ascending, for each of which the newest mark up to then is to be kept. */
  readonly moments: number[];
}

interface Mark {
  readonly event: EventOf<"mark">;
  readonly ts: Micros;
}

/**
 * Samples that a fact needs are kept in the log with it: the mark at a fill and at its markout horizons, and the edge
 * that an opportunity cites. A horizon is decided when a later mark passes it (as-of, inclusive); marks already kept
 * are not kept twice. Bounded: beyond 2,000 open horizons of an instrument further ones are left out.
 */
export class KeptSamples {
  readonly #latest = new Map<string, Mark>();
  readonly #kept = new Map<string, Micros>();
  readonly #pending = new Map<string, Pending>();
  readonly #citedEdges = new Map<string, string>();
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /** The samples to append before a fact so that the log can explain it alone. */
  before(event: DeskEvent, ts: Micros): DeskEvent[] {
    if (event.type === "opportunity") return this.#citedEdge(event);
    if (event.type !== "order.filled" && (event.type !== "fill" || isPairFill(event))) return [];
    const key = `${event.venue}\t${event.symbol}`;
    const latest = this.#latest.get(key);
    if (latest === undefined) return [];
    this.#await(key, ts, latest.ts);
    return latest.ts <= ts ? this.#keep(key, latest) : [];
  }

  /** A new mark: the one it replaces may have to be kept for horizons that have passed by now. */
  onMark(event: EventOf<"mark">, ts: Micros): DeskEvent[] {
    const key = `${event.venue}\t${event.symbol}`;
    const replaced = this.#latest.get(key);
    if (replaced !== undefined && ts < replaced.ts) return [];
    putBounded(this.#latest, key, { event, ts }, STREAMS_MAX);
    const pending = this.#pending.get(key);
    if (pending === undefined || replaced === undefined) return [];
    const passed = pending.moments.findIndex((moment) => moment >= ts);
    const due = pending.moments.splice(0, passed < 0 ? pending.moments.length : passed);
    if (pending.moments.length === 0) this.#pending.delete(key);
    return due.length > 0 ? this.#keep(key, replaced) : [];
  }

  /** Horizons before `latest` are over: the mark that stood then is no longer here to be kept. */
  #await(key: string, ts: Micros, latest: Micros): void {
    const moments = HORIZONS_S.map((horizon) => ts + horizon * MICROS_PER_SECOND).filter((moment) => moment >= latest);
    const pending = this.#pending.get(key) ?? { moments: [] };
    if (moments.length === 0 || pending.moments.length + moments.length > PENDING_MAX) return;
    pending.moments.push(...moments);
    pending.moments.sort((a, b) => a - b);
    putBounded(this.#pending, key, pending, STREAMS_MAX);
  }

  #keep(key: string, mark: Mark): DeskEvent[] {
    if (this.#kept.get(key) === mark.ts) return [];
    putBounded(this.#kept, key, mark.ts, STREAMS_MAX);
    return [mark.event];
  }

  #citedEdge(event: EventOf<"opportunity">): DeskEvent[] {
    if (event.pair_id === undefined) return [];
    const key = `${event.bot}\t${event.pair_id}`;
    const edge = this.#state.samples.edges.get(key)?.event;
    if (edge === undefined || this.#citedEdges.get(key) === edge.ts) return [];
    putBounded(this.#citedEdges, key, edge.ts, STREAMS_MAX);
    return [edge];
  }
}
