import type { Random } from "../../../base/random.ts";
import type { EventTypeName } from "../../../protocol/event-types.ts";
import { randomOf } from "./chance.ts";
import type { Effect } from "./ledger.ts";
import { Timeline } from "./timeline.ts";
import type { SimulatedEvent, SimulatedMode, Told } from "./truth.ts";

export interface DeskOptions {
  readonly seed: number;
  readonly fromMs: number;
  readonly mode: SimulatedMode;
  /** How much happens: 1 is a desk in real time, 0.1 a tenth of the quotes, books and samples. */
  readonly activity: number;
  /** From this moment on the activity is `activityLater`. */
  readonly laterMs?: number;
  readonly activityLater?: number;
  /** What only matters while it is new is told from this moment on: books, edges, heartbeats, ticks, latencies. */
  readonly passingFromMs?: number;
}

const PASSING: ReadonlySet<EventTypeName> = new Set(["book", "edge", "heartbeat", "tick"]);

const isPassing = (type: EventTypeName, { kind }: Record<string, unknown>): boolean =>
  PASSING.has(type) || (type === "feed" && kind === "latency");

/**
 * What the bots of a simulated desk have in common: its clock, what is planned, the way to tell an event. Everything
 * happens in order of its time, and what is told was true at its time.
 */
export class Desk {
  readonly seed: number;
  readonly fromMs: number;
  /** Distinguishes the ids of this run from those of every other: the seed and the beginning. */
  readonly run: string;
  readonly #options: DeskOptions;
  readonly #timeline = new Timeline();
  readonly #told: Told[] = [];
  #given = 0;
  #count = 0;
  #nowMs: number;
  #stampMs = Number.NaN;
  #stamp = "";

  constructor(options: DeskOptions) {
    this.#options = options;
    this.seed = options.seed;
    this.fromMs = options.fromMs;
    this.#nowMs = options.fromMs;
    this.run = `${(options.seed >>> 0).toString(36)}-${Math.floor(options.fromMs / 1000).toString(36)}`;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** ISO-8601 of now. */
  get now(): string {
    if (this.#stampMs !== this.#nowMs) {
      this.#stamp = new Date(this.#nowMs).toISOString();
      this.#stampMs = this.#nowMs;
    }
    return this.#stamp;
  }

  random(part: string): Random {
    return randomOf(this.seed, part);
  }

  /** An interval of a desk in real time, as long as it is at the activity of now. Whole ms. */
  paced(ms: number): number {
    const { activity, laterMs, activityLater = activity } = this.#options;
    return Math.max(1, Math.round(ms / (laterMs !== undefined && this.#nowMs >= laterMs ? activityLater : activity)));
  }

  /** Plans something for `delayMs` from now. */
  after(delayMs: number, run: () => void): void {
    this.#timeline.plan(this.#nowMs + delayMs, run);
  }

  /** Plans something for a moment; for now when that has passed. */
  at(atMs: number, run: () => void): void {
    this.#timeline.plan(Math.max(this.#nowMs, atMs), run);
  }

  /** Does something now and then again and again, at intervals of a desk in real time with some irregularity. */
  every(ms: number, random: Random, run: () => void): void {
    run();
    this.after(this.paced(ms * (0.9 + 0.2 * random.next())), () => this.every(ms, random, run));
  }

  tell(bot: string, type: EventTypeName, fields: Record<string, unknown>, effect?: Effect): void {
    const { passingFromMs } = this.#options;
    if (passingFromMs !== undefined && this.#nowMs < passingFromMs && isPassing(type, fields)) return;
    const id = `${this.run}-${(this.#count++).toString(36)}`;
    const event: SimulatedEvent = { type, bot, ts: this.now, id, mode: this.#options.mode, ...fields };
    this.#told.push({ event, effect });
  }

  /** The next event in order of time; undefined when there is none up to `untilMs`, inclusive. */
  next(untilMs: number): Told | undefined {
    while (this.#given === this.#told.length) {
      this.#told.length = 0;
      this.#given = 0;
      const { nextMs } = this.#timeline;
      if (nextMs === undefined || nextMs > untilMs) return undefined;
      const entry = this.#timeline.take();
      if (entry === undefined) return undefined;
      this.#nowMs = entry.atMs;
      entry.run();
    }
    return this.#told[this.#given++];
  }
}
