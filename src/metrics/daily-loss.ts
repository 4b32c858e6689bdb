import { type Measure, measured, unknown } from "./measure.ts";

/**
 * The loss of a day against its starting equity (metrics.md §5), as a ratio ≥ 0: 0.03 is 3 %, and a day in profit has
 * lost 0. Includes what is not realised.
 */
export class DailyLoss {
  #start: number | undefined;
  #equity = 0;
  #worst = 0;
  #n = 0;

  /** Begins a day with the equity at its 00:00 UTC. */
  begin(equity: number): void {
    this.#start = equity;
    this.#equity = equity;
    this.#worst = 0;
    this.#n = 1;
  }

  take(equity: number): void {
    this.#equity = equity;
    this.#n++;
    if (this.#start !== undefined && this.#start > 0) this.#worst = Math.max(this.#worst, lossOf(this.#start, equity));
  }

  get current(): Measure {
    return this.#against((start) => lossOf(start, this.#equity));
  }

  get worst(): Measure {
    return this.#against(() => this.#worst);
  }

  #against(loss: (start: number) => number): Measure {
    if (this.#start === undefined) return unknown("the day's starting equity is not known");
    return this.#start > 0 ? measured(loss(this.#start), this.#n) : unknown("the day began without equity", this.#n);
  }
}

const lossOf = (start: number, equity: number): number => Math.max(0, (start - equity) / start);

/** How much of a limit is used: 1 is the limit itself, and from there on it is breached. */
export function utilization(measure: Measure, limit: number): Measure {
  return typeof measure.value === "number" ? measured(measure.value / limit, measure.n) : measure;
}
