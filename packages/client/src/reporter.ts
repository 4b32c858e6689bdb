import type { RetryOptions } from "./backoff.ts";
import { BATCH_EVENTS_MAX } from "./batch.ts";
import { Counters, type ReporterStats } from "./counters.ts";
import { Delivery } from "./delivery.ts";
import type { Draft } from "./draft.ts";
import { type EventMethods, eventMethods } from "./event-methods.ts";
import { type Envelope, type ErrorFields, sampleTypes, type ThresholdBreachFields } from "./event-types.ts";
import { atExit } from "./exit-hook.ts";
import { FlushTimer } from "./flush-timer.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Lanes } from "./lanes.ts";
import { createDrafter } from "./line.ts";
import { Overflow } from "./overflow.ts";
import { shortMessage } from "./short-message.ts";
import { Spool } from "./spool.ts";
import { createIds, createIsoWriter } from "./stamp.ts";
import { createFetchTransport, createSocketTransport, type FetchLike, type Transport } from "./transport.ts";

/** How a bot reports. Only `url` and `bot` are needed. */
export interface ReporterOptions {
  /** The hub's address, such as `http://localhost:8000`. */
  readonly url: string;
  /** The bot's name: 1 to 64 of `A-Za-z0-9._:-`; `deskwatch` is the hub itself. */
  readonly bot: string;
  /** An ingest key of the hub; none is needed on the hub's own machine. */
  readonly key?: string | undefined;
  readonly mode?: Envelope["mode"];
  readonly strategy?: string | undefined;
  readonly account?: string | undefined;
  /** A directory where facts wait while the hub is away. Without it they wait in memory, as far as there is room. */
  readonly spoolDir?: string | undefined;
  /** Limit of the spool. Default 256 MiB. */
  readonly spoolMaxBytes?: number | undefined;
  /** Events that may wait in memory. Default 10,000; with a spool as many facts again may wait for the disk. */
  readonly queueMax?: number | undefined;
  /** Longest wait of an event before it is sent; one that comes after a pause goes within 5. Default 100. */
  readonly flushMs?: number | undefined;
  /** Between two heartbeats that the reporter sends by itself; 0 for none. Default 5. */
  readonly heartbeatS?: number | undefined;
  /** When an answer counts as missing. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryOptions> | undefined;
  /** Wall clock in ms since 1970. Default `Date.now`. */
  readonly clock?: (() => number) | undefined;
  /** Used instead of the reporter's own connection. */
  readonly fetch?: FetchLike | undefined;
}

/** Reports what a bot does. Every call returns at once, throws nothing, and never keeps the process alive. */
export interface Reporter extends EventMethods {
  /** Reports `error`. Of a message of more than 4,096 characters the hub gets the beginning and the end. */
  error(code: string, message: string, more?: Omit<ErrorFields, "code" | "message">): void;
  /** Reports `threshold_breach`. */
  thresholdBreach(
    metric: string,
    value: number,
    limit?: number,
    more?: Omit<ThresholdBreachFields, "metric" | "value" | "limit">,
  ): void;
  /** Reports any event, its `type` among its fields. */
  event(event: Envelope & { readonly type: string; readonly [field: string]: unknown }): void;
  /** The bot's own count of what it got done, for the heartbeats: a bot whose count stands still is stuck. */
  progress(count: number): void;
  stats(): ReporterStats;
  /**
   * Sends what is left, for at most `timeoutMs` (default 5,000), and then the last counters with a heartbeat, for at most a
   * second of it; what the hub does not take by then goes to the spool, or is dropped and counted. Never rejects. Later calls of any method are counted as dropped.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<ReporterStats>;
}

const CHARS_IN_MEMORY_MAX = 32 * 1024 * 1024;
const SEGMENT_BYTES = 1024 * 1024;
const CLOSE_MS = 5000;
const CLOSE_STEP_MS = 20;
/** Counters alone are not worth all the time that `close` has. */
const LAST_HEARTBEAT_MS = 1000;
/** A disk that takes longer than this for the last lines is given up. */
const LAST_WRITE_MS = 2000;

/** A reporter for one bot. Never throws: what is wrong with the options shows in `stats().lastError`. */
export function createReporter(options: ReporterOptions): Reporter {
  const core = new ReporterCore(options);
  const report = (type: string, fields: unknown): void => core.report(type, fields);
  return {
    ...eventMethods(report),
    error: (code, message, more) => report("error", joined(more, { code, message: shortMessage(message) })),
    thresholdBreach: (metric, value, limit, more) => report("threshold_breach", joined(more, { metric, value, limit })),
    event: (event) => core.report(undefined, event),
    progress: (count) => core.progress(count),
    stats: () => core.stats(),
    close: (closing) => core.close(closing?.timeoutMs),
  };
}

class ReporterCore {
  readonly #counters = new Counters();
  readonly #lanes: Lanes;
  readonly #overflow: Overflow | undefined;
  readonly #delivery: Delivery;
  readonly #transport: Transport;
  readonly #draft: ReturnType<typeof createDrafter>;
  readonly #heartbeatS: number;
  readonly #flushes: FlushTimer;
  #beats: NodeJS.Timeout | undefined;
  readonly #forget: () => void;
  #progress: number | undefined;
  #rushed = false;
  #stopped = false;
  #closed: Promise<ReporterStats> | undefined;

  constructor(options: ReporterOptions) {
    const now = options.clock ?? Date.now;
    const { bot, mode, strategy, account } = options;
    const queueMax = orDefault(options.queueMax, 10_000);
    this.#heartbeatS = options.heartbeatS === 0 ? 0 : orDefault(options.heartbeatS, 5);
    const facts = options.spoolDir === undefined ? queueMax : queueMax * 2;
    this.#lanes = new Lanes({ events: queueMax, facts, chars: CHARS_IN_MEMORY_MAX });
    this.#draft = createDrafter({
      defaults: { bot, mode, strategy, account },
      now,
      isoOf: createIsoWriter(),
      nextId: createIds(Date.now()),
    });
    this.#transport = transportFor(options);
    this.#overflow = this.#overflowFor(options);
    const heartbeat = new Heartbeat(this.#heartbeatS > 0, () => this.#heartbeatLine());
    this.#delivery = new Delivery({
      lanes: this.#lanes,
      overflow: this.#overflow,
      counters: this.#counters,
      heartbeat,
      send: this.#transport.send,
      retry: { minMs: 100, maxMs: 10_000, slowMs: 5_000, ...options.retry },
      now: Date.now,
      random: Math.random,
    });
    this.#flushes = new FlushTimer({
      everyMs: orDefault(options.flushMs, 100),
      tends: this.#overflow !== undefined,
      flush: () => this.#delivery.tick(),
      isBusy: () => this.#delivery.isBusy,
    });
    if (this.#heartbeatS > 0) this.#beat(heartbeat);
    this.#forget = this.#overflow === undefined ? () => undefined : atExit(() => this.#saveAtExit());
  }

  report(type: string | undefined, fields: unknown): void {
    this.#counters.reported++;
    try {
      if (typeof fields !== "object" || fields === null) throw new TypeError("an event must be an object");
      this.#take(type, fields);
    } catch (error) {
      // A bot must not fail for what it reports: counted, and the reason is kept.
      this.#counters.rejected++;
      this.#counters.note(error);
    }
  }

  progress(count: number): void {
    this.#progress = count;
  }

  stats(): ReporterStats {
    const { reported, sent, accepted, dropped, droppedSamples, retries, rejected, lastError } = this.#counters;
    const spooled = this.#overflow?.count ?? 0;
    const queued = this.#lanes.occupied;
    return { reported, sent, accepted, dropped, droppedSamples, spooled, queued, retries, rejected, lastError };
  }

  close(timeoutMs = CLOSE_MS): Promise<ReporterStats> {
    this.#closed ??= this.#close(timeoutMs >= 0 ? timeoutMs : CLOSE_MS);
    return this.#closed;
  }

  #take(type: string | undefined, fields: object): void {
    const said: unknown = type ?? Reflect.get(fields, "type");
    if (typeof said !== "string") throw new TypeError("an event must say its type");
    this.#stopped = said === "bot.stopped" || (this.#stopped && said !== "bot.started");
    const sample = sampleTypes.has(said);
    const samples = sample ? 1 : 0;
    if (this.#closed !== undefined || !this.#offer(this.#draft(type, fields), sample)) this.#counters.drop(1, samples);
    this.#flushes.ask();
    if (this.#lanes.waiting >= BATCH_EVENTS_MAX && !this.#rushed) this.#rush();
  }

  #offer(draft: Draft, sample: boolean): boolean {
    return this.#lanes.offer(draft, sample, () => this.#counters.drop(1, 1));
  }

  /** A batch is full before the flush interval is over. */
  #rush(): void {
    this.#rushed = true;
    setImmediate(() => {
      this.#rushed = false;
      this.#delivery.tick();
    }).unref();
  }

  #beat(heartbeat: Heartbeat): void {
    this.#flushes.ask();
    this.#beats = setInterval(() => {
      heartbeat.ring();
      this.#flushes.ask();
    }, this.#heartbeatS * 1000);
    this.#beats.unref();
  }

  #overflowFor(options: ReporterOptions): Overflow | undefined {
    if (options.spoolDir === undefined) return undefined;
    const spool = new Spool({
      dir: options.spoolDir,
      bot: options.bot,
      maxBytes: orDefault(options.spoolMaxBytes, 256 * 1024 * 1024),
      segmentBytes: SEGMENT_BYTES,
      onError: (error) => this.#counters.note(error),
      onBroken: (count) => this.#counters.drop(count, 0),
    });
    return new Overflow(spool, this.#lanes, this.#counters);
  }

  #heartbeatLine(): string {
    const { reported, sent, dropped, spooled, queued, retries } = this.stats();
    const { line } = this.#draft("heartbeat", {
      progress: this.#progress ?? reported,
      interval_s: this.#heartbeatS,
      client: { sent, dropped, spooled, queued, retries },
    });
    return line;
  }

  async #close(timeoutMs: number): Promise<ReporterStats> {
    const until = Date.now() + timeoutMs;
    this.#delivery.hurry();
    while (!this.#delivery.isDone && Date.now() < until) {
      this.#delivery.tick();
      await within(until - Date.now(), this.#delivery.idle());
      // With a disk to wait on there is no need to hold the bot up.
      if (this.#overflow !== undefined && this.#delivery.isFailing) break;
      if (!this.#delivery.isDone) await pause(CLOSE_STEP_MS);
    }
    this.#flushes.stop();
    clearInterval(this.#beats);
    await this.#sayLast(until);
    this.#transport.close();
    await within(LAST_WRITE_MS, this.#delivery.idle());
    if (this.#overflow !== undefined) await within(LAST_WRITE_MS, this.#overflow.close());
    const left = this.#lanes.occupied;
    if (left > 0) this.#counters.drop(left, left - this.#lanes.waitingFacts - this.#delivery.heldFacts.length);
    this.#lanes.clear();
    this.#forget();
    return this.stats();
  }

  async #sayLast(until: number): Promise<void> {
    const leftMs = Math.min(LAST_HEARTBEAT_MS, until - Date.now());
    if (this.#heartbeatS === 0 || leftMs <= 0 || !this.#delivery.isDone) return;
    await within(leftMs, this.#delivery.sayLast(this.#stopped));
  }

  #saveAtExit(): void {
    const moving = this.#overflow?.moving ?? [];
    const waiting = this.#lanes.take(Number.POSITIVE_INFINITY, () => true, "facts");
    this.#overflow?.saveAtExit([...this.#delivery.heldFacts, ...moving, ...waiting]);
  }
}

const orDefault = (value: number | undefined, fallback: number): number =>
  value !== undefined && Number.isFinite(value) && value > 0 ? value : fallback;

/** Keeps the process alive, for `close` is awaited. */
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the work, but not longer than `ms`; keeps the process alive meanwhile. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

/** The fields of an event said with arguments, and what was said besides as far as it can be read. */
function joined(more: object | undefined, own: object): object {
  try {
    return { ...more, ...own };
  } catch {
    // What cannot be read is left out: the arguments matter most.
    return own;
  }
}

function transportFor(options: ReporterOptions): Transport {
  const { url, key, fetch } = options;
  const own = { url, key, timeoutMs: orDefault(options.timeoutMs, 10_000) };
  try {
    return fetch === undefined ? createSocketTransport(own) : createFetchTransport(own, fetch);
  } catch (error) {
    // The bot must start all the same; the reason shows in `lastError` with every attempt.
    return { send: () => Promise.reject(error), close: () => undefined };
  }
}
