/** Runs `run` once after `ms`; the result cancels it. Handed in, so that tests drive the time. */
export type Schedule = (run: () => void, ms: number) => () => void;

/** Why the publisher gave a subscriber up: it did not read, its transport threw, or the hub stops. */
export type OutletEnd = "slow" | "failed" | "stopped";

export interface OutletOptions {
  readonly send: (frameText: string) => void;
  /** Bytes that the transport still holds. */
  readonly buffered: () => number;
  /** Called once when the publisher gives the subscriber up: the transport closes its connection. */
  readonly end: (reason: OutletEnd) => void;
  readonly schedule: Schedule;
  /** The transport may hold this much before nothing more is sent. */
  readonly maxBufferedBytes: number;
  /** A subscriber that is full for this long is given up. */
  readonly stallMs: number;
}

/** One subscriber's way out: never more than its limit (and one frame) is left with the transport. */
export class Outlet {
  readonly #options: OutletOptions;
  #cancelStall: (() => void) | undefined;
  #closed = false;

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether a frame may be sent. Once the transport was full it must drain to a quarter first. */
  writable(): boolean {
    if (this.#closed) return false;
    if (this.#cancelStall !== undefined) return this.#drained();
    if (this.#options.buffered() < this.#options.maxBufferedBytes) return true;
    this.#cancelStall = this.#options.schedule(() => this.#stalled(), this.#options.stallMs);
    return false;
  }

  /** Whether there is room for what can as well be sent later in a newer state. */
  roomy(): boolean {
    return this.writable() && this.#options.buffered() <= this.#options.maxBufferedBytes / 4;
  }

  send(frameText: string): void {
    if (this.#closed) return;
    try {
      this.#options.send(frameText);
    } catch {
      // A transport that throws is gone; its owner hears of it by `end`.
      this.#giveUp("failed");
    }
  }

  /** Gives the subscriber up because the hub stops. */
  end(): void {
    this.#giveUp("stopped");
  }

  close(): void {
    this.#closed = true;
    this.#cancelStall?.();
    this.#cancelStall = undefined;
  }

  #drained(): boolean {
    if (this.#options.buffered() > this.#options.maxBufferedBytes / 4) return false;
    this.#cancelStall?.();
    this.#cancelStall = undefined;
    return true;
  }

  #stalled(): void {
    if (this.#closed || this.#drained()) return;
    this.#giveUp("slow");
  }

  #giveUp(reason: OutletEnd): void {
    this.close();
    this.#options.end(reason);
  }
}
