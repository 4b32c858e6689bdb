import { putBounded } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { type DeskEvent, type EventOf, isPairFill } from "../protocol/event-types.ts";
import { KeptMarks } from "./kept-marks.ts";

/** Pairs of a bot that are remembered at once: those silent longest are forgotten first. */
const EDGES_MAX = 20_000;

/** What a feed says when its marks are no longer heard. */
const SILENT: ReadonlySet<string> = new Set(["disconnected", "reconnecting", "stale", "gap"]);

/**
 * Samples that a fact needs are kept in the log with it: the marks at a fill and at its markout horizons, and the edge
 * that an opportunity cites.
 */
export class KeptSamples {
  readonly #citedEdges = new Map<string, string>();
  readonly #state: State;
  readonly #marks: KeptMarks;

  constructor(state: State) {
    this.#state = state;
    this.#marks = new KeptMarks(state);
  }

  /** The samples to append before a fact so that the log can explain it alone. */
  before(event: DeskEvent, ts: Micros): readonly DeskEvent[] {
    switch (event.type) {
      case "fill":
        return isPairFill(event) ? [] : this.#marks.onFill(event, ts);
      case "order.filled":
        return this.#marks.onFill(event, ts);
      case "opportunity":
        return this.#citedEdge(event);
      case "feed":
        return SILENT.has(event.kind) ? this.#marks.onSilence(event.bot, event.venue, ts) : [];
      case "bot.started":
      case "bot.stopped":
        return this.#marks.onSilence(event.bot, undefined, ts);
      default:
        return [];
    }
  }

  /** A new mark: the one it replaces may have to be kept for moments that have passed by now. */
  onMark(event: EventOf<"mark">, ts: Micros): readonly DeskEvent[] {
    return this.#marks.onMark(event, ts);
  }

  /** After a start: a fill of before it, the marks of which are still to come. */
  await(fill: { readonly venue: string; readonly symbol: string }, ts: Micros): void {
    this.#marks.await(fill, ts);
  }

  #citedEdge(event: EventOf<"opportunity">): readonly DeskEvent[] {
    if (event.pair_id === undefined) return [];
    const key = `${event.bot}\t${event.pair_id}`;
    const edge = this.#state.samples.edges.get(key)?.event;
    if (edge === undefined || this.#citedEdges.get(key) === edge.ts) return [];
    putBounded(this.#citedEdges, key, edge.ts, EDGES_MAX);
    return [edge];
  }
}
