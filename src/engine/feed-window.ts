import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import { QuantileSketch } from "../metrics/quantile-sketch.ts";

const BUCKET_MICROS = 30 * MICROS_PER_SECOND;
const BUCKETS = 10;

interface Bucket {
  readonly start: number;
  requests: number;
  messages: number;
  errors: number;
  readonly latencyMs: QuantileSketch;
}

/** Traffic of one venue over the last five minutes, in ten buckets that merge. */
export class FeedWindow {
  #buckets: Bucket[] = [];
  #lastMessageAt: Micros | undefined;

  get lastMessageAt(): Micros | undefined {
    return this.#lastMessageAt;
  }

  /** A window of its own with the same traffic. */
  copy(): FeedWindow {
    const copy = new FeedWindow();
    copy.#lastMessageAt = this.#lastMessageAt;
    copy.#buckets = this.#buckets.map((bucket) => {
      const latencyMs = new QuantileSketch();
      latencyMs.merge(bucket.latencyMs);
      return { ...bucket, latencyMs };
    });
    return copy;
  }

  request(at: Micros): void {
    this.#at(at).requests++;
  }

  error(at: Micros): void {
    this.#at(at).errors++;
  }

  message(at: Micros): void {
    this.#at(at).messages++;
    this.#lastMessageAt = at;
  }

  latency(at: Micros, latencyMs: number): void {
    this.#at(at).latencyMs.add(latencyMs);
  }

  /** Percentiles in ms and errors ÷ (requests + messages), over the five minutes up to `asOf`; undefined without data. */
  read(asOf: Micros): { p50Ms: number | undefined; p95Ms: number | undefined; errorRate: number | undefined } {
    const since = asOf - BUCKETS * BUCKET_MICROS;
    const latencyMs = new QuantileSketch();
    let errors = 0;
    let attempts = 0;
    for (const bucket of this.#buckets) {
      if (bucket.start + BUCKET_MICROS <= since || bucket.start > asOf) continue;
      latencyMs.merge(bucket.latencyMs);
      errors += bucket.errors;
      attempts += bucket.requests + bucket.messages;
    }
    const errorRate = attempts > 0 ? Math.min(1, errors / attempts) : errors > 0 ? 1 : undefined;
    return { p50Ms: latencyMs.quantile(0.5), p95Ms: latencyMs.quantile(0.95), errorRate };
  }

  #at(at: Micros): Bucket {
    const start = Math.floor(at / BUCKET_MICROS) * BUCKET_MICROS;
    const last = this.#buckets.at(-1);
    if (last !== undefined && last.start >= start) return last;
    const bucket = { start, requests: 0, messages: 0, errors: 0, latencyMs: new QuantileSketch() };
    this.#buckets = [...this.#buckets.slice(1 - BUCKETS), bucket];
    return bucket;
  }
}
