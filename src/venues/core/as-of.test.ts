import { expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { notOlderThan } from "./as-of.ts";

const ASKED_MS = Date.UTC(2026, 1, 24, 12, 0, 0, 400);
const askedAt = micros(ASKED_MS * 1_000);
const date = (ms: number) => ({ date: new Date(ms).toUTCString() });
const ageMs = (headers: Readonly<Record<string, string>>, aheadMs?: number): number =>
  ASKED_MS - notOlderThan({ askedAt, aheadMs, headers }) / 1_000;

test("an answer is of when it was asked for, where nothing says that it is older", () => {
  expect(ageMs({})).toBe(0);
  expect(ageMs({ date: "soon", age: "x" }, 0)).toBe(0);
  expect(ageMs(date(ASKED_MS + 5_000), 0)).toBe(0);
});

test("one from a cache is as old as it says, and a second more for what is cut off", () => {
  expect(ageMs({ age: "12" })).toBe(13_000);
  expect(ageMs({ age: "0" })).toBe(0);
});

test("one that was made before it was asked for is of then, by the venue's clock where that is known", () => {
  expect(ageMs(date(ASKED_MS - 60_000), 0)).toBe(59_400);
  expect(ageMs(date(ASKED_MS - 60_000), -60_000)).toBe(0);
  expect(ageMs(date(ASKED_MS), 3_600_000)).toBe(3_599_400);
  expect(ageMs(date(ASKED_MS - 60_000))).toBe(0);
});
