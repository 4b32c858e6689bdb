import { type Result, err, ok } from "../../base/result.ts";
import { type Clock, isoFromMicros, type Micros, micros, parseTime } from "../../base/time.ts";
import { foldedSeq, type State } from "../../engine/fold.ts";
import type { ReplayControl, ReplayRequest, ReplayView } from "../../protocol/api-sessions.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import { LivenessWatch } from "../liveness-watch.ts";
import type { Store } from "../ports.ts";
import type { Publisher } from "../publish.ts";
import type { Query } from "../query.ts";
import type { Timers } from "../timers.ts";
import type { CheckpointLimits } from "./checkpoints.ts";
import { Course } from "./course.ts";
import { pastState } from "./past-state.ts";
import { pastStore } from "./past-store.ts";
import { PlayedChanges } from "./played-changes.ts";
import { prepare, type Range } from "./prepare.ts";
import { ReplayPublisher } from "./replay-publisher.ts";

export interface ReplayOptions {
  readonly id: string;
  readonly request: ReplayRequest;
  readonly store: Store;
  /** The hub's own clock: how fast the replay's runs is measured by it. */
  readonly clock: Clock;
  readonly timers: Timers;
  /** The last fact of the log now: what comes after the replay began is not played. */
  readonly lastSeq: () => number;
  /** The desk's own read path, over the past. */
  readonly queryOver: (past: Past) => Query;
  readonly publisherOf: (query: Query) => Publisher;
  readonly limits?: Partial<CheckpointLimits>;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** What a query over a replay reads from. */
export interface Past {
  readonly state: State;
  readonly store: Store;
  readonly clock: Clock;
}

/** Why a control was not obeyed. */
export interface ControlRefusal {
  readonly code: "conflict";
  readonly message: string;
}

const TICK_MS = 50;
/** More time than this between two ticks is not caught up with: the replay is then slower than it was asked to be. */
const TICK_MICROS_MAX = 250_000;
const LOOK_EVERY_MICROS = 1_000_000;

type Status = ReplayView["state"];

/**
 * Plays the log in its order, in a fold of its own. Its clock is event time: the running maximum of `effective_ts`, and
 * between two facts the time that has passed at the speed asked for. One piece of work at a time: controls wait for the
 * slice that is under way, never for more of what is played.
 */
export class Replay {
  readonly id: string;
  readonly query: Query;
  readonly publisher: ReplayPublisher;
  readonly #options: ReplayOptions;
  readonly #course: Course;
  readonly #createdAt: Micros;
  readonly #listeners = new Set<() => void>();
  readonly #watch = new LivenessWatch();
  readonly #played = new PlayedChanges();
  #range: Range | undefined;
  #status: Status = "preparing";
  #paused: boolean;
  #speed: ReplayView["speed"];
  /** The last fact of the log when it was read. */
  #lastSeq = 0;
  #detail: string | undefined;
  #at = micros(0);
  #tickedAt = micros(0);
  #lookedAt = micros(0);
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #revision = 0;
  #cancelTick: (() => void) | undefined;
  #closed = false;

  /** Begins to prepare at once, and then to play unless it was asked for as paused. */
  constructor(options: ReplayOptions) {
    const { id, request, store, clock, timers } = options;
    this.id = id;
    this.#options = options;
    this.#speed = request.speed;
    this.#paused = request.paused;
    this.#createdAt = clock.now();
    this.#course = new Course({
      store,
      timers,
      toSeq: () => this.#lastSeq,
      heardTo: () => this.#range?.heardTo ?? micros(0),
      onSample: (event) => this.#played.sample(event),
    });
    const eventClock: Clock = { now: () => this.#at };
    this.query = options.queryOver({
      state: pastState(() => this.#course.state, eventClock),
      store: pastStore(store, () => this.#course.seq),
      clock: eventClock,
    });
    this.publisher = new ReplayPublisher(() => options.publisherOf(this.query));
    void this.#exclusive(() => this.#prepare());
  }

  /** The fold at the place where the replay is. */
  get state(): State {
    return this.#course.state;
  }

  get view(): ReplayView {
    const range = this.#range;
    const isAtStart = range === undefined || this.#course.facts <= range.start.facts;
    const isShown = range?.span !== undefined;
    return {
      replay_id: this.id,
      revision: this.#revision,
      state: this.#status,
      speed: this.#speed,
      from: isShown ? isoFromMicros(range.span.from) : null,
      to: isShown ? isoFromMicros(range.span.to) : null,
      from_seq: range?.fromSeq ?? 0,
      to_seq: range?.toSeq ?? 0,
      at: isShown ? isoFromMicros(this.#at) : null,
      at_seq: foldedSeq(this.#course.state),
      events: range?.facts ?? 0,
      played: isAtStart ? 0 : this.#course.facts - range.start.facts,
      created_at: isoFromMicros(this.#createdAt),
      ...(this.#detail === undefined ? {} : { detail: this.#detail }),
    };
  }

  /** Calls `listener` with every change of the view; returns the way to stop. */
  onView(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the view once the control has taken effect: after a seek, at the place sought. */
  async control(control: ReplayControl): Promise<Result<ReplayView, ControlRefusal>> {
    if (this.#closed) return err({ code: "conflict", message: "This replay is closed: begin another." });
    if (this.#status === "preparing") return this.#obeyEarly(control);
    await this.#exclusive(() => this.#obey(control));
    return this.#status === "failed"
      ? err({ code: "conflict", message: `This replay has failed: ${this.#detail ?? "see the hub's log"}` })
      : ok(this.view);
  }

  /** Resolves when all that was asked so far is done. */
  async settled(): Promise<void> {
    await this.#work;
  }

  close(): void {
    this.#closed = true;
    this.#cancelTick?.();
    this.#course.close();
    this.publisher.close();
    this.#range?.checkpoints.clear();
    this.#notify();
  }

  /** One piece of work after the other. What fails shows in the view. */
  #exclusive(work: () => Promise<void>): Promise<void> {
    this.#waiting++;
    this.#work = this.#work.then(async () => {
      this.#waiting--;
      if (this.#closed) return;
      try {
        await work();
      } catch (error) {
        this.#status = "failed";
        this.#detail = error instanceof Error ? error.message : String(error);
        this.#options.onProblem(`replay ${this.id}`, error);
      }
      // What was under way may have begun to read the log anew.
      if (this.#closed) this.#course.close();
      this.#notify();
    });
    return this.#work;
  }

  async #prepare(): Promise<void> {
    const { request, store, clock, timers, lastSeq, limits } = this.#options;
    this.#status = "preparing";
    this.#lastSeq = lastSeq();
    const readAt = clock.now();
    this.#range = await prepare({
      store,
      timers,
      toSeq: () => this.#lastSeq,
      heardTo: () => readAt,
      from: parseTime(request.from),
      to: parseTime(request.to),
      ...(limits === undefined ? {} : { limits }),
      closed: () => this.#closed,
      onProgress: (facts) => {
        this.#detail = `${facts} facts read`;
        this.#notify();
      },
    });
    this.#detail = undefined;
    if (this.#range === undefined) return;
    await this.#course.restore(this.#range.start);
    this.#at = this.#clockHere(this.#range);
    this.publisher.reset();
    if (this.#range.facts === 0) this.#detail = nothingToPlay(this.#lastSeq);
    this.#rest(this.#range, this.#paused ? "paused" : "playing");
  }

  async #obey(control: ReplayControl): Promise<void> {
    const range = this.#range;
    if (range === undefined) return this.#prepare();
    if (range.facts === 0) return this.#obeyWithoutFacts(range, control);
    this.#detail = undefined;
    switch (control.action) {
      case "play":
        if (this.#status === "ended") await this.#seek(range, { wanted: () => false });
        return this.#rest(range, "playing");
      case "pause":
        return this.#rest(range, "paused");
      case "speed":
        this.#speed = control.speed;
        return this.#rest(range, this.#status);
      case "step":
        return this.#step(range, control.events);
      case "seek_seq":
        await this.#seek(range, { wanted: (seq) => seq <= control.seq });
        return this.#rest(range, this.#status);
      case "seek": {
        const to = parseTime(control.to) ?? this.#at;
        await this.#seek(range, { wanted: (_, clock) => clock <= to, to });
        return this.#rest(range, this.#status);
      }
    }
  }

  /** With nothing to play, `play` reads the log again: something may have happened since. */
  async #obeyWithoutFacts(range: Range, control: ReplayControl): Promise<void> {
    if (control.action === "speed") this.#speed = control.speed;
    if (control.action !== "play") return this.#rest(range, "paused");
    this.#paused = false;
    return this.#prepare();
  }

  /** Before the log was read, only how it will be played can be said. */
  #obeyEarly(control: ReplayControl): Result<ReplayView, ControlRefusal> {
    switch (control.action) {
      case "play":
      case "pause":
        this.#paused = control.action === "pause";
        return ok(this.view);
      case "speed":
        this.#speed = control.speed;
        return ok(this.view);
      default:
        return err({ code: "conflict", message: "This replay still reads the log: try again when it plays." });
    }
  }

  /** The state that the replay is in from here on, and its next tick when it plays. */
  #rest(range: Range, status: Status, tickedAt = this.#options.clock.now()): void {
    const isAtEnd = this.#course.seq >= range.toSeq && this.#at >= (range.span?.to ?? this.#at);
    this.#status = isAtEnd ? "ended" : status === "playing" ? "playing" : "paused";
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    if (this.#status !== "playing" || this.#closed) return;
    this.#tickedAt = tickedAt;
    const tick = () => void this.#exclusive(() => this.#tick(range));
    this.#cancelTick = this.#options.timers.after(tick, this.#speed === "max" ? 0 : TICK_MS);
  }

  async #tick(range: Range): Promise<void> {
    if (this.#status !== "playing") return;
    if (this.#speed === "max" && !this.publisher.isHeard) return this.#playUnseen(range);
    const now = this.#options.clock.now();
    const passed = Math.min(Math.max(0, now - this.#tickedAt), TICK_MICROS_MAX);
    const to = range.span?.to ?? this.#at;
    const until = this.#speed === "max" ? to : Math.min(to, this.#at + Math.round(passed * this.#speed));
    await this.#play((next, clock) => next.seq <= range.toSeq && clock <= until);
    // A control that waits has cut it short: facts of before `until` may be to come.
    if (this.#waiting === 0) await this.#passTo(micros(until));
    this.#look();
    this.#rest(range, "playing", now);
  }

  /** Nobody sees the way to the end, and it was folded once when the log was read: on from the last place kept of it. */
  async #playUnseen(range: Range): Promise<void> {
    await this.#seek(range, { wanted: () => true, to: range.span?.to });
    this.#rest(range, "playing");
  }

  async #step(range: Range, events: number): Promise<void> {
    let left = events;
    const isOver = this.#course.seq >= range.toSeq;
    await this.#play((next) => next.seq <= range.toSeq && left-- > 0, { whole: true });
    await this.#passTo(isOver ? (range.span?.to ?? this.#at) : this.#clockHere(range));
    this.#rest(range, "paused");
  }

  /** Folds and publishes what is wanted; a control that waits cuts it short, unless all of it is asked for. */
  async #play(
    wanted: (next: Recorded, clock: Micros) => boolean,
    { whole = false }: { whole?: boolean } = {},
  ): Promise<void> {
    await this.#course.advance(wanted, {
      taken: (fact) => this.#played.fact(fact),
      slice: () => {
        this.#publish();
        this.#notify();
        return !this.#closed && (whole || this.#waiting === 0);
      },
    });
    this.#publish();
  }

  #publish(): void {
    this.#at = micros(Math.max(this.#at, this.#course.now));
    if (this.publisher.isHeard) this.publisher.publish(this.#played.take());
    else this.#played.clear();
  }

  /** Lets the time between two facts pass, with the samples that come in it. */
  async #passTo(until: Micros): Promise<void> {
    await this.#course.passTo(until);
    this.#at = micros(Math.max(this.#at, until));
    this.#publish();
  }

  /** Goes to the place after the last fact that is wanted, and on to a moment after it where one is given. */
  async #seek(range: Range, { wanted, to }: Place): Promise<void> {
    const { start, checkpoints, toSeq, span } = range;
    const nearest = checkpoints.last(({ seq, clock }) => wanted(seq, clock)) ?? start;
    const { seq: hereSeq, clock: hereClock, now: hereNow } = this.#course;
    const isBefore = wanted(hereSeq, hereClock) && hereNow <= (to ?? hereClock);
    const isOnTheWay = isBefore && hereSeq >= nearest.seq;
    if (!isOnTheWay) await this.#course.restore(nearest);
    await this.#course.advance((next, clock) => next.seq <= toSeq && wanted(next.seq, clock), {
      slice: () => !this.#closed,
    });
    const here = this.#clockHere(range);
    this.#at = micros(Math.max(here, Math.min(to ?? here, span?.to ?? here)));
    await this.#course.passTo(this.#at);
    this.#played.clear();
    this.publisher.reset();
  }

  #clockHere({ span }: Range): Micros {
    return span === undefined ? this.#course.clock : micros(Math.max(span.from, this.#course.clock));
  }

  /** What the passing of time alone changes. */
  #look(): void {
    if (!this.publisher.isHeard || Math.abs(this.#at - this.#lookedAt) < LOOK_EVERY_MICROS) return;
    this.#lookedAt = this.#at;
    this.publisher.publish(this.#watch.look(this.#course.state, this.#at));
  }

  #notify(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }
}

/** A place in the log. */
interface Place {
  /** Whether a fact is before it: this holds for all before one for which it does. `clock`: once it is folded. */
  readonly wanted: (seq: number, clock: Micros) => boolean;
  /** The moment to be at; that of the last fact before it when absent. */
  readonly to?: Micros | undefined;
}

const nothingToPlay = (lastSeq: number): string =>
  `${lastSeq === 0 ? "The log was empty" : "Nothing had happened between from and to"} when it was read; play reads it again.`;
