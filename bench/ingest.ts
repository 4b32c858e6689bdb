import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { databaseFile, openForWriting } from "../src/store/sqlite/database.ts";
import type { LoadResult } from "./load.ts";
import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";

const BATCH = 500;
const WINDOWS = 5;
const COMMIT_ROWS = 2_000;

/** Senders at once: of a desk of as many bots, which share commits, and of few, of which each waits for its own. */
const SENDERS = 16;
const SENDERS_FEW = 4;

/** Durable HTTP ingest beside the same rows and projections put straight into the same kind of SQLite file. */
export async function ingest(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const few = await fewSenders();
    const many = await taken(directory.path, SENDERS);
    const direct = await directRate(directory.path);
    return [
      { name: "same rows straight into SQLite", actual: direct, unit: "rows/s" },
      ...measured(many, SENDERS, direct),
      ...measured(few, SENDERS_FEW, direct),
      { name: "requests not answered with 200", actual: many.failed + few.failed, unit: "", target: { max: 0 } },
    ];
  } finally {
    directory.remove();
  }
}

async function fewSenders(): Promise<LoadResult> {
  const directory = benchDirectory();
  try {
    return await taken(directory.path, SENDERS_FEW);
  } finally {
    directory.remove();
  }
}

/** What a hub with this data directory takes in, as fast as it answers. */
async function taken(dataDir: string, connections: number): Promise<LoadResult> {
  const hub = await startHub(dataDir);
  const load = await prepareLoad({
    url: hub.address,
    seed: 1,
    prefix: "ingest",
    batches: 2_600,
    batchSize: BATCH,
    connections,
  });
  const result = await load.go();
  await hub.end("SIGTERM");
  return result;
}

function measured({ answeredMs, tookMs, stallMs }: LoadResult, senders: number, direct: number): Measure[] {
  const rate = median(windowRates(answeredMs));
  return [
    {
      name: `durable HTTP ingest, NDJSON of 500, ${senders} senders`,
      actual: rate,
      unit: "events/s",
      target: { min: 60_000 },
    },
    { name: "ratio", actual: rate / direct, unit: "×", target: { min: 0.5 } },
    {
      name: "p99 of a batch at that load",
      actual: quantile(tookMs, 0.99),
      unit: "ms",
      note: `stall control ${Math.round(stallMs)} ms`,
    },
  ];
}

/** Events a second in five windows after a warm-up of a sixth. */
function windowRates(answeredMs: readonly number[]): number[] {
  const end = Math.max(...answeredMs);
  const width = end / (WINDOWS + 1);
  return Array.from({ length: WINDOWS }, (_, index) => {
    const from = width * (index + 1);
    const answered = answeredMs.filter((at) => at >= from && at < from + width).length;
    return (answered * BATCH * 1000) / width;
  });
}

type Row = Record<string, null | number | bigint | string | Uint8Array>;

/** Inserts what the hub has stored into an empty file of the same schema, in commits of 2,000 rows with a full sync. */
export async function directRate(dataDir: string): Promise<number> {
  const source = new DatabaseSync(databaseFile(dataDir), { readOnly: true });
  const events = source.prepare("SELECT * FROM events ORDER BY seq").all() as Row[];
  const fills = new Map(
    (source.prepare("SELECT * FROM fills ORDER BY seq").all() as Row[]).map((row) => [row["seq"], row]),
  );
  source.close();
  const target = benchDirectory();
  try {
    await (await openSqliteStore({ dataDir: target.path })).close();
    const database = openForWriting(target.path);
    const insertEvent = database.prepare(insertInto("events", events[0] ?? {}));
    const insertFill = database.prepare(insertInto("fills", fills.values().next().value ?? {}));
    const begin = performance.now();
    for (let start = 0; start < events.length; start += COMMIT_ROWS) {
      database.exec("BEGIN IMMEDIATE");
      for (const event of events.slice(start, start + COMMIT_ROWS)) {
        insertEvent.run(...Object.values(event));
        const fill = fills.get(event["seq"] ?? null);
        if (fill !== undefined) insertFill.run(...Object.values(fill));
      }
      database.exec("COMMIT");
    }
    const seconds = (performance.now() - begin) / 1000;
    database.close();
    return events.length / seconds;
  } finally {
    target.remove();
  }
}

const insertInto = (table: string, row: Row): string =>
  `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row)
    .map(() => "?")
    .join(", ")})`;
