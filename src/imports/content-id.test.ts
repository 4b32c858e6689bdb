import { describe, expect, test } from "vitest";
import { contentId, Occurrences, Told } from "./content-id.ts";

describe("Occurrences", () => {
  test("gives the same ids when the same rows are read again, in another order too", () => {
    const ids = (rows: readonly string[]) => {
      const occurrences = new Occurrences();
      return rows.map((row) => occurrences.idOf(row)).sort();
    };
    expect(ids(["a", "b", "a"])).toEqual(ids(["b", "a", "a"]));
  });

  test("tells identical rows apart by their number when they repeat", () => {
    const occurrences = new Occurrences();
    expect(["a", "a", "a"].map((row) => occurrences.idOf(row))).toEqual([
      contentId("a"),
      `${contentId("a")}:2`,
      `${contentId("a")}:3`,
    ]);
  });

  test("forgets what is long past when memory would grow without end", () => {
    const occurrences = new Occurrences();
    occurrences.idOf("first");
    for (let row = 0; row < 200_000; row++) occurrences.idOf(`row ${row}`);
    expect(occurrences.idOf("first")).toBe(contentId("first"));
  });
});

describe("Told", () => {
  test("is new once when a name is asked for again", () => {
    const told = new Told();
    expect([told.isNew("a"), told.isNew("b"), told.isNew("a")]).toEqual([true, true, false]);
  });
});
