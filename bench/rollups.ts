import { MICROS_PER_DAY, type Micros, micros } from "../src/base/time.ts";
import { type Random, seededRandom } from "../src/base/random.ts";
import { emptyState } from "../src/engine/fold.ts";
import { grainAt } from "../src/engine/rollup/buckets.ts";
import { readRangePerformance } from "../src/hub/range-performance.ts";
import type { AppendRow, Store } from "../src/hub/ports.ts";
import { naturalKey } from "../src/protocol/natural-key.ts";
import type { DeskEvent } from "../src/protocol/event-types.ts";
import { packRows } from "../src/hub/packed-rows.ts";
import { openForWriting } from "../src/store/sqlite/database.ts";
import { EventWriter } from "../src/store/sqlite/event-writer.ts";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { benchDirectory } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";

/** `DESKWATCH_BENCH_FILLS=10000000` is the size that the target speaks of; it takes some minutes and 10 GB of disk. */
export const FILLS = Number(process.env["DESKWATCH_BENCH_FILLS"] ?? 500_000);
export const DAYS = 365;
const RANGE_DAYS = 90;
const READS = 100;
const COMMIT_ROWS = 5_000;
export const BOTS = 5;
const SYMBOLS = ["BTC-USD", "ETH-USD"];
export const BEGIN = Date.UTC(2025, 0, 1) * 1_000;
export const END = micros(BEGIN + DAYS * MICROS_PER_DAY);

/** What was made in any 90 days of a year of fills, its edges at any microsecond, from rollups. */
export async function rollups(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const wroteS = await timed(() => writeFills(directory.path));
    const store = await openSqliteStore({ dataDir: directory.path });
    try {
      const rolledS = await timed(() => rollAll(store));
      const { tookMs, processorMs } = await readRanges(store);
      return [
        {
          name: "fills stored",
          actual: FILLS,
          unit: "",
          note: `a year, ${BOTS * SYMBOLS.length} ledgers; written in ${Math.round(wroteS)} s`,
        },
        { name: "rolled up from nothing", actual: FILLS / rolledS, unit: "fills/s", note: `${Math.round(rolledS)} s` },
        { name: `PnL of any ${RANGE_DAYS} days, processor time, p95`, actual: quantile(processorMs, 0.95), unit: "ms" },
        { name: `PnL of any ${RANGE_DAYS} days, median`, actual: median(tookMs), unit: "ms" },
        {
          name: `PnL of any ${RANGE_DAYS} days, p95`,
          actual: quantile(tookMs, 0.95),
          unit: "ms",
          target: { max: 200 },
        },
      ];
    } finally {
      await store.close();
    }
  } finally {
    directory.remove();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1_000;
}

/** By the log's own writer, with nothing synced: a bench of reads need not wait for the disk. `more` come after the fills. */
export async function writeFills(dataDir: string, more: readonly AppendRow[] = []): Promise<void> {
  await (await openSqliteStore({ dataDir, durability: "never" })).close();
  const database = openForWriting(dataDir, "never");
  const writer = new EventWriter(database);
  const random = seededRandom(11);
  const prices = new Map<string, number>();
  for (let done = 0; done < FILLS; done += COMMIT_ROWS) {
    const rows: AppendRow[] = [];
    for (let index = done; index < Math.min(FILLS, done + COMMIT_ROWS); index++)
      rows.push(fillRow(index, random, prices));
    writer.append(packRows(rows), `rollups:${done}`);
  }
  for (let done = 0; done < more.length; done += COMMIT_ROWS)
    writer.append(packRows(more.slice(done, done + COMMIT_ROWS)), `more:${done}`);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

function fillRow(index: number, random: Random, prices: Map<string, number>): AppendRow {
  const bot = `bot-${index % BOTS}`;
  const symbol = SYMBOLS[Math.floor(random.next() * SYMBOLS.length)] ?? "BTC-USD";
  const price = (prices.get(symbol) ?? 10_000) + Math.round((random.next() - 0.5) * 20);
  prices.set(symbol, price);
  const ts = micros(BEGIN + Math.floor((index * DAYS * MICROS_PER_DAY) / FILLS));
  const event = {
    type: "fill",
    bot,
    ts: new Date(ts / 1_000).toISOString(),
    mode: "live",
    fill_id: `f${index}`,
    venue: "v",
    symbol,
    side: random.next() < 0.5 ? "buy" : "sell",
    price: `${price}.5`,
    size: `0.0${1 + Math.floor(random.next() * 9)}`,
    fee: "0.05",
    is_maker: random.next() < 0.7,
  } as DeskEvent;
  return {
    event,
    body: JSON.stringify(event),
    key: naturalKey(event),
    refersTo: undefined,
    ts: micros(Math.floor(ts / 1_000) * 1_000),
    receivedAt: micros(ts + 1_000),
  };
}

/** Takes everything into the rollups. */
export async function rollAll(store: Store): Promise<void> {
  const grain = grainAt(END);
  while (!(await store.rollups.advance(grain)).isDone);
}

interface Reads {
  readonly tookMs: readonly number[];
  /** Of all threads of this process: what a read costs, however busy the machine is. */
  readonly processorMs: readonly number[];
}

async function readRanges(store: Store): Promise<Reads> {
  const random = seededRandom(12);
  const state = emptyState();
  const parts = {
    state,
    rollups: { upTo: async () => undefined, read: store.rollups.read },
    clock: { now: () => END },
    timers: { breathe: async () => undefined },
  };
  const tookMs: number[] = [];
  const processorMs: number[] = [];
  for (let read = 0; read < READS; read++) {
    const from = micros(BEGIN + Math.floor(random.next() * (DAYS - RANGE_DAYS) * MICROS_PER_DAY));
    const [begin, used] = [performance.now(), process.cpuUsage()];
    const told = await readRangePerformance(parts, {
      mode: "live",
      from,
      to: (from + RANGE_DAYS * MICROS_PER_DAY) as Micros,
    });
    tookMs.push(performance.now() - begin);
    const { user, system } = process.cpuUsage(used);
    processorMs.push((user + system) / 1_000);
    const fills = told.rows.reduce((sum, row) => sum + row.fills, 0);
    if (Math.abs(fills / ((FILLS * RANGE_DAYS) / DAYS) - 1) > 0.01)
      throw new Error(`${fills} fills in ${RANGE_DAYS} days`);
  }
  return { tookMs, processorMs };
}
