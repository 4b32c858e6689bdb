import { expect, onTestFinished, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { systemClock, systemTimers } from "../../src/app/clock.ts";
import { emptyState, FOLD_VERSION, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import type { Store } from "../../src/hub/ports.ts";
import type { Timers } from "../../src/hub/timers.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { DistinctEvents } from "../support/distinct-events.ts";
import { scratchDesk, scratchDirectory, scratchTraffic } from "../support/scratch.ts";
import { waitUntil } from "../support/wait-until.ts";

const SNAPSHOT_EVERY_MS = 30_000;

interface Started {
  readonly hub: Hub;
  readonly store: Store;
  /** Has the hub write the snapshot that is due every 30 s. */
  readonly writeSnapshot: () => Promise<void>;
  /** Leaves the store as a crash would: without a last snapshot. */
  readonly leave: () => Promise<void>;
}

/** A hub on the store of `dataDir` whose periodic work happens when the test says so. */
async function start(dataDir: string): Promise<Started> {
  const periodic = new Map<number, () => void | Promise<void>>();
  const timers: Timers = {
    ...systemTimers,
    every: (ms, run) => {
      periodic.set(ms, run);
      return () => periodic.delete(ms);
    },
  };
  const store = await openSqliteStore({ dataDir });
  onTestFinished(() => store.close());
  const onProblem = (what: string, error: unknown): never => {
    throw new Error(what, { cause: error });
  };
  const hub = await startHub({ store, clock: systemClock, timers, version: "0", onProblem });
  return {
    hub,
    store,
    writeSnapshot: async () => ensure(periodic.get(SNAPSHOT_EVERY_MS), "snapshots are periodic")(),
    leave: () => store.close(),
  };
}

async function submit({ hub }: Started, ...events: readonly object[]): Promise<void> {
  const done = await hub.ingest.submit(events.map((value) => ({ value: structuredClone(value) })));
  const kinds = done.ok ? done.value.items.map(({ kind }) => kind) : [done.error.code];
  expect(kinds).toEqual(events.map(() => "accepted"));
}

const some = (seed: number, count: number): object[] =>
  new DistinctEvents(seed, `w${seed}`).take(count, 1_780_000_000_000);

async function refold(store: Store): Promise<string> {
  const state = emptyState();
  await store.replay(0, (events) => {
    for (const recorded of events) reduce(state, recorded);
  });
  return fingerprint(state);
}

test("starts empty when it never ran before, and folds everything when there is no snapshot yet", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  expect(first.hub.recovered).toEqual({ fromSnapshot: false, refolded: 0 });
  await submit(first, ...some(1, 300));
  const before = fingerprint(first.hub.state);
  await first.leave();
  const second = await start(dataDir);
  expect(second.hub.recovered).toEqual({ fromSnapshot: false, refolded: 300 });
  expect(fingerprint(second.hub.state)).toBe(before);
});

test("folds only the tail onto the snapshot, to the same state, when there is one", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  await submit(first, ...some(1, 500));
  await first.writeSnapshot();
  await submit(first, ...some(2, 70));
  const before = fingerprint(first.hub.state);
  await first.leave();
  const second = await start(dataDir);
  expect(second.hub.recovered).toEqual({ fromSnapshot: true, refolded: 70 });
  expect(fingerprint(second.hub.state)).toBe(before);
  expect(await refold(second.store)).toBe(before);
});

test("leaves nothing to fold when the hub was stopped in good order", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  await submit(first, ...some(1, 100));
  await first.hub.stop();
  await first.leave();
  expect((await start(dataDir)).hub.recovered).toEqual({ fromSnapshot: true, refolded: 0 });
});

test("keeps what the fact of one bot does to another when only the first has news for the next snapshot", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  const ts = "2026-05-04T00:00:00Z";
  const market = { venue: "kalshi", symbol: "RAIN" };
  await submit(first, { type: "fill", bot: "holder", ts, ...market, fill_id: "1", side: "buy", price: "1", size: "2" });
  await first.writeSnapshot();
  await submit(first, { type: "settlement", bot: "settler", ts, ...market, payout_per_unit: "1" });
  await first.writeSnapshot();
  const before = fingerprint(first.hub.state);
  await first.leave();
  const second = await start(dataDir);
  expect(second.hub.recovered).toEqual({ fromSnapshot: true, refolded: 0 });
  expect(fingerprint(second.hub.state)).toBe(before);
});

test("leaves slices of another fold version aside, and folds everything, when there are no others", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  await submit(first, ...some(1, 200));
  const before = fingerprint(first.hub.state);
  for (const foldVersion of [FOLD_VERSION - 1, FOLD_VERSION + 1])
    await first.store.saveSlices(
      ["round", "desk/core", "bot:bot-1/core"].map((name) => ({ name, seq: 150, foldVersion, body: "not of ours" })),
    );
  await first.leave();
  const second = await start(dataDir);
  expect(second.hub.recovered).toEqual({ fromSnapshot: false, refolded: 200 });
  expect(fingerprint(second.hub.state)).toBe(before);
});

test("comes to the right state when another version was killed in the middle of writing its snapshot over ours", async () => {
  const dataDir = scratchDirectory();
  const first = await start(dataDir);
  await submit(first, ...some(1, 200));
  await first.writeSnapshot();
  const before = fingerprint(first.hub.state);
  const theirs = { seq: 200, foldVersion: FOLD_VERSION + 1, body: "not of ours" };
  const [ours] = (await first.store.loadSlices(FOLD_VERSION)).filter(({ name }) => name.startsWith("bot:"));
  await first.store.saveSlices([{ ...theirs, name: ensure(ours, "a slice of a bot").name }]);
  await first.leave();
  const second = await start(dataDir);
  expect(fingerprint(second.hub.state)).toBe(before);
});

test("has the state of a refold, live and after the kill of a process, when traffic of all kinds comes in", async () => {
  const dataDir = scratchDirectory();
  const desk = await scratchDesk({ dataDir });
  const traffic = scratchTraffic({ seed: 3, address: () => desk.url });
  await waitUntil("there is some traffic", () => traffic.acknowledged > 100);
  await traffic.finish();
  expect(traffic.oddities).toEqual([]);
  await desk.end("SIGKILL");
  const hub = await start(dataDir);
  await submit(hub, ...some(4, 100));
  expect(fingerprint(hub.hub.state)).toBe(await refold(hub.store));
});
