import type { Clock } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { compareFees } from "../engine/reconcile/compare-fees.ts";
import { differencesToTell, nextRuns, type Runs } from "../engine/reconcile/reconcile.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";
import type { Timers } from "./timers.ts";

export interface FeeWatchParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** Days that are over change when rows or fills come late: they are looked at as often. */
const LOOK_EVERY_MS = 60_000;

/** Holds fees of fills against the venues' income, and tells what differs, and what agrees again. Returns the end of it. */
export function startFeeWatch(parts: FeeWatchParts): () => void {
  const { state, ingest, clock, timers, onProblem } = parts;
  let runs: Runs = new Map();
  const look = async (): Promise<void> => {
    const now = clock.now();
    const rows = compareFees(state, now);
    const before = runs;
    runs = nextRuns(before, rows);
    const events = differencesToTell({ rows, before, runs, told: state.desk.differences, now });
    if (events.length === 0) return;
    const done = await ingest.submit(
      events.map((value) => ({ value })),
      { speaker: "hub" },
    );
    if (!done.ok) throw new StoreUnavailable(done.error.message);
  };
  return timers.every(LOOK_EVERY_MS, async () => {
    try {
      await look();
    } catch (error) {
      onProblem("comparing fees", error);
    }
  });
}
