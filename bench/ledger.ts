import { ensure } from "../src/base/assert.ts";
import { type Random, seededRandom } from "../src/base/random.ts";
import { micros } from "../src/base/time.ts";
import { type Decimal, multiply, ZERO, scaled } from "../src/domain/decimal.ts";
import { book, FLAT } from "../src/domain/ledger/average-cost.ts";
import { FifoLots } from "../src/domain/ledger/fifo.ts";
import { countTrade, emptyTally, expectancy, payoff, profitFactor, winRate } from "../src/metrics/trade-statistics.ts";
import { type Measure, median } from "./report.ts";

const FILLS = 1_000_000;
const FIFO_FILLS = 100_000;
const ROUNDS = 7;

/** What Nautilus' Rust takes on a like machine (metrics.md §9), s. */
const NAUTILUS_AVERAGE_COST_S = 0.52;
const NAUTILUS_STATISTICS_S = 0.0452;
/** What pyfolio takes for round trips of 100,000 fills. */
const PYFOLIO_FIFO_S = 3.06;

interface Fill {
  readonly side: "buy" | "sell";
  readonly size: Decimal;
  readonly price: Decimal;
}

/** Exact accounting and the statistics of trades, beside what the references take. */
export async function ledger(): Promise<Measure[]> {
  const random = seededRandom(11);
  const fills = Array.from({ length: FILLS }, () => fillOf(random));
  const profits = Float64Array.from({ length: FILLS }, () => (random.below(20_001) - 10_000) / 100);
  const averageCost = seconds(() => {
    let position = FLAT;
    for (const { side, size, price } of fills)
      position = book(position, { side, size, value: multiply(price, size) }).position;
    return position.quantity.units;
  });
  const fifo = seconds(() => {
    const lots = new FifoLots();
    for (let index = 0; index < FIFO_FILLS; index++) {
      const { side, size, price } = ensure(fills[index], "there are too few fills");
      lots.take({ side, size, value: multiply(price, size), fee: ZERO, at: micros(index) });
    }
    return lots.quantity.units;
  });
  const statistics = seconds(() => {
    const tally = emptyTally();
    for (const profit of profits) countTrade(tally, profit);
    return [winRate(tally), expectancy(tally), profitFactor(tally), payoff(tally)];
  });
  return [
    {
      name: "average cost, 1,000,000 fills, exact",
      actual: averageCost,
      unit: "s",
      target: { max: 0.5 * NAUTILUS_AVERAGE_COST_S },
    },
    {
      name: "first in first out, 100,000 fills, exact",
      actual: fifo,
      unit: "s",
      target: { max: 0.02 * PYFOLIO_FIFO_S },
    },
    {
      name: "statistics of 1,000,000 trades",
      actual: statistics,
      unit: "s",
      target: { max: 1.5 * NAUTILUS_STATISTICS_S },
    },
  ];
}

const fillOf = (random: Random): Fill => ({
  side: random.pick(["buy", "sell"]),
  size: scaled(1 + random.below(500), 2),
  price: scaled(6_000_000 + random.below(100_000), 2),
});

function seconds(work: () => unknown): number {
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    work();
    took.push((performance.now() - begin) / 1000);
  }
  return median(took.slice(2));
}
