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
/** Events of a turn: what else runs on the machine changes its speed within a round, and seldom within so few. */
const TURN = 1_000;
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
 * fold; the marks that are awaited and found, of the time of the fold, and of the time that is needed to read and fold the
 * same events and marks.
 */
export async function markoutsLive(): Promise<Measure[]> {
  const log = heardLog();
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(roundOf(log, round));
  const percent = (part: (round: Round) => number): number => 100 * median(rounds.slice(2).map(part));
  return [
    {
      name: "sums of fills, of the time of the fold",
      actual: percent(({ bare, summed }) => summed / bare - 1),
      unit: "%",
      target: { max: 10 },
    },
    {
      name: "awaited marks, of the time of the fold",
      actual: percent(({ summed, awaited }) => awaited / summed),
      unit: "%",
      target: { max: 10 },
    },
    {
      name: "awaited marks, of reading and folding the same events",
      actual: percent(({ taken, awaited }) => awaited / taken),
      unit: "%",
      target: { max: 10 },
    },
    { name: "fold without", actual: EVENTS / median(rounds.slice(2).map(({ bare }) => bare)), unit: "events/s" },
    { name: "marks kept for each 1,000 events", actual: (1_000 * (rounds[0]?.kept ?? 0)) / EVENTS, unit: "marks" },
  ];
}

/** Seconds of each part. */
interface Round {
  readonly bare: number;
  readonly summed: number;
  readonly taken: number;
  readonly awaited: number;
  /** Marks. */
  readonly kept: number;
}

function roundOf(log: readonly Heard[], round: number): Round {
  const [bare, summed, taken] = [emptyState(), emptyState(), emptyState()];
  const marks = new KeptMarks(emptyState());
  let kept = 0;
  const parts: readonly ((heard: Heard) => void)[] = [
    (heard) => reduce(bare, heard.bare),
    (heard) => reduce(summed, heard.recorded),
    (heard) => {
      for (const text of heard.texts) parseEvent(JSON.parse(text));
      reduce(taken, heard.recorded);
    },
    (heard) => {
      kept += awaited(marks, heard);
    },
  ];
  const took = parts.map(() => 0);
  for (let start = 0; start < log.length; start += TURN) {
    const turn = log.slice(start, start + TURN);
    // Who comes first finds the events cold.
    for (let step = 0; step < parts.length; step++) {
      const place = (step + round + start / TURN) % parts.length;
      const part = parts[place];
      if (part !== undefined) took[place] = (took[place] ?? 0) + seconds(() => turn.forEach(part));
    }
  }
  const [a = 0, b = 0, c = 0, d = 0] = took;
  return { bare: a, summed: b, taken: c, awaited: d, kept };
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

function awaited(kept: KeptMarks, { recorded: { event, ts }, marks }: Heard): number {
  let count = 0;
  for (const [place, mark] of marks.entries())
    count += kept.onMark(mark, micros(ts - 1_000 * (marks.length - place))).length;
  return event.type === "fill" && event.price !== undefined
    ? count + kept.onFill(event as EventOf<"fill">, ts).length
    : count;
}

/** Processor time of this thread: what else runs on the machine says nothing of it. */
function seconds(work: () => void): number {
  const begin = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(begin);
  return (user + system) / 1_000_000;
}
