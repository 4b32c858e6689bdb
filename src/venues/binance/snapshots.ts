import type { Micros } from "../../base/time.ts";
import { backoffMs } from "../core/backoff.ts";
import type { VenueContext } from "../core/ports.ts";
import type { Rest } from "../core/rest.ts";
import { type DepthSnapshot, depthSnapshot } from "./frames.ts";

/** The most levels that there are, and what they cost. */
const ALL = { levels: 1_000, weight: 20 };
/** Enough for a look whether a book has moved. */
const TOP = { levels: 20, weight: 2 };
/** A snapshot that leads nowhere is asked for again, ever later. */
const BACKOFF = { minMs: 250, maxMs: 30_000 };
/** Asked for again sooner than this after the last, it counts as another attempt. */
const SETTLED_MICROS = 60_000_000;

export interface SnapshotsOptions {
  readonly rest: Rest;
  readonly url: string;
  readonly context: VenueContext;
  readonly onSnapshot: (symbol: string, snapshot: DepthSnapshot, receivedAt: Micros) => void;
}

interface Asked {
  failures: number;
  at: number;
  /** Asked for, and not there yet. */
  isOpen: boolean;
  cancel: (() => void) | undefined;
}

/** Fetches depth snapshots, one at a time for each symbol, within the venue's limits. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #asked = new Map<string, Asked>();
  #isStopped = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Asks for a snapshot, the first at once; does nothing while one is on its way. */
  need(symbol: string): void {
    const asked = this.#asked.get(symbol) ?? { failures: 0, at: 0, isOpen: false, cancel: undefined };
    this.#asked.set(symbol, asked);
    if (asked.isOpen || this.#isStopped) return;
    asked.isOpen = true;
    const { clock, timers, random } = this.#options.context;
    const isNew = clock.now() - asked.at > SETTLED_MICROS;
    asked.failures = isNew ? 0 : asked.failures + 1;
    const waitMs = isNew ? 0 : backoffMs(asked.failures, BACKOFF, random);
    asked.cancel = timers.after(() => {
      asked.at = clock.now();
      void this.#fetch(symbol, ALL).then((snapshot) => this.#take(symbol, asked, snapshot));
    }, waitMs);
  }

  /** Fetches the best levels for a look; undefined when they are not to be had. */
  top(symbol: string): Promise<DepthSnapshot | undefined> {
    return this.#fetch(symbol, TOP);
  }

  async #fetch(symbol: string, { levels, weight }: typeof ALL): Promise<DepthSnapshot | undefined> {
    const { rest, url } = this.#options;
    const query = `symbol=${encodeURIComponent(symbol)}&limit=${levels}`;
    const answer = await rest.ask("/fapi/v1/depth", weight, () => ({
      method: "GET",
      url: `${url}/fapi/v1/depth?${query}`,
    }));
    return answer.ok ? depthSnapshot(answer.value) : undefined;
  }

  stop(): void {
    this.#isStopped = true;
    for (const { cancel } of this.#asked.values()) cancel?.();
  }

  #take(symbol: string, asked: Asked, snapshot: DepthSnapshot | undefined): void {
    asked.isOpen = false;
    if (this.#isStopped) return;
    if (snapshot === undefined) this.need(symbol);
    else this.#options.onSnapshot(symbol, snapshot, this.#options.context.clock.now());
  }
}
