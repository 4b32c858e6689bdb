import { setTimeout as delay } from "node:timers/promises";
import { type Control, createControl, createReporter, type Reporter } from "@deskwatch/client";
import { type BotOrders, isSameOrders } from "./model/leave.ts";
import type { ControlledBot, Simulation } from "./model/simulation.ts";
import type { SimulatedEvent } from "./model/truth.ts";

export interface LiveDeskOptions {
  readonly simulation: Simulation;
  readonly url: string;
  readonly key: string | undefined;
  readonly now: () => number;
}

/** A simulated desk that goes on in real time, each bot through a reporter of its own as a real one, and under control. */
export interface LiveDesk {
  /** Says goodbye for every bot that was heard of, sends what is left, and ends. */
  readonly stop: () => Promise<void>;
}

const STEP_MS = 200;
/** Longer than a bot in earnest would wait, for few requests cost little. */
const FLUSH_MS = 400;
const CLOSE_MS = 3_000;
/** A desk that is held must not trade before it has heard of it; a hub without control is not waited for for long. */
const READY_MS = 3_000;
/** What a crashed bot is asked is late, and the hub shows it. */
const CRASHED_LOOK_MS = 500;

/** Goes on with a simulation from where it was read to. */
export async function startLiveDesk({ simulation, url, key, now }: LiveDeskOptions): Promise<LiveDesk> {
  const desk = new Desk(simulation, now);
  for (const bot of simulation.bots) desk.add(bot, { url, key });
  await desk.ready();
  const timer = setInterval(() => desk.step(), STEP_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await desk.stop();
    },
  };
}

interface LiveBot {
  readonly bot: ControlledBot;
  readonly reporter: Reporter;
  readonly control: Control;
  told: boolean;
}

class Desk {
  readonly #simulation: Simulation;
  readonly #now: () => number;
  readonly #bots = new Map<string, LiveBot>();
  #stopped = false;

  constructor(simulation: Simulation, now: () => number) {
    this.#simulation = simulation;
    this.#now = now;
  }

  add(bot: ControlledBot, { url, key }: { readonly url: string; readonly key: string | undefined }): void {
    const { bot: name, mode } = bot;
    // The simulated bot sends its own heartbeats: one that has crashed must fall silent.
    const reporter = createReporter({ url, key, bot: name, mode, heartbeatS: 0, flushMs: FLUSH_MS });
    const control: Control = createControl({
      ...{ url, key, bot: name, reporter, reportState: false },
      openOrders: bot.openOrders,
      positions: bot.positions,
      onCommand: async ({ reason }) => {
        while (!bot.isRunning() && !this.#stopped) await delay(CRASHED_LOOK_MS, undefined, { ref: false });
        this.#obey(bot, control, reason);
        this.step();
      },
    });
    this.#bots.set(name, { bot, reporter, control, told: false });
  }

  /** Whoever is held is so before its first order. */
  async ready(): Promise<void> {
    await Promise.all([...this.#bots.values()].map(({ control }) => control.ready({ timeoutMs: READY_MS })));
  }

  /** Tells what has happened until now. */
  step(): void {
    for (const { bot, control } of this.#bots.values()) this.#obey(bot, control);
    const untilMs = this.#now();
    const { next } = this.#simulation;
    for (let event = next(untilMs); event !== undefined; event = next(untilMs)) this.#tell(event);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(
      [...this.#bots.values()].map(({ reporter, control, told }) => {
        control.close();
        if (told) reporter.botStopped({ reason: "the simulator was stopped" });
        return reporter.close({ timeoutMs: CLOSE_MS });
      }),
    );
  }

  #obey(bot: ControlledBot, control: Control, reason?: string): void {
    const { state, venues } = control.status();
    const orders: BotOrders = { state, venues, reason };
    if (!isSameOrders(orders, bot.orders())) bot.obey(this.#now(), orders);
  }

  #tell(event: SimulatedEvent): void {
    const live = this.#bots.get(event.bot);
    if (live === undefined) return;
    live.told = true;
    live.reporter.event(event);
  }
}
