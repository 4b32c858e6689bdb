import { type Micros, micros } from "../../base/time.ts";
import { type Checkpoint, type CheckpointLimits, Checkpoints } from "./checkpoints.ts";
import { Course, type CourseOptions } from "./course.ts";

/** What a replay plays: the facts after `start`, up to `end`. */
export interface Range {
  /** The fold of all that was before. */
  readonly start: Checkpoint;
  /** Places to go on from, `start` the first of them. */
  readonly checkpoints: Checkpoints;
  /** From the first fact to the last fact or sample; undefined when there is no fact. */
  readonly span: { readonly from: Micros; readonly to: Micros } | undefined;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Samples received later are not played: they may be kept at any time. */
  readonly heardTo: Micros;
  /** How many facts there are. */
  readonly facts: number;
}

export interface PrepareOptions extends CourseOptions {
  /** What was before this is folded at once. */
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  readonly limits?: Partial<CheckpointLimits>;
  /** Asked now and then; true ends the pass. */
  readonly closed: () => boolean;
  /** Told now and then how many facts were read. */
  readonly onProgress: (facts: number) => void;
}

/** One pass over the log as it will be played: finds the range, and keeps places in it. Undefined when it was closed. */
export async function prepare(options: PrepareOptions): Promise<Range | undefined> {
  const { from, to, closed, onProgress } = options;
  const scout = new Course(options);
  try {
    const goOn = (): boolean => {
      onProgress(scout.facts);
      return !closed();
    };
    if (from !== undefined) await scout.advance((_, clock) => clock < from, { slice: goOn });
    await scout.fill();
    const { next } = scout;
    const begins = next === undefined ? undefined : scout.clockAfter(next);
    if (begins !== undefined) await scout.passTo(begins);
    const start = await scout.checkpoint();
    const checkpoints = new Checkpoints(options.limits);
    checkpoints.add(start);
    const slice = async (): Promise<boolean> => {
      // A place is one right after a fact: from there every later moment can be reached.
      if (scout.now === scout.clock && checkpoints.due(scout.facts)) checkpoints.add(await scout.checkpoint());
      return goOn();
    };
    await scout.advance((_, clock) => to === undefined || clock <= to, { slice });
    if (closed()) return undefined;
    const facts = scout.facts - start.facts;
    if (facts > 0) await scout.passTo(to ?? micros(Number.MAX_SAFE_INTEGER));
    const played = facts > 0 && next !== undefined && begins !== undefined;
    return {
      start,
      checkpoints,
      span: played ? { from: begins, to: scout.now } : undefined,
      fromSeq: played ? next.seq : start.seq,
      toSeq: scout.seq,
      heardTo: scout.heardAt,
      facts,
    };
  } finally {
    scout.close();
  }
}
