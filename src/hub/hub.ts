import type { Clock } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import type { HubHealth } from "../protocol/api.ts";
import { Admission } from "./admission.ts";
import { startBackground } from "./background.ts";
import { Ingest, QUEUE_EVENTS_MAX } from "./ingest.ts";
import { KeptSamples } from "./kept-samples.ts";
import type { Store } from "./ports.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import type { Query } from "./query.ts";
import { createQuery } from "./query-state.ts";
import { recover } from "./recovery.ts";
import { Rejections } from "./rejections.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import { type Readiness, StoreState } from "./store-state.ts";
import type { Timers } from "./timers.ts";
import { warm } from "./warm.ts";

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
  const background = startBackground({ ...options, state, ingest, rejections, samples, storeState, publisher, since });
  return {
    ingest,
    query,
    publisher,
    state,
    recovered,
    ready: () => storeState.ready(),
    stop: async () => {
      publisher.close();
      await background.stop();
    },
  };
}
