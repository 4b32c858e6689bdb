import { setTimeout as delay } from "node:timers/promises";
import { type Delivered, HubAway, HubSender, type Outgoing } from "../hub-sender.ts";
import type { EventRef } from "../import-report.ts";

export interface DeliveryOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  /** When it is aborted, what is under way has a few seconds left, and nothing is tried again. */
  readonly stop: AbortSignal;
  /** Give up, with `HubAway`, after the retries of one attempt. */
  readonly givesUp: boolean;
  readonly onDelivered: (delivered: Delivered<EventRef>) => void;
  readonly onAway: (why: string) => void;
  readonly onBack: () => void;
}

const AGAIN_MS = 5_000;
const GRACE_MS = 5_000;

/** Brings events to the hub, in order, for as long as it takes. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #grace = new AbortController();
  #isAway = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    options.stop.addEventListener("abort", () => setTimeout(() => this.#grace.abort(), GRACE_MS).unref(), {
      once: true,
    });
  }

  /** Resolves once the hub has answered for each. Rejects when stopped first, or with `HubRefused` or `HubAway`. */
  async deliver(events: readonly Outgoing<EventRef>[]): Promise<void> {
    const waiting = new Set(events);
    while (!(await this.#try(waiting))) await this.#sleep(AGAIN_MS);
  }

  /** Whether the hub has answered for each, after the retries of one attempt. */
  tryDeliver(events: readonly Outgoing<EventRef>[]): Promise<boolean> {
    return this.#try(new Set(events));
  }

  /** Takes from `waiting` what was answered. False when the hub could not be reached for the rest. */
  async #try(waiting: Set<Outgoing<EventRef>>): Promise<boolean> {
    const { url, key, random, givesUp, fetch: send, onAway, onBack, onDelivered } = this.#options;
    const sender = new HubSender<EventRef>({
      url,
      key,
      random,
      fetch: (input, init) => send(input, { ...init, signal: this.#signal(init?.signal) }),
      sleep: (ms) => this.#sleep(ms),
      onDelivered: (delivered) => {
        for (const event of delivered.sent) waiting.delete(event);
        if (this.#isAway) onBack();
        this.#isAway = false;
        onDelivered(delivered);
      },
    });
    try {
      for (const event of [...waiting]) await sender.add(event);
      await sender.end();
      return true;
    } catch (error) {
      if (!(error instanceof HubAway) || givesUp) throw error;
      if (!this.#isAway) onAway(error.message);
      this.#isAway = true;
      return false;
    }
  }

  #signal(own: AbortSignal | null | undefined): AbortSignal {
    return own == null ? this.#grace.signal : AbortSignal.any([own, this.#grace.signal]);
  }

  async #sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.stop });
  }
}
