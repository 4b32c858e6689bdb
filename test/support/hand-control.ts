import { isoFromMicros, type Micros, micros } from "../../src/base/time.ts";
import { emptyState, reduce, reduceTail, type State } from "../../src/engine/fold.ts";
import { botSlice, DESK_SLICE, fingerprint, type Slice, slicesOf, stateFromSlices } from "../../src/engine/snapshot.ts";
import { bareDesk } from "../../src/hub/bare-desk.ts";
import { type Caller, Control } from "../../src/hub/control.ts";
import type { LinkSession } from "../../src/hub/control/links.ts";
import type { Ingest } from "../../src/hub/ingest.ts";
import { type PackedRows, unpackRows } from "../../src/hub/packed-rows.ts";
import { type AppendOutcome, StoreUnavailable } from "../../src/hub/ports.ts";
import type { CommandView, ControlRequest, LinkToBot } from "../../src/protocol/api-control.ts";
import type { DeskEvent } from "../../src/protocol/event-types.ts";
import type { Recorded } from "../../src/protocol/recorded.ts";
import { readCommandNamed } from "../../src/engine/control/read-command.ts";
import { HandTime, settle } from "./hand-time.ts";

const START = Date.UTC(2026, 10, 21) * 1000;

const ADA: Caller = { by: "Ada", via: "page", kind: "person", id: "u1", address: "10.0.0.7" };

/** A bot's connection, in memory: obeys nobody by itself. */
export class HandLink implements LinkSession {
  readonly frames: LinkToBot[] = [];
  readonly ended: string[] = [];
  readonly bot: string;
  readonly close: () => void;
  readonly strategy: string | undefined;

  constructor(control: Control, bot: string, strategy?: string) {
    this.bot = bot;
    this.strategy = strategy;
    this.close = control.link(this) ?? (() => undefined);
  }

  readonly send = (frame: LinkToBot): void => void this.frames.push(frame);
  readonly end = (why: string): void => void this.ended.push(why);
}

/** Control over a log in memory: the test moves the time, takes the store away, and ends and begins the hub again. */
export class HandControl {
  /** What is on disk. */
  readonly log: Recorded[] = [];
  time = new HandTime();
  now: Micros = micros(START);
  /** The store takes nothing while this is set. */
  away = false;
  /** The store answers only once this is over. */
  hold: Promise<void> | undefined;
  /** So many attempts to write still fail. */
  fails = 0;
  /** The id of an event that the store cannot deal with: no fault of the disk. */
  breaksAt: string | undefined;
  /** Attempts to write. */
  appends = 0;
  onProblem: (what: string, error: unknown) => void = (what, error) => {
    throw new Error(`${what}: ${String(error)}`);
  };
  state: State = emptyState();
  ingest: Ingest;
  control: Control;
  #ids = 0;
  #snapshot: { readonly seq: number; readonly slices: Slice[] } = { seq: 0, slices: [] };

  constructor() {
    ({ ingest: this.ingest, control: this.control } = this.#begin());
  }

  #begin(): { ingest: Ingest; control: Control } {
    const clock = { now: () => this.now };
    const taken: { control?: Control } = {};
    const store = {
      append: (rows: PackedRows) => this.#append(rows),
      saveSamples: async () => undefined,
      statementsOf: async () => [],
    };
    const { ingest } = bareDesk(store, clock, {
      state: this.state,
      publish: (changes) => taken.control?.taken(changes),
    });
    const control = new Control({
      state: this.state,
      ingest,
      clock,
      timers: {
        after: this.time.schedule,
        every: (ms, run) => this.#every(ms, run),
      },
      mode: "live",
      newId: () => `made-${++this.#ids}`,
      publish: () => undefined,
      onProblem: (what, error) => this.onProblem(what, error),
    });
    taken.control = control;
    return { ingest, control };
  }

  #every(ms: number, run: () => void | Promise<void>): () => void {
    let cancel = (): void => undefined;
    const again = (): void => {
      cancel = this.time.schedule(() => void Promise.resolve(run()).then(again), ms);
    };
    again();
    return () => cancel();
  }

  async #append(rows: PackedRows): Promise<AppendOutcome[]> {
    await this.hold;
    this.appends++;
    if (this.away || this.fails-- > 0) throw new StoreUnavailable("the disk is full");
    const incoming = unpackRows(rows);
    if (incoming.some(({ id }) => id !== undefined && id === this.breaksAt))
      throw new Error("this row cannot be dealt with");
    return incoming.map(({ body, ts, receivedAt }) => {
      const event = JSON.parse(body) as DeskEvent;
      const known = event.id === undefined ? undefined : this.log.find((row) => row.event.id === event.id);
      if (known !== undefined) return { seq: known.seq, standing: "duplicate" };
      const seq = this.log.length + 1;
      this.log.push({ seq, ts, receivedAt, standing: "fact", ofSeq: undefined, event });
      return { seq, standing: "fact" };
    });
  }

  /** Lets time pass, by the hub's clock too. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      this.now = micros(this.now + Math.min(50, left) * 1000);
      await this.time.advance(Math.min(50, left));
    }
    await settle();
  }

  /** A bot says something; by its own clock `skewMs` later than it is here. */
  async say(bot: string, event: object, skewMs = 0): Promise<void> {
    const ts = isoFromMicros(micros(this.now + skewMs * 1000));
    const done = await this.ingest.submit([{ value: { bot, ts, ...event } }]);
    if (done.ok && done.value.items.some(({ kind }) => kind === "rejected")) throw new Error(JSON.stringify(done));
  }

  /** The hub's own reader says something. */
  async read(bot: string, event: object): Promise<void> {
    const value = { bot, ts: isoFromMicros(this.now), source: "venue", read_by: "hub", ...event };
    await this.ingest.submit([{ value }], { speaker: "hub" });
  }

  issue(request: ControlRequest, caller: Caller = ADA): ReturnType<Control["issue"]> {
    return this.control.issue(request, caller);
  }

  view(id: string): CommandView | undefined {
    return readCommandNamed(this.state.desk, id);
  }

  /** What a snapshot would hold now, for a later start. */
  snapshot(): void {
    const slices = [...slicesOf(DESK_SLICE, this.state.desk)];
    for (const [name, bot] of this.state.bots) slices.push(...slicesOf(botSlice(name), bot));
    this.#snapshot = { seq: this.state.desk.seq, slices };
  }

  /** The hub is killed and begins again, from its last snapshot and the log; true when that is the state it had. */
  restart(): boolean {
    const before = fingerprint(this.state);
    this.control.close();
    this.time = new HandTime();
    const { seq, slices } = this.#snapshot;
    const state = seq === 0 ? emptyState() : stateFromSlices(slices);
    for (const fact of this.log.slice(seq)) (seq === 0 ? reduce : reduceTail)(state, fact);
    this.state = state;
    ({ ingest: this.ingest, control: this.control } = this.#begin());
    return fingerprint(state) === before;
  }
}
