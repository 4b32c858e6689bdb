import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRefusedDesk } from "../support/desk-process.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";

const note = (id: string): string =>
  JSON.stringify({ type: "annotation", bot: "b", id, ts: "2026-05-04T00:00:00Z", title: "deploy" });

/** The ids of all that the hub has. */
async function idsAt(url: string): Promise<string[]> {
  const { text } = await callRaw(url, { path: "/api/v1/events", headers: { accept: "application/x-ndjson" } });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => String(JSON.parse(line).id));
}

describe("a second hub on one data directory", () => {
  test("is refused in words, disturbs nobody, and starts once the first is dead", async () => {
    const first = await scratchDesk();
    expect((await postLines(first.url, note("one"))).status).toBe(200);

    const { code, output } = await startRefusedDesk({ dataDir: first.dataDir });
    expect(code).toBe(1);
    expect(output).toMatch(/^deskwatch: The data directory .* is in use by another Deskwatch process\. .*--data-dir/m);
    expect(output).not.toMatch(/^\s+at /m);

    expect((await postLines(first.url, note("two"))).status).toBe(200);
    await first.end("SIGKILL");
    const second = await scratchDesk({ dataDir: first.dataDir });
    expect((await postLines(second.url, note("three"))).status).toBe(200);
    expect(await idsAt(second.url)).toEqual(["one", "two", "three"]);
  }, 60_000);
});

requireTool("postgres")("a second hub on one database", () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  test("is refused in words, disturbs nobody, and starts once the first is dead", async () => {
    const databaseUrl = await postgres.createDatabase();
    const first = await scratchDesk({ databaseUrl });
    expect((await postLines(first.url, note("one"))).status).toBe(200);

    const { code, output } = await startRefusedDesk({ dataDir: scratchDirectory(), databaseUrl });
    expect(code).toBe(1);
    expect(output).toMatch(/^deskwatch: Another Deskwatch hub writes to the database at .*--database-url/m);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain(new URL(databaseUrl).password);

    expect((await postLines(first.url, note("two"))).status).toBe(200);
    await first.end("SIGKILL");
    const second = await scratchDesk({ databaseUrl });
    expect((await postLines(second.url, note("three"))).status).toBe(200);
    expect(await idsAt(second.url)).toEqual(["one", "two", "three"]);
  }, 60_000);
});
