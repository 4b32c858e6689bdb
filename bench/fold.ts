import { micros } from "../src/base/time.ts";
import { emptyState, reduce } from "../src/engine/fold.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import type { Recorded } from "../src/protocol/recorded.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const EVENTS = 200_000;
const ROUNDS = 7;

/** The fold of the canonical workload, as the log hands it over; beside `JSON.parse` of the same events. */
export async function fold(): Promise<Measure[]> {
  const workload = new Workload(1, "fold");
  const texts = Array.from({ length: EVENTS }, (_, index) => workload.next(1_771_936_213_000 + index));
  const log = texts.map((text, index): Recorded => {
    const parsed = parseEvent(JSON.parse(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const at = micros(1_771_936_213_000_000 + index * 1_000);
    return { seq: index + 1, ts: at, receivedAt: at, standing: "fact", ofSeq: undefined, event: parsed.value };
  });
  const folded: number[] = [];
  const parsed: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const state = emptyState();
    folded.push(rate(() => log.forEach((recorded) => reduce(state, recorded))));
    parsed.push(rate(() => texts.forEach((text) => JSON.parse(text))));
  }
  return [
    { name: "fold", actual: median(folded.slice(2)), unit: "events/s", target: { min: 400_000 } },
    { name: "JSON.parse of the same events", actual: median(parsed.slice(2)), unit: "events/s" },
  ];
}

function rate(work: () => void): number {
  const begin = performance.now();
  work();
  return (EVENTS * 1000) / (performance.now() - begin);
}
