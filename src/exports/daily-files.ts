import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { DaySummary } from "../protocol/api-summaries.ts";
import { summaryCsv, summaryJson } from "../view/daily-summary.ts";

/**
 * Writes `daily_summary_YYYY-MM-DD.json` and `.csv` into a directory, which is made when it is not there. Whoever reads
 * one of them sees all of it or the one before. Rejects with what the file system says.
 */
export async function writeDailyFiles(directory: string, summary: DaySummary): Promise<void> {
  await mkdir(directory, { recursive: true });
  const base = join(directory, `daily_summary_${summary.date}`);
  await replace(`${base}.json`, summaryJson(summary));
  await replace(`${base}.csv`, summaryCsv(summary));
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.tmp`;
  const file = await open(beside, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
