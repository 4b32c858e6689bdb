import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { rejectedAnswer } from "../../src/protocol/api.ts";
import type { Store } from "../../src/hub/ports.ts";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { DistinctEvents } from "../support/distinct-events.ts";
import { botTypes, exampleEvent } from "../support/example-events.ts";
import { problemOf } from "../support/problem-of.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";
import { malformedRounds } from "./malformed-rounds.ts";

const REJECTIONS_KEPT = 10_000;

/** Every good event that was sent among bad ones is in the log once, and what was refused is kept within its bound. */
async function expectGoodThere(store: Store, good: readonly string[], refused: number): Promise<void> {
  const ids: string[] = [];
  await store.replay(0, (events) => {
    for (const { event } of events) if (event.bot === "good" && event.type === "annotation") ids.push(event.id ?? "");
  });
  expect(ids.toSorted()).toEqual(good.toSorted());
  const { rows, counts } = await store.rejections(REJECTIONS_KEPT * 2);
  const counted = counts.reduce((sum, { count }) => sum + count, 0);
  expect(counted).toBe(refused);
  expect(rows.length).toBe(Math.min(refused, REJECTIONS_KEPT));
}

/** What the hub says that it has refused. */
const shownAt = async (url: string) =>
  rejectedAnswer.parse(JSON.parse((await callRaw(url, { path: "/api/v1/rejected?limit=1000" })).text));

const EACH_TYPE = botTypes.map((type) => [type] as const);

test.each(EACH_TYPE)("the example that is broken for these tests is sound for %s", (type) => {
  expect(parseEvent(exampleEvent(type))).toMatchObject({ ok: true, value: { type } });
});

describe("a hub on SQLite", () => {
  test("answers in words, and takes every good event in, when 4,000 bodies are malformed", async () => {
    const desk = await scratchDesk();
    const { faults, good, refused } = await malformedRounds({ url: desk.url, seed: 9, requests: 4_000 });
    expect(faults).toEqual([]);
    const { rejected } = await shownAt(desk.url);
    expect(rejected.length).toBe(1_000);
    for (const { code, message } of rejected) expect([code === "", message === ""]).toEqual([false, false]);
    await desk.end("SIGTERM");
    const store = await openSqliteStore({ dataDir: desk.dataDir });
    await expectGoodThere(store, good, refused).finally(() => store.close());
  }, 60_000);

  test("tells of the code, the path and what was found when a field is wrong", async () => {
    const desk = await scratchDesk();
    const bad = { ...exampleEvent("fill"), bot: "b", price: "dear" };
    const unknown = { type: "dance", bot: "b", ts: 1 };
    await postLines(desk.url, `${JSON.stringify(bad)}\n${JSON.stringify(unknown)}\n{"type":\n`);
    await waitUntil("all are shown", async () => (await shownAt(desk.url)).rejected.length === 3);
    const { rejected, counts } = await shownAt(desk.url);
    expect(rejected.map(({ code, path }) => [code, path])).toEqual([
      ["invalid_event", ""],
      ["unknown_type", "type"],
      ["invalid_event", "price"],
    ]);
    expect(rejected[2]?.message).toBe('expected a decimal of 0 or more, found "dear"');
    expect(rejected[2]?.sample).toContain('"dear"');
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  test.each([
    ["8 MiB and a byte", `"${"x".repeat(8 * 1024 * 1024 - 1)}"`],
    ["10,001 events", new DistinctEvents(1, "w").batch(10_001, 1_780_000_000_000)],
  ])("refuses with 413 and stores nothing when a request holds %s", async (_, body) => {
    const desk = await scratchDesk();
    expect(problemOf(await postLines(desk.url, body))).toMatchObject({ status: 413, code: "too_large" });
    expect(JSON.parse((await callRaw(desk.url, { path: "/api/v1/events" })).text)).toMatchObject({ events: [] });
    const most = new DistinctEvents(1, "w").batch(10_000, 1_780_000_000_000);
    expect(JSON.parse((await postLines(desk.url, most)).text)).toMatchObject({ accepted: 10_000 });
  });
});

requireTool("postgres")("a hub on PostgreSQL", () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  test("answers in words, and takes every good event in, when 1,000 bodies are malformed", async () => {
    const databaseUrl = await postgres.createDatabase();
    const desk = await scratchDesk({ databaseUrl });
    const { faults, good, refused } = await malformedRounds({ url: desk.url, seed: 10, requests: 1_000 });
    expect(faults).toEqual([]);
    await desk.end("SIGTERM");
    const store = await openPostgresStore({ databaseUrl });
    await expectGoodThere(store, good, refused).finally(() => store.close());
  }, 60_000);
});
