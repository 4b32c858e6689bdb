import { FOLD_VERSION, type State, emptyState, reduce, reduceTail } from "../engine/fold.ts";
import { stateFromSlices } from "../engine/snapshot.ts";
import type { Store } from "./ports.ts";
import { ROUND } from "./snapshotter.ts";

export interface Recovered {
  readonly state: State;
  readonly fromSnapshot: boolean;
  readonly refolded: number;
}

/** The state at the end of the log: a snapshot where there is one of this fold version, and the tail folded onto it. */
export async function recover(store: Pick<Store, "loadSlices" | "replay">): Promise<Recovered> {
  const slices = await store.loadSlices(FOLD_VERSION);
  const round = slices.find((slice) => slice.name === ROUND);
  const state = round === undefined ? emptyState() : stateFromSlices(slices.filter((slice) => slice !== round));
  const take = round === undefined ? reduce : reduceTail;
  let refolded = 0;
  await store.replay(round?.seq ?? 0, (events) => {
    for (const recorded of events) take(state, recorded);
    refolded += events.length;
  });
  return { state, fromSnapshot: round !== undefined, refolded };
}
