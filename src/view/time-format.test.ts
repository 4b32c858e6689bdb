import { describe, expect, test } from "vitest";
import { age, ageOver, duration, moment, utcClock } from "./time-format.ts";

describe("age", () => {
  test.each([
    [-3, "0 s"],
    [0.9, "0 s"],
    [14.9, "14 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [3600, "1 h"],
    [86_400, "1 d"],
  ])("shows %d seconds as %s when asked how long ago", (seconds, text) => {
    expect(age(seconds)).toBe(text);
  });
  test("turns amber and says the limit when it is over it", () => {
    expect(ageOver(5, 10)).toEqual({ text: "5 s", tone: "neutral" });
    expect(ageOver(14, 10)).toEqual({ text: "14 s", tone: "stale", full: "14 s ago, over the limit of 10 s" });
  });
});

describe("duration", () => {
  test.each([
    [42, "42 s"],
    [725, "12 min 5 s"],
    [11_520, "3 h 12 min"],
    [187_200, "2 d 4 h"],
  ])("shows %d seconds as %s when asked how long", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe("moment", () => {
  const now = Date.UTC(2026, 10, 21, 14, 3, 22);
  test("shows the time of day when it is today", () => {
    expect(moment("2026-11-21T00:00:01.500Z", now)).toMatchObject({
      text: "00:00:01",
      full: "2026-11-21T00:00:01.500Z UTC",
    });
  });
  test("shows the day when it is earlier this year", () => {
    expect(moment("2026-02-24T12:30:13Z", now).text).toBe("24 Feb 12:30");
  });
  test("shows the year when it is another one", () => {
    expect(moment("2024-01-01T00:00:00Z", now).text).toBe("1 Jan 2024");
  });
  test("shows what came when it is no moment", () => {
    expect(moment("yesterday", now)).toEqual({ text: "yesterday", tone: "neutral" });
  });
  test("shows UTC when the clock is asked", () => {
    expect(utcClock(now)).toBe("14:03:22");
  });
});
