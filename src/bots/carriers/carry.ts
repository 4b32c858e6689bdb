import { setTimeout as delay } from "node:timers/promises";
import {
  type Command,
  type Control,
  type ControlState,
  createControl,
  createReporter,
  type Reporter,
} from "@deskwatch/client";
import type { CarriedBot, CarriedSign, CarriedState } from "./carried.ts";

export interface CarryOptions {
  readonly carried: CarriedBot;
  /** The bot's name at the hub. */
  readonly bot: string;
  readonly url: string;
  readonly key: string | undefined;
  /** What the events say they are, where the bot itself does not say. */
  readonly mode: "live" | "paper" | undefined;
  readonly stateFile: string | undefined;
  /** Halts the bot when the hub gives no sign of life for so long. */
  readonly stopAfterS?: number | undefined;
  /** Between two looks at the bot. */
  readonly everyMs: number;
  /** One line for whoever runs it. */
  readonly say: (line: string) => void;
}

/** Looks in vain after which the bot counts as away: until then the hub goes on hearing of it. */
const MISSES_MAX = 3;
const CLOSE_MS = 3_000;
/** Between two attempts to make a bot as strict as it is to be. */
const AGAIN_MAX_MS = 60_000;
const STRICTNESS: Readonly<Record<ControlState, number>> = { running: 0, paused: 1, reducing: 1, halted: 2 };

/** Carries what people ask of a bot to its own API until `signal` is aborted. Never rejects. */
export async function carry(options: CarryOptions, signal: AbortSignal): Promise<void> {
  const carrier = new Carrier(options);
  while (!signal.aborted) {
    await carrier.look();
    await delay(options.everyMs, undefined, { signal }).catch(() => undefined);
  }
  await carrier.close();
}

interface Connection {
  readonly reporter: Reporter;
  readonly control: Control;
}

/** A bot that is looser than it is to be, and when it is told so next. */
interface Again {
  readonly about: string;
  waitMs: number;
  at: number;
  /** Why it was not done the last time. */
  why: string | undefined;
}

class Carrier {
  readonly #options: CarryOptions;
  #connection: Connection | undefined;
  #sign: CarriedSign | undefined;
  #misses = 0;
  #trouble: string | undefined;
  #told: string | undefined;
  #again: Again | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CarryOptions) {
    this.#options = options;
  }

  /** The bot's own state, told to the hub; what is looser than the hub wants is made as strict again. */
  async look(): Promise<void> {
    await this.#inTurn(async () => {
      try {
        this.#sign = await this.#options.carried.sign();
        this.#misses = 0;
        this.#connect(this.#sign);
        this.#tell(this.#sign);
        await this.#hold(this.#sign);
        this.#trouble = undefined;
      } catch (error) {
        await this.#missed(error);
      }
    });
  }

  async close(): Promise<void> {
    await this.#disconnect();
  }

  /** A command and a look never act on the bot at once. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** The hub hears of the bot only while the bot itself can be reached: a carrier is no sign of its life. */
  #connect({ mode: ownMode }: CarriedSign): void {
    if (this.#connection !== undefined) return;
    const { bot, url, key, mode, stateFile, stopAfterS, carried, say } = this.#options;
    const reporter = createReporter({ url, key, bot, mode: ownMode ?? mode, heartbeatS: 0 });
    const control = createControl({
      ...{ url, key, bot, reporter, stateFile, reportState: false },
      ...(stopAfterS === undefined ? {} : { whenAway: { stopAfterS } }),
      openOrders: carried.openOrders,
      positions: carried.positions,
      onCommand: (command) => this.#obey(command),
    });
    this.#connection = { reporter, control };
    this.#told = undefined;
    say(`${bot} is reached, and its commands are carried`);
  }

  #tell({ state, progress, version }: CarriedSign): void {
    const { everyMs } = this.#options;
    const interval_s = everyMs / 1000;
    this.#connection?.reporter.heartbeat({ interval_s, ...(progress === undefined ? {} : { progress }) });
    this.#tellState(state, version);
  }

  #tellState(state: CarriedState, version: string | undefined, reason?: string): void {
    const wanted = this.#wanted();
    const status = state === "paused" && wanted === "reducing" ? "reducing" : state;
    if (status === this.#told) return;
    this.#told = status;
    this.#connection?.reporter.botState({
      status,
      ...(version === undefined ? {} : { version }),
      ...(reason === undefined || reason === "" ? {} : { reason }),
    });
  }

  /**
   * A bot that was started again, or by somebody else, is no way out of a halt. One that refuses is told again ever more
   * seldom, and that is said once: it can be reached all the same.
   */
  async #hold({ state }: CarriedSign): Promise<void> {
    const wanted = this.#wanted();
    if (wanted === undefined || STRICTNESS[state] >= STRICTNESS[wanted]) {
      this.#again = undefined;
      return;
    }
    const { bot, say, everyMs } = this.#options;
    const about = `${bot} is ${state} although it is to be ${wanted}`;
    if (this.#again?.about !== about) {
      say(`${about}: told again`);
      this.#again = { about, waitMs: everyMs, at: 0, why: undefined };
    }
    const again = this.#again;
    if (performance.now() < again.at) return;
    try {
      await this.#make(wanted);
    } catch (error) {
      const why = textOf(error);
      if (why !== again.why) say(`${bot} was not made ${wanted}: ${why}`);
      again.why = why;
    }
    again.at = performance.now() + again.waitMs;
    again.waitMs = Math.min(again.waitMs * 2, AGAIN_MAX_MS);
  }

  /** What the hub wants of this bot: of it as a whole and of its venue; undefined before the hub was heard. */
  #wanted(): ControlState | undefined {
    const status = this.#connection?.control.status();
    const isKnown = status?.heard === true || status?.stopped === true || this.#options.stateFile !== undefined;
    if (status === undefined || !isKnown) return undefined;
    const venue = status.venues[this.#sign?.venue ?? ""] ?? "running";
    return STRICTNESS[venue] > STRICTNESS[status.state] ? venue : status.state;
  }

  async #obey({ action, target, reason }: Command): Promise<void> {
    const { bot, say } = this.#options;
    if ("venue" in target && !this.#tradesAt(target.venue)) return;
    say(`${bot} is told to ${action}: ${reason}`);
    await this.#inTurn(async () => {
      const wanted = this.#wanted() ?? "running";
      try {
        const before = await this.#options.carried.sign();
        // A pause starts nothing that is stopped.
        if (action !== "pause" || STRICTNESS[before.state] < STRICTNESS[wanted]) await this.#make(wanted);
        this.#sign = await this.#options.carried.sign();
        this.#tellState(this.#sign.state, this.#sign.version, reason);
        say(`${bot} is ${this.#sign.state}`);
      } catch (error) {
        say(`${bot} was not made ${wanted}: ${textOf(error)}`);
        throw error;
      }
    });
  }

  /** Whether a command of one venue is for this bot. Throws when the bot cannot be held at one venue alone. */
  #tradesAt(name: string): boolean {
    const venue = this.#sign?.venue;
    if (venue === undefined) throw new Error("this bot cannot be held at one venue alone: ask for the bot itself");
    return venue === name;
  }

  #make(wanted: ControlState): Promise<void> {
    const { carried } = this.#options;
    if (wanted === "running") return carried.resume();
    if (wanted === "paused") return carried.pause();
    return wanted === "reducing" ? carried.flatten() : carried.halt();
  }

  async #missed(error: unknown): Promise<void> {
    const { bot, say } = this.#options;
    const why = textOf(error);
    if (why !== this.#trouble) say(`${bot}: ${why}`);
    this.#trouble = why;
    if (++this.#misses < MISSES_MAX || this.#connection === undefined) return;
    say(`${bot} is away: its commands wait at the hub`);
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.control.close();
    await connection?.reporter.close({ timeoutMs: CLOSE_MS });
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
