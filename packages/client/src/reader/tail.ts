import { eventPages, isStored, type StoredEvent } from "./events.ts";
import { type Get, ReaderError } from "./get.ts";
import type { Live, LiveOptions } from "./live.ts";

/** The part of the standard `AbortSignal` that is needed, for programs without its type. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface TailOptions {
  /** Begin after this place in the log; from the first event when absent. */
  readonly afterSeq?: number;
  /** Ends the tail, also while it waits for the next event. */
  readonly signal?: StopSignal;
}

/** Facts held for a slow taker; beyond that they are read from the store again. */
const HELD_MAX = 10_000;
const RETRY_MS = 1_000;

/** Every fact after `afterSeq` in order: stored ones by pages, then live ones; back to the store wherever live has a gap. */
export async function* tailEvents(
  get: Get,
  live: (options: LiveOptions) => Live,
  options: TailOptions = {},
): AsyncGenerator<StoredEvent, void, undefined> {
  const feed = new LiveFeed(live, options.signal);
  let lastSeq = options.afterSeq ?? 0;
  try {
    while (!feed.isOver) {
      const source = feed.takeBehind() ? storedAfter(get, lastSeq) : feed.takeHeld();
      for await (const event of source) {
        if (feed.isOver) return;
        if (event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        yield event;
      }
      await feed.news();
    }
  } finally {
    feed.close();
  }
}

/** The rest of the store. While the hub is away it waits; other refusals are thrown. */
async function* storedAfter(get: Get, afterSeq: number): AsyncGenerator<StoredEvent, void, undefined> {
  let lastSeq = afterSeq;
  while (true) {
    try {
      for await (const event of eventPages(get, { afterSeq: lastSeq, mode: "all" })) {
        yield event;
        lastSeq = event.seq;
      }
      return;
    } catch (error) {
      if (!(error instanceof ReaderError) || !error.isPassing) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Live facts, and whether the store knows more than they tell. */
class LiveFeed {
  readonly #live: Live;
  readonly #signal: StopSignal | undefined;
  #held: StoredEvent[] = [];
  /** True until the store has been read since the live facts began. */
  #behind = true;
  #wake: (() => void) | undefined;

  constructor(live: (options: LiveOptions) => Live, signal: StopSignal | undefined) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#stop);
    this.#live = live({
      topics: ["events"],
      onSnapshot: () => this.#fallBehind(),
      onFact: (_topic, event) => {
        if (!isStored(event)) return;
        if (this.#held.length >= HELD_MAX) this.#fallBehind();
        else this.#held.push(event);
        this.#wake?.();
      },
    });
  }

  /** Whether nothing more is wanted. */
  get isOver(): boolean {
    return this.#signal?.aborted === true;
  }

  takeBehind(): boolean {
    const behind = this.#behind;
    this.#behind = false;
    return behind;
  }

  takeHeld(): StoredEvent[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  /** Resolves when there is something to take, or nothing more is wanted. */
  async news(): Promise<void> {
    while (!this.#behind && this.#held.length === 0 && !this.isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#signal?.removeEventListener("abort", this.#stop);
    this.#live.close();
  }

  readonly #stop = (): void => this.#wake?.();

  #fallBehind(): void {
    this.#held = [];
    this.#behind = true;
    this.#wake?.();
  }
}
