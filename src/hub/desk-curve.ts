import type { Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { DeskEquity } from "../engine/desk-equity.ts";
import { emptyDeskState, reduceDesk } from "../engine/desk-state.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import { type EntryStore, storedFacts } from "./stored-entries.ts";

/** What the equity of the desk follows from: reports of its bots, and what their money is worth. */
const REPORTS = ["risk", "balance"] as const;
const SURROUNDINGS = ["instrument", "rate", "rate.declared"] as const;

/** Reports that are read for one answer at most: some seconds. */
const REPORTS_MAX = 300_000;

export interface DeskCurveQuery {
  readonly mode: Mode;
  readonly asOfSeq: number;
  /** Ascending. */
  readonly moments: readonly Micros[];
}

/**
 * The equity of all bots together as it was before each moment, folded once more from what they reported: how far it lies
 * below its peak depends on the order in which they did. Undefined where there are too many reports for one answer.
 */
export async function readDeskCurve(
  store: EntryStore,
  { mode, asOfSeq, moments }: DeskCurveQuery,
): Promise<(DeskEquity | undefined)[] | undefined> {
  const desk = emptyDeskState();
  const known: (DeskEquity | undefined)[] = [];
  const courses = [
    ...REPORTS.map((type) => storedFacts(store, { type, mode, asOfSeq })),
    ...SURROUNDINGS.map((type) => storedFacts(store, { type, asOfSeq })),
  ];
  let reports = 0;
  for await (const fact of inOrder(courses)) {
    const { type } = fact.event;
    if (type === "risk" || type === "balance") {
      if (++reports > REPORTS_MAX) return undefined;
      const at = effectiveTs(fact.ts, fact.receivedAt);
      while (at >= (moments[known.length] ?? Number.POSITIVE_INFINITY)) known.push(desk.deskEquity.get(mode));
    }
    reduceDesk(desk, fact);
  }
  return moments.map((_, index) => (index < known.length ? known[index] : desk.deskEquity.get(mode)));
}

/** Facts of several courses by their `seq`. */
async function* inOrder(courses: readonly AsyncGenerator<Recorded>[]): AsyncGenerator<Recorded> {
  const heads = await Promise.all(courses.map(async (course) => ({ course, head: await course.next() })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const each of heads)
      if (each.head.done !== true && (first === undefined || each.head.value.seq < seqOf(first))) first = each;
    if (first === undefined || first.head.done === true) return;
    yield first.head.value;
    first.head = await first.course.next();
  }
}

const seqOf = ({ head }: { readonly head: IteratorResult<Recorded> }): number =>
  head.done === true ? Number.POSITIVE_INFINITY : head.value.seq;
