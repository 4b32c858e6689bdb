import { createReporter, type Reporter } from "@deskwatch/client";
import type { Simulation } from "./model/simulation.ts";
import type { SimulatedEvent } from "./model/truth.ts";

export interface LiveDeskOptions {
  readonly simulation: Simulation;
  readonly url: string;
  readonly key: string | undefined;
  readonly now: () => number;
}

/** A simulated desk that goes on in real time, each bot through a reporter of its own as a real one. */
export interface LiveDesk {
  /** Says goodbye for every bot that was heard of, sends what is left, and ends. */
  readonly stop: () => Promise<void>;
}

const STEP_MS = 200;
/** Longer than a bot in earnest would wait, for few requests cost little. */
const FLUSH_MS = 400;
const CLOSE_MS = 3_000;

/** Goes on with a simulation from where it was read to. */
export function startLiveDesk({ simulation, url, key, now }: LiveDeskOptions): LiveDesk {
  const reporters = new Map<string, { readonly reporter: Reporter; last: SimulatedEvent }>();
  const tell = (event: SimulatedEvent): void => {
    let known = reporters.get(event.bot);
    if (known === undefined) {
      const { bot, mode } = event;
      // The simulated bot sends its own heartbeats: one that has crashed must fall silent.
      const reporter = createReporter({ url, key, bot, mode, heartbeatS: 0, flushMs: FLUSH_MS });
      known = { reporter, last: event };
      reporters.set(bot, known);
    }
    known.last = event;
    known.reporter.event(event);
  };
  const step = (): void => {
    const untilMs = now();
    for (let event = simulation.next(untilMs); event !== undefined; event = simulation.next(untilMs)) tell(event);
  };
  const timer = setInterval(step, STEP_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(
        [...reporters.values()].map(({ reporter }) => {
          reporter.botStopped({ reason: "the simulator was stopped" });
          return reporter.close({ timeoutMs: CLOSE_MS });
        }),
      );
    },
  };
}
