import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { appendRate, batchesOf } from "./append.ts";
import { benchDirectory } from "./processes.ts";
import { type Measure, median } from "./report.ts";

const ROWS_A_WINDOW = 100_000;
const WINDOWS = 6;

/** The embedded store alone, without HTTP and fold: appends through the port, and the replay of what was stored. */
export async function store(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const sqlite = await openSqliteStore({ dataDir: directory.path });
    const rates: number[] = [];
    for (let window = 0; window < WINDOWS; window++)
      rates.push(await appendRate(sqlite, batchesOf(ROWS_A_WINDOW, window + 1)));
    const begin = performance.now();
    let replayed = 0;
    await sqlite.replay(0, (events) => {
      replayed += events.length;
    });
    const seconds = (performance.now() - begin) / 1000;
    await sqlite.close();
    return [
      {
        name: "append through the port, 4 × 500 rows",
        actual: median(rates.slice(1)),
        unit: "rows/s",
        target: { min: 150_000 },
      },
      { name: "replay, read and parsed", actual: replayed / seconds, unit: "rows/s", target: { min: 333_000 } },
    ];
  } finally {
    directory.remove();
  }
}
