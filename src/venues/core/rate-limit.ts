import type { Clock } from "../../base/time.ts";
import type { Timers } from "./ports.ts";

export interface RateLimitOptions {
  /** Tokens that may be spent at once. */
  readonly capacity: number;
  readonly perSecond: number;
  /** Requests that may wait; more are refused. Default 1,000. */
  readonly waitingMax?: number;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A token bucket: requests wait their turn, in order, so that the venue's limit is never met. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #waiting: { readonly cost: number; readonly go: (allowed: boolean) => void }[] = [];
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;
  #cancel: (() => void) | undefined;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#tokens = options.capacity;
    this.#filledAt = this.#now();
  }

  /** Resolves to true when `cost` tokens were spent; to false when too many wait already, or after `stop`. */
  take(cost: number): Promise<boolean> {
    if (this.#waiting.length >= (this.#options.waitingMax ?? 1_000)) return Promise.resolve(false);
    return new Promise((go) => {
      this.#waiting.push({ cost: Math.min(cost, this.#options.capacity), go });
      this.#next();
    });
  }

  /** Nothing is let through for so long, as after a 429. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + ms);
    this.#tokens = Math.min(this.#tokens, 0);
    this.#next();
  }

  /** Refuses all that wait. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const { go } of this.#waiting.splice(0)) go(false);
  }

  #next(): void {
    this.#fill();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const waitMs = this.#waitMs(first.cost);
      if (waitMs > 0) return this.#later(waitMs);
      this.#tokens -= first.cost;
      this.#waiting.shift();
      first.go(true);
    }
  }

  #waitMs(cost: number): number {
    const paused = this.#pausedUntil - this.#now();
    const missing = cost - this.#tokens;
    return Math.max(paused, missing <= 0 ? 0 : (missing / this.#options.perSecond) * 1_000);
  }

  #later(ms: number): void {
    this.#cancel?.();
    // A timer may fire a little early by the clock: at least a millisecond, so that it is not asked in a circle.
    this.#cancel = this.#options.timers.after(() => this.#next(), Math.max(1, Math.ceil(ms)));
  }

  #fill(): void {
    const now = this.#now();
    const { capacity, perSecond } = this.#options;
    this.#tokens = Math.min(capacity, this.#tokens + (Math.max(0, now - this.#filledAt) / 1_000) * perSecond);
    this.#filledAt = now;
  }

  #now(): number {
    return this.#options.clock.now() / 1_000;
  }
}
