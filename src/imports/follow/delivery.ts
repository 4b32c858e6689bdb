import { setTimeout as delay } from "node:timers/promises";
import { type Delivered, HubAway, HubSender, type Outgoing } from "../hub-sender.ts";
import type { EventRef } from "../import-files.ts";

export interface DeliveryOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  /** When it is aborted, what is under way has a few seconds left, and nothing is tried again. */
  readonly stop: AbortSignal;
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

  /** Resolves once the hub has answered for each. Rejects when stopped first, or with `HubRefused`. */
  async deliver(events: readonly Outgoing<EventRef>[]): Promise<void> {
    let waiting = events;
    while (waiting.length > 0) {
      const answered = new Set<Outgoing<EventRef>>();
      const away = await this.#try(waiting, answered);
      waiting = waiting.filter((event) => !answered.has(event));
      if (away === undefined) continue;
      if (!this.#isAway) this.#options.onAway(away);
      this.#isAway = true;
      await this.#sleep(AGAIN_MS);
    }
  }

  /** Why the hub could not be reached; undefined when all were answered. */
  async #try(events: readonly Outgoing<EventRef>[], answered: Set<Outgoing<EventRef>>): Promise<string | undefined> {
    const { url, key, random, fetch: send, onDelivered } = this.#options;
    const sender = new HubSender<EventRef>({
      url,
      key,
      random,
      inFlightMax: 1,
      fetch: (input, init) => send(input, { ...init, signal: this.#signal(init?.signal) }),
      sleep: (ms) => this.#sleep(ms),
      onDelivered: (delivered) => {
        for (const event of delivered.sent) answered.add(event);
        if (this.#isAway) this.#options.onBack();
        this.#isAway = false;
        onDelivered(delivered);
      },
    });
    try {
      for (const event of events) await sender.add(event);
      await sender.end();
      return undefined;
    } catch (error) {
      if (error instanceof HubAway) return error.message;
      throw error;
    }
  }

  #signal(own: AbortSignal | null | undefined): AbortSignal {
    return own == null ? this.#grace.signal : AbortSignal.any([own, this.#grace.signal]);
  }

  async #sleep(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#options.stop });
  }
}
