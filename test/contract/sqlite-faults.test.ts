import { packRows } from "../../src/hub/packed-rows.ts";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AppendRow, type Store, StoreUnavailable } from "../../src/hub/ports.ts";
import { GroupCommit } from "../../src/store/group-commit.ts";
import { commitThrough } from "../../src/store/sqlite/commit-through.ts";
import { openForReading } from "../../src/store/sqlite/database.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { Remote } from "../../src/store/sqlite/remote.ts";
import type { WriterCalls } from "../../src/store/sqlite/writer-worker.ts";
import { missing } from "../support/tools.ts";
import { row, wholeLog } from "./rows.ts";

const batch = (name: string, rows: number): AppendRow[] =>
  Array.from({ length: rows }, (_, n) =>
    row({ type: "error", id: `${name}-${n}`, code: "E", message: "m".repeat(200) }),
  );

const MIB = 1024 * 1024;
const LONG_ROWS = 72_000;
const LONG_BATCH = 1_000;
const long = (n: number): AppendRow => row({ type: "error", id: `long-${n}`, code: "E", message: "m".repeat(4_000) });

/** The ids of the batches that were acknowledged; every other must have left nothing. */
async function acknowledged(calls: readonly { readonly name: string; readonly done: Promise<unknown> }[]) {
  const settled = await Promise.allSettled(calls.map(({ done }) => done));
  const names = calls.filter((_, index) => settled[index]?.status === "fulfilled").map(({ name }) => name);
  const reasons = settled.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []));
  return { names, reasons };
}

const batchesIn = async (store: Store): Promise<string[]> => {
  const log = await wholeLog(store);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  return [...new Set(log.map(({ event }) => String(event.id).split("-")[0] ?? ""))];
};

describe("a store on sqlite", () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), "deskwatch-faults-"));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test("takes a long import in while somebody reads an old state of it", async () => {
    const directory = join(dataDir, "read-meanwhile");
    const store = await openSqliteStore({ dataDir: directory, durability: "close" });
    await store.append(packRows(batch("first", 1)));
    await store.check();
    const reader = openForReading(directory);
    try {
      reader.exec("BEGIN");
      expect(reader.prepare("SELECT count(*) AS rows FROM events").get()).toMatchObject({ rows: 1 });
      const large = Array.from({ length: LONG_ROWS }, (_, n) => long(n));
      for (let from = 0; from < large.length; from += LONG_BATCH)
        await store.append(packRows(large.slice(from, from + LONG_BATCH)));
      await store.check();
      expect(statSync(join(directory, "deskwatch.sqlite-wal")).size).toBeGreaterThan(256 * MIB);
    } finally {
      reader.close();
    }
    expect(await store.lastSeq()).toBe(LONG_ROWS + 1);
    await store.close();
  });

  test("has every acknowledged batch and no other when its writer dies under load, and goes on", async () => {
    const directory = join(dataDir, "worker");
    await (await openSqliteStore({ dataDir: directory })).close();
    const writer = new Remote<WriterCalls>({ file: "writer-worker", dataDir: directory });
    const group = new GroupCommit(commitThrough(writer));
    const calls: { name: string; done: Promise<unknown> }[] = [];
    for (let death = 0; death < 5; death++) {
      for (let n = 0; n < 8; n++) {
        const name = `${death}x${n}`;
        calls.push({ name, done: group.append(packRows(batch(name, 300))) });
        calls.at(-1)?.done.catch(() => undefined);
      }
      await calls.at(-8)?.done.catch(() => undefined);
      await delay(death * 3);
      await writer.kill();
    }
    calls.push({ name: "last", done: group.append(packRows(batch("last", 1))) });
    const { names, reasons } = await acknowledged(calls);
    await writer.close();
    expect(names).toContain("last");
    for (const reason of reasons) expect(reason).toBeInstanceOf(StoreUnavailable);
    const store = await openSqliteStore({ dataDir: directory });
    expect(await batchesIn(store)).toEqual(names);
    await store.close();
  });

  test("is free again, with what was acknowledged, when its process was killed", async () => {
    const directory = join(dataDir, "killed");
    const program = `
      import { openSqliteStore } from ${JSON.stringify(new URL("../../src/store/sqlite/open-sqlite-store.ts", import.meta.url).href)};
      import { packRows } from ${JSON.stringify(new URL("../../src/hub/packed-rows.ts", import.meta.url).href)};
      import { row } from ${JSON.stringify(new URL("./rows.ts", import.meta.url).href)};
      const store = await openSqliteStore({ dataDir: process.argv[1] });
      await store.append(packRows([row({ type: "error", id: "acknowledged", code: "E", message: "m" })]));
      process.stdout.write("done");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await expect(openSqliteStore({ dataDir: directory })).rejects.toThrow("in use by another Deskwatch process");
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = await openSqliteStore({ dataDir: directory });
    expect(await batchesIn(store)).toEqual(["acknowledged"]);
    await store.close();
  });

  test("says that it cannot be opened, and why, when its file is not a database", async () => {
    const directory = join(dataDir, "damaged");
    mkdirSync(directory);
    writeFileSync(
      join(directory, "deskwatch.sqlite"),
      "this is no database, and long enough to be read as one".repeat(100),
    );
    await expect(openSqliteStore({ dataDir: directory })).rejects.toThrow(/not a database; restore a backup/);
  });
});

const withSmallDisk = process.getuid?.() === 0 ? describe : missing("mounting a small disk needs root");

withSmallDisk("a store on sqlite on a full disk", () => {
  const DISK_BYTES = 12 * 1024 * 1024;
  let disk: string;
  beforeAll(() => {
    disk = mkdtempSync(join(tmpdir(), "deskwatch-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", disk]);
  });
  afterAll(() => {
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  test("refuses what it cannot keep, says why, and goes on by itself when there is space again", async () => {
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, Buffer.alloc(DISK_BYTES / 2));
    const store = await openSqliteStore({ dataDir: join(disk, "data") });
    const calls: { name: string; done: Promise<unknown> }[] = [];
    // Large ones leave a rest that small ones fill.
    for (let n = 0; n < 60; n++) {
      const name = `b${n}`;
      calls.push({ name, done: store.append(packRows(batch(name, n < 30 ? 500 : 20))) });
      await calls.at(-1)?.done.catch(() => undefined);
    }
    const { names, reasons } = await acknowledged(calls);
    expect(names.length).toBeGreaterThan(0);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons)
      expect(String(reason)).toMatch(/StoreUnavailable: .*its disk is full; free some space/);
    await expect(store.check()).rejects.toThrow("its disk is full");
    expect(await batchesIn(store)).toEqual(names);

    truncateSync(ballast, 0);
    await store.check();
    await store.append(packRows(batch("after", 500)));
    expect(await batchesIn(store)).toEqual([...names, "after"]);
    await store.close();
  });
});
