import { expect, test } from "vitest";
import { createHubMetrics, type EventOutcome, type HubMetricsSource } from "./hub-metrics.ts";

function setUp() {
  const events: Record<EventOutcome, number> = {
    accepted: 5,
    duplicate: 1,
    merged: 2,
    contradiction: 0,
    sampled: 40,
    rejected: 3,
    refused_full: 0,
  };
  const store = { kind: "sqlite" as const, ok: true };
  const source: HubMetricsSource = {
    version: "0.1.0",
    events: () => events,
    queue: () => ({ events: 7, limit: 50_000 }),
    store: () => store,
    fold: () => ({ seq: 9, facts: 8, bots: 2 }),
    subscribers: () => 3,
    subscribersGivenUp: () => 1,
    desk: { bots: () => [], ownMetrics: () => [] },
  };
  return { events, store, metrics: createHubMetrics(source) };
}

test("tells the numbers of the hub as they are when it is asked, and asked again", async () => {
  const { events, store, metrics } = setUp();
  const first = await metrics.text();
  expect(first).toContain('deskwatch_events_total{class="fact",outcome="accepted"} 5\n');
  expect(first).toContain('deskwatch_events_total{class="sample",outcome="sampled"} 40\n');
  expect(first).toContain('deskwatch_events_total{class="none",outcome="rejected"} 3\n');
  expect(first).toContain("deskwatch_queue_events 7\n");
  expect(first).toContain("deskwatch_store_up 1\n");
  expect(first).toContain("deskwatch_fold_seq 9\n");
  expect(first).toContain("deskwatch_stream_subscribers 3\n");
  expect(first).toContain('deskwatch_info{version="0.1.0",store="sqlite"} 1\n');
  events.accepted = 6;
  store.ok = false;
  const second = await metrics.text();
  expect(second).toContain('deskwatch_events_total{class="fact",outcome="accepted"} 6\n');
  expect(second).toContain("deskwatch_store_up 0\n");
});

test("counts each commit of the log in its bucket when one is noted", async () => {
  const { metrics } = setUp();
  metrics.observeAppend({ seconds: 0.004, rows: 500 });
  metrics.observeAppend({ seconds: 0.2, rows: 1 });
  const text = await metrics.text();
  expect(text).toContain('deskwatch_append_seconds_bucket{le="0.005"} 1\n');
  expect(text).toContain('deskwatch_append_seconds_bucket{le="0.25"} 2\n');
  expect(text).toContain('deskwatch_append_rows_bucket{le="100"} 1\n');
  expect(text).toContain("deskwatch_append_seconds_count 2\n");
});

test("keeps to a registry of its own when two hubs run in one process", async () => {
  const [one, other] = [setUp().metrics, setUp().metrics];
  one.observeAppend({ seconds: 1, rows: 1 });
  expect(await one.text()).toContain("deskwatch_append_seconds_count 1\n");
  expect(await other.text()).toContain("deskwatch_append_seconds_count 0\n");
  expect(await one.text()).toContain("process_resident_memory_bytes");
});
