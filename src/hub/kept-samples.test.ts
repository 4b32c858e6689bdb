import { expect, test } from "vitest";
import { micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { keptEvent, keptText } from "./kept-samples.ts";

const mark: EventOf<"mark"> = {
  type: "mark",
  bot: "b",
  ts: "2026-11-02T00:00:00.000Z",
  venue: "v",
  symbol: "A",
  price: "1",
};
const ts = micros(Date.UTC(2026, 10, 2) * 1_000);
const stoodUntil = micros(ts + 1_500_001);

const kept = { event: mark, ts, stoodUntil, replacedAt: undefined, metAt: undefined };
const saysItself = { ...mark, stood_until: "soon", stood_through: true };

test("a mark that is kept twice is said twice, each with an id of its own", () => {
  const named = { ...kept, event: { ...mark, id: "m".repeat(128) } };
  const ids = [stoodUntil, stoodUntil + 1, stoodUntil].map(
    (until) => keptEvent({ ...named, stoodUntil: micros(until) }).id ?? "",
  );
  expect(ids.map((id) => id.length)).toEqual([128, 128, 128]);
  expect(new Set(ids).size).toBe(2);
});

test.each([
  ["a mark", kept],
  ["a mark with an id", { ...kept, event: { ...mark, id: "m1" } }],
  ["a mark that another replaced", { ...kept, replacedAt: "1793577601.500001" }],
  ["a mark that a fill met", { ...kept, metAt: "2026-11-02T00:00:01.5Z" }],
  ["a mark of a bot that says itself until when it stood", { ...kept, event: saysItself }],
  ["the same when a fill met it", { ...kept, event: saysItself, metAt: "2026-11-02T00:00:01.5Z" }],
  ["a sample that is kept as it is", { event: mark, ts }],
])("the text of %s is that of its event", (_, sample) => {
  expect(keptText(sample)).toBe(JSON.stringify(keptEvent(sample)));
});

test.each([
  ["until when it stood", kept, { stood_until: "2026-11-02T00:00:01.500001Z" }],
  [
    "that in the words of the mark that replaced it",
    { ...kept, replacedAt: "1793577601.500001" },
    { stood_until: "1793577601.500001" },
  ],
  [
    "when a fill met it",
    { ...kept, metAt: "2026-11-02T00:00:01.5Z" },
    { stood_until: "2026-11-02T00:00:01.5Z", stood_through: true },
  ],
  ["one of them only", { ...kept, event: saysItself, replacedAt: "1" }, { stood_until: "1" }],
])("a kept mark says %s", (_, sample, said) => {
  expect(keptEvent(sample)).toEqual({ ...mark, ...said });
});
