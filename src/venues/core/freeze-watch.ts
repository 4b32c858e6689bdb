import type { Clock } from "../../base/time.ts";
import type { Timers } from "./ports.ts";

export interface FreezeWatchOptions {
  /** A key of which nothing was heard for so long is told. */
  readonly silentMs: number;
  /** Keys are looked at this often. */
  readonly everyMs: number;
  /** The keys that are silent, those silent longest first; each again only after another `silentMs`. */
  readonly onSilent: (keys: readonly string[]) => void;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Watches many markets on one connection for silence that the connection itself does not show. */
export class FreezeWatch {
  readonly #options: FreezeWatchOptions;
  /** When each key was last heard of, or told. */
  readonly #since = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(options: FreezeWatchOptions) {
    this.#options = options;
  }

  /** Something was heard of a key; a new one is watched from now on. */
  touch(key: string): void {
    this.#since.set(key, this.#options.clock.now());
  }

  forget(key: string): void {
    this.#since.delete(key);
  }

  start(): void {
    this.#cancel ??= this.#again();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #again(): () => void {
    return this.#options.timers.after(() => {
      this.#cancel = this.#again();
      this.#look();
    }, this.#options.everyMs);
  }

  #look(): void {
    const now = this.#options.clock.now();
    const until = now - this.#options.silentMs * 1_000;
    const silent = [...this.#since].filter(([, since]) => since <= until).sort(([, a], [, b]) => a - b);
    for (const [key] of silent) this.#since.set(key, now);
    if (silent.length > 0) this.#options.onSilent(silent.map(([key]) => key));
  }
}
