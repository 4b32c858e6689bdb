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

test.each([
  ["a mark", { event: mark, ts, stoodUntil }],
  ["a mark of a bot that says itself until when it stood", { event: { ...mark, stood_until: "soon" }, ts, stoodUntil }],
  ["a sample that is kept as it is", { event: mark, ts }],
])("the text of %s is that of its event", (_, sample) => {
  expect(keptText(sample)).toBe(JSON.stringify(keptEvent(sample)));
});

test("a kept mark says until when it stood", () => {
  expect(keptEvent({ event: mark, ts, stoodUntil })).toEqual({ ...mark, stood_until: "2026-11-02T00:00:01.500001Z" });
});
