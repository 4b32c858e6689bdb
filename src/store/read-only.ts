import { type Store, StoreUnavailable } from "../hub/ports.ts";

/** The store, with every write refused. */
export function readOnly(store: Store): Store {
  const refuse = (): Promise<never> =>
    Promise.reject(new StoreUnavailable("The store was opened for reading: nothing is written."));
  return {
    ...store,
    append: refuse,
    saveSamples: refuse,
    saveSlices: refuse,
    saveRejections: refuse,
    saveImport: refuse,
    forgetSamples: refuse,
    keys: { ...store.keys, add: refuse, revoke: refuse, touch: refuse },
    audit: { ...store.audit, add: refuse, forget: refuse },
    rollups: { ...store.rollups, advance: refuse },
    check: refuse,
  };
}
