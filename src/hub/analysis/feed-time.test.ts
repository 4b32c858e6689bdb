import { expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import type { LogParts } from "../log-events.ts";
import { feedTimeOf } from "./feed-time.ts";

const BEGIN = Date.UTC(2026, 2, 2);

test("the share of a stale feed is of the whole range, however often feeds came and went", async () => {
  // Away for half of each second of the first 15,000; then all is well for as long, and away for the last 30,000.
  const events = Array.from({ length: 30_000 }, (_, index) => ({
    ...{ type: "feed", venue: "v", seq: index + 1, kind: index % 2 === 0 ? "disconnected" : "connected" },
    ts: new Date(BEGIN + index * 500).toISOString(),
  }));
  events.push({
    ...{ type: "feed", venue: "v", seq: 30_001, kind: "stale", ts: new Date(BEGIN + 30_000_000).toISOString() },
  });
  const store: LogParts["store"] = {
    events: ({ afterSeq = 0, limit }) => {
      const page = events.slice(afterSeq, afterSeq + limit);
      return Promise.resolve({
        events: page.map((event) => JSON.stringify(event)),
        complete: afterSeq + limit >= events.length,
        lastSeq: page.at(-1)?.seq,
      });
    },
  };
  let pauses = 0;
  const parts = {
    store,
    timers: {
      breathe: () => {
        pauses++;
        return Promise.resolve();
      },
    },
  };
  const [from, to] = [micros(BEGIN * 1_000), micros((BEGIN + 60_000_000) * 1_000)];
  const told = await feedTimeOf(parts, { bot: "b", mode: "live", from, to });
  expect(told).toEqual({ share: (7_500 + 30_000) / 60_000, seconds: 60_000, changes: 30_001 });
  expect(pauses).toBeGreaterThanOrEqual(30);
});
