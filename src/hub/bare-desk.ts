import type { Clock } from "../base/time.ts";
import { emptyState } from "../engine/fold.ts";
import { Admission } from "./admission.ts";
import { Ingest } from "./ingest.ts";
import { KeptSamples } from "./kept-samples.ts";
import type { Store } from "./ports.ts";
import { Rejections } from "./rejections.ts";
import { SampleBuffer } from "./sample-buffer.ts";

/** A hub's own way in, without what a hub does by itself: no alerts, no snapshots, no stream. */
export interface BareDesk {
  readonly ingest: Ingest;
  /** Keeps the samples that came since the last call. */
  readonly keepSamples: () => Promise<void>;
}

/** Over an empty store. */
export function bareDesk(store: Store, clock: Clock): BareDesk {
  const state = emptyState();
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
  });
  return {
    ingest,
    keepSamples: async () => {
      const rows = samples.take();
      if (rows.length > 0) await store.saveSamples(rows);
    },
  };
}
