import { performance } from "node:perf_hooks";
import { backoffMs, type RetryOptions } from "../backoff.ts";
import { hubAddress } from "../hub-address.ts";
import type { Line, LineEnd, LineEvents, LineTarget } from "./line.ts";
import { openLink } from "./link.ts";
import type { Acknowledgement, Orders } from "./orders.ts";
import { openPoll } from "./poll.ts";

export interface HubLineOptions {
  readonly url: string;
  readonly bot: string;
  readonly strategy: string | undefined;
  readonly key: string | undefined;
  readonly timeoutMs: number;
  readonly holdS: number;
  /** Between two questions for a sign of life; a hub that gives none in twice that is away. */
  readonly probeMs: number;
  readonly retry: RetryOptions;
  /** In [0, 1). */
  readonly random: () => number;
  readonly events: Omit<LineEvents, "onEnd" | "onOrders"> & {
    /** `isFirst`: on this line, so that what it names was lost on the one before. */
    readonly onOrders: (orders: Orders, isFirst: boolean) => void;
  };
  /** A line is over, or could not be opened. */
  readonly onTrouble: (why: string) => void;
}

const SLOW_FACTOR_MAX = 10;
const STEADY_MS = 1_000;

/** Holds one line to the hub, and opens the next when it breaks: the link, or long poll where no link gets through. */
export class HubLine {
  readonly #options: HubLineOptions;
  readonly #target: LineTarget | Error;
  #line: Line | undefined;
  #kind: "link" | "poll" = "link";
  #heard = false;
  #heardAt = 0;
  #quietProbes = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: HubLineOptions) {
    this.#options = options;
    this.#target = targetOf(options);
    this.#open();
  }

  /** How the hub is heard now; undefined while it is not. */
  get by(): "link" | "poll" | undefined {
    return this.#heard ? this.#kind : undefined;
  }

  /** Without effect while there is no line: the hub asks again on the next one. */
  acknowledge(acknowledgement: Acknowledgement): void {
    this.#line?.acknowledge(acknowledgement);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#line?.end("closed");
  }

  #open(): void {
    this.#heard = false;
    this.#quietProbes = 0;
    const target = this.#target;
    if (target instanceof Error) return this.#options.onTrouble(target.message);
    const { events } = this.#options;
    const own: LineEvents = {
      onOrders: (orders) => {
        this.#contact();
        const isFirst = !this.#heard;
        if (isFirst) this.#heardAt = performance.now();
        this.#heard = true;
        events.onOrders(orders, isFirst);
      },
      onCommand: events.onCommand,
      onAcknowledged: events.onAcknowledged,
      onContact: () => {
        this.#contact();
        events.onContact();
      },
      onEnd: (end) => this.#over(end),
    };
    try {
      this.#line = this.#kind === "link" ? openLink(target, own) : openPoll(target, own);
      this.#probeLater();
    } catch (error) {
      this.#over({ kind: "slowly", why: error instanceof Error ? error.message : String(error) });
    }
  }

  #contact(): void {
    this.#quietProbes = 0;
  }

  #probeLater(): void {
    this.#timer = setTimeout(() => this.#probe(), this.#options.probeMs);
    this.#timer.unref();
  }

  #probe(): void {
    if (this.#kind === "link" && this.#heard) {
      if (this.#quietProbes >= 2) return this.#line?.end("the hub gives no sign of life");
      this.#quietProbes++;
      this.#line?.probe();
    }
    this.#probeLater();
  }

  #over(end: LineEnd): void {
    clearTimeout(this.#timer);
    this.#line = undefined;
    // One that ends as soon as it was heard is no better than none.
    if (this.#heard && performance.now() - this.#heardAt > STEADY_MS) this.#failures = 0;
    this.#heard = false;
    if (this.#closed) return;
    this.#options.onTrouble(end.why);
    const waitMs = this.#waitMs(end);
    // After long poll the link is tried again: what was in its way may be gone.
    this.#kind = end.kind === "otherwise" ? "poll" : "link";
    this.#timer = setTimeout(() => this.#open(), waitMs);
    this.#timer.unref();
  }

  #waitMs(end: LineEnd): number {
    const { retry, random } = this.#options;
    const { minMs, maxMs, slowMs } = retry;
    if (end.kind === "otherwise") return minMs;
    this.#failures++;
    const limits = end.kind === "slowly" ? { minMs: slowMs, maxMs: slowMs * SLOW_FACTOR_MAX } : { minMs, maxMs };
    const own = backoffMs(this.#failures, limits, random);
    const asked = end.kind === "again" ? (end.afterMs ?? 0) : 0;
    return Math.max(own, asked + Math.min(own, asked / 10));
  }
}

/** A bot must start all the same when the address or the key cannot be: the reason is told as any other trouble. */
function targetOf({ url, bot, strategy, key, timeoutMs, holdS }: HubLineOptions): LineTarget | Error {
  try {
    const { route, authorization } = hubAddress(url, key);
    const asker = new URLSearchParams({ bot, ...(strategy === undefined ? {} : { strategy }) }).toString();
    return { route, headers: authorization === undefined ? {} : { authorization }, bot, asker, timeoutMs, holdS };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
