import type { HubHealth } from "../protocol/api.ts";
import type { Store } from "./ports.ts";

export type Readiness = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Whether the store takes events, why not, and since when it was asked again. */
export class StoreState {
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
