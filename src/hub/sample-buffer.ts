import type { Micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { effectiveTs, isLate } from "../protocol/recorded.ts";
import { sampleKey } from "../protocol/natural-key.ts";
import { EdgeHistory } from "./edge-history.ts";
import type { SampleRow } from "./ports.ts";

const KEYS_MAX = 50_000;

interface Buffered {
  readonly event: DeskEvent;
  readonly ts: Micros;
  readonly receivedAt: Micros;
}

/**
 * Conflates samples between two writes: of each stream only the newest by its own time is stored. Every edge stays in its
 * history.
 */
export class SampleBuffer {
  readonly edges = new EdgeHistory();
  #newest = new Map<string, Buffered>();
  #unstored = 0;

  /** Samples that found no room between two writes; they were shown, but are not kept. */
  get unstored(): number {
    return this.#unstored;
  }

  add(event: DeskEvent, ts: Micros, receivedAt: Micros): void {
    if (event.type === "edge") this.edges.take(event, effectiveTs(ts, receivedAt));
    const key = sampleKey(event) ?? `${event.bot}\t${event.type}`;
    const known = this.#newest.get(key);
    if (isLate(ts, known?.ts, receivedAt)) return;
    if (this.#newest.size >= KEYS_MAX && known === undefined) this.#unstored++;
    else {
      // Kept in the order of their receipt, in which a replay takes them in.
      this.#newest.delete(key);
      this.#newest.set(key, { event, ts, receivedAt });
    }
  }

  /** What has gathered since the last call. */
  take(): SampleRow[] {
    const taken = this.#newest;
    if (taken.size === 0) return [];
    this.#newest = new Map();
    return [...taken].map(([key, { event, ts, receivedAt }]) => ({
      key,
      type: event.type,
      bot: event.bot,
      ts,
      receivedAt,
      body: JSON.stringify(event),
    }));
  }
}
