import { Workload } from "../../bench/workload.ts";

/** Events of the canonical workload, each a fact of its own: what it says a second time about an order is left out. */
export class DistinctEvents {
  readonly #workload: Workload;
  readonly #said = new Set<string>();

  constructor(seed: number, prefix: string) {
    this.#workload = new Workload(seed, prefix);
  }

  next(tsMs: number): Record<string, unknown> {
    for (;;) {
      const event = this.#workload.nextEvent(tsMs);
      const { type, order_id, id } = event;
      const fact = type === "fill" ? `${id}` : `${type} ${order_id ?? id}`;
      if (this.#said.has(fact)) continue;
      this.#said.add(fact);
      return event;
    }
  }

  take(count: number, tsMs: number): Record<string, unknown>[] {
    return Array.from({ length: count }, (_, index) => this.next(tsMs + index));
  }

  /** NDJSON of `count` events. */
  batch(count: number, tsMs: number): string {
    return `${this.take(count, tsMs)
      .map((event) => JSON.stringify(event))
      .join("\n")}\n`;
  }
}
