import { putBounded } from "../base/bounded-map.ts";
import { type Micros, micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { EdgeSteps } from "./edge-steps.ts";

/** Whose edges, of which markets, in which direction. */
export interface EdgeLine {
  readonly bot: string;
  readonly mode: string;
  readonly pairId: string;
  readonly primaryMarket: string;
  readonly hedgeMarket: string;
  readonly direction: string | undefined;
}

interface Kept {
  readonly line: EdgeLine;
  readonly fine: EdgeSteps;
  readonly coarse: EdgeSteps;
}

/** Lines that are remembered, some 70 kB each: the one that was told longest ago goes first. */
const LINES_MAX = 200;
const SECOND = 1_000_000;
const FINE = { step: 5 * SECOND, count: 720 };
const COARSE = { step: 60 * SECOND, count: 1_440 };

export const edgeLineOf = (event: EventOf<"edge">): EdgeLine => ({
  bot: event.bot,
  mode: event.mode ?? "live",
  pairId: event.pair_id,
  primaryMarket: event.primary_market,
  hedgeMarket: event.hedge_market,
  direction: event.direction ?? event.best_side,
});

export const edgeLineKey = ({ bot, mode, pairId, direction = "" }: EdgeLine): string =>
  `${bot}\t${mode}\t${pairId}\t${direction}`;

/**
 * How the edges of the last day went: of each step its lowest, highest and newest, for five seconds each over the last
 * hour and for minutes before. Samples, which the log does not have, and so in memory.
 */
export class EdgeHistory {
  readonly #lines = new Map<string, Kept>();
  #heardFrom: Micros | undefined;

  /** Says that everything from a moment on was taken, or will be. */
  heard(from: Micros): void {
    this.#heardFrom = from;
  }

  /** The moment from which on nothing is missing; now before there was one. */
  completeFrom(now: Micros): Micros {
    return micros(Math.max(this.#heardFrom ?? now, now - COARSE.step * COARSE.count));
  }

  /** Takes an edge of any moment, in any order. */
  take(event: EventOf<"edge">, at: Micros): void {
    const line = edgeLineOf(event);
    const key = edgeLineKey(line);
    const { fine, coarse } = this.#lines.get(key) ?? {
      fine: new EdgeSteps(FINE.step, FINE.count),
      coarse: new EdgeSteps(COARSE.step, COARSE.count),
    };
    putBounded(this.#lines, key, { line, fine, coarse }, LINES_MAX);
    fine.take(at, event.net_edge_cents);
    coarse.take(at, event.net_edge_cents);
  }

  /** The steps of each line that is wanted: the finest that reach back to `from`. */
  *steps(wanted: (line: EdgeLine) => boolean, from: Micros, now: Micros): Generator<readonly [EdgeLine, EdgeSteps]> {
    for (const { line, fine, coarse } of this.#lines.values())
      if (wanted(line)) yield [line, now - from <= fine.span ? fine : coarse];
  }
}

/** The shortest step that can be told of a span which begins at `from`, microseconds. */
export const finestStep = (from: Micros, now: Micros): number =>
  now - from <= FINE.step * FINE.count ? FINE.step : COARSE.step;
