import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "./open-sqlite-store.ts";

const ON_LINUX = process.platform === "linux";

/** How far this process's threads stand back: the nice values of those that do. */
const niceThreads = (): number[] =>
  (ON_LINUX ? readdirSync("/proc/self/task") : [])
    .map((thread) => readFileSync(`/proc/self/task/${thread}/stat`, "utf8"))
    .map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]))
    .filter((nice) => nice > 0);

test("Where threads have priorities, one that reads stands back for the one that writes", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-priority-"));
  const store = await openSqliteStore({ dataDir });
  const before = niceThreads().length;
  await store.lastSeq();
  await store.check();
  expect(niceThreads()).toHaveLength(before + (ON_LINUX ? 1 : 0));
  await store.close();
  rmSync(dataDir, { recursive: true });
});
