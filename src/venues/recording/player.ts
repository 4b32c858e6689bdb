import { type Random, seededRandom } from "../../base/random.ts";
import { type Micros, micros } from "../../base/time.ts";
import type { VenueContext } from "../core/ports.ts";
import { PlayedHttp } from "./played-http.ts";
import { PlayedSockets } from "./played-sockets.ts";
import { PlayTime } from "./play-time.ts";
import type { VenueRecord } from "./record.ts";

/** The ports of a connector that a recording can stand in for. */
export type PlayedPorts = Pick<VenueContext, "clock" | "timers" | "random" | "socket" | "http">;

/** Records, some at a time. */
export type Batches = Iterable<readonly VenueRecord[]> | AsyncIterable<readonly VenueRecord[]>;

export interface PlayerOptions {
  /** The records, some at a time: a chunk of a recording, a part of a file. */
  readonly batches: Batches;
  /** How many seconds of the recording pass in one; as fast as it goes when absent. */
  readonly speed?: number;
  /** Waits so many ms of real time. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Real time in ms, from anywhere; only asked when there is a speed. */
  readonly nowMs: () => number;
  /** Lets pending promises run on. */
  readonly settle: () => Promise<void>;
  /** Another run of the recorder begins: connectors began anew then, and should now. */
  readonly onNewRun?: () => void;
  /** Ends the play before its end. */
  readonly stop?: AbortSignal;
}

/** What was played. */
export interface PlayReport {
  readonly records: number;
  readonly frames: number;
  /** Frames of connections that no connector asked for. */
  readonly unheard: number;
  /** Answers that no connector asked for. */
  readonly unasked: number;
  /** Records that the recorder had to leave out. */
  readonly lost: number;
  readonly firstAt: Micros | undefined;
  readonly lastAt: Micros | undefined;
}

/** A connector may ask for its connection later than the one that was recorded did, by so much. */
const LATE_MICROS = 120_000_000;
/** Other work gets its turn after so many records. */
const RECORDS_A_TURN = 2_000;
/** Shorter waits than this are not worth a timer. */
const WAIT_MIN_MS = 2;
const SEED = 1;

/**
 * Plays a recording to connectors: time, sockets, answers and randomness come from it, so the same recording gives the
 * same results at any speed and every time. Open it, start connectors on its ports, then `play`.
 */
export class Player {
  readonly #options: PlayerOptions;
  readonly #batches: Iterator<readonly VenueRecord[]> | AsyncIterator<readonly VenueRecord[]>;
  readonly #first: readonly VenueRecord[];
  readonly #time: PlayTime;
  readonly #sockets = new PlayedSockets();
  readonly #http: PlayedHttp;
  readonly #random: Random = seededRandom(SEED);
  #run: string | undefined;
  #records = 0;
  #lost = 0;
  #lastAt: Micros | undefined;
  #pace: { readonly realMs: number; readonly at: number } | undefined;

  private constructor(
    options: PlayerOptions,
    batches: Iterator<readonly VenueRecord[]> | AsyncIterator<readonly VenueRecord[]>,
    first: readonly VenueRecord[],
  ) {
    this.#options = options;
    this.#batches = batches;
    this.#first = first;
    this.#time = new PlayTime(first[0]?.at ?? micros(0));
    this.#http = new PlayedHttp(this.#time.now);
  }

  /** Reads the first records, so that time begins with them. Rejects when they cannot be read. */
  static async open(options: PlayerOptions): Promise<Player> {
    const { batches } = options;
    const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    let batch = await iterator.next();
    while (batch.done !== true && batch.value.length === 0) batch = await iterator.next();
    return new Player(options, iterator, batch.done === true ? [] : batch.value);
  }

  /** The ports for the connector of one venue, as the recording calls it. */
  ports(venue: string): PlayedPorts {
    return {
      clock: this.#time,
      timers: this.#time,
      random: this.#random.next,
      socket: this.#sockets.port(venue),
      http: this.#http.port(venue),
    };
  }

  async play(): Promise<PlayReport> {
    await this.#settle();
    const firstAt = this.#first[0]?.at;
    await this.#playBatch(this.#first);
    while (!this.#isStopped) {
      const batch = await this.#batches.next();
      if (batch.done === true) break;
      await this.#playBatch(batch.value);
    }
    await this.#batches.return?.();
    this.#http.end();
    await this.#settle();
    return {
      records: this.#records,
      frames: this.#sockets.frames,
      unheard: this.#sockets.unheard,
      unasked: this.#http.unasked,
      lost: this.#lost,
      firstAt,
      lastAt: this.#lastAt,
    };
  }

  get #isStopped(): boolean {
    return this.#options.stop?.aborted === true;
  }

  async #playBatch(batch: readonly VenueRecord[]): Promise<void> {
    for (const record of batch) {
      if (this.#isStopped) return;
      if (this.#options.speed !== undefined) await this.#keepPace(this.#options.speed, record.at);
      if ((this.#time.nextAt ?? Number.POSITIVE_INFINITY) <= record.at) await this.#until(record.at);
      else this.#time.step(record.at);
      if (record.kind === "opened") await this.#awaitRequest(record.venue, record.target);
      this.#deliver(record);
      this.#records++;
      this.#lastAt = record.at;
      if (this.#http.isMoving || this.#records % RECORDS_A_TURN === 0) await this.#settle();
    }
  }

  #deliver(record: VenueRecord): void {
    switch (record.kind) {
      case "answer":
      case "failed":
        return this.#http.answer(record);
      case "lost":
        this.#lost += record.count;
        return;
      case "segment":
        if (this.#run !== undefined && this.#run !== record.run) this.#options.onNewRun?.();
        this.#run = record.run;
        return this.#sockets.deliver(record);
      default:
        return this.#sockets.deliver(record);
    }
  }

  /** Moves time to `at`, running what is due before. */
  async #until(at: number): Promise<void> {
    // What a timer began may ask for something only when promises have run on.
    while (this.#time.step(at)) await this.#settle();
  }

  async #keepPace(speed: number, at: number): Promise<void> {
    const { nowMs, sleep } = this.#options;
    this.#pace ??= { realMs: nowMs(), at };
    const dueMs = this.#pace.realMs + (at - this.#pace.at) / 1_000 / speed;
    const waitMs = dueMs - nowMs();
    if (waitMs >= WAIT_MIN_MS) await sleep(waitMs);
  }

  /** Whoever waits a little longer before it connects again still gets the connection that was recorded. */
  async #awaitRequest(venue: string, target: string): Promise<void> {
    const limit = this.#time.now() + LATE_MICROS;
    while (!this.#sockets.isAsked(venue, target)) {
      const next = this.#time.nextAt;
      if (next === undefined || next > limit) return;
      this.#time.step(next);
      await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    this.#http.settled();
    await this.#options.settle();
  }
}
