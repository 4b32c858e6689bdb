import { expect, test } from "vitest";
import { byTime } from "./by-time.ts";

const table = (name: string, ...times: number[]) =>
  times.map((at, index) => ({ at, items: [{ line: index, leftOut: `${name}${at}` }] }));

test("byTime merges tables by time, and keeps their order where times are the same", () => {
  const told = [...byTime([table("a", 1, 4), table("b"), table("c", 1, 2, 9)])];
  expect(told.map((item) => "leftOut" in item && item.leftOut)).toEqual(["a1", "c1", "c2", "a4", "c9"]);
});
