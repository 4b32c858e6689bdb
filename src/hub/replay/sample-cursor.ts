import { ensure } from "../../base/assert.ts";
import { type Micros, micros } from "../../base/time.ts";
import type { DeskEvent } from "../../protocol/event-types.ts";
import { storedEvent } from "../../protocol/stored-event.ts";
import type { SampleRow, Store } from "../ports.ts";

/** A sample as it is played. */
export interface PlayedSample {
  readonly event: DeskEvent;
  readonly ts: Micros;
  readonly receivedAt: Micros;
}

/** Where a cursor stands: what it has at hand, and where the page after that begins. */
export interface SamplePlace {
  readonly rows: readonly SampleRow[];
  /** Undefined when there is no further page. */
  readonly from: Parameters<Store["samples"]>[0] | undefined;
}

const BEGINNING: SamplePlace = { rows: [], from: { receivedAt: micros(0) } };

/** The samples that were kept, from a place on. Those that retention has deleted are not there. */
export class SampleCursor {
  readonly #store: Pick<Store, "samples">;
  #from: SamplePlace["from"];
  #rows: SamplePlace["rows"];
  #index = 0;

  constructor(store: Pick<Store, "samples">, { rows, from }: SamplePlace = BEGINNING) {
    this.#store = store;
    this.#rows = rows;
    this.#from = from;
  }

  /** To go on from later. */
  get place(): SamplePlace {
    return { rows: this.#rows.slice(this.#index), from: this.#from };
  }

  /** The sample that comes, when it is at hand. */
  get head(): SampleRow | undefined {
    return this.#rows[this.#index];
  }

  /** Whether the store has no more than what is at hand. */
  get ended(): boolean {
    return this.#from === undefined;
  }

  /** Brings the next sample to hand when there is one. */
  async fill(): Promise<void> {
    while (this.head === undefined && this.#from !== undefined) {
      const { rows, next } = await this.#store.samples(this.#from);
      this.#rows = rows;
      this.#index = 0;
      this.#from = next === undefined ? undefined : { cursor: next };
    }
  }

  take(): PlayedSample {
    const { body, ts, receivedAt } = ensure(this.head, "a sample is taken that is not at hand");
    this.#index++;
    return { event: storedEvent(body), ts, receivedAt };
  }
}
