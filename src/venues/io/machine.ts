import { type Clock, microsFromMs } from "../../base/time.ts";
import type { Timers } from "../core/ports.ts";

/** The machine's wall clock with the resolution of its monotonic one: frames of one millisecond keep their order. */
export function machineClock(): Clock {
  return { now: () => microsFromMs(performance.timeOrigin + performance.now()) };
}

/** Node's timers. They keep the process alive: a connector runs until it is stopped. */
export const machineTimers: Timers = {
  after: (run, ms) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
