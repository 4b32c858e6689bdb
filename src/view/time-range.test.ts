import { describe, expect, test } from "vitest";
import { rangeStart, rangeWords, stepFor, TIME_RANGES, timeRangeOf } from "./time-range.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

describe("rangeStart", () => {
  // A Saturday.
  const now = Date.parse("2026-03-14T15:09:26.000Z");
  const first = Date.parse("2026-02-20T00:00:00.000Z");

  test.each([
    ["1h", "2026-03-14T14:09:26.000Z"],
    ["6h", "2026-03-14T09:09:26.000Z"],
    ["24h", "2026-03-13T15:09:26.000Z"],
    ["7d", "2026-03-07T15:09:26.000Z"],
    ["30d", "2026-02-12T15:09:26.000Z"],
    ["wtd", "2026-03-09T00:00:00.000Z"],
    ["mtd", "2026-03-01T00:00:00.000Z"],
    ["ytd", "2026-01-01T00:00:00.000Z"],
    ["max", "2026-02-20T00:00:00.000Z"],
  ] as const)("%s begins at %s", (range, from) => {
    expect(iso(rangeStart(range, now, first))).toBe(from);
  });

  test("a week begins on its Monday, over the ends of months, on Mondays and Sundays too", () => {
    const week = (day: string): string => iso(rangeStart("wtd", Date.parse(`${day}T12:00:00Z`), first));
    expect(week("2026-03-01")).toBe("2026-02-23T00:00:00.000Z");
    expect(week("2026-03-02")).toBe("2026-03-02T00:00:00.000Z");
    expect(week("2026-01-01")).toBe("2025-12-29T00:00:00.000Z");
  });
});

test("a text names a range or leaves the usual one", () => {
  expect(timeRangeOf("ytd")).toBe("ytd");
  expect(timeRangeOf("2d")).toBe("24h");
  expect(timeRangeOf(undefined, "7d")).toBe("7d");
  for (const { range, words } of TIME_RANGES) expect(rangeWords(range)).toBe(words);
});

test("a step is the shortest usual one that keeps to the points", () => {
  const day = 86_400_000;
  const steps = [day / 24, day, 7 * day, 30 * day, 365 * day].map((span) => stepFor(span, 150));
  expect(steps).toEqual([60, 600, 7_200, 21_600, 7 * 86_400]);
  expect(stepFor(10_000 * day, 100)).toBe(100 * 86_400);
});
