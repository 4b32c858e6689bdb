import type { FactLog } from "./fact-log.ts";
import type { Outlet } from "./outlet.ts";

/** What one subscriber has of one topic, and what it is still owed. */
export interface Channel {
  /** Sends what can be sent now. True when the rest waits for the transport to drain. */
  readonly pump: (outlet: Outlet) => boolean;
  /** A change of a state topic; a fact topic has none. Where it cannot be taken, `pump` makes it good. */
  readonly delta: (outlet: Outlet, frameText: string) => void;
}

/** The state of a topic as a frame, and where in the log of its facts to go on from there. */
export interface FactSnapshot {
  readonly frame: string;
  readonly next: number;
}

export interface FactFeed {
  readonly topic: string;
  readonly log: Pick<FactLog<never>, "first" | "end" | "floor" | "indexAfter" | "frame">;
  /** Whether the topic's frames carry the `seq` of the log, so that a subscriber can resume from one. */
  readonly resumable: boolean;
  /** Newest `seq` that a subscriber can have seen. */
  readonly lastSeq: () => number;
  /** Never rejects. Resolves with undefined, after a pause, when the snapshot could not be had: it is asked for again. */
  readonly snapshot: () => Promise<FactSnapshot | undefined>;
  /** A subscriber further behind than this many facts gets a gap and a snapshot in their place. */
  readonly maxBehind: number;
  /** Asks for a `pump` of every channel soon. */
  readonly wake: () => void;
}

/** Whoever catches up does so in rounds of this many frames, so that the hub's other work goes on between them. */
const FRAMES_PER_ROUND = 1_000;

/** Every fact in order: a snapshot (or the facts after `since`), then each fact once; a gap where that cannot be kept. */
export class FactChannel implements Channel {
  readonly #feed: FactFeed;
  #phase: "gap" | "snapshot" | "asking" | "holding" | "live";
  #held: FactSnapshot | undefined;
  #next = 0;

  constructor(feed: FactFeed, since: number | undefined) {
    this.#feed = feed;
    this.#phase = "snapshot";
    if (since !== undefined && feed.resumable) this.#resume(since);
  }

  pump(outlet: Outlet): boolean {
    if (this.#phase === "live") this.#drain(outlet);
    if (this.#phase === "live") return !outlet.writable();
    if (this.#phase === "asking") return false;
    if (!outlet.writable()) return true;
    if (this.#phase === "gap") {
      outlet.send(JSON.stringify({ op: "gap", topic: this.#feed.topic }));
      this.#phase = "snapshot";
    }
    if (this.#phase === "snapshot") this.#ask();
    else this.#show(outlet);
    return !outlet.writable() || this.#owesGap();
  }

  delta(): void {
    // Facts are never conflated: they come by the log.
  }

  #resume(since: number): void {
    const { log } = this.#feed;
    if (since < log.floor || since > this.#feed.lastSeq()) {
      this.#phase = "gap";
      return;
    }
    this.#phase = "live";
    this.#next = log.indexAfter(since);
  }

  #owesGap(): boolean {
    return this.#phase === "gap";
  }

  #drain(outlet: Outlet): void {
    const { log, maxBehind } = this.#feed;
    const until = Math.min(log.end, this.#next + FRAMES_PER_ROUND);
    let lost = this.#next < log.first;
    while (!lost && this.#next < until && outlet.writable()) {
      const frame = log.frame(this.#next);
      if (frame === "pending") return;
      lost = frame === "lost";
      if (lost) break;
      outlet.send(frame);
      this.#next++;
    }
    const behind = log.end - this.#next;
    if (lost) this.#phase = "gap";
    else if (behind > 0 && outlet.writable()) this.#feed.wake();
    else if (behind > maxBehind) this.#phase = "gap";
  }

  #ask(): void {
    this.#phase = "asking";
    void this.#feed.snapshot().then((snapshot) => {
      this.#held = snapshot;
      this.#phase = snapshot === undefined ? "snapshot" : "holding";
      this.#feed.wake();
    });
  }

  #show(outlet: Outlet): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined || held.next < this.#feed.log.first) {
      this.#ask();
      return;
    }
    outlet.send(held.frame);
    this.#next = held.next;
    this.#phase = "live";
    this.#drain(outlet);
  }
}

/** The newest state: a snapshot, then changes; one that cannot be taken is made good by a fresh snapshot. */
export class StateChannel implements Channel {
  readonly #snapshotFrame: () => string | undefined;
  #live = false;

  /** `snapshotFrame` gives undefined when the state cannot be shown now: it is asked again with the next change. */
  constructor(snapshotFrame: () => string | undefined) {
    this.#snapshotFrame = snapshotFrame;
  }

  pump(outlet: Outlet): boolean {
    if (this.#live) return false;
    if (!outlet.roomy()) return true;
    const frame = this.#snapshotFrame();
    if (frame === undefined) return false;
    outlet.send(frame);
    this.#live = true;
    return false;
  }

  delta(outlet: Outlet, frameText: string): void {
    if (!this.#live) return;
    this.#live = outlet.roomy();
    if (this.#live) outlet.send(frameText);
  }
}
