import type { Clock, Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { evaluate } from "../engine/evaluate.ts";
import type { State } from "../engine/fold.ts";
import { reduceSample, noteContact } from "../engine/sample-state.ts";
import type { HubHealth } from "../protocol/api.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { Admission } from "./admission.ts";
import { Ingest, QUEUE_EVENTS_MAX } from "./ingest.ts";
import { KeptSamples } from "./kept-samples.ts";
import { LivenessWatch } from "./liveness-watch.ts";
import { type Store, StoreUnavailable } from "./ports.ts";
import { type Publisher, createPublisher } from "./publish.ts";
import type { Query } from "./query.ts";
import { createQuery } from "./query-state.ts";
import { Snapshotter, recover } from "./recovery.ts";
import { Rejections } from "./rejections.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import type { Timers } from "./timers.ts";

const SAMPLES_EVERY_MS = 250;
const EVALUATE_EVERY_MS = 1_000;
const SNAPSHOT_EVERY_MS = 30_000;
const CHECK_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 600_000;
const MICROS_PER_DAY = 86_400_000_000;

export interface HubOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly version: string;
  /** What events are when nobody says otherwise: `live`, or `demo` in the demo store. */
  readonly defaultMode?: Mode;
  readonly sampleRetentionDays?: number;
  /** Told of what went wrong in the background; the hub goes on. */
  readonly onProblem: (what: string, error: unknown) => void;
  readonly onAppend?: (durationMs: number, rows: number) => void;
}

export type Readiness = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The application: everything that happens to an event once an adapter has it in hand. */
export interface Hub {
  readonly ingest: Ingest;
  readonly query: Query;
  readonly publisher: Publisher;
  readonly state: State;
  readonly ready: () => Readiness;
  readonly recovered: { readonly fromSnapshot: boolean; readonly refolded: number };
  /** Ends the background work and writes a last snapshot. The store stays open: who opened it closes it. */
  readonly stop: () => Promise<void>;
}

/** Recovers the state from the store and starts the background work: samples, silence, snapshots, retention. */
export async function startHub(options: HubOptions): Promise<Hub> {
  const { store, clock, timers, onProblem } = options;
  const since = clock.now();
  const { state, ...recovered } = await recover(store);
  await warm(state, store);
  const rejections = new Rejections();
  rejections.restore((await store.rejections(0)).counts);
  const samples = new SampleBuffer();
  const storeState = new StoreState(store);
  const hubHealth = (): HubHealth => ({
    version: options.version,
    uptime_s: Math.round((clock.now() - since) / 1000) / 1000,
    store: store.kind,
    ...storeState.health(),
    queue_events: ingest.queued,
    queue_limit: QUEUE_EVENTS_MAX,
    facts: state.desk.facts,
    samples: ingest.totals.sampled,
    rejected: rejections.total,
  });
  const defaultMode = options.defaultMode ?? "live";
  const query = createQuery({ state, store, clock, rejections, defaultMode, hub: hubHealth });
  const publisher = createPublisher({
    query,
    schedule: timers.after,
    onError: (error, topic) => onProblem(`publishing ${topic}`, error),
  });
  const ingest = new Ingest({
    state,
    store,
    clock,
    admission: new Admission(state, defaultMode),
    kept: new KeptSamples(state),
    rejections,
    samples,
    publish: (changes) => publisher.publish(changes),
    onAppend: (durationMs, rows) => {
      storeState.appended(durationMs);
      options.onAppend?.(durationMs, rows);
    },
    onStoreError: (error) => storeState.failed(error),
  });
  const snapshotter = new Snapshotter(state, store, timers);
  const guarded = (what: string, run: () => Promise<void>) => async () => {
    if (!storeState.ok) return;
    try {
      await run();
    } catch (error) {
      if (error instanceof StoreUnavailable) storeState.failed(error);
      onProblem(what, error);
    }
  };
  const keepSamples = guarded("keeping samples", async () => {
    const rejected = rejections.takeUnsaved();
    const rows = samples.take();
    if (rows.length > 0) await store.saveSamples(rows);
    if (rejected.length > 0) await store.saveRejections(rejected);
  });
  const snapshot = guarded("writing a snapshot", () => snapshotter.round());
  const livenessWatch = new LivenessWatch();
  const retention = options.sampleRetentionDays ?? 7;
  const cancels = [
    timers.every(SAMPLES_EVERY_MS, keepSamples),
    timers.every(
      EVALUATE_EVERY_MS,
      guarded("watching for silence", () => watch(state, ingest, clock.now(), since)),
    ),
    timers.every(EVALUATE_EVERY_MS, () => publisher.publish(livenessWatch.look(state, clock.now()))),
    timers.every(SNAPSHOT_EVERY_MS, snapshot),
    timers.every(CHECK_EVERY_MS, () => storeState.probe()),
    timers.every(
      FORGET_EVERY_MS,
      guarded("forgetting old samples", async () => {
        await store.forgetSamples((clock.now() - retention * MICROS_PER_DAY) as Micros);
      }),
    ),
  ];
  return {
    ingest,
    query,
    publisher,
    state,
    recovered,
    ready: () => storeState.ready(),
    stop: async () => {
      for (const cancel of cancels) cancel();
      publisher.close();
      await keepSamples();
      await snapshot();
    },
  };
}

/** The newest samples of before the start, so that screens are not empty until every stream spoke again. */
async function warm(state: State, store: Store): Promise<void> {
  for (const row of await store.latestSamples()) {
    const parsed = parseEvent(JSON.parse(row.body));
    if (!parsed.ok) continue;
    noteContact(state.samples, parsed.value, row.receivedAt);
    reduceSample(state.samples, parsed.value, row.receivedAt, row.ts);
  }
}

async function watch(state: State, ingest: Ingest, now: Micros, since: Micros): Promise<void> {
  const proposed = evaluate(state, now, since);
  if (proposed.length === 0) return;
  const done = await ingest.submit(
    proposed.map((value) => ({ value })),
    { speaker: "hub" },
  );
  if (!done.ok) throw new StoreUnavailable(done.error.message);
}

/** Whether the store takes events, why not, and since when it was asked again. */
class StoreState {
  readonly #store: Store;
  #reason: string | undefined;
  #lastAppendMs: number | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  get ok(): boolean {
    return this.#reason === undefined;
  }

  appended(durationMs: number): void {
    this.#reason = undefined;
    this.#lastAppendMs = durationMs;
  }

  failed(error: Error): void {
    this.#reason = error.message;
  }

  async probe(): Promise<void> {
    if (this.ok) return;
    try {
      await this.#store.check();
      this.#reason = undefined;
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error);
    }
  }

  ready(): Readiness {
    return this.#reason === undefined ? { ok: true } : { ok: false, reason: this.#reason };
  }

  health(): Pick<HubHealth, "store_ok" | "store_reason" | "last_append_ms"> {
    return {
      store_ok: this.ok,
      ...(this.#reason === undefined ? {} : { store_reason: this.#reason }),
      last_append_ms: this.#lastAppendMs,
    };
  }
}
