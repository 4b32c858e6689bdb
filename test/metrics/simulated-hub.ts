import { onTestFinished } from "vitest";
import type { Micros } from "../../src/base/time.ts";
import { ensure } from "../../src/base/assert.ts";
import { BOT_NAMES, simulate } from "../../src/bots/simulator/model/simulation.ts";
import type { SimulatedEvent } from "../../src/bots/simulator/model/truth.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { HandDrivenHub } from "../support/hand-driven-hub.ts";

/** The words of a desk, and the moment of its last. */
export interface SimulatedDesk {
  readonly events: readonly SimulatedEvent[];
  readonly endMs: number;
}

const BATCH = 1_000;
const FROM_MS = Date.UTC(2026, 2, 4, 7);
/** After 08:00, when funding is paid. */
const SIMULATED_MIN = 8_000;
const SIMULATED_MAX = 60_000;

/** A desk up to a moment after a time of funding at which a bot has a risk flag, so that each name has a value. */
export function simulatedDesk(): SimulatedDesk {
  const simulation = simulate({ seed: 8, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: BOT_NAMES });
  const events: SimulatedEvent[] = [];
  const isEnd = (event: SimulatedEvent): boolean =>
    events.length >= SIMULATED_MIN && event.type === "risk" && (event["risk_reasons"] as string[]).length > 0;
  for (let done = false; !done && events.length < SIMULATED_MAX; ) {
    const event = simulation.next(Number.POSITIVE_INFINITY);
    if (event === undefined) continue;
    events.push(event);
    done = isEnd(event);
  }
  return { events, endMs: Date.parse(events.at(-1)?.ts ?? "") };
}

/** A hub that the desk told everything to, whose clock stands at the moment of its last word. */
export async function hubOf({ events, endMs }: SimulatedDesk): Promise<{ readonly hub: Hub; readonly now: Micros }> {
  const bench = new HandDrivenHub(endMs * 1_000, { defaultMode: "simulate" });
  await bench.start();
  onTestFinished(async () => {
    await bench.stop();
    bench.remove();
  });
  const hub = ensure(bench.hub, "a hub");
  for (let begin = 0; begin < events.length; begin += BATCH) {
    const lines = events.slice(begin, begin + BATCH).map((value) => ({ line: JSON.stringify(value) }));
    const taken = await hub.ingest.submit(lines);
    if (!taken.ok) throw new Error(taken.error.message);
  }
  return { hub, now: bench.now };
}
