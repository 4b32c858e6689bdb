import { type Clock, microsFromMs } from "../base/time.ts";
import type { Timers } from "../hub/timers.ts";

/** The machine's wall clock, to the millisecond; it follows when that clock is set. */
export const systemClock: Clock = { now: () => microsFromMs(Date.now()) };

/** Node's timers. None of them keeps the process alive. */
export const systemTimers: Timers = {
  every: (ms, run) => {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      void Promise.resolve(run()).finally(() => {
        busy = false;
      });
    }, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  after: (run, ms) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
};
