import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, isoFromMicros, type Micros, micros } from "../../base/time.ts";
import { foldedSeq, type State } from "../../engine/fold.ts";
import { DirectIntake } from "../../hub/direct/direct-intake.ts";
import type { QueryParts } from "../../hub/query-state.ts";
import { createQuery } from "../../hub/query-state.ts";
import { Rejections } from "../../hub/rejections.ts";
import { pastState } from "../../hub/replay/past-state.ts";
import { importFiles } from "../../imports/import-files.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import { openScratchLog } from "../../store/scratch/scratch-log.ts";
import { systemClock, systemTimers } from "../clock.ts";
import { VERSION } from "../version.ts";
import type { Played } from "./replay-outcome.ts";
import { staleLedgers } from "./replay-source.ts";

/** What a file came to. */
export interface FoldedFile {
  readonly played: Played;
  readonly report: ImportReport;
}

export interface FoldedFileOptions {
  readonly file: string;
  readonly id: string;
  readonly exposureLimits: QueryParts["exposureLimits"];
  readonly onBytes: (count: number) => void;
  /** Tells when the events are received. */
  readonly clock?: Clock;
  readonly rowsMax?: number;
  /** As for `importFiles`. */
  readonly besideBytes?: number;
}

const ROWS_MAX = 10_000_000;

/**
 * Folds a file while it is read, by the ingest and the rules of the log that a hub has: for whom wants to know what all
 * of it comes to, and to stop nowhere on the way. Undefined when that takes a store: facts came so late that a ledger has
 * to be made again from all its fills, or there are too many.
 */
export async function foldedFile(options: FoldedFileOptions): Promise<FoldedFile | undefined> {
  const { file, onBytes, clock = systemClock, rowsMax = ROWS_MAX, besideBytes } = options;
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-replay-"));
  try {
    const log = openScratchLog({ directory, rowsMax });
    try {
      const course = new EventTime();
      const intake = new DirectIntake({ log, clock, heardAt: course.heardAt, onFact: course.take });
      const report = await importFiles({
        files: [file],
        format: undefined,
        options: { bot: undefined, mode: undefined },
        hub: { take: (event, text) => intake.take(event, text), counts: () => intake.counts },
        onBytes,
        ...(besideBytes === undefined ? {} : { besideBytes }),
      });
      const { state } = intake;
      return log.isFull() || staleLedgers(state) > 0 ? undefined : { played: playedOf(state, course, options), report };
    } finally {
      log.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Heard = Pick<Recorded, "ts" | "receivedAt">;

/** The clock of a replay, over facts as they are taken in. */
class EventTime {
  /** Of the first fact. */
  from: Micros | undefined;
  fromSeq = 0;
  /** Running maximum of `effective_ts`, of facts and samples. */
  at = micros(0);
  facts = 0;
  #heard = micros(0);

  /** As the replay of a log hears it: bots were not alive when their file was read. */
  readonly heardAt = ({ ts, receivedAt, isFact }: Heard & { readonly isFact: boolean }): Micros => {
    const now = micros(Math.max(this.#heard, effectiveTs(ts, receivedAt)));
    if (isFact) this.#heard = now;
    if (now > this.at) this.at = now;
    return micros(Math.min(receivedAt, now));
  };

  readonly take = ({ seq, ts, receivedAt }: Pick<Recorded, "seq" | "ts" | "receivedAt">): void => {
    const at = effectiveTs(ts, receivedAt);
    if (this.from === undefined) {
      this.from = at;
      this.fromSeq = seq;
    }
    this.facts++;
  };
}

function playedOf(state: State, course: EventTime, { id, exposureLimits, clock = systemClock }: FoldedFileOptions) {
  const { from, fromSeq, at, facts } = course;
  const ended = from === undefined ? null : isoFromMicros(at);
  const seq = foldedSeq(state);
  const eventClock: Clock = { now: () => at };
  const view: Played["view"] = {
    replay_id: id,
    revision: 0,
    state: "ended",
    speed: "max",
    from: from === undefined ? null : isoFromMicros(from),
    to: ended,
    from_seq: fromSeq,
    to_seq: seq,
    at: ended,
    at_seq: seq,
    events: facts,
    played: facts,
    created_at: isoFromMicros(clock.now()),
  };
  const query = createQuery({
    state: pastState(() => state, eventClock),
    clock: eventClock,
    timers: systemTimers,
    store: NO_ROWS,
    rejections: new Rejections(),
    defaultMode: "live",
    exposureLimits,
    hub: () => ({
      version: VERSION,
      uptime_s: 0,
      store: "sqlite",
      store_ok: true,
      queue_events: 0,
      queue_limit: 0,
      facts,
      samples: 0,
      rejected: 0,
      last_append_ms: null,
    }),
  });
  return { view, query, state };
}

const noRows = (): Promise<never> =>
  Promise.reject(new Error("a file that was folded while it was read keeps no rows"));

const NO_ROWS: QueryParts["store"] = {
  events: noRows,
  fills: noRows,
  fillsByTime: noRows,
  orders: noRows,
  opportunities: noRows,
  imports: noRows,
  rejections: noRows,
  samples: noRows,
  replay: noRows,
  statementsOf: noRows,
};
