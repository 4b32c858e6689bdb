import { type Clock, MICROS_PER_SECOND } from "../../base/time.ts";
import { evaluateControl } from "../../engine/control/evaluate-control.ts";
import type { State } from "../../engine/fold.ts";
import type { Timers } from "../timers.ts";
import type { CommandQueue } from "./command-queue.ts";
import type { ControlLog } from "./control-log.ts";

export interface WatchParts {
  readonly state: State;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after" | "every">;
  readonly log: ControlLog;
  readonly queue: Pick<CommandQueue, "retry">;
  readonly onProblem: (what: string, error: unknown) => void;
}

const LOOK_EVERY_MS = 250;
const STORE_AGAIN_MICROS = MICROS_PER_SECOND;

/** Says what time and evidence brought: proofs, lateness, ends; and stores what could not be stored before. */
export class Watch {
  readonly #parts: WatchParts;
  readonly #stop: () => void;
  #looking = false;
  #comes = false;
  #again = false;
  #closed = false;
  #storeAt = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#stop = parts.timers.every(LOOK_EVERY_MS, () => this.#look());
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  /** Something happened that may prove a command. */
  lookSoon(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    if (this.#comes) return;
    this.#comes = true;
    this.#parts.timers.after(() => {
      this.#comes = false;
      void this.#look();
    }, 0);
  }

  /** One look at a time: what is proposed twice would be told twice. */
  async #look(): Promise<void> {
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    try {
      await this.#storeWhatWaits();
      const proposed = evaluateControl(this.#parts.state, this.#parts.clock.now());
      if (proposed.length > 0) await this.#parts.log.store(proposed);
    } catch (error) {
      this.#parts.onProblem("watching commands", error);
    } finally {
      this.#looking = false;
    }
    if (!this.#again) return;
    this.#again = false;
    this.lookSoon();
  }

  async #storeWhatWaits(): Promise<void> {
    const { queue, clock } = this.#parts;
    if (clock.now() < this.#storeAt) return;
    this.#storeAt = clock.now() + STORE_AGAIN_MICROS;
    await queue.retry();
  }
}
