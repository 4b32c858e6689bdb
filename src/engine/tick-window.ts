import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import { QuantileSketch } from "../metrics/quantile-sketch.ts";

const PART_MICROS = 30 * MICROS_PER_SECOND;
const PARTS = 10;

interface Part {
  readonly start: number;
  readonly seconds: QuantileSketch;
}

/** How long the ticks of a bot took over the last five minutes, in ten parts that merge. */
export class TickWindow {
  #parts: Part[] = [];

  /** A window of its own with the same ticks. */
  copy(): TickWindow {
    const copy = new TickWindow();
    copy.#parts = this.#parts.map(({ start, seconds }) => ({ start, seconds: merged([seconds]) }));
    return copy;
  }

  /** Takes a tick in that was heard at a moment. */
  add(at: Micros, seconds: number): void {
    const start = Math.floor(at / PART_MICROS) * PART_MICROS;
    let last = this.#parts.at(-1);
    if (last === undefined || last.start < start) {
      last = { start, seconds: new QuantileSketch() };
      this.#parts = [...this.#parts.slice(1 - PARTS), last];
    }
    last.seconds.add(seconds);
  }

  /** All ticks of the five minutes up to a moment; one sketch of several windows is the sum of theirs. */
  read(asOf: Micros): QuantileSketch {
    const since = asOf - PARTS * PART_MICROS;
    return merged(
      this.#parts.filter(({ start }) => start + PART_MICROS > since && start <= asOf).map(({ seconds }) => seconds),
    );
  }
}

function merged(sketches: readonly QuantileSketch[]): QuantileSketch {
  const all = new QuantileSketch();
  for (const sketch of sketches) all.merge(sketch);
  return all;
}
