import { beforeEach, describe, expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { isoFromMicros, type Micros, micros, parseTime } from "../base/time.ts";
import { emptySampleState, noteContact } from "../engine/sample-state.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { KeptMarks } from "./kept-marks.ts";
import { keptEvent } from "./kept-samples.ts";
import type { KeptMark } from "./mark-history.ts";

const BASE = Date.UTC(2026, 10, 2) * 1000;
const at = (seconds: number): Micros => micros(BASE + Math.round(seconds * 1_000_000));
const PLACE = { venue: "v", symbol: "A" };

let marks: KeptMarks;
let samples: ReturnType<typeof emptySampleState>;
/** Price, and from when until when it stood, in seconds. */
let kept: (readonly [price: string, from: number, until: number])[];

beforeEach(() => {
  samples = emptySampleState();
  marks = new KeptMarks({ samples });
  kept = [];
});

const secondsOf = (time: Micros): number => (time - BASE) / 1_000_000;

/** What its row says. */
const saidUntil = (mark: KeptMark): number | undefined => {
  const { stood_until: until, stood_through: through } = keptEvent(mark) as EventOf<"mark">;
  return (parseTime(until) ?? Number.NaN) + (through === true ? 1 : 0);
};

const keep = (...marks: readonly (KeptMark | undefined)[]): void => {
  for (const mark of marks)
    if (mark !== undefined) {
      expect(saidUntil(mark)).toBe(mark.stoodUntil);
      kept.push([mark.event.price, secondsOf(mark.ts), secondsOf(mark.stoodUntil)]);
    }
};

const markAt = (seconds: number, bot = "b"): EventOf<"mark"> => ({
  type: "mark",
  bot,
  ts: isoFromMicros(at(seconds)),
  ...PLACE,
  price: String(100 + seconds),
});

const mark = (seconds: number, bot?: string): void => keep(marks.onMark(markAt(seconds, bot), at(seconds)));
const fillAt = (seconds: number) => ({ ...PLACE, ts: isoFromMicros(at(seconds)) });
const fill = (seconds: number): void => keep(...marks.onFill(fillAt(seconds), at(seconds)));

/** What the kept marks say of a moment: of those that stood then the newest. */
const knownAt = (seconds: number): string | undefined =>
  kept.filter(([, from, until]) => from <= seconds && seconds < until).sort(([, a], [, b]) => b - a)[0]?.[0];

describe("the marks of a fill", () => {
  test("are known at the fill and at each horizon, and each is kept once", () => {
    for (let second = 0; second <= 10; second += 2) mark(second);
    fill(10.5);
    for (let second = 12; second <= 400; second += 2) mark(second);
    expect([10.5, 11.5, 15.5, 40.5, 70.5, 310.5].map(knownAt)).toEqual(["110", "110", "114", "140", "170", "410"]);
    expect(kept).toHaveLength(6);
    expect(new Set(kept.map(([price]) => price)).size).toBe(5);
  });

  test("are those at the moment itself where a mark comes just then", () => {
    mark(0);
    fill(1);
    mark(2);
    mark(3);
    expect(knownAt(2)).toBe("102");
  });

  test("are found again for a fill that is told some seconds late", () => {
    mark(0);
    fill(0.5);
    for (let second = 1; second <= 20; second++) mark(second);
    fill(3.5);
    expect([3.5, 4.5, 8.5].map(knownAt)).toEqual(["103", "104", "108"]);
  });

  test("are those of then for a fill that is told a minute late", () => {
    for (let tenth = 0; tenth <= 900; tenth++) mark(tenth / 10);
    fill(20);
    expect([20, 21, 25, 50, 80].map(knownAt)).toEqual(["120", "121", "125", "150", "180"]);
  });

  test("are not made up for a fill that is told too late", () => {
    mark(0);
    fill(0.5);
    for (let tenth = 10; tenth <= 2_000; tenth++) mark(tenth / 10);
    kept = [];
    fill(20);
    expect([20, 21, 25, 50, 80].map(knownAt)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    mark(330);
    expect(knownAt(320)).toBe("300");
  });

  test("are corrected where a mark of before the fill comes after it", () => {
    mark(0);
    fill(10);
    expect(knownAt(10)).toBe("100");
    mark(9);
    mark(12);
    expect(knownAt(10)).toBe("109");
  });

  test("are not told by a mark that is older than the newest", () => {
    mark(5);
    fill(6);
    mark(3);
    mark(8);
    expect(knownAt(7)).toBe("105");
  });

  test("are kept for each of several fills that one mark stands for", () => {
    mark(0);
    fill(10);
    fill(20);
    fill(30);
    mark(40);
    expect([10, 20, 30, 31, 35].map(knownAt)).toEqual(["100", "100", "100", "100", "100"]);
    expect(kept).toHaveLength(2);
  });
});

describe("where nobody heard what the marks were", () => {
  const lost = { type: "feed", bot: "b", venue: "v" } as const;

  test("a mark does not stand beyond the loss of its feed", () => {
    mark(0);
    fill(1);
    keep(...marks.onSilence(lost.bot, lost.venue, at(4)));
    mark(20);
    fill(20);
    mark(50);
    expect([1, 2].map(knownAt)).toEqual(["100", "100"]);
    expect([4, 6, 19].map(knownAt)).toEqual([undefined, undefined, undefined]);
    expect(knownAt(31)).toBe("120");
  });

  test("the feed of another bot, or of another venue, tells nothing", () => {
    mark(0);
    fill(1);
    keep(...marks.onSilence("other", "v", at(4)));
    keep(...marks.onSilence("b", "elsewhere", at(4)));
    mark(20);
    expect(knownAt(6)).toBe("100");
  });

  test("a mark does not stand beyond a silence of its bot", () => {
    const contact = (seconds: number): void =>
      noteContact(samples, { type: "heartbeat", bot: "b", ts: isoFromMicros(at(seconds)), interval_s: 5 }, at(seconds));
    contact(0);
    mark(0);
    fill(1);
    contact(5);
    contact(100);
    mark(100);
    expect([1, 2].map(knownAt)).toEqual(["100", "100"]);
    expect([6, 31, 61].map(knownAt)).toEqual([undefined, undefined, undefined]);
  });

  test("a mark of a clock that is hours ahead hides no other", () => {
    noteContact(samples, { type: "heartbeat", bot: "fast", ts: isoFromMicros(at(0)) }, at(0));
    mark(0);
    mark(20_000, "fast");
    fill(1);
    mark(3);
    expect(knownAt(2)).toBe("100");
  });

  test("nor does one beyond an hour", () => {
    mark(0);
    fill(3_590);
    mark(7_200);
    expect(knownAt(3_595)).toBe("100");
    expect(knownAt(3_620)).toBeUndefined();
  });

  test("after a start moments are awaited again, and those of before its first mark are lost", () => {
    marks.await(PLACE, at(0));
    mark(20);
    mark(40);
    mark(100);
    mark(400);
    expect([1, 5].map(knownAt)).toEqual([undefined, undefined]);
    expect([30, 60, 300].map(knownAt)).toEqual(["120", "140", "200"]);
  });

  test("moments that are awaited are bounded", () => {
    mark(0);
    for (let index = 0; index < 1_000; index++) fill(1 + index / 1_000);
    mark(1_000);
    expect(kept.length).toBeLessThan(10);
  });
});

describe("whatever the order of marks and fills", () => {
  /** Marks in order, fills some seconds late or early; the moments of the fills, and those of the marks. */
  function played(seed: number): { readonly moments: number[]; readonly told: number[] } {
    const random = seededRandom(seed);
    const [moments, told]: [number[], number[]] = [[], []];
    let second = 0;
    for (let step = 0; step < 300; step++) {
      second += random.below(5);
      if (random.below(4) === 0) {
        const filled = second + random.below(14) - 8;
        moments.push(filled, filled + 1, filled + 5, filled + 30);
        fill(filled);
      } else if (!told.includes(second)) {
        told.push(second);
        mark(second);
      }
    }
    return { moments, told };
  }

  test.each(Array.from({ length: 30 }, (_, seed) => seed))("a kept mark is the one that stood, seed %i", (seed) => {
    const { moments, told } = played(seed);
    const wrong = moments
      .filter((moment) => moment < (told.at(-1) ?? 0) && knownAt(moment) !== undefined)
      .filter((moment) => knownAt(moment) !== String(100 + (told.filter((each) => each <= moment).at(-1) ?? 0)));
    expect(wrong).toEqual([]);
    expect(moments.filter((moment) => knownAt(moment) !== undefined).length).toBeGreaterThan(100);
  });
});
