import { MICROS_PER_DAY, type Micros, micros } from "../src/base/time.ts";
import { seededRandom } from "../src/base/random.ts";
import { emptyState } from "../src/engine/fold.ts";
import { Statistics } from "../src/hub/analysis/statistics.ts";
import type { AppendRow } from "../src/hub/ports.ts";
import { naturalKey } from "../src/protocol/natural-key.ts";
import type { DeskEvent } from "../src/protocol/event-types.ts";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { benchDirectory } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";
import { BEGIN, BOTS, DAYS, END, FILLS, rollAll, writeFills } from "./rollups.ts";

const RANGE_DAYS = 90;
const READS = 40;
const CHOSEN = { confidence: 0.95, trials: 20, rollingDays: 30 };

/** Everything that any 90 days of equity say, bootstrap included, while very many fills are stored. */
export async function dailyStatistics(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    await writeFills(directory.path, equityRows());
    const store = await openSqliteStore({ dataDir: directory.path });
    try {
      await rollAll(store);
      const statistics = new Statistics({
        state: emptyState(),
        rollups: { upTo: async () => undefined, read: store.rollups.read },
        clock: { now: () => END },
        timers: { breathe: () => new Promise((resolve) => setImmediate(resolve)) },
      });
      const tookMs: number[] = [];
      const random = seededRandom(21);
      for (let read = 0; read < READS; read++) {
        const first = Math.floor(random.next() * (DAYS - RANGE_DAYS - 1)) + 1;
        const from = micros(BEGIN + first * MICROS_PER_DAY);
        const begin = performance.now();
        const told = await statistics.read({
          ...CHOSEN,
          ...(read % 2 === 0 ? {} : { bot: `bot-${read % BOTS}` }),
          mode: "live",
          from,
          to: (from + RANGE_DAYS * MICROS_PER_DAY) as Micros,
        });
        tookMs.push(performance.now() - begin);
        if (told.returns !== RANGE_DAYS) throw new Error(`${told.returns} returns of ${RANGE_DAYS} days`);
      }
      const note = `${FILLS} fills stored; a bot or the desk of ${BOTS}, with intervals of 2,000 resamples`;
      return [
        { name: `statistics of any ${RANGE_DAYS} days, median`, actual: median(tookMs), unit: "ms" },
        {
          name: `statistics of any ${RANGE_DAYS} days, p95`,
          actual: quantile(tookMs, 0.95),
          unit: "ms",
          target: { max: 500 },
          note,
        },
      ];
    } finally {
      await store.close();
    }
  } finally {
    directory.remove();
  }
}

/** The equity of each bot, an hour before the end of each day. */
function equityRows(): AppendRow[] {
  const random = seededRandom(20);
  const equity = Array.from({ length: BOTS }, () => 10_000);
  return Array.from({ length: DAYS * BOTS }, (_, index) => {
    const [day, bot] = [Math.floor(index / BOTS), index % BOTS];
    const value = (equity[bot] ?? 0) * (1 + (random.next() - 0.48) * 0.03);
    equity[bot] = value;
    const ts = micros(BEGIN + day * MICROS_PER_DAY + 23 * 3_600_000_000);
    const event = {
      type: "balance",
      bot: `bot-${bot}`,
      ts: new Date(ts / 1_000).toISOString(),
      mode: "live",
      venue: "v",
      balances: [],
      equity: value.toFixed(2),
      equity_currency: "USD",
    } as DeskEvent;
    return {
      event,
      body: JSON.stringify(event),
      key: naturalKey(event),
      refersTo: undefined,
      ts,
      receivedAt: micros(ts + 1_000),
    };
  });
}
