import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDrafter } from "./line.ts";
import { createIsoWriter } from "./stamp.ts";

const drafter = () => {
  let count = 0;
  const options = { now: () => 7, isoOf: (ms: number) => `t${ms}`, nextId: () => `i${count++}` };
  return createDrafter({ ...options, defaults: { bot: "b", mode: "paper" } });
};
const missing = { type: "fill", bot: "b", mode: "paper", id: "i0", ts: "t7" };
const name = fc.string({ maxLength: 6 }).filter((text) => text !== "__proto__" && text !== "toJSON");
const said = (value: object): unknown => JSON.parse(JSON.stringify(value));

describe("createDrafter", () => {
  test("says the fields as JSON says them, and what they leave open", () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (fields) => {
        const line = drafter()("fill", fields).line;
        const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
        expect(JSON.parse(line)).toEqual(said({ ...fields, ...missing, ...given, type: "fill" }));
      }),
    );
  });

  test("does not see what changes in the fields before the line is made", () => {
    const flat: Record<string, unknown> = { size: "1", note: null };
    const deep = { size: "1", extra: { level: 1 } };
    const draft = drafter();
    const drafts = [draft("fill", flat), draft("fill", deep)];
    Object.assign(flat, { size: "2", note: "late", more: 1 });
    deep.extra.level = 2;
    expect(drafts.map(({ line }) => JSON.parse(line))).toEqual([
      { size: "1", note: null, ...missing, id: expect.any(String) },
      { size: "1", extra: { level: 1 }, ...missing, id: expect.any(String) },
    ]);
  });

  test("says the same at each call, and the moment at which it was drafted", () => {
    let now = 1;
    const draft = createDrafter({ now: () => now, isoOf: String, nextId: () => `${now}`, defaults: { bot: "b" } });
    const first = draft("fill", { size: "1" });
    now = 2;
    expect(JSON.parse(first.line)).toMatchObject({ ts: "1" });
    expect(first.line).toBe(first.line);
  });

  test.each([
    ["a date", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    ["a number that none is", { size: Number.NaN }, { size: null }],
    ["what is not there", { size: undefined }, {}],
    ["a field that says what it is", { toJSON: () => ({ size: 1 }) }, { size: 1 }],
    ["many digits", { size: 12345678901234567890n }, { size: "12345678901234567890" }],
    [
      "a class",
      new (class Fill {
        readonly size = 1;
      })(),
      { size: 1 },
    ],
  ])("says %s as it is", (_what, fields, wanted) => {
    expect(JSON.parse(drafter()("fill", fields).line)).toEqual({ ...wanted, ...missing });
  });

  test("honours a toJSON that is not listed", () => {
    const fields = Object.defineProperty({ size: 1 }, "toJSON", { value: () => ({ size: 2 }) });
    expect(JSON.parse(drafter()("fill", fields).line)).toMatchObject({ size: 2 });
  });

  test("refuses at once when the clock tells no time and the event does not say its own", () => {
    const options = { isoOf: createIsoWriter(), nextId: () => "i", defaults: { bot: "b" } };
    for (const time of [Number.NaN, 1e18]) {
      const draft = createDrafter({ ...options, now: () => time });
      expect(() => draft("fill", { size: 1 })).toThrow("time");
      expect(draft("fill", { ts: "2026-01-01T00:00:00Z" }).line).toContain("2026-01-01");
    }
  });

  test("refuses what is too large at once", () => {
    expect(() => drafter()("fill", { note: "x".repeat(1_000_001) })).toThrow("too large");
  });
});
