import { expect, onTestFinished, test } from "vitest";
import { Workload } from "../../bench/workload.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { auditLog } from "../support/audit-log.ts";
import { startRefusedDesk } from "../support/desk-process.ts";
import { isReady, problemOf } from "../support/problem-of.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk, scratchTraffic } from "../support/scratch.ts";
import { mountSmallDisk, requireMount, type SmallDisk } from "../support/small-disk.ts";
import { waitUntil } from "../support/wait-until.ts";

/** More than the write-ahead log takes before it starts over. */
const DISK_MIB = 200;

function smallDisk(): SmallDisk {
  const disk = mountSmallDisk(DISK_MIB);
  onTestFinished(disk.unmount);
  return disk;
}

/** More than the disk has left when it is full. */
const MANY = new Workload(8, "many").batch(5_000, 1_780_000_000_000);
const NOTE = JSON.stringify({ type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title: "deploy" });

requireMount()("a full disk", () => {
  test("is told, nothing is acknowledged or lost, and the hub goes on by itself when there is space again", async () => {
    const disk = smallDisk();
    const desk = await scratchDesk({ dataDir: disk.directory });
    const traffic = scratchTraffic({ seed: 5, address: () => desk.url });
    await waitUntil("events come in", () => traffic.acknowledged > 20);
    disk.fill(256);
    await waitUntil("the hub refuses", () => (traffic.statuses.get(503) ?? 0) > 3);

    const refused = await postLines(desk.url, MANY);
    expect(problemOf(refused)).toMatchObject({ status: 503, code: "store_unavailable" });
    expect(refused.headers["retry-after"]).toBe("1");
    const ready = problemOf(await callRaw(desk.url, { path: "/readyz" }));
    expect(ready).toMatchObject({ status: 503, code: "store_unavailable" });
    expect(ready.detail).toMatch(/disk is full/);
    expect((await callRaw(desk.url, { path: "/healthz" })).status).toBe(200);
    expect((await callRaw(desk.url, { path: "/api/v1/events?limit=1" })).status).toBe(200);

    disk.free();
    await waitUntil("the hub is ready again", () => isReady(desk.url));
    await traffic.finish();
    expect(traffic.oddities).toEqual([]);
    await desk.end("SIGKILL");
    const store = await openSqliteStore({ dataDir: disk.directory });
    const audit = await auditLog(store, traffic.batches).finally(() => store.close());
    expect(audit.problems).toEqual([]);
  }, 60_000);

  test("is told in words when it is full before the hub starts, and the hub starts once there is space", async () => {
    const disk = smallDisk();
    disk.fill(4);
    const { code, output } = await startRefusedDesk({ dataDir: disk.directory });
    expect(code).toBe(1);
    expect(output).toMatch(/^deskwatch: .*disk is full/m);
    expect(output).not.toMatch(/^\s+at /m);
    disk.free();
    const desk = await scratchDesk({ dataDir: disk.directory });
    expect((await postLines(desk.url, NOTE)).status).toBe(200);
  });
});
