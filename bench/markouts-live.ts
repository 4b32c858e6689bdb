import { ensure } from "../src/base/assert.ts";
import { seededRandom } from "../src/base/random.ts";
import { micros } from "../src/base/time.ts";
import { emptyState, reduce } from "../src/engine/fold.ts";
import { KeptMarks } from "../src/hub/kept-marks.ts";
import type { EventOf } from "../src/protocol/event-types.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import type { Recorded } from "../src/protocol/recorded.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const EVENTS = 200_000;
const ROUNDS = 9;
/** Of each instrument that is traded, as a busy feed has it after conflation. */
const MARKS_PER_FILL = 4;

interface Heard {
  readonly recorded: Recorded;
  /** The same without what it is to be held against. */
  readonly bare: Recorded;
  /** Marks of the same instrument that come with it. */
  readonly marks: readonly EventOf<"mark">[];
}

/**
 * What pending markouts cost: the fold of the canonical workload, with and without everything that is done for them as
 * events come in (marks awaited and found, quotes and reference prices summed), turn by turn in one process.
 */
export async function markoutsLive(): Promise<Measure[]> {
  const log = heardLog();
  const [without, withMarks]: [number[], number[]] = [[], []];
  let kept = 0;
  for (let round = 0; round < ROUNDS; round++) {
    without.push(seconds(() => foldOf(log)));
    withMarks.push(
      seconds(() => {
        kept = foldWithMarks(log);
      }),
    );
  }
  const added = median(withMarks.slice(2)) / median(without.slice(2)) - 1;
  return [
    { name: "pending markouts, of the time of the fold", actual: 100 * added, unit: "%", target: { max: 10 } },
    { name: "fold without", actual: EVENTS / median(without.slice(2)), unit: "events/s" },
    { name: "marks kept for each 1,000 events", actual: (1_000 * kept) / EVENTS, unit: "marks" },
  ];
}

function heardLog(): Heard[] {
  const workload = new Workload(1, "markouts");
  const random = seededRandom(3);
  return Array.from({ length: EVENTS }, (_event, index) => {
    const at = 1_771_936_213_000 + index * 10;
    const parsed = parseEvent(workload.nextEvent(at));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const event = parsed.value;
    const ts = micros(at * 1_000);
    const recorded: Recorded = { seq: index + 1, ts, receivedAt: ts, standing: "fact", ofSeq: undefined, event };
    if (event.type !== "fill" || event.price === undefined) return { recorded, bare: recorded, marks: [] };
    const { venue, symbol, price, bot } = event as EventOf<"fill">;
    const marks = Array.from({ length: MARKS_PER_FILL }, (_mark, place): EventOf<"mark"> => {
      const ts = new Date(at - MARKS_PER_FILL + place).toISOString();
      return { type: "mark", bot, ts, venue, symbol, price: String(Number(price) + random.below(10) / 100) };
    });
    const { mid: _, ...said } = event as EventOf<"fill">;
    return { recorded, bare: { ...recorded, event: said as EventOf<"fill"> }, marks };
  });
}

/** Without anything of markouts. */
function foldOf(log: readonly Heard[]): void {
  const state = emptyState();
  for (const { bare } of log) reduce(state, bare);
}

function foldWithMarks(log: readonly Heard[]): number {
  const state = emptyState();
  const kept = new KeptMarks(state);
  let count = 0;
  for (const { recorded, marks } of log) {
    const { event, ts } = recorded;
    for (const [place, mark] of marks.entries())
      count += kept.onMark(mark, micros(ts - 1_000 * (marks.length - place))).length;
    if (event.type === "fill" && event.price !== undefined) count += kept.onFill(event as EventOf<"fill">, ts).length;
    reduce(state, recorded);
  }
  return ensure(count, "no mark was kept");
}

function seconds(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1_000;
}
