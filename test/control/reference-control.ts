import type { ControlAction, ControlState, ControlTarget } from "../../src/protocol/api-control.ts";

/** A bot as the reference knows it. */
export interface ReferenceBot {
  readonly strategy: string;
  readonly venues: readonly string[];
  /** Venues of its orders that are open, as far as it told: mode by mode. */
  readonly open: Record<Mode, string[]>;
  stopped: boolean;
  /** Whether it said so and has not begun again: what it says otherwise is remembered only while the hub runs. */
  saidStopped: boolean;
}

export type Mode = "live" | "paper";

/** How much was left in the target by the newest list of a mode after the acknowledgement. */
interface Shown {
  orders?: number;
  positions?: number;
  /** The positions were seen while no order rested. */
  afterOrders?: boolean;
}

interface Course {
  delivered: boolean;
  acknowledged: boolean;
  failed: boolean;
  over: boolean;
  shown: Record<Mode, Shown>;
  /** Evidence sufficed at some moment. */
  proven: boolean;
}

interface Asked {
  readonly id: string;
  readonly action: ControlAction;
  readonly target: ControlTarget;
  ended: boolean;
  readonly courses: Map<string, Course>;
}

const fresh = (): Course => ({
  delivered: false,
  acknowledged: false,
  failed: false,
  over: false,
  shown: { live: {}, paper: {} },
  proven: false,
});

const same = (a: ControlTarget, b: ControlTarget): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Decision 0016 in as few words as it takes: lists, walked from the beginning each time. */
export class ReferenceControl {
  readonly bots: Readonly<Record<string, ReferenceBot>>;
  readonly asked: Asked[] = [];
  readonly #links = new Map<string, string>();

  constructor(bots: Readonly<Record<string, ReferenceBot>>) {
    this.bots = bots;
  }

  covers(target: ControlTarget, name: string): boolean {
    const bot = this.#bot(name);
    if ("bot" in target) return target.bot === name;
    if ("strategy" in target) return target.strategy === bot.strategy;
    return "venue" in target ? bot.venues.includes(target.venue) : true;
  }

  issue(id: string, action: ControlAction, target: ControlTarget): void {
    for (const earlier of this.asked) if (!earlier.ended && this.#ends(action, target, earlier)) this.#end(earlier);
    const courses = new Map<string, Course>();
    for (const [name, { stopped }] of Object.entries(this.bots))
      if (!stopped && this.covers(target, name)) courses.set(name, fresh());
    this.asked.push({ id, action, target, ended: false, courses });
  }

  #ends(action: ControlAction, target: ControlTarget, earlier: Asked): boolean {
    if (same(target, earlier.target)) return true;
    if (action !== "resume") return false;
    if ("all" in target) return true;
    return "strategy" in target && "bot" in earlier.target && this.covers(target, earlier.target.bot);
  }

  #end(command: Asked): void {
    command.ended = true;
    for (const course of command.courses.values()) if (!this.#isDone(command, course)) course.over = true;
  }

  #isDone({ action }: Asked, course: Course): boolean {
    return action === "halt" || action === "flatten" ? course.proven : course.acknowledged && !course.failed;
  }

  #standing(): Asked[] {
    return this.asked.filter(({ action, ended }) => action !== "resume" && !ended);
  }

  state(name: string): ControlState {
    return stateOf(this.#standing().filter(({ target }) => !("venue" in target) && this.covers(target, name)));
  }

  venues(): Record<string, ControlState> {
    const names = new Set(this.#standing().flatMap(({ target }) => ("venue" in target ? [target.venue] : [])));
    const of = (venue: string): Asked[] => this.#standing().filter(({ target }) => same(target, { venue }));
    return Object.fromEntries([...names].map((venue) => [venue, stateOf(of(venue))]));
  }

  /** What the bot has still to be told or to acknowledge. */
  waiting(name: string): string[] {
    return this.asked
      .filter((command) => {
        const course = command.courses.get(name);
        if (command.ended) return false;
        if (command.action === "resume") return course !== undefined && !course.over && !course.acknowledged;
        return this.covers(command.target, name) && !(course?.acknowledged === true && !course.over);
      })
      .map(({ id }) => id);
  }

  /** The bot is told what it asks for. */
  told(name: string): void {
    for (const id of this.waiting(name)) {
      const command = this.#named(id);
      const known = command.courses.get(name);
      const course = known === undefined || known.over ? fresh() : known;
      course.delivered = true;
      command.courses.set(name, course);
    }
  }

  /** A connection is opened, or its bot begins anew: it is told what holds it. */
  link(name: string): void {
    this.#links.set(name, "");
    this.push(name);
  }

  cut(name: string): void {
    this.#links.delete(name);
  }

  get linked(): string[] {
    return [...this.#links.keys()];
  }

  /** A bot that is connected is told what differs from what it was told last. */
  push(name: string): void {
    const last = this.#links.get(name);
    const now = JSON.stringify([this.state(name), this.venues(), this.waiting(name)]);
    if (last === undefined || last === now) return;
    this.#links.set(name, now);
    this.told(name);
  }

  acknowledge(id: string, name: string, failed: boolean): void {
    const command = this.#named(id);
    const course = command.courses.get(name);
    if (course === undefined || course.over || (course.acknowledged && !course.failed)) return;
    // To fail again as before says nothing new.
    if (course.failed && failed) return;
    Object.assign(course, { delivered: true, acknowledged: true, failed, shown: { live: {}, paper: {} } });
  }

  /** Those that the bot said it could not do. */
  failed(name: string): string[] {
    const isFailed = ({ courses, ended }: Asked): boolean => {
      const course = courses.get(name);
      return !ended && course !== undefined && !course.over && course.failed;
    };
    return this.asked.filter((command) => isFailed(command)).map(({ id }) => id);
  }

  placed(name: string, venue: string): void {
    this.#bot(name).open.live.push(venue);
  }

  /** A list of a mode; one that was long on its way is no evidence, and what rests is as it says all the same. */
  shown(name: string, list: ShownList): void {
    const { what, venues, mode, late } = list;
    if (what === "orders") this.#bot(name).open[mode] = [...venues];
    for (const command of this.#standing()) {
      const course = command.courses.get(name);
      if (course === undefined || course.over || !course.acknowledged) continue;
      const shown = course.shown[mode];
      if (!late) shown[what] = inTarget(command, venues).length;
      if (!late && what === "positions") shown.afterOrders = shown.orders === 0;
      if (shown.orders !== 0) shown.afterOrders = false;
      this.#judge(command, course, name);
    }
  }

  /** Each mode that matters was seen without anything left: live, in which all bots are, and where anything is open. */
  #judge(command: Asked, course: Course, name: string): void {
    if (course.failed || command.action === "pause") return;
    const { open } = this.#bot(name);
    if (inTarget(command, [...open.live, ...open.paper]).length > 0) return;
    const { orders, positions, afterOrders } = course.shown.live;
    if (orders === 0 && (command.action === "halt" || (positions === 0 && afterOrders))) course.proven = true;
  }

  /** Whoever speaks has not stopped. */
  heard(name: string): void {
    this.#bot(name).stopped = false;
  }

  begin(name: string): void {
    this.#bot(name).saidStopped = false;
  }

  restart(): void {
    this.#links.clear();
    for (const bot of Object.values(this.bots)) bot.stopped = bot.saidStopped;
  }

  stop(name: string): void {
    Object.assign(this.#bot(name), { stopped: true, saidStopped: true });
    for (const command of this.asked) {
      const course = command.courses.get(name);
      if (course !== undefined && !this.#isDone(command, course)) course.over = true;
    }
  }

  #bot(name: string): ReferenceBot {
    const bot = this.bots[name];
    if (bot === undefined) throw new Error(`there is no bot ${name}`);
    return bot;
  }

  #named(id: string): Asked {
    const command = this.asked.find((one) => one.id === id);
    if (command === undefined) throw new Error(`there is no command ${id}`);
    return command;
  }
}

export interface ShownList {
  readonly what: "orders" | "positions";
  readonly venues: readonly string[];
  readonly mode: Mode;
  readonly late: boolean;
}

const inTarget = ({ target }: Asked, venues: readonly string[]): string[] =>
  venues.filter((venue) => !("venue" in target) || target.venue === venue);

function stateOf(commands: readonly Asked[]): ControlState {
  let state: ControlState = "running";
  for (const { action } of commands) {
    if (action === "halt") state = "halted";
    if (action === "flatten") state = "reducing";
    if (action === "pause" && state === "running") state = "paused";
  }
  return state;
}
