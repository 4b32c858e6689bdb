import { performance } from "node:perf_hooks";
import type { Counters } from "./counters.ts";
import type { Entry, Lanes } from "./lanes.ts";
import type { Spool } from "./spool.ts";

/** Removes a stored batch from the disk, when the hub had it after all. */
export type Discard = () => Promise<void>;

const TEND_MS = 10_000;
const WRITE_AGAIN_MS = 1_000;

/**
 * Which way facts go. `direct`: from memory to the hub. `disk`: from memory to the spool, and from the front of the
 * spool to the hub, so that their order holds; from the first failure of the hub until the spool is empty.
 * `opening`: facts wait, because the spool may hold older ones. `unusable`: direct, as if there were no spool.
 */
type Way = "opening" | "direct" | "disk" | "unusable";

/** The way of facts over the disk while the hub is away. Never throws; what the disk refuses is noted. */
export class Overflow {
  readonly #spool: Spool;
  readonly #lanes: Lanes;
  readonly #counters: Counters;
  #way: Way = "opening";
  #moving: readonly Entry[] = [];
  #moved: Promise<void> | undefined;
  #writeAt = 0;
  #tendAt = 0;
  #opened: Promise<void>;

  constructor(spool: Spool, lanes: Lanes, counters: Counters) {
    this.#spool = spool;
    this.#lanes = lanes;
    this.#counters = counters;
    this.#opened = this.#open();
  }

  /** Events on disk that the hub does not have. */
  get count(): number {
    return this.#spool.count;
  }

  /** Whether facts in memory must not be sent, because older ones may be on disk. */
  get holdsFacts(): boolean {
    return this.#way === "opening" || this.#way === "disk";
  }

  /** Facts that are being written now. */
  get moving(): readonly Entry[] {
    return this.#moving;
  }

  /** Called with every flush, and now and then besides. Returns at once. */
  tick(): void {
    const now = performance.now();
    if (this.#way === "direct" && this.#lanes.isHalfFull && this.#lanes.waitingFacts > 0) this.useDisk();
    if (this.#way === "disk" && now >= this.#writeAt) this.#move();
    if (now < this.#tendAt || this.#way === "opening") return;
    this.#tendAt = now + TEND_MS;
    if (this.#way === "unusable") this.#opened = this.#open();
    else void this.#tend();
  }

  /** Sends facts over the disk from now on, until it is empty again. */
  useDisk(): void {
    if (this.#way === "direct") this.#way = "disk";
  }

  /** The oldest events on disk. When there are none left, facts go the direct way again. */
  async peek(count: number, fits: (line: string) => boolean): Promise<string[]> {
    if (this.#way !== "disk") return [];
    await this.#moved;
    const lines = await this.#spool.peek(count, fits);
    if (lines.length === 0 && this.#spool.count === 0 && this.#moved === undefined) this.#way = "direct";
    return lines;
  }

  advance(count: number): Promise<void> {
    return this.#spool.advance(count);
  }

  /** Puts the facts of a batch on disk, before all others. Undefined when the disk refuses, or there are none. */
  async store(entries: readonly Entry[]): Promise<Discard | undefined> {
    if (entries.length === 0 || this.#way === "opening" || this.#way === "unusable") return undefined;
    try {
      const discard = await this.#spool.prepend(entries.map((entry) => entry.draft.line));
      this.#way = "disk";
      return discard;
    } catch (error) {
      this.#counters.note(error);
      return undefined;
    }
  }

  /** Puts what is left on disk and lets go of it. Resolves to whether facts in memory are safe now. */
  async close(): Promise<boolean> {
    await this.#opened;
    await this.#moved;
    this.useDisk();
    const usable = this.#way === "disk";
    if (usable) {
      this.#move();
      await this.#moved;
    }
    try {
      await this.#spool.close();
    } catch (error) {
      this.#counters.note(error);
    }
    return usable && this.#lanes.waitingFacts === 0;
  }

  /** The last act of a process that ends without `close`. */
  saveAtExit(facts: readonly Entry[]): void {
    try {
      this.#spool.appendAtExit(facts.map((entry) => entry.draft.line));
    } catch (error) {
      this.#counters.note(error);
    }
  }

  async #open(): Promise<void> {
    try {
      await this.#spool.open();
      this.#way = this.#spool.count > 0 ? "disk" : "direct";
    } catch (error) {
      this.#counters.note(error);
      this.#way = "unusable";
    }
    this.#tendAt = performance.now() + TEND_MS;
  }

  async #tend(): Promise<void> {
    try {
      await this.#spool.tend();
      if (this.#spool.count > 0) this.useDisk();
    } catch (error) {
      this.#counters.note(error);
    }
  }

  #move(): void {
    if (this.#moved !== undefined || this.#lanes.waitingFacts === 0) return;
    this.#moving = this.#lanes.take(Number.POSITIVE_INFINITY, () => true, "facts");
    this.#moved = this.#write(this.#moving).finally(() => {
      this.#moving = [];
      this.#moved = undefined;
    });
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    let written = 0;
    try {
      written = await this.#spool.append(entries.map((entry) => entry.draft.line));
      this.#lanes.release(entries.slice(0, written));
      if (written < entries.length) throw new Error("the spool is full");
    } catch (error) {
      this.#counters.note(error);
      this.#lanes.restore(entries.slice(written));
      this.#writeAt = performance.now() + WRITE_AGAIN_MS;
    }
  }
}
