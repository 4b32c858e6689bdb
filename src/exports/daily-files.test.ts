import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensure } from "../base/assert.ts";
import { micros } from "../base/time.ts";
import { emptyState } from "../engine/fold.ts";
import { readDay } from "../engine/read-day.ts";
import { summaryCsv, summaryJson } from "../view/daily-summary.ts";
import { writeDailyFiles } from "./daily-files.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "deskwatch-logs-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const summary = ensure(
  readDay(emptyState(), { date: "2026-01-01", asOf: micros(Date.UTC(2026, 0, 2) * 1000), mode: "live" }),
  "a day",
);

test("a day's summary is two files with nothing left beside them, in a directory that need not be there", async () => {
  const logs = join(directory, "not", "there");
  await writeDailyFiles(logs, summary);
  expect(readdirSync(logs).sort()).toEqual(["daily_summary_2026-01-01.csv", "daily_summary_2026-01-01.json"]);
  expect(readFileSync(join(logs, "daily_summary_2026-01-01.json"), "utf8")).toBe(summaryJson(summary));
  expect(readFileSync(join(logs, "daily_summary_2026-01-01.csv"), "utf8")).toBe(summaryCsv(summary));
});

test("an earlier file of the day is replaced", async () => {
  await writeDailyFiles(directory, { ...summary, restated: true });
  await writeDailyFiles(directory, summary);
  expect(readFileSync(join(directory, "daily_summary_2026-01-01.json"), "utf8")).toBe(summaryJson(summary));
});

test("a directory that cannot be made is told", async () => {
  writeFileSync(join(directory, "logs"), "");
  await expect(writeDailyFiles(join(directory, "logs"), summary)).rejects.toThrow(/EEXIST|ENOTDIR/);
});
