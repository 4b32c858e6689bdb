import { setImmediate as breathe } from "node:timers/promises";
import { putBounded } from "../base/bounded-map.ts";
import type { Result } from "../base/result.ts";

/** Which batch of which stream a request brings, counted from 1. */
export interface BatchPlace {
  readonly stream: string;
  readonly batch: number;
}

export interface BatchOrderOptions {
  /** So long a batch waits for the one before it. */
  readonly waitMs: number;
  /** Batches of all streams that may wait at once: each is a body in memory. */
  readonly waitingMax: number;
}

/** Where a stream stands. */
interface Stream {
  next: number;
  /** A batch was not taken: none after it is. */
  isBroken: boolean;
  /** Those whose turn is still to come, by their number. */
  readonly waiting: Map<number, (isTurn: boolean) => void>;
}

/** More streams at once than that forget the oldest, which then begins anew. */
const STREAMS_MAX = 1_000;

/**
 * Takes the batches of a stream in the order of their numbers, in whichever order they arrive: a sender may then have
 * several under way, and what happened first is still stored first. After one that was not taken, none of its stream is.
 */
export class BatchOrder {
  readonly #options: BatchOrderOptions;
  readonly #streams = new Map<string, Stream>();
  #waiting = 0;

  constructor(options: BatchOrderOptions) {
    this.#options = options;
  }

  /** Calls `hand` when it is the batch's turn; undefined, and nothing is called, where that never comes. */
  async take<T, E>(
    { stream: name, batch }: BatchPlace,
    hand: () => Promise<Result<T, E>>,
  ): Promise<Result<T, E> | undefined> {
    const stream = this.#streamOf(name);
    if (!(await this.#turn(stream, batch))) return undefined;
    // What throws at once is not taken either.
    const done = Promise.resolve().then(hand);
    void this.#goOn(stream, batch + 1, done);
    return done;
  }

  #streamOf(name: string): Stream {
    const stream = this.#streams.get(name) ?? { next: 1, isBroken: false, waiting: new Map() };
    putBounded(this.#streams, name, stream, STREAMS_MAX);
    return stream;
  }

  #turn(stream: Stream, batch: number): boolean | Promise<boolean> {
    if (stream.isBroken || batch < stream.next || stream.waiting.has(batch)) return false;
    if (batch === stream.next) {
      stream.next++;
      return true;
    }
    return this.#waiting < this.#options.waitingMax && this.#waitFor(stream, batch);
  }

  async #waitFor(stream: Stream, batch: number): Promise<boolean> {
    this.#waiting++;
    let timer: NodeJS.Timeout | undefined;
    const isTurn = await new Promise<boolean>((resolve) => {
      stream.waiting.set(batch, resolve);
      timer = setTimeout(() => breakOff(stream), this.#options.waitMs).unref();
    });
    clearTimeout(timer);
    this.#waiting--;
    return isTurn;
  }

  /** `batch` has its turn as soon as the one before it is on its way; a hub that is full says so at once. */
  async #goOn(stream: Stream, batch: number, done: Promise<Result<unknown, unknown>>): Promise<void> {
    const known = done.then(
      ({ ok }) => ok || breakOff(stream),
      () => breakOff(stream),
    );
    await Promise.race([breathe(), known]);
    const next = stream.waiting.get(batch);
    if (stream.isBroken || next === undefined) return;
    stream.waiting.delete(batch);
    stream.next = batch + 1;
    next(true);
  }
}

function breakOff(stream: Stream): void {
  stream.isBroken = true;
  for (const end of stream.waiting.values()) end(false);
  stream.waiting.clear();
}
