import { type Clock, microsFromMs } from "../base/time.ts";

/** The machine's clock, where none is handed in. */
export const systemClock: Clock = { now: () => microsFromMs(Date.now()) };
