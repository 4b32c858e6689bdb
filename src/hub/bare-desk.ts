import type { Clock } from "../base/time.ts";
import { emptyState, type State } from "../engine/fold.ts";
import { Admission } from "./admission.ts";
import { Ingest, type IngestParts } from "./ingest.ts";
import { KeptSamples } from "./kept-samples.ts";
import type { Store } from "./ports.ts";
import { Rejections } from "./rejections.ts";
import { SampleBuffer } from "./sample-buffer.ts";

/** A hub's own way in, without what a hub does by itself: no alerts, no snapshots, no stream. */
export interface BareDesk {
  readonly ingest: Ingest;
  /** What the facts that it took in add up to. */
  readonly state: State;
  /** Keeps the samples that came since the last call. */
  readonly keepSamples: () => Promise<void>;
}

/** Over an empty store, or one whose facts add up to the given state. */
export function bareDesk(
  store: Pick<Store, "append" | "saveSamples" | "statementsOf">,
  clock: Clock,
  { state = emptyState(), ...hooks }: Partial<Pick<IngestParts, "publish" | "state">> = {},
): BareDesk {
  const samples = new SampleBuffer();
  const ingest = new Ingest({
    state,
    store,
    clock,
    admission: new Admission(state, "live"),
    kept: new KeptSamples(state),
    rejections: new Rejections(),
    samples,
    publish: () => undefined,
    ...hooks,
  });
  return {
    ingest,
    state,
    keepSamples: async () => {
      const rows = samples.take();
      if (rows.length > 0) await store.saveSamples(rows);
    },
  };
}
