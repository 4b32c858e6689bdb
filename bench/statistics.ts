import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Random, seededRandom } from "../src/base/random.ts";
import type { Fills, Quotes } from "../src/metrics/microstructure/columns.ts";
import { fillQuality } from "../src/metrics/microstructure/markouts.ts";
import { summarizeMarkouts } from "../src/metrics/microstructure/summaries.ts";
import { ReturnReading } from "../src/metrics/returns/reading.ts";
import { returnStatistics } from "../src/metrics/returns/statistics.ts";
import { rollingRisk } from "../src/metrics/rolling/rolling.ts";
import { WindowMoments } from "../src/metrics/rolling/window-moments.ts";
import { returnsReport } from "../src/view/report/returns-report.ts";
import { dailyStatistics } from "./daily-statistics.ts";
import { type Measure, median } from "./report.ts";
import { StatisticsPeer } from "./statistics-peer.ts";

const COUNT = 1_000_000;
const WINDOW = 1_440;
const ROUNDS = 7;
const PERIODS_PER_YEAR = 365;
const HORIZONS_MS = [1_000, 5_000, 30_000, 60_000, 300_000];
const CHOICES = { riskFree: 0.02, target: 0.0002, benchmarks: [0.05] };

/** The fourteen that empyrical's timing was taken of, or their like. */
const FOURTEEN = [
  "total_return",
  "cagr",
  "vol_annual",
  "sharpe_annual",
  "sortino_annual",
  "downside_risk_annual",
  "max_drawdown_pct",
  "calmar",
  "var_hist_95",
  "cvar_hist_95",
  "skew_population",
  "kurtosis_population_nonexcess",
  "profit_factor_returns",
  "win_rate_periods",
];

interface Job {
  readonly name: string;
  readonly work: () => unknown;
  /** What the reference took on a machine like this (metrics.md §9), s, and the part of it that we may take. */
  readonly reference: { readonly who: string; readonly s: number; readonly part: number };
  /** The same job in Python, and how often: some take long. */
  readonly peer?: { readonly job: string; readonly rounds: number; readonly part: number };
}

/** Reports, statistics, rolling windows and markouts of a million, alternating with pandas and numpy where they are there. */
export async function statistics(): Promise<Measure[]> {
  const random = seededRandom(17);
  const returns = Float64Array.from({ length: COUNT }, () => returnOf(random));
  const quotes = quotesOf(random);
  const fills = fillsOf(random, quotes);
  const folder = mkdtempSync(join(tmpdir(), "deskwatch-bench-"));
  try {
    writeColumns(folder, { returns, quotes, fills });
    const peer = await StatisticsPeer.start([folder, String(WINDOW), HORIZONS_MS.join(",")]);
    if (typeof peer === "string") console.log(`  ${peer}`);
    const measures: Measure[] = [];
    for (const job of jobsOf(returns, fills, quotes))
      measures.push(...(await measured(job, typeof peer === "string" ? undefined : peer)));
    if (typeof peer !== "string") await peer.end();
    return [...measures, ...(await dailyStatistics())];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jobsOf = (returns: Float64Array, fills: Fills, quotes: Quotes): readonly Job[] => [
  {
    name: "full report, 1,000,000 returns",
    work: () =>
      returnsReport(
        { at: undefined, returns, periodsPerYear: PERIODS_PER_YEAR, startEquity: undefined, dropped: 0, source: "" },
        {
          choices: CHOICES,
          intervals: { random: seededRandom(1), resamples: 2_000, confidence: 0.95 },
          rollingWindow: undefined,
        },
      ),
    reference: { who: "QuantStats", s: 5.46, part: 0.1 },
  },
  {
    name: "14 statistics, 1,000,000 returns",
    work: () => fourteenOf(returns),
    reference: { who: "empyrical", s: 0.111, part: 1 },
    peer: { job: "fourteen", rounds: ROUNDS, part: 1 },
  },
  {
    name: "markouts, 1,000,000 fills × 5, 1,000,000 quotes",
    work: () => markoutsOf(fills, quotes),
    reference: { who: "pandas", s: 0.52, part: 0.7 },
    peer: { job: "markouts", rounds: ROUNDS, part: 0.7 },
  },
  {
    name: "rolling Sortino 1440, 1,000,000 returns",
    work: () => rollingSortinoOf(returns),
    reference: { who: "QuantStats", s: 5.36, part: 0.02 },
    peer: { job: "rolling_sortino", rounds: 1, part: 0.02 },
  },
  {
    name: "rolling VaR and shortfall 1440",
    work: () => rollingRisk(returns, { window: WINDOW, confidence: 0.95 }),
    reference: { who: "pandas (VaR alone)", s: 0.43, part: 1 },
    peer: { job: "rolling_var", rounds: ROUNDS, part: 1 },
  },
];

/** Where the peer runs beside us its time counts, for it has the machine that we have; else the one that was noted. */
async function measured(
  { name, work, reference, peer: asked }: Job,
  peer: StatisticsPeer | undefined,
): Promise<Measure[]> {
  const [own, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    work();
    own.push((performance.now() - begin) / 1000);
    if (peer !== undefined && asked !== undefined && round < asked.rounds) theirs.push(await peer.time(asked.job));
  }
  const actual = median(own.slice(2));
  const { who, s, part } = reference;
  const target = { max: s * part };
  const noted = { name, actual, unit: "s", note: `${part} × ${who}, ${s} s as noted` };
  if (theirs.length === 0 || asked === undefined) return [{ ...noted, target }];
  const their = median(theirs.length > 2 ? theirs.slice(1) : theirs);
  return [
    noted,
    {
      name: `  beside pandas and numpy, here ${their.toFixed(3)} s`,
      actual: actual / their,
      unit: "×",
      target: { max: asked.part },
    },
  ];
}

function fourteenOf(returns: Float64Array): unknown[] {
  const reading = new ReturnReading(returns, PERIODS_PER_YEAR);
  const all = returnStatistics(CHOICES);
  return FOURTEEN.map((name) => all.find((each) => each.name === name)?.read(reading));
}

function markoutsOf(fills: Fills, quotes: Quotes): unknown {
  const quality = fillQuality(fills, quotes);
  return summarizeMarkouts(fills, quality, { aftersMs: HORIZONS_MS, liquidity: "all" });
}

function rollingSortinoOf(returns: Float64Array): Float64Array {
  const moments = new WindowMoments(WINDOW);
  const scale = Math.sqrt(PERIODS_PER_YEAR);
  return returns.map((value) => {
    moments.push(value);
    return moments.isFull ? moments.sortino * scale : Number.NaN;
  });
}

/** About normal, with a mean of 1 and a deviation of 60 in a million. */
function returnOf(random: Random): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw++) sum += random.next();
  return 1e-6 + 6e-5 * sum;
}

function quotesOf(random: Random): Quotes {
  const [at, bid, ask] = [new Float64Array(COUNT), new Float64Array(COUNT), new Float64Array(COUNT)];
  let [time, tick] = [1_735_689_600_000, 10_000_000];
  for (let index = 0; index < COUNT; index++) {
    time += 1 + random.below(200);
    tick += random.below(3) - 1;
    at[index] = time;
    bid[index] = tick / 100;
    ask[index] = (tick + 1 + random.below(4)) / 100;
  }
  return { at, bid, ask };
}

function fillsOf(random: Random, quotes: Quotes): Fills {
  const first = quotes.at[0] ?? 0;
  const span = (quotes.at.at(-1) ?? 0) - first;
  const at = Float64Array.from({ length: COUNT }, () => Math.floor(first + random.next() * span)).sort();
  return {
    at,
    side: Int8Array.from({ length: COUNT }, () => (random.below(2) === 0 ? 1 : -1)),
    price: Float64Array.from({ length: COUNT }, (_, index) => quotes.bid[index] ?? 0),
    quantity: Float64Array.from({ length: COUNT }, () => 1 + random.below(100)),
    fee: new Float64Array(COUNT).fill(0.02),
    maker: Int8Array.from({ length: COUNT }, () => random.below(2)),
  };
}

interface Columns {
  readonly returns: Float64Array;
  readonly quotes: Quotes;
  readonly fills: Fills;
}

function writeColumns(folder: string, { returns, quotes, fills }: Columns): void {
  const columns = {
    returns,
    "quotes-at": quotes.at,
    "quotes-bid": quotes.bid,
    "quotes-ask": quotes.ask,
    "fills-at": fills.at,
    "fills-side": Float64Array.from(fills.side),
    "fills-price": fills.price,
  };
  for (const [name, values] of Object.entries(columns)) writeFileSync(join(folder, `${name}.f64`), values);
}
