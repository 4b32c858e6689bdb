import type { Schedule } from "./outlet.ts";

export interface StateFeedOptions {
  readonly topic: string;
  /** The whole state as it is now; undefined while it cannot be told yet. */
  readonly whole: () => unknown;
  /** What a delta holds, of the things that changed; the whole state when absent. */
  readonly changed?: (names: ReadonlySet<string>) => unknown;
  readonly asOfSeq: () => number;
  readonly schedule: Schedule;
  /** At least this long between two deltas. */
  readonly conflateMs: number;
  /** Asks for a round soon. */
  readonly wake: () => void;
  readonly onError: (error: unknown, topic: string) => void;
}

const FAILED_PAUSE_MS = 1_000;

/** The newest state of one topic: conflated, and made into text once for all its subscribers. */
export class StateFeed {
  readonly #options: StateFeedOptions;
  readonly #names = new Set<string>();
  #dirty = false;
  #resting = false;
  #failed = false;
  #snapshot: string | undefined;
  /** Channels that show this topic; without any, changes cost nothing. */
  subscribers = 0;

  constructor(options: StateFeedOptions) {
    this.#options = options;
  }

  /** Notes a change of the named things, or of the state as a whole. */
  mark(names: Iterable<string> = []): void {
    this.#snapshot = undefined;
    if (this.subscribers === 0) return;
    this.#dirty = true;
    for (const name of names) this.#names.add(name);
    if (!this.#resting) this.#options.wake();
  }

  /** The delta that is due now, as a frame; undefined when nothing changed or the last one is too near. */
  takeDelta(): string | undefined {
    if (!this.#dirty || this.#resting || this.#failed) return undefined;
    const { changed, whole } = this.#options;
    const frame = this.#frame("delta", changed === undefined ? whole : () => changed(this.#names));
    if (frame === undefined) return undefined;
    this.#dirty = false;
    this.#names.clear();
    this.#rest();
    return frame;
  }

  /** The whole state as a frame, at most `conflateMs` old; undefined when it cannot be shown. */
  readonly snapshotFrame = (): string | undefined => {
    if (this.#snapshot !== undefined) return this.#snapshot;
    this.#snapshot = this.#frame("snapshot", this.#options.whole);
    this.#options.schedule(() => {
      this.#snapshot = undefined;
    }, this.#options.conflateMs);
    return this.#snapshot;
  };

  #rest(): void {
    this.#resting = true;
    this.#options.schedule(() => {
      this.#resting = false;
      if (this.#dirty) this.#options.wake();
    }, this.#options.conflateMs);
  }

  #frame(op: "delta" | "snapshot", data: () => unknown): string | undefined {
    if (this.#failed) return undefined;
    const { topic, asOfSeq, onError } = this.#options;
    try {
      const shown = data();
      return shown === undefined ? undefined : JSON.stringify({ op, topic, data: shown, seq: asOfSeq() });
    } catch (error) {
      onError(error, topic);
      this.#pause();
      return undefined;
    }
  }

  #pause(): void {
    const { schedule, wake } = this.#options;
    this.#failed = true;
    schedule(() => {
      this.#failed = false;
      wake();
    }, FAILED_PAUSE_MS);
  }
}
