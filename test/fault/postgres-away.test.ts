import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { auditLog } from "../support/audit-log.ts";
import { startRefusedDesk } from "../support/desk-process.ts";
import { isReady, problemOf } from "../support/problem-of.ts";
import { callRaw } from "../support/raw-http.ts";
import { scratchDesk, scratchDirectory, scratchTraffic } from "../support/scratch.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

requireTool("postgres")("a PostgreSQL that goes away", () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  test("is told, and every acknowledged fact is there once, when it crashes, restarts and is stopped under load", async () => {
    const databaseUrl = await postgres.createDatabase();
    const desk = await scratchDesk({ databaseUrl });
    const traffic = scratchTraffic({ seed: 7, address: () => desk.url });
    for (const how of ["kill", "fast", "kill"] as const) {
      const before = traffic.acknowledged;
      await waitUntil("events come in", () => traffic.acknowledged > before + 30);
      const refused = traffic.statuses.get(503) ?? 0;
      await postgres.down(how);
      await waitUntil("the hub refuses", () => (traffic.statuses.get(503) ?? 0) > refused + 3);
      const ready = await callRaw(desk.url, { path: "/readyz" });
      expect(problemOf(ready)).toMatchObject({ status: 503, code: "store_unavailable" });
      expect(ready.text).not.toContain(new URL(databaseUrl).password);
      await delay(how === "fast" ? 2_000 : 0);
      await postgres.up();
      await waitUntil("the hub is ready again", () => isReady(desk.url));
    }
    await traffic.finish();
    expect(traffic.oddities).toEqual([]);
    await desk.end("SIGKILL");
    const store = await openPostgresStore({ databaseUrl });
    const audit = await auditLog(store, traffic.batches).finally(() => store.close());
    expect(audit.problems).toEqual([]);
  }, 120_000);

  test("is told in words when it is not there at the start", async () => {
    const databaseUrl = await postgres.createDatabase();
    await postgres.down("fast");
    const { code, output } = await startRefusedDesk({ dataDir: scratchDirectory(), databaseUrl });
    await postgres.up();
    expect(code).toBe(1);
    expect(output).toMatch(/^deskwatch: .*127\.0\.0\.1/m);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain(new URL(databaseUrl).password);
  }, 60_000);
});
