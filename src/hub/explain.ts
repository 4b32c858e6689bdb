import { type Clock, isoFromMicros, type Micros } from "../base/time.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { explain, type Moment } from "../engine/read-explained.ts";
import type { ExplainAnswer } from "../protocol/api-money.ts";
import type { Store } from "./ports.ts";
import { Course } from "./replay/course.ts";
import type { Timers } from "./timers.ts";

export interface ExplainParts {
  readonly state: State;
  readonly store: Pick<Store, "replay" | "samples">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "breathe">;
}

export interface ExplainFilter {
  readonly from: Micros;
  /** Now when absent. */
  readonly to?: Micros;
  readonly bot?: string;
  readonly mode?: string | undefined;
}

/** Too many such questions wait already. */
export class Overloaded extends Error {
  override readonly name = "Overloaded";
}

const WAITING_MAX = 4;

/** One such question at a time; a few may wait, more are refused with `Overloaded`. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= WAITING_MAX)
      return Promise.reject(new Overloaded(`${waiting} such reads wait already; try again in some seconds`));
    waiting++;
    const done = last.then(work, work).finally(() => waiting--);
    last = done.catch(() => undefined);
    return done;
  };
}

/**
 * Explains the change of equity between two moments: folds the log once more up to the first, and up to the second
 * unless that is now. Takes about two seconds for each million facts before it, and holds nobody up.
 */
export async function explainPnl(
  { state, store, clock, timers }: ExplainParts,
  { from, to, ...filter }: ExplainFilter,
): Promise<Omit<ExplainAnswer, "as_of" | "as_of_seq">> {
  const lastSeq = foldedSeq(state);
  const end = to ?? clock.now();
  const course = new Course({ store, timers, toSeq: () => lastSeq });
  try {
    await course.advance((_, at) => at <= from);
    const { state: then } = await course.checkpoint();
    if (to !== undefined) await course.advance((_, at) => at <= to);
    const before: Moment = { state: then, at: from };
    const after: Moment = { state: to === undefined ? state : course.state, at: end };
    return { from: isoFromMicros(from), to: isoFromMicros(end), rows: explain(before, after, filter) };
  } finally {
    course.close();
  }
}
