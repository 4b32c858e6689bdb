import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";

const RATE_PER_S = 500;
const WINDOW_S = 10;
const WINDOWS = 5;

/** One event a request at 500 a second, open loop: the median of five windows of 10 s after a warm-up. */
export async function single(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const hub = await startHub(directory.path);
    const plan = { url: hub.address, batchSize: 1, connections: 16, ratePerS: RATE_PER_S };
    await (await prepareLoad({ ...plan, seed: 1, prefix: "warm", batches: RATE_PER_S * 3 })).go();
    const p50: number[] = [];
    const p99: number[] = [];
    let stallMs = 0;
    for (let window = 0; window < WINDOWS; window++) {
      const load = await prepareLoad({
        ...plan,
        seed: window + 2,
        prefix: `w${window}`,
        batches: RATE_PER_S * WINDOW_S,
      });
      const result = await load.go();
      p50.push(quantile(result.tookMs, 0.5));
      p99.push(quantile(result.tookMs, 0.99));
      stallMs = Math.max(stallMs, result.stallMs);
    }
    await hub.end("SIGTERM");
    return [
      { name: "one event a request at 500/s, p50", actual: median(p50), unit: "ms", target: { max: 3 } },
      { name: "one event a request at 500/s, p99", actual: median(p99), unit: "ms", target: { max: 15 } },
      { name: "stall control: largest lateness of a timer", actual: stallMs, unit: "ms" },
    ];
  } finally {
    directory.remove();
  }
}
