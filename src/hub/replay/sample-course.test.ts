import { describe, expect, test } from "vitest";
import { type Micros, micros } from "../../base/time.ts";
import type { SampleRow } from "../ports.ts";
import { SampleCourse } from "./sample-course.ts";

const END = micros(1_000_000);

/** A sample named by its own time, received at another. */
const row = (ts: number, receivedAt: number): SampleRow => ({
  key: "k",
  type: "heartbeat",
  bot: "b",
  ts: micros(ts),
  receivedAt: micros(receivedAt),
  body: JSON.stringify({ type: "heartbeat", bot: "b", ts: String(ts) }),
});

/** A store that has two rows on each page. */
const storeOf = (rows: readonly SampleRow[]) => ({
  samples: (from: { readonly receivedAt: Micros } | { readonly cursor: string }) => {
    const start = "cursor" in from ? Number(from.cursor) : 0;
    const page = rows.slice(start, start + 2);
    return Promise.resolve({ rows: page, next: page.length === 0 ? undefined : String(start + 2) });
  },
});

/** The times of the samples that come on the way by these moments. */
async function told(course: SampleCourse, before: number, moments: readonly number[]): Promise<number[]> {
  const all: number[] = [];
  let now = micros(0);
  for (const until of moments)
    for (;;) {
      const sample = course.take(micros(before), micros(until), now);
      if (sample === undefined) break;
      if (sample === "more") {
        await course.fill();
        continue;
      }
      now = sample.due;
      all.push(sample.ts);
    }
  return all;
}

const ROWS = [row(5, 1), row(3, 2), row(9, 3), row(1, 4), row(7, 20)];

describe("SampleCourse", () => {
  test("tells none before its own time, and none that was received after the next fact", async () => {
    expect(await told(new SampleCourse(storeOf(ROWS)), 10, [6])).toEqual([1, 3, 5]);
    expect(await told(new SampleCourse(storeOf(ROWS)), 10, [END])).toEqual([1, 3, 5, 9]);
  });

  test.each([[[END]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], [[4, END]]])(
    "tells the same in the same order, in whatever steps a moment is reached (%j)",
    async (moments) => {
      const rows = Array.from({ length: 1_300 }, (_, n) => row(((n * 7) % 40) + Math.floor(n / 100), n));
      const inOneStep = await told(new SampleCourse(storeOf(rows)), 2_000, [60]);
      expect(inOneStep).toHaveLength(1_300);
      expect(await told(new SampleCourse(storeOf(rows)), 2_000, [...moments, 60])).toEqual(inOneStep);
    },
  );

  test("goes on from a place with what waited there", async () => {
    const course = new SampleCourse(storeOf(ROWS));
    expect(await told(course, 10, [2])).toEqual([1]);
    const { place } = course;
    expect(await told(course, 30, [END])).toEqual([3, 5, 7, 9]);
    expect(await told(new SampleCourse(storeOf(ROWS), place), 30, [END])).toEqual([3, 5, 7, 9]);
  });
});
