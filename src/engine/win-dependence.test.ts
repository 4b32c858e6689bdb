import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { dependenceOf } from "../metrics/inference/dependence.ts";
import { hitsInterval, wilsonInterval } from "../metrics/inference/wilson.ts";
import { readMetricNamed } from "./read-metrics.ts";

const DAY_S = 86_400;
const TRADES_A_DAY = 20;

interface Days {
  readonly makesMarkets: boolean;
  /** Trades of each day that win. */
  readonly wins: readonly number[];
}

/** Each trade buys 1 at 100 and sells it a second later, at 101 or at 99. */
function traded({ makesMarkets, wins }: Days): FoldedDesk {
  const desk = new FoldedDesk().fact(0, { type: "bot.started", makes_markets: makesMarkets });
  const fill = (id: string, side: string, price: number) => ({
    ...{ type: "fill", fill_id: id, venue: "v", symbol: "A", side, price, size: 1, fee: 0 },
  });
  for (const [day, won] of wins.entries())
    for (let index = 0; index < TRADES_A_DAY; index++) {
      const second = day * DAY_S + 60 + 2 * index;
      desk.fact(second, fill(`${day}-${index}-b`, "buy", 100));
      desk.fact(second + 1, fill(`${day}-${index}-s`, "sell", index < won ? 101 : 99));
    }
  return desk;
}

function winRate({ state }: FoldedDesk, days: number, window: "all" | "today" | "7d" | "session" = "all") {
  const told = readMetricNamed(state, at((days - 1) * DAY_S + 3_600), "win_rate_pct", {
    bot: "mm",
    mode: "live",
    window,
  });
  if (typeof told === "string") throw new Error(told);
  return told;
}

const inPercent = (interval: ReturnType<typeof hitsInterval>) =>
  "reason" in interval
    ? undefined
    : { low: expect.closeTo(100 * interval.low, 9), high: expect.closeTo(100 * interval.high, 9), level: 0.95 };

describe("the interval of the win rate", () => {
  /** Days of a market maker: all won, or nearly none. */
  const CLUSTERED = [20, 1, 19, 2, 20, 0, 18, 0];

  test("of a bot that makes markets is of as many trades as they are worth, where its days differ", () => {
    const told = winRate(traded({ makesMarkets: true, wins: CLUSTERED }), 8);
    // 80 of 160 won: a day of 20 independent ones would vary by 20 · ¼ = 5; they are off by 10, −9, 9, −8, 10, −10, 8, −10,
    // squares 690, of 7 degrees of freedom: 690 · 8 ÷ 7 ÷ 40 = 19.7 times as much.
    const factor = (690 * 8) / 7 / 40;
    expect(told).toMatchObject({ value: 50, n: 160 });
    expect(told.ci).toEqual(inPercent(hitsInterval({ hits: 80, n: 160, factor, freedom: 7 }, 0.95)));
    expect(told.ci?.low).toBeLessThan(20);
    expect(winRate(traded({ makesMarkets: true, wins: CLUSTERED }), 8, "session").ci).toEqual(told.ci);
  });

  test("is Wilson's where they do not", () => {
    const told = winRate(traded({ makesMarkets: true, wins: [10, 11, 9, 10, 10, 12, 8, 10] }), 8);
    expect(told.ci).toEqual(inPercent(wilsonInterval(80, 160, 0.95)));
  });

  test("is none of a market maker where too few days are known to tell", () => {
    expect(winRate(traded({ makesMarkets: true, wins: CLUSTERED.slice(0, 4) }), 4)).toMatchObject({ n: 80 });
    expect(winRate(traded({ makesMarkets: true, wins: CLUSTERED.slice(0, 4) }), 4).ci).toBeUndefined();
    expect(winRate(traded({ makesMarkets: true, wins: CLUSTERED }), 8, "today").ci).toBeUndefined();
  });

  test("is Wilson's of a bot that does not make markets", () => {
    const told = winRate(traded({ makesMarkets: false, wins: CLUSTERED }), 8);
    expect(told.ci).toEqual(inPercent(wilsonInterval(80, 160, 0.95)));
  });
});

test("what clusters say of dependence needs five of them, with tries in them, and something that differs", () => {
  const of = (...hits: number[]) => hits.map((each) => ({ hits: each, n: 10 }));
  expect(dependenceOf([])).toBeUndefined();
  expect(dependenceOf([...of(1, 9, 1, 9), { hits: 0, n: 0 }])).toBeUndefined();
  expect(dependenceOf(of(10, 10, 10, 10, 10))).toEqual({ factor: 1, freedom: 4 });
  expect(dependenceOf(of(0, 0, 0, 0, 0))).toEqual({ factor: 1, freedom: 4 });
  expect(dependenceOf(of(0, 10, 0, 10, 5))).toEqual({ factor: expect.closeTo((100 * 5) / 4 / 12.5, 12), freedom: 4 });
});
