import type { Clock, Micros } from "../base/time.ts";
import { grainAt } from "../engine/rollup/buckets.ts";
import { Overloaded } from "./explain.ts";
import type { Store } from "./ports.ts";
import type { RollupFilter, RollupProgress, RollupReading } from "./rollup-port.ts";
import type { Timers } from "./timers.ts";

export interface RollupKeeperParts {
  readonly store: Pick<Store, "rollups">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after" | "breathe">;
  /** Events wait to be stored: they go first. */
  readonly isBusy: () => boolean;
}

/** How long a read waits for rollups that lie far behind. */
const WAIT_MICROS = 10_000_000;

/** While the hub is busy a tenth of the time is for rollups in the background at most. */
const REST = 9;

const NO_PROGRESS: RollupProgress = { seq: 0, isWhole: false, isDone: false };

/** Lets the store take facts into its rollups: part by part, one at a time, in the background and for those who read. */
export class RollupKeeper {
  readonly #parts: RollupKeeperParts;
  #stepping: Promise<RollupProgress> | undefined;
  #progress = NO_PROGRESS;
  #ended = false;

  constructor(parts: RollupKeeperParts) {
    this.#parts = parts;
  }

  /** Takes in what there is; a part at a time, so that nothing waits for it. */
  async round(): Promise<void> {
    const { clock, timers, isBusy } = this.#parts;
    for (let isDone = false; !isDone && !this.#ended; ) {
      const begun = clock.now();
      isDone = (await this.#step()).isDone;
      const restMs = isBusy() && !isDone ? (REST * (clock.now() - begun)) / 1_000 : 0;
      await (restMs === 0 ? timers.breathe() : new Promise<void>((resolve) => timers.after(resolve, restMs)));
    }
  }

  /**
   * Resolves when rollups equal what the facts up to `seq` add up to. Rejects with `Overloaded` when they lie too far
   * behind: after a change of what is rolled all facts are taken in once more, some millions a minute.
   */
  async upTo(seq: number): Promise<void> {
    const { clock } = this.#parts;
    const until = (clock.now() + WAIT_MICROS) as Micros;
    while (!this.#progress.isWhole || this.#progress.seq < seq) {
      if (clock.now() > until)
        throw new Overloaded(`rollups have taken in ${this.#progress.seq} of ${seq} facts; try again in some seconds`);
      await this.#step();
    }
  }

  /** What is kept now. */
  read(filter: RollupFilter): Promise<RollupReading> {
    return this.#parts.store.rollups.read(filter);
  }

  /** Resolves when the part at hand is done; no other is begun in the background. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#stepping?.catch(() => undefined);
  }

  async #step(): Promise<RollupProgress> {
    const { store, clock } = this.#parts;
    this.#stepping ??= store.rollups.advance(grainAt(clock.now())).finally(() => {
      this.#stepping = undefined;
    });
    this.#progress = await this.#stepping;
    return this.#progress;
  }
}
