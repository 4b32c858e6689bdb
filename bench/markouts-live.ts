import { seededRandom } from "../src/base/random.ts";
import { micros } from "../src/base/time.ts";
import { emptyState, reduce } from "../src/engine/fold.ts";
import { KeptMarks } from "../src/hub/kept-marks.ts";
import type { EventOf } from "../src/protocol/event-types.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import type { Recorded } from "../src/protocol/recorded.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const EVENTS = 100_000;
const ROUNDS = 9;
/** Of the instrument of each fill, as a feed has it after conflation. */
const MARKS_PER_FILL = 4;

interface Heard {
  readonly recorded: Recorded;
  /** The same without what it is to be held against. */
  readonly bare: Recorded;
  /** The event as it came, and marks of its instrument that come with it. */
  readonly texts: readonly string[];
  readonly marks: readonly EventOf<"mark">[];
}

/**
 * What pending markouts cost, turn by turn in one process, with and without: the sums in the fold, of the time of the
 * fold; the marks that are awaited and found, of the time that is needed to read and fold the same events and marks.
 */
export async function markoutsLive(): Promise<Measure[]> {
  const log = heardLog();
  const bare = log.map((each) => each.bare);
  const whole = log.map((each) => each.recorded);
  const took: Record<"bare" | "summed" | "taken" | "awaited", number[]> = {
    bare: [],
    summed: [],
    taken: [],
    awaited: [],
  };
  let kept = 0;
  for (let round = 0; round < ROUNDS; round++) {
    took.bare.push(seconds(() => foldOf(bare)));
    took.summed.push(seconds(() => foldOf(whole)));
    took.taken.push(seconds(() => taken(log)));
    took.awaited.push(
      seconds(() => {
        kept = awaited(log);
      }),
    );
  }
  const of = (times: readonly number[]): number => median(times.slice(2));
  const summed = of(took.summed) / of(took.bare) - 1;
  return [
    { name: "sums of fills, of the time of the fold", actual: 100 * summed, unit: "%", target: { max: 10 } },
    {
      name: "awaited marks, of reading and folding the same events",
      actual: (100 * of(took.awaited)) / of(took.taken),
      unit: "%",
      target: { max: 10 },
    },
    { name: "fold without", actual: EVENTS / of(took.bare), unit: "events/s" },
    { name: "marks kept for each 1,000 events", actual: (1_000 * kept) / EVENTS, unit: "marks" },
  ];
}

function heardLog(): Heard[] {
  const workload = new Workload(1, "markouts");
  const random = seededRandom(3);
  return Array.from({ length: EVENTS }, (_event, index) => {
    const at = 1_771_936_213_000 + index * 10;
    const text = workload.next(at);
    const parsed = parseEvent(JSON.parse(text));
    if (!parsed.ok) throw new Error(parsed.error.message);
    const event = parsed.value;
    const ts = micros(at * 1_000);
    const recorded: Recorded = { seq: index + 1, ts, receivedAt: ts, standing: "fact", ofSeq: undefined, event };
    if (event.type !== "fill" || event.price === undefined)
      return { recorded, bare: recorded, texts: [text], marks: [] };
    const { mid: _, ...said } = event as EventOf<"fill">;
    const { venue, symbol, price, bot } = said;
    const marks = Array.from({ length: MARKS_PER_FILL }, (_mark, place): EventOf<"mark"> => {
      const markedAt = new Date(at - MARKS_PER_FILL + place).toISOString();
      return { type: "mark", bot, ts: markedAt, venue, symbol, price: String(Number(price) + random.below(10) / 100) };
    });
    const bare = { ...recorded, event: said as EventOf<"fill"> };
    return { recorded, bare, texts: [text, ...marks.map((mark) => JSON.stringify(mark))], marks };
  });
}

function foldOf(log: readonly Recorded[]): void {
  const state = emptyState();
  for (const recorded of log) reduce(state, recorded);
}

/** What ingest does with events besides storing them. */
function taken(log: readonly Heard[]): void {
  const state = emptyState();
  for (const { recorded, texts } of log) {
    for (const text of texts) parseEvent(JSON.parse(text));
    reduce(state, recorded);
  }
}

function awaited(log: readonly Heard[]): number {
  const kept = new KeptMarks(emptyState());
  let count = 0;
  for (const { recorded, marks } of log) {
    const { event, ts } = recorded;
    for (const [place, mark] of marks.entries())
      count += kept.onMark(mark, micros(ts - 1_000 * (marks.length - place))).length;
    if (event.type === "fill" && event.price !== undefined) count += kept.onFill(event as EventOf<"fill">, ts).length;
  }
  return count;
}

/** Processor time of this thread: what else runs on the machine says nothing of it. */
function seconds(work: () => void): number {
  const begin = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(begin);
  return (user + system) / 1_000_000;
}
