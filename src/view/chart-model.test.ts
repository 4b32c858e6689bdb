import { describe, expect, test } from "vitest";
import {
  chartMarks,
  axisNumber,
  type ChartModel,
  chartWords,
  groupedMarks,
  hasPoints,
  indexAfterKey,
  lonePoints,
  marksAt,
  nearestIndex,
  newestPoints,
  placeOf,
  pointWords,
  tickText,
} from "./chart-model.ts";
import { fixed } from "./number-format.ts";
import { plain } from "./shown.ts";

const NOON = Date.parse("2026-03-14T12:00:00.000Z");
const MINUTE = 60_000;

const model = (values: readonly (number | null)[], marks: ChartModel["marks"] = []): ChartModel => ({
  times: values.map((_, index) => NOON + index * MINUTE),
  fromMs: NOON,
  toMs: NOON + (values.length - 1) * MINUTE,
  marks,
  lines: [
    {
      ...{ name: "equity", label: "Equity", unit: "USD", look: "line", values },
      shown: (value) => plain(fixed(value, 2)),
      axis: axisNumber,
    },
  ],
});

describe("words", () => {
  test("tell each line's first, last, lowest and highest value, and how many notes there are", () => {
    const marks = [{ atMs: NOON, titles: ["a", "b"] }];
    expect(chartWords(model([3, null, 1, 5, 4], marks), NOON)).toBe(
      "12:00:00 to 12:04:00 UTC. Equity in USD: from 3.00 to 4.00, lowest 1.00 at 12:02:00, highest 5.00 at 12:03:00. 2 notes",
    );
    expect(chartWords(model([null]), NOON)).toContain("Equity: nothing known");
  });

  test("of a point tell its time, its values, what is not known, and its notes", () => {
    const chart = model([1, null], [{ atMs: NOON + 50_000, titles: ["arb-1: 2.0"] }]);
    expect(pointWords(chart, 0, NOON)).toBe("12:00:00 UTC: Equity 1.00 USD");
    expect(pointWords(chart, 1, NOON)).toBe("12:01:00 UTC: Equity not known; arb-1: 2.0");
    expect(pointWords(chart, 9, NOON)).toBe("no point");
  });
});

describe("points", () => {
  test("the nearest is found, the earlier one of two as near", () => {
    const times = [0, 10, 20];
    expect([-5, 4, 5, 6, 14, 99].map((at) => nearestIndex(times, at))).toEqual([0, 0, 0, 1, 1, 2]);
    expect(nearestIndex([], 5)).toBe(0);
  });

  test("no more than so many are drawn, the newest", () => {
    const cut = newestPoints(model([1, 2, 3, 4]), 2);
    expect(cut.lines[0]?.values).toEqual([3, 4]);
    expect(cut.times).toEqual([NOON + 2 * MINUTE, NOON + 3 * MINUTE]);
    expect(cut.fromMs).toBe(NOON + 2 * MINUTE);
    const few = model([1]);
    expect(newestPoints(few, 2)).toBe(few);
  });

  test("those between gaps have no line to be seen by", () => {
    expect(lonePoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lonePoints([null, 7])).toEqual([1]);
  });

  test("nothing but gaps is nothing to draw", () => {
    expect([hasPoints(model([null, null])), hasPoints(model([])), hasPoints(model([null, 0]))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("keys move one by one, by a tenth, and to the ends, and never beyond them", () => {
    const after = (key: string, at: number) => indexAfterKey(key, at, 101);
    expect(["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"].map((key) => after(key, 50))).toEqual([
      ...[49, 51, 40, 60, 0, 100],
    ]);
    expect([after("ArrowLeft", 0), after("PageDown", 95), after("x", 5)]).toEqual([0, 100, undefined]);
    expect(indexAfterKey("End", 0, 0)).toBeUndefined();
  });
});

describe("marks", () => {
  const mark = (minute: number, title = String(minute)) => ({ atMs: NOON + minute * MINUTE, titles: [title] });

  test("too close to be told apart stand as one, those outside are left out", () => {
    const grouped = groupedMarks([mark(9), mark(0), mark(1), mark(-3), mark(30)], {
      fromMs: NOON,
      toMs: NOON + 20 * MINUTE,
      slots: 10,
    });
    expect(grouped.map(({ titles }) => titles)).toEqual([["0", "1"], ["9"]]);
  });

  test("fall to the point that is nearest, each to one", () => {
    const chart = model([1, 2, 3], [mark(0.4), mark(0.6), mark(99)]);
    expect([0, 1, 2].map((index) => marksAt(chart, index).flatMap(({ titles }) => titles))).toEqual([
      ...[["0.4"], ["0.6"], ["99"]],
    ]);
    expect(placeOf(chart, NOON + MINUTE)).toBe(0.5);
  });

  test("are what the hub marks; where it left some off, the first says so", () => {
    const marks = [{ at: "2026-03-14T12:00:00.000Z", kind: "annotation", text: "a: 2.0: wider" } as const];
    expect(chartMarks({ marks, left_off: false })).toEqual([{ atMs: NOON, titles: ["a: 2.0: wider"] }]);
    expect(chartMarks({ marks, left_off: true })[0]?.titles).toEqual([
      "what came before is not shown",
      "a: 2.0: wider",
    ]);
    expect(chartMarks({ marks: [], left_off: true })).toEqual([]);
  });
});

describe("ticks", () => {
  test("say as much of the time as tells them apart", () => {
    const midnight = Date.parse("2026-03-14T00:00:00.000Z");
    expect(tickText(NOON, 1_000)).toBe("12:00:00");
    expect(tickText(NOON, 3_600_000)).toBe("12:00");
    expect(tickText(midnight, 3_600_000)).toBe("14 Mar");
    expect(tickText(NOON, 86_400_000)).toBe("14 Mar");
    expect(tickText(NOON, 366 * 86_400_000)).toBe("2026");
  });

  test("numbers differ from tick to tick", () => {
    expect([12_800, 13_000].map((value) => axisNumber(value, 200))).toEqual(["12.8K", "13.0K"]);
    expect([40_010, 40_020].map((value) => axisNumber(value, 10))).toEqual(["40.01K", "40.02K"]);
    expect([40_000.5, 40_001].map((value) => axisNumber(value, 0.5))).toEqual(["40,000.5", "40,001.0"]);
    expect([0.005, -0.01].map((value) => axisNumber(value, 0.005))).toEqual(["0.005", "−0.010"]);
  });
});
