import { performance } from "node:perf_hooks";
import { backoffMs, type RetryOptions } from "./backoff.ts";
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, type Batch, batchBody, batchSize, roomFor } from "./batch.ts";
import type { Counters } from "./counters.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Entry, Lanes } from "./lanes.ts";
import { type Answer, type Outcome, outcomeOf } from "./outcome.ts";
import type { Discard, Overflow } from "./overflow.ts";

export interface DeliveryOptions {
  readonly lanes: Lanes;
  /** The way over the disk; undefined without a spool directory. */
  readonly overflow: Overflow | undefined;
  readonly counters: Counters;
  readonly heartbeat: Heartbeat;
  readonly send: (body: string) => Promise<Answer>;
  readonly retry: RetryOptions;
  /** Wall clock, in ms. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A hub that has not answered for this long counts as away: what it was sent goes to disk as well. */
const HANGING_MS = 1000;
/** So soon after `bot.stopped` the hub does not take a sign of life for a new life. */
const GOODBYE_MS = 1000;
const SLOW_FACTOR_MAX = 10;

/**
 * Brings what is in memory and on disk to the hub: one request at a time, in order, each batch again until the hub has
 * it or says that it never will. Never throws.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** A batch that failed and has nowhere else to wait. */
  #pending: Batch | undefined;
  /** The batch that left memory and is neither with the hub nor on disk yet, in whichever step it is. */
  #held: Batch | undefined;
  #inFlight: Batch | undefined;
  #inFlightSince = 0;
  #stored: Promise<Discard | undefined> | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  #retryAt = 0;
  #takenAt = Number.NEGATIVE_INFINITY;
  #sizeMax = BATCH_EVENTS_MAX;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Facts of the batch that is under way, to the hub or back to the disk, or waits to be sent again. */
  get heldFacts(): readonly Entry[] {
    return factsOf(this.#held ?? this.#pending);
  }

  /** Whether the last attempt failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Whether everything that was handed in has left. */
  get isDone(): boolean {
    const { lanes, overflow } = this.#options;
    return lanes.occupied === 0 && (overflow?.count ?? 0) === 0;
  }

  /** Whether something waits or is under way, so that a tick is due again. */
  get isBusy(): boolean {
    return this.#running !== undefined || this.isFailing || !this.isDone;
  }

  /** Called when a flush is due, and when a batch is full. Returns at once. */
  tick(): void {
    this.#storeWhenHanging();
    this.#options.overflow?.tick();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Forgets the wait before the next attempt. */
  hurry(): void {
    this.#retryAt = 0;
  }

  /** Resolves when the attempts under way have ended. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /**
   * Once all has been sent: one heartbeat more, so that the hub keeps the final counters; not when it would wake a bot that
   * said its goodbye a while ago.
   */
  async sayLast(hasStopped: boolean): Promise<void> {
    await this.idle();
    if (hasStopped && performance.now() - this.#takenAt > GOODBYE_MS) return;
    this.#options.heartbeat.ring();
    this.tick();
    await this.idle();
  }

  #storeWhenHanging(): void {
    if (this.#inFlight === undefined || this.#stored !== undefined) return;
    if (performance.now() - this.#inFlightSince > HANGING_MS) {
      this.#stored = this.#options.overflow?.store(factsOf(this.#inFlight));
    }
  }

  async #run(): Promise<void> {
    try {
      while (performance.now() >= this.#retryAt) {
        const batch = await this.#nextBatch();
        if (batch === undefined) return;
        await this.#deliver(batch);
        if (!this.#hasFullBatch()) return;
      }
    } catch (error) {
      // The disk refused to be read: as with a hub that is away, again later.
      this.#options.counters.note(error);
      this.#waitLonger({ kind: "retry", why: "" });
    }
  }

  #hasFullBatch(): boolean {
    const { lanes, overflow } = this.#options;
    return lanes.waiting >= this.#sizeMax || (overflow?.count ?? 0) > 0;
  }

  async #nextBatch(): Promise<Batch | undefined> {
    const { lanes, overflow, heartbeat } = this.#options;
    if (this.#pending !== undefined) return this.#pendingAgain(this.#pending);
    const sign = heartbeat.take();
    const room = sign === undefined ? this.#sizeMax : this.#sizeMax - 1;
    const fits = roomFor((BATCH_BYTES_MAX * this.#sizeMax) / BATCH_EVENTS_MAX);
    const spooled = (await overflow?.peek(room, fits)) ?? [];
    const only = overflow?.holdsFacts === true ? "samples" : undefined;
    const entries = lanes.take(room - spooled.length, fits, only);
    if (spooled.length + entries.length === 0 && sign === undefined) return undefined;
    this.#held = { spooled, entries, heartbeat: sign };
    return this.#held;
  }

  #pendingAgain(pending: Batch): Batch {
    const full = batchSize(pending) >= BATCH_EVENTS_MAX;
    this.#pending = undefined;
    this.#held = { ...pending, heartbeat: full ? undefined : this.#options.heartbeat.take() };
    return this.#held;
  }

  async #deliver(batch: Batch): Promise<void> {
    this.#inFlight = batch;
    this.#inFlightSince = performance.now();
    const outcome = await this.#attempt(batch);
    const discard = await this.#stored;
    this.#inFlight = undefined;
    this.#stored = undefined;
    if (outcome.kind === "taken") await this.#taken(batch, outcome);
    else await this.#failed(batch, outcome, discard !== undefined);
    this.#held = undefined;
    if (discard !== undefined && isFinal(outcome)) await discard();
  }

  async #attempt(batch: Batch): Promise<Outcome> {
    try {
      return outcomeOf(await this.#options.send(batchBody(batch)), this.#options.now());
    } catch (error) {
      return { kind: "retry", why: error instanceof Error && error.message !== "" ? error.message : String(error) };
    }
  }

  async #taken(batch: Batch, outcome: Outcome & { kind: "taken" }): Promise<void> {
    const { counters } = this.#options;
    const refused = Math.min(outcome.refused, batchSize(batch));
    counters.sent += batchSize(batch);
    counters.accepted += batchSize(batch) - refused;
    counters.rejected += refused;
    if (outcome.why !== undefined) counters.note(outcome.why);
    this.#failures = 0;
    if (batchSize(batch) > 0) this.#takenAt = performance.now();
    this.#sizeMax = Math.min(BATCH_EVENTS_MAX, this.#sizeMax + 1);
    await this.#settle(batch);
  }

  async #failed(batch: Batch, outcome: Exclude<Outcome, { kind: "taken" }>, stored: boolean): Promise<void> {
    const { counters, heartbeat } = this.#options;
    counters.note(outcome.why);
    if (batch.heartbeat !== undefined) heartbeat.giveBack();
    const size = batchSize(batch);
    if (outcome.kind === "refused" || (outcome.kind === "too_large" && size <= 1)) {
      counters.sent += size;
      counters.rejected += size;
      this.#failures = 0;
      return this.#settle(batch);
    }
    if (outcome.kind === "too_large") this.#sizeMax = Math.max(1, Math.floor(size / 2));
    else this.#waitLonger(outcome);
    counters.retries++;
    await this.#keep(batch, stored, outcome.kind === "too_large");
  }

  /** The batch is done with: its events leave memory and disk. */
  async #settle(batch: Batch): Promise<void> {
    this.#options.lanes.release(batch.entries);
    if (batch.spooled.length > 0) await this.#options.overflow?.advance(batch.spooled.length);
  }

  /** The batch comes again: its facts wait on disk if they can, else in memory. */
  async #keep(batch: Batch, stored: boolean, split: boolean): Promise<void> {
    const { lanes, overflow } = this.#options;
    const facts = factsOf(batch);
    if (overflow !== undefined && !split) overflow.useDisk();
    const safe = stored || (overflow?.holdsFacts === true && (await overflow.store(facts)) !== undefined);
    if (safe || facts.length === 0) {
      lanes.release(stored || safe ? facts : []);
      lanes.restore(batch.entries.filter((entry) => entry.sample));
    } else if (split) lanes.restore(batch.entries);
    else this.#pending = { ...batch, heartbeat: undefined };
  }

  #waitLonger(outcome: Outcome): void {
    const { minMs, maxMs, slowMs } = this.#options.retry;
    this.#failures++;
    const limits = outcome.kind === "slow" ? { minMs: slowMs, maxMs: slowMs * SLOW_FACTOR_MAX } : { minMs, maxMs };
    const own = backoffMs(this.#failures, limits, this.#options.random);
    const asked = outcome.kind === "retry" ? (outcome.afterMs ?? 0) : 0;
    this.#retryAt = performance.now() + Math.max(own, asked + Math.min(own, asked / 10));
  }
}

/** Whether the hub will never want the batch again. */
const isFinal = (outcome: Outcome): boolean => outcome.kind === "taken" || outcome.kind === "refused";

const factsOf = (batch: Batch | undefined): readonly Entry[] =>
  batch === undefined ? [] : batch.entries.filter((entry) => !entry.sample);
