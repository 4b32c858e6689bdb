import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openForReading } from "./database.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

test("a reader makes no index of its own when it reads a page by mode", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-reader-"));
  const store = await openSqliteStore({ dataDir });
  const database = openForReading(dataDir);
  const plan = database
    .prepare(
      `EXPLAIN QUERY PLAN SELECT seq FROM (SELECT block, block * 1024 AS first FROM block_spans) AS b
       CROSS JOIN events ON seq BETWEEN first AND first + 1023 WHERE mode = 'live' ORDER BY block, seq LIMIT 1001`,
    )
    .all()
    .map((row) => String(row["detail"]));
  database.close();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
  expect(plan.filter((step) => step.includes("AUTOMATIC"))).toEqual([]);
});
