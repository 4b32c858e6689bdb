import { seededRandom } from "../src/base/random.ts";
import { type Micros, micros } from "../src/base/time.ts";
import { emptyState, reduce, type State } from "../src/engine/fold.ts";
import { noteContact, noteTraffic, reduceSample } from "../src/engine/sample-state.ts";
import { KeptMarks } from "../src/hub/kept-marks.ts";
import { stoodText } from "../src/hub/kept-samples.ts";
import type { KeptMark } from "../src/hub/mark-history.ts";
import type { DeskEvent, EventOf } from "../src/protocol/event-types.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import type { Recorded } from "../src/protocol/recorded.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const EVENTS = 100_000;
const ROUNDS = 13;
/**
 * Events of a turn: few enough that they are still at hand when they are folded, as in the hub, and that what else runs on
 * the machine seldom changes its speed meanwhile.
 */
const TURN = 250;
/** Of the instrument of each fill, as a feed has it after conflation. */
const MARKS_PER_FILL = 4;

/** An event as it came, and marks of its instrument that came before it. */
interface Heard {
  readonly text: string;
  /** The same without what it is to be held against. */
  readonly bareText: string;
  readonly marks: readonly string[];
  readonly ts: Micros;
}

/** The same as it was read. */
interface Taken {
  readonly recorded: Recorded;
  readonly bare: Recorded;
  readonly marks: readonly EventOf<"mark">[];
}

/**
 * What pending markouts cost, turn by turn in one process, with and without: that fills await marks and marks are found for
 * them, of the time in which all that came is folded, facts and marks, and of that of the facts alone; the sums in the fold;
 * and all that is done with marks, of the time that is needed to read and fold the same. That the marks found become rows
 * of the log is a cost of the log, as of any row, but for what they say besides.
 */
export async function markoutsLive(): Promise<Measure[]> {
  const log = heardLog();
  const rounds = Array.from({ length: ROUNDS }, (_round, index) => roundOf(log, index)).slice(2);
  const of = (part: keyof Turn): number =>
    (rounds[0]?.turns ?? []).reduce(
      (sum, _turn, place) => sum + median(rounds.map(({ turns }) => turns[place]?.[part] ?? 0)),
      0,
    );
  const [read, bare, summed, marked] = [of("read"), of("bare"), of("summed"), of("marked")];
  const [heard, awaited] = [of("heard"), of("awaited")];
  const below10 = { unit: "%", target: { max: 10 } } as const;
  const nsOf = (ms: number): string => `${((1e6 * ms) / EVENTS).toFixed(0)} ns/event`;
  const share = (ms: number, fold: number) => ({ actual: (100 * ms) / fold, unit: "%", note: nsOf(ms) });
  return [
    {
      name: "pending markouts, of the fold of facts and marks",
      ...share(awaited - heard, summed + marked),
      ...below10,
    },
    { name: "the same, of the fold of the facts alone", ...share(awaited - heard, summed) },
    { name: "sums of fills, of the fold of the facts", ...share(summed - bare, bare) },
    {
      name: "pending and marks, of reading and folding",
      actual: (100 * awaited) / (read + summed + marked),
      ...below10,
    },
    { name: "marks without a fill, of the fold of the facts", ...share(heard, summed) },
    { name: "fold without", actual: (EVENTS * 1_000) / bare, unit: "events/s" },
    {
      name: "fold with sums, marks and pending markouts",
      actual: (EVENTS * 1_000) / (summed + awaited),
      unit: "events/s",
      target: { min: 400_000 },
    },
    { name: "marks kept for each 1,000 events", actual: (1_000 * (rounds[0]?.kept ?? 0)) / EVENTS, unit: "marks" },
  ];
}

/** Milliseconds of each part of a turn. */
interface Turn {
  readonly read: number;
  readonly bare: number;
  readonly summed: number;
  /** The fold of the marks. */
  readonly marked: number;
  /** Marks of which no fill is told. */
  readonly heard: number;
  /** The same marks, and the fills that await them. */
  readonly awaited: number;
}

interface Round {
  readonly turns: readonly Turn[];
  /** Marks. */
  readonly kept: number;
}

type Part = Exclude<keyof Turn, "read">;

const PARTS: readonly Part[] = ["bare", "summed", "marked", "heard", "awaited"];
/** Who comes first, or after another that looks at the same events, finds them more or less at hand: all orders there are. */
const ORDERS = shuffled(ordersOf(PARTS));

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = seededRandom(5);
  return items
    .map((item) => ({ item, place: random.below(1_000_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function ordersOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  if (parts.length === 0) return [[]];
  return parts.flatMap((first) => ordersOf(parts.filter((part) => part !== first)).map((rest) => [first, ...rest]));
}

/** All turns from the beginning. Of each the median over the rounds counts: what else ran meanwhile says nothing of it. */
function roundOf(log: readonly Heard[], round: number): Round {
  const [bare, summed, marked] = [emptyState(), emptyState(), emptyState()];
  const [marks, unasked] = [new KeptMarks(emptyState()), new KeptMarks(emptyState())];
  let kept = 0;
  const parts: Record<Part, (taken: Taken) => void> = {
    bare: (taken) => reduce(bare, taken.bare),
    summed: (taken) => reduce(summed, taken.recorded),
    marked: (taken) => foldMarks(marked, taken),
    heard: (taken) => {
      heardMarks(unasked, taken);
    },
    awaited: (taken) => {
      kept += heardMarks(marks, taken) + metBy(marks, taken);
    },
  };
  const turns: Turn[] = [];
  for (let start = 0; start < log.length; start += TURN) {
    const heard = log.slice(start, start + TURN);
    const turn = { read: took(() => heard.forEach(read)), bare: 0, summed: 0, marked: 0, heard: 0, awaited: 0 };
    const taken = heard.map((each, index) => takenOf(each, start + index + 1));
    for (const name of ORDERS[(round + turns.length) % ORDERS.length] ?? [])
      turn[name] = took(() => taken.forEach(parts[name]));
    turns.push(turn);
  }
  return { turns, kept };
}

function read({ text, marks }: Heard): void {
  eventOf(text);
  for (const mark of marks) eventOf(mark);
}

function heardLog(): Heard[] {
  const workload = new Workload(1, "markouts");
  const random = seededRandom(3);
  return Array.from({ length: EVENTS }, (_event, index) => {
    const at = 1_771_936_213_000 + index * 10;
    const event = workload.nextEvent(at);
    const { mid: _, ...bare } = event;
    const { bot, venue, symbol, price } = event;
    const mark = (place: number): object => {
      const ts = new Date(at - MARKS_PER_FILL + place).toISOString();
      return { type: "mark", bot, ts, venue, symbol, price: String(Number(price) + random.below(10) / 100) };
    };
    const marks = event["type"] === "fill" ? Array.from({ length: MARKS_PER_FILL }, (_mark, place) => mark(place)) : [];
    return {
      text: JSON.stringify(event),
      bareText: JSON.stringify(bare),
      marks: marks.map((each) => JSON.stringify(each)),
      ts: micros(at * 1_000),
    };
  });
}

function takenOf({ text, bareText, marks, ts }: Heard, seq: number): Taken {
  const recorded = (said: string): Recorded => ({
    ...{ seq, ts, receivedAt: ts, standing: "fact", ofSeq: undefined },
    event: eventOf(said),
  });
  return {
    recorded: recorded(text),
    bare: recorded(bareText),
    marks: marks.map((mark) => eventOf(mark) as EventOf<"mark">),
  };
}

function eventOf(text: string): DeskEvent {
  const parsed = parseEvent(JSON.parse(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

/** As the hub folds a sample that came. */
function foldMarks(state: State, { recorded: { ts }, marks }: Taken): void {
  for (const mark of marks) {
    noteContact(state.samples, mark, ts);
    noteTraffic(state.samples, mark, ts);
    reduceSample(state, mark, ts, ts);
  }
}

/** Marks that are to be kept for what awaits them. */
function heardMarks(kept: KeptMarks, { recorded: { ts }, marks }: Taken): number {
  let count = 0;
  for (let place = 0; place < marks.length; place++) {
    const mark = kept.onMark(marks[place] as EventOf<"mark">, micros(ts - 1_000 * (marks.length - place)));
    if (mark !== undefined) count += said(mark);
  }
  return count;
}

function metBy(kept: KeptMarks, { recorded: { event, ts } }: Taken): number {
  if (event.type !== "fill" || event.price === undefined) return 0;
  let count = 0;
  for (const mark of kept.onFill(event as EventOf<"fill">, ts)) count += said(mark);
  return count;
}

/** What a kept mark has to say beyond any other row: until when it stood. */
const said = (mark: KeptMark): number => (stoodText(mark).length > 0 ? 1 : 0);

/** Milliseconds. */
function took(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}
