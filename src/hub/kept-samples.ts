import { putBounded } from "../base/bounded-map.ts";
import { isoFromMicros, type Micros, parseTime } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { type DeskEvent, type EventOf, isPairFill } from "../protocol/event-types.ts";
import { KeptMarks } from "./kept-marks.ts";
import type { KeptMark } from "./mark-history.ts";

/** Pairs of a bot that are remembered at once: those silent longest are forgotten first. */
const EDGES_MAX = 20_000;

/** What a feed says when its marks are no longer heard. */
const SILENT: ReadonlySet<string> = new Set(["disconnected", "reconnecting", "stale", "gap"]);

/** A sample for the log; of a mark also until when it is known to have stood. */
export type KeptSample = KeptMark | { readonly event: DeskEvent; readonly ts: Micros; readonly stoodUntil?: undefined };

const ID_MAX = 128;

/** A kept sample as the log has it. */
export function keptEvent(sample: KeptSample): DeskEvent {
  if (sample.stoodUntil === undefined) return sample.event;
  const { stood_until: _until, stood_through: _through, ...event } = sample.event;
  return { ...event, ...keptId(sample), ...stoodOf(sample) } as EventOf<"mark">;
}

/**
 * A mark is kept again once it is known to have stood longer. That is another statement of the hub's, not one of the bot's
 * against its own, so each has an id of its own, the same whenever the mark comes again.
 */
function keptId({ event: { id }, stoodUntil }: KeptMark): { readonly id?: string } {
  if (id === undefined) return {};
  const ending = `~${stoodUntil}`;
  return { id: `${id.slice(0, ID_MAX - ending.length)}${ending}` };
}

/** The same as JSON, without making it first. */
export function keptText(sample: KeptSample): string {
  const { event } = sample;
  const isSaid = event["stood_until"] !== undefined || event["stood_through"] !== undefined;
  if (sample.stoodUntil === undefined || isSaid || event.id !== undefined) return JSON.stringify(keptEvent(sample));
  return `${JSON.stringify(event).slice(0, -1)},${stoodText(sample)}}`;
}

/** What a kept mark says beyond what its bot said, as JSON. Times that were read as such hold nothing to escape. */
export const stoodText = ({ stoodUntil, replacedAt, metAt }: KeptMark): string =>
  metAt === undefined
    ? `"stood_until":"${replacedAt ?? isoFromMicros(stoodUntil)}"`
    : `"stood_until":"${metAt}","stood_through":true`;

const stoodOf = (mark: KeptMark): object => JSON.parse(`{${stoodText(mark)}}`) as object;

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
  before(event: DeskEvent, ts: Micros): readonly KeptSample[] {
    switch (event.type) {
      case "fill":
        return isPairFill(event) ? [] : this.#marks.onFill(event, ts);
      case "order.filled":
        return this.#marks.onFill(event, ts);
      case "opportunity":
        return this.#citedEdge(event, ts);
      case "feed":
        return SILENT.has(event.kind) ? this.#marks.onSilence(event.bot, event.venue, ts) : [];
      case "bot.started":
      case "bot.stopped":
        return this.#marks.onSilence(event.bot, undefined, ts);
      default:
        return [];
    }
  }

  /** A new mark: the one it replaces, where that is to be kept for moments that have passed by now. */
  onMark(event: EventOf<"mark">, ts: Micros): KeptSample | undefined {
    return this.#marks.onMark(event, ts);
  }

  /** After a start: a fill of before it, the marks of which are still to come. */
  await(fill: { readonly venue: string; readonly symbol: string }, ts: Micros): void {
    this.#marks.await(fill, ts);
  }

  #citedEdge(event: EventOf<"opportunity">, ts: Micros): readonly KeptSample[] {
    if (event.pair_id === undefined) return [];
    const key = `${event.bot}\t${event.pair_id}`;
    const edge = this.#state.samples.edges.get(key)?.event;
    if (edge === undefined || this.#citedEdges.get(key) === edge.ts) return [];
    putBounded(this.#citedEdges, key, edge.ts, EDGES_MAX);
    return [{ event: edge, ts: parseTime(edge.ts) ?? ts }];
  }
}
