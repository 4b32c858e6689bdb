import fc from "fast-check";
import { expect, test } from "vitest";
import { changesOf, HandMadeDesk } from "../../test/support/hand-made-desk.ts";
import { HandTime } from "../../test/support/hand-time.ts";
import { type Frame, MemoryReader } from "../../test/support/memory-reader.ts";
import type { FillView } from "../protocol/api.ts";
import type { WireEvent } from "../protocol/recorded.ts";
import type { Topic } from "../protocol/stream.ts";
import { createPublisher } from "./publish.ts";

const PRICED = { venue: "binance", symbol: "BTC/USDT", side: "buy", price: "64000.5", size: "0.25" };

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("fact" as const),
      count: fc.integer({ min: 1, max: 8 }),
      skip: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("void" as const), of: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 120 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pause" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("come back" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A hub and one subscriber that sometimes does not read, and sometimes leaves and resumes. */
class Course {
  readonly time = new HandTime();
  readonly desk = new HandMadeDesk();
  readonly publisher = createPublisher({
    query: this.desk.query,
    schedule: this.time.schedule,
    onError: (error) => {
      throw error;
    },
    limits: { bufferedBytes: 3_000, factsKept: 20, factsBehind: 12 },
  });
  reader = new MemoryReader(this.publisher, ["fills", "events"]);
  readonly #before: Frame[] = [];

  async take(action: Step): Promise<void> {
    switch (action.do) {
      case "fact":
        for (let index = 0; index < action.count; index++) this.#fill(action.skip);
        return;
      case "void":
        return this.#void(action.of);
      case "wait":
        return this.time.advance(action.ms);
      case "pause":
        this.reader.reads = false;
        return;
      case "read":
        return this.reader.drain();
      case "come back":
        return this.#comeBack();
    }
  }

  frames(topic: Topic): Frame[] {
    return [...this.#before, ...this.reader.frames].filter((frame) => frame.topic === topic);
  }

  #fill(skip: number): void {
    const fact = this.desk.say({ type: "fill", fill_id: `f${this.desk.facts.length}`, ...PRICED }, { skip });
    this.publisher.publish(changesOf({ facts: [fact] }));
  }

  #void(of: number): void {
    const fills = this.desk.facts.filter(({ event }) => event.type === "fill");
    const fill = fills[of % Math.max(1, fills.length)];
    if (fill?.event.type !== "fill") return;
    const { fill_id } = fill.event;
    const fact = this.desk.say({ type: "fill.voided", fill_id, venue: "binance", reason: "r" }, { ofSeq: fill.seq });
    this.publisher.publish(changesOf({ facts: [fact] }));
  }

  #comeBack(): void {
    this.reader.subscription.close();
    this.#before.push(...this.reader.frames);
    this.reader = new MemoryReader(this.publisher, []);
    for (const topic of ["fills", "events"] as const) {
      const last = this.frames(topic).findLast((frame) => frame.op !== "gap");
      this.reader.subscription.add([topic], last?.seq);
    }
  }
}

test("leaves a subscriber with the newest fills and every event once, or a gap and a snapshot, when it pauses, leaves and resumes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const course = new Course();
      for (const action of steps) await course.take(action);
      course.reader.drain();
      await course.time.advance(5_000);
      expect(course.reader.ended).toEqual([]);
      checkReplica(course.frames("fills"), course.desk);
      checkSequence(course.frames("events"), course.desk);
    }),
    { numRuns: 200 },
  );
});

/** Whoever applies the frames of `fills` has the newest fills as the query shows them. */
function checkReplica(frames: readonly Frame[], desk: HandMadeDesk): void {
  const shown = new Map<number, FillView>();
  for (const { op, data } of frames) {
    if (op === "gap") shown.clear();
    else for (const fill of [data].flat() as FillView[]) shown.set(fill.seq, fill);
  }
  const voided = new Set(desk.facts.filter(({ event }) => event.type === "fill.voided").map(({ ofSeq }) => ofSeq));
  const fills = desk.facts.filter(({ event }) => event.type === "fill").slice(-100);
  for (const { seq } of fills) expect(shown.get(seq)).toMatchObject({ seq, voided: voided.has(seq) });
}

/** Between a snapshot and the next gap the facts of `events` are those of the log: none left out, twice or out of order. */
function checkSequence(frames: readonly Frame[], desk: HandMadeDesk): void {
  let last = -1;
  for (const { op, seq, data } of frames) {
    if (op === "snapshot") last = seq;
    if (op !== "fact") continue;
    expect(last).toBeGreaterThanOrEqual(0);
    expect(seq).toBe(desk.facts.find((fact) => fact.seq > last)?.seq);
    expect((data as WireEvent).seq).toBe(seq);
    last = seq;
  }
  expect(Math.max(last, 0)).toBe(desk.facts.at(-1)?.seq ?? 0);
}
