import type { Clock, Micros } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { compareFees } from "../engine/reconcile/compare-fees.ts";
import type { Compared } from "../engine/reconcile/compared.ts";
import { differencesToTell, nextRuns, type Runs } from "../engine/reconcile/reconcile.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";
import type { Timers } from "./timers.ts";

export interface FeeWatchParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "breathe">;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Holds fees of fills against the venues' income, and tells what differs, and what agrees again. */
export class FeeWatch {
  readonly #parts: FeeWatchParts;
  #rows: readonly Compared[] = [];
  #runs: Runs = new Map();

  constructor(parts: FeeWatchParts) {
    this.#parts = parts;
  }

  /** Everything that was compared last. */
  get rows(): readonly Compared[] {
    return this.#rows;
  }

  /** Compares once more, bot by bot, with other work in between. */
  async look(): Promise<void> {
    try {
      await this.#look(this.#parts.clock.now());
    } catch (error) {
      this.#parts.onProblem("comparing fees", error);
    }
  }

  async #look(now: Micros): Promise<void> {
    const { state, ingest } = this.#parts;
    const rows = await this.#compared(now);
    const before = this.#runs;
    this.#rows = rows;
    this.#runs = nextRuns(before, rows);
    const events = differencesToTell({ rows, before, runs: this.#runs, told: state.desk.differences, now });
    if (events.length === 0) return;
    const done = await ingest.submit(
      events.map((value) => ({ value })),
      { speaker: "hub" },
    );
    if (!done.ok) throw new StoreUnavailable(done.error.message);
  }

  async #compared(now: Micros): Promise<readonly Compared[]> {
    const { state, timers } = this.#parts;
    const course = compareFees(state, now);
    for (;;) {
      const step = course.next();
      if (step.done === true) return step.value;
      await timers.breathe();
    }
  }
}
