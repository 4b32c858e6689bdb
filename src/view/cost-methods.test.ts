import { describe, expect, test } from "vitest";
import type { PerformanceAnswer } from "../protocol/api-money.ts";
import { samplePerformance } from "../../test/support/fake-hub/sample-performance.ts";
import { costComparisons } from "./cost-methods.ts";

const NOW = Date.UTC(2026, 2, 14, 12);

/** The first row alone, with these amounts. */
function answer(realized: number | null, unrealized: number | null, seq = 7): PerformanceAnswer {
  const { rows, ...rest } = samplePerformance(NOW);
  return { ...rest, as_of_seq: seq, rows: rows.slice(0, 1).map((row) => ({ ...row, realized, unrealized })) };
}

const told = (average: PerformanceAnswer, fifo: PerformanceAnswer) =>
  costComparisons(average, fifo).map(({ lines, words }) => [
    ...lines.map(({ average: a, fifo: f, difference }) => [a.text, f.text, difference.text]),
    words,
  ]);

describe("both ways to count cost", () => {
  test("show what is realised earlier by one of them, and that the sums agree", () => {
    expect(told(answer(10, 2.1), answer(7.5, 4.6))).toEqual([
      [
        ["+10.00", "+7.50", "−2.50"],
        ["+2.10", "+4.60", "+2.50"],
        ["+12.10", "+12.10", "0.00"],
        "Both add up to the same: only when a profit counts as realised differs.",
      ],
    ]);
  });

  test("do not compare what is not known, and say why", () => {
    const [[realised, open, sum, words] = []] = told(answer(10, null), answer(7.5, null));
    expect([realised, open, sum]).toEqual([
      ["+10.00", "+7.50", "−2.50"],
      ["—", "—", "—"],
      ["—", "—", "—"],
    ]);
    expect(words).toContain("cannot be compared");
  });

  test("tell sums of different moments from sums that are wrong", () => {
    expect(told(answer(10, 2), answer(10, 3, 8))[0]?.at(-1)).toContain("different moments");
    expect(told(answer(10, 2), answer(10, 3))[0]?.at(-1)).toContain("an error of the hub");
  });
});
