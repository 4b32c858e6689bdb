import { BOT_NAMES, simulate } from "../../src/bots/simulator/model/simulation.ts";
import type { SimulatedEvent } from "../../src/bots/simulator/model/truth.ts";
import { scratchHub } from "../support/scratch-hub.ts";

const FROM_MS = Date.UTC(2026, 2, 4, 7);
const EVENTS = 6_000;
const BATCH = 1_000;

/** A whole hub to which a desk was simulated, with all that the desk said and what is true of it. */
export async function simulatedDesk() {
  const simulation = simulate({ seed: 31, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: BOT_NAMES });
  const events: SimulatedEvent[] = [];
  while (events.length < EVENTS) {
    const event = simulation.next(Number.POSITIVE_INFINITY);
    if (event !== undefined) events.push(event);
  }
  const desk = await scratchHub();
  for (let begin = 0; begin < events.length; begin += BATCH) {
    const lines = events.slice(begin, begin + BATCH).map((value) => ({ line: JSON.stringify(value) }));
    const answer = await desk.hub.ingest.submit(lines);
    if (!answer.ok) throw new Error(answer.error.message);
  }
  return { ...desk, events, truth: simulation.truth.report() };
}
