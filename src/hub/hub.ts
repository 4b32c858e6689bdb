import { randomUUID } from "node:crypto";
import type { Clock } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import type { HubHealth } from "../protocol/api.ts";
import type { Declared } from "../protocol/declared.ts";
import type { ImportReportBody, ImportView } from "../protocol/api-sessions.ts";
import type { PositionsAnswer } from "../protocol/api-trading.ts";
import { Admission } from "./admission.ts";
import { keptSamplesOf } from "./await-marks.ts";
import { startBackground } from "./background.ts";
import { type GuardOptions, Guards } from "./guards.ts";
import { type KeepSummary, startDayClose } from "./day-close.ts";
import { type Changes, NO_CHANGES } from "./changes.ts";
import { Control } from "./control.ts";
import { declareFile } from "./declare.ts";
import { importRow } from "./import-row.ts";
import { Ingest, QUEUE_EVENTS_MAX } from "./ingest.ts";
import type { Store } from "./ports.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import type { Query } from "./query.ts";
import { createQuery, importView } from "./query-state.ts";
import { recover } from "./recovery.ts";
import { RollupKeeper } from "./rollup-keeper.ts";
import { Rejections } from "./rejections.ts";
import { RuleBook } from "./rule-book.ts";
import { openReplays } from "./replay/open-replays.ts";
import type { ReplayManager } from "./replay/replay-manager.ts";
import { SampleBuffer } from "./sample-buffer.ts";
import { type Readiness, StoreState } from "./store-state.ts";
import type { Timers } from "./timers.ts";
import { warm } from "./warm.ts";

export type ExposureLimits = PositionsAnswer["limits"];

/** Those of source document 4. */
export const EXPOSURE_LIMITS: ExposureLimits = { low_usd: 20, high_usd: 50 };

export interface HubOptions extends GuardOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly version: string;
  /** What events are when nobody says otherwise: `live`, or `demo` in the demo store. */
  readonly defaultMode?: Mode;
  readonly sampleRetentionDays?: number;
  /** USD of gross exposure of an event or venue: green below the first, red above the second; 20 and 50 when absent. */
  readonly exposureLimits?: ExposureLimits;
  /** Instruments and rates of the configuration file; what the log has of an earlier file stays when absent. */
  readonly declared?: Declared;
  /** Keeps the summary of each day that ends; without it no day is closed. */
  readonly keepSummary?: KeepSummary;
  /** Names replays: names that nobody guesses. Counted when absent. */
  readonly newId?: () => string;
  /** Told of what went wrong in the background; the hub goes on. */
  readonly onProblem: (what: string, error: unknown) => void;
  readonly onAppend?: (durationMs: number, rows: number) => void;
}

/** The application: everything that happens to an event once an adapter has it in hand. */
export interface Hub {
  readonly ingest: Ingest;
  readonly query: Query;
  readonly publisher: Publisher;
  /** Pause, halt, flatten, resume: what people and rules ask of bots. */
  readonly control: Control;
  /** Rules that halt by themselves, as people and keys set them. */
  readonly rules: RuleBook;
  readonly replays: ReplayManager;
  readonly state: State;
  readonly ready: () => Readiness;
  /** Keeps the report of an import, in place of an earlier one of the same id; rejects while the store is away. */
  readonly keepImport: (report: ImportReportBody) => Promise<ImportView>;
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
  const hubHealth = (): HubHealth =>
    healthOf({ version: options.version, uptime: clock.now() - since, store, storeState, ingest, state, rejections });
  const defaultMode = options.defaultMode ?? "live";
  const guards = new Guards();
  const desk = { defaultMode, exposureLimits: options.exposureLimits ?? EXPOSURE_LIMITS };
  const rollups = new RollupKeeper({ store, clock, timers, isBusy: () => ingest.queued > 0 });
  const known = { ...desk, state, store, clock, timers, rejections, rollups, hub: hubHealth, edges: samples.edges };
  const { accounts, fees, haltRules } = guards;
  const query = createQuery({ ...known, accounts, fees, haltRules, reach: (bot) => control.reach(bot) });
  const publisher = createPublisher({
    query,
    schedule: timers.after,
    onError: (error, topic) => onProblem(`publishing ${topic}`, error),
  });
  const kept = await keptSamplesOf(state, store, since);
  const admission = new Admission(state, defaultMode);
  const ingest = new Ingest({
    ...{ state, store, clock, admission, kept, rejections, samples },
    publish: (changes) => {
      publisher.publish(changes);
      control.taken(changes);
    },
    onAppend: (durationMs, rows) => {
      storeState.appended(durationMs);
      options.onAppend?.(durationMs, rows);
    },
    onStoreError: (error) => storeState.failed(error),
  });
  const publish = (changes: Changes): void => publisher.publish(changes);
  const named = { newId: options.newId ?? randomUUID, mode: defaultMode };
  const control = new Control({ ...options, ...named, state, ingest, publish });
  const telling = { state, ingest, clock, mode: defaultMode };
  await declareFile(telling, options);
  const rules = new RuleBook({ ...telling, onProblem });
  const replays = openReplays({ ...options, lastSeq: () => foldedSeq(state), desk });
  const parts = { state, ingest, rejections, samples, storeState, publisher, rollups, since };
  const background = startBackground({ ...options, ...parts });
  guards.start({ ...options, state, ingest, control, query });
  const { keepSummary: keep } = options;
  const stopDays = keep && startDayClose({ state, clock, timers, ingest, mode: defaultMode, keep, onProblem });
  return {
    ingest,
    query,
    publisher,
    control,
    rules,
    replays,
    state,
    recovered,
    ready: () => storeState.ready(),
    keepImport: (report) => keepImport(report, { store, clock, publisher }),
    stop: async () => {
      guards.stop();
      await stopDays?.();
      control.close();
      replays.close();
      publisher.close();
      await background.stop();
    },
  };
}

interface HealthParts extends Pick<Hub, "ingest" | "state"> {
  readonly version: string;
  /** In microseconds. */
  readonly uptime: number;
  readonly store: Pick<Store, "kind">;
  readonly storeState: StoreState;
  readonly rejections: Rejections;
}

const healthOf = ({ version, uptime, store, storeState, ingest, state, rejections }: HealthParts): HubHealth => ({
  version,
  uptime_s: Math.round(uptime / 1000) / 1000,
  store: store.kind,
  ...storeState.health(),
  queue_events: ingest.queued,
  queue_limit: QUEUE_EVENTS_MAX,
  facts: state.desk.facts,
  samples: ingest.totals.sampled,
  rejected: rejections.total,
});

type ImportParts = Pick<HubOptions, "store" | "clock"> & Pick<Hub, "publisher">;

async function keepImport(report: ImportReportBody, { store, clock, publisher }: ImportParts): Promise<ImportView> {
  const row = importRow(report, clock.now());
  await store.saveImport(row);
  publisher.publish({ ...NO_CHANGES, imports: true });
  return importView(row);
}
