import { type Clock, MICROS_PER_DAY, type Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { evaluate } from "../engine/evaluate.ts";
import type { State } from "../engine/fold.ts";
import type { Ingest } from "./ingest.ts";
import { LivenessWatch } from "./liveness-watch.ts";
import { type Store, StoreUnavailable } from "./ports.ts";
import { rebaseStale } from "./rebase.ts";
import type { Publisher } from "./publish.ts";
import { Snapshotter } from "./snapshotter.ts";
import type { RollupKeeper } from "./rollup-keeper.ts";
import type { Rejections } from "./rejections.ts";
import type { SampleBuffer } from "./sample-buffer.ts";
import type { StoreState } from "./store-state.ts";
import type { Timers } from "./timers.ts";
import { warmEdges } from "./warm-edges.ts";

const SAMPLES_EVERY_MS = 250;
const EVALUATE_EVERY_MS = 1_000;
const SNAPSHOT_EVERY_MS = 30_000;
const CHECK_EVERY_MS = 1_000;
const REBASE_EVERY_MS = 1_000;
/** Ledgers are made again for a tenth of the time at most: each reads its fills from the log, however many there are. */
const REBASE_REST = 9;
const FORGET_EVERY_MS = 600_000;
const ROLLUPS_EVERY_MS = 10_000;
const RETENTION_DAYS = 7;

export interface BackgroundParts {
  readonly state: State;
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ingest: Ingest;
  readonly rejections: Rejections;
  readonly samples: SampleBuffer;
  readonly storeState: StoreState;
  readonly publisher: Publisher;
  readonly rollups: RollupKeeper;
  /** When the hub began to listen. */
  readonly since: Micros;
  readonly sampleRetentionDays?: number;
  /** Of what the hub proposes; live when absent. */
  readonly defaultMode?: Mode;
  readonly onProblem: (what: string, error: unknown) => void;
}

export interface Background {
  /** Ends the work, after a last write of samples and a last snapshot. */
  readonly stop: () => Promise<void>;
}

/** What the hub does by itself: keeps samples, watches for silence, writes snapshots, forgets what is too old. */
export function startBackground(parts: BackgroundParts): Background {
  const { timers, store, clock, state, publisher, since } = parts;
  const snapshotter = new Snapshotter(state, store, timers);
  const livenessWatch = new LivenessWatch();
  const retentionMicros = (parts.sampleRetentionDays ?? RETENTION_DAYS) * MICROS_PER_DAY;
  const work = (what: string, run: () => Promise<void>) => guarded(parts, what, run);
  const keep = work("keeping samples", () => keepSamples(parts));
  const snapshot = work("writing a snapshot", () => snapshotter.round());
  const forget = work("forgetting old samples", async () => {
    await store.forgetSamples((clock.now() - retentionMicros) as Micros);
  });
  const rollUp = work("keeping rollups", () => parts.rollups.round());
  let goesOn = true;
  const readEdges = work("reading what edges did", () =>
    warmEdges(parts.samples.edges, { store, timers, since, goesOn: () => goesOn }),
  );
  const edgesRead = readEdges();
  let rebasing: Promise<void> = Promise.resolve();
  let restUntil = clock.now();
  const rebase = work("making ledgers again", async () => {
    const begun = clock.now();
    if (begun < restUntil) return;
    rebasing = rebaseStale({ ...parts, goesOn: () => goesOn });
    await rebasing;
    restUntil = (clock.now() + REBASE_REST * (clock.now() - begun)) as Micros;
  });
  const watchSilence = work("watching for silence", () => watch(parts, clock.now(), since));
  const cancels = [
    timers.every(SAMPLES_EVERY_MS, keep),
    timers.every(EVALUATE_EVERY_MS, watchSilence),
    timers.every(EVALUATE_EVERY_MS, () => publisher.publish(livenessWatch.look(state, clock.now()))),
    timers.every(SNAPSHOT_EVERY_MS, snapshot),
    timers.every(CHECK_EVERY_MS, () => parts.storeState.probe()),
    timers.every(REBASE_EVERY_MS, rebase),
    timers.every(FORGET_EVERY_MS, forget),
    timers.every(ROLLUPS_EVERY_MS, rollUp),
  ];
  return {
    stop: async () => {
      for (const cancel of cancels) cancel();
      goesOn = false;
      await edgesRead;
      await rebasing.catch(() => undefined);
      await parts.rollups.stop();
      await keep();
      await snapshot();
    },
  };
}

/** Background work that is left out while the store is away, and whose failure is told but ends nothing. */
const guarded =
  ({ storeState, onProblem }: BackgroundParts, what: string, run: () => Promise<void>) =>
  async (): Promise<void> => {
    if (!storeState.ok) return;
    try {
      await run();
    } catch (error) {
      if (error instanceof StoreUnavailable) storeState.failed(error);
      onProblem(what, error);
    }
  };

async function keepSamples({ samples, rejections, store }: BackgroundParts): Promise<void> {
  const rows = samples.take();
  if (rows.length > 0) await store.saveSamples(rows);
  const rejected = rejections.takeUnsaved();
  if (rejected.length === 0) return;
  try {
    await store.saveRejections(rejected);
  } catch (error) {
    rejections.putBack(rejected);
    throw error;
  }
}

async function watch(
  { state, ingest, defaultMode = "live" }: BackgroundParts,
  now: Micros,
  since: Micros,
): Promise<void> {
  const proposed = evaluate(state, now, since);
  if (proposed.length === 0) return;
  const done = await ingest.submit(
    proposed.map((event) => ({ value: { ...event, mode: defaultMode } })),
    { speaker: "hub" },
  );
  if (!done.ok) throw new StoreUnavailable(done.error.message);
}
