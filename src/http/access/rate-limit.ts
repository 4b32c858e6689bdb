import { type Clock, MICROS_PER_SECOND } from "../../base/time.ts";

/** A token bucket for each address: `burst` at once, `perSecond` in the long run. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

export interface RateLimiterOptions extends RateLimit {
  readonly clock: Clock;
  /** Addresses remembered at most; beyond it the one that was longest away is forgotten. Default 10,000. */
  readonly maxEntries?: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MAX_ENTRIES = 10_000;

/** Counts per key with bounded memory. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #maxEntries: number;
  /** In order of last use, oldest first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#maxEntries = options.maxEntries ?? MAX_ENTRIES;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one token. Undefined when there was one, else the seconds until there is one again. */
  take(key: string): number | undefined {
    const bucket = this.#refilled(key);
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#options.perSecond;
    bucket.tokens -= 1;
    return undefined;
  }

  /** Gives a token back: what was taken did not count after all. */
  refund(key: string): void {
    const bucket = this.#refilled(key);
    bucket.tokens = Math.min(this.#options.burst, bucket.tokens + 1);
  }

  #refilled(key: string): Bucket {
    const { burst, perSecond, clock } = this.#options;
    const now = clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const elapsedS = Math.max(0, now - bucket.at) / MICROS_PER_SECOND;
    bucket.tokens = Math.min(burst, bucket.tokens + elapsedS * perSecond);
    bucket.at = now;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxEntries) this.#forgetOldest();
    return bucket;
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next();
    if (oldest.done !== true) this.#buckets.delete(oldest.value);
  }
}
