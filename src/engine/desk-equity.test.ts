import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { readMetricNamed } from "./read-metrics.ts";

const DAY = 86_400;

const equity = (bot: string, value: number, more: object = {}) => ({ bot, type: "risk", equity_quote: value, ...more });
const balance = (bot: string, venue: string, value: number, currency: string) => ({
  ...{ bot, type: "balance", venue, source: "venue", balances: [], equity: value, equity_currency: currency },
});
const quoted = (bot: string, quote: string) => ({
  ...{ bot, type: "instrument", venue: bot, symbol: `X-${quote}`, kind: "spot", quote },
});

function desk(): FoldedDesk {
  return new FoldedDesk().fact(0, quoted("a", "USD")).fact(0, quoted("b", "USD"));
}

function ask(folded: FoldedDesk, name: string, seconds: number) {
  const answer = readMetricNamed(folded.state, at(seconds), name, { mode: "live", window: "now" });
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

describe("The equity of the desk", () => {
  test("falls and rises as the sum of its bots: drawdown from the peak of the sum, and the loss of the day", () => {
    const folded = desk()
      .fact(10, equity("a", 1_000))
      .fact(10, equity("b", 500))
      // The sum: 1,500; 1,600; 1,520; the bots' own peaks add up to 1,680.
      .fact(20, equity("a", 1_100))
      .fact(30, equity("b", 580))
      .fact(40, equity("a", 940));
    // 1,680 was the peak, 1,520 is now; the day began with 1,500 and has lost nothing.
    expect(ask(folded, "drawdown_pct", 50).value).toBeCloseTo(160 / 1_680, 12);
    expect(ask(folded, "max_drawdown", 50).value).toBeCloseTo(160 / 1_680, 12);
    expect(ask(folded, "daily_loss_pct", 50)).toMatchObject({ value: 0, source: "computed" });
    folded.fact(DAY + 10, equity("a", 850));
    expect(ask(folded, "daily_loss_pct", DAY + 20).value).toBeCloseTo(90 / 1_520, 12);
    expect(ask(folded, "daily_loss_used", DAY + 20).value).toBeCloseTo(90 / 1_520 / 0.03, 12);
    expect(ask(folded, "daily_loss_pct", 3 * DAY)).toMatchObject({
      value: null,
      reason: "no equity was reported today",
    });
  });

  test("takes what a bot brings with it neither for a profit nor for a loss", () => {
    const folded = desk().fact(10, equity("a", 1_000)).fact(20, equity("a", 900)).fact(30, equity("b", 5_000));
    expect(ask(folded, "drawdown_pct", 40).value).toBeCloseTo(100 / 6_000, 12);
    expect(ask(folded, "daily_loss_pct", 40).value).toBeCloseTo(100 / 6_000, 12);
  });

  test("is of several currencies through recorded rates, and says why it is not known without", () => {
    const folded = new FoldedDesk()
      .fact(0, { type: "rate", currency: "EUR", per: "USD", price: "1.5" })
      .fact(10, balance("a", "kraken", 1_000, "USD"))
      .fact(10, balance("a", "bitvavo", 100, "EUR"))
      .fact(20, balance("a", "bitvavo", 80, "EUR"));
    expect(ask(folded, "drawdown_pct", 30).value).toBeCloseTo(30 / 1_150, 12);
    folded.fact(30, balance("b", "tokyo", 90_000, "JPY"));
    expect(ask(folded, "drawdown_pct", 40)).toMatchObject({
      value: null,
      reason: "equity is in several currencies without rates to USD",
      n: 2,
    });
    // With the rate, what the bot brought is no profit, and nothing was lost meanwhile.
    folded
      .fact(50, { type: "rate", currency: "JPY", per: "USD", price: "0.01" })
      .fact(60, balance("b", "tokyo", 90_000, "JPY"));
    expect(ask(folded, "drawdown_pct", 70).value).toBeCloseTo(30 / 2_050, 12);
  });

  test("is by venue where a bot trades in several currencies and does not say in which its whole is", () => {
    const folded = desk()
      .fact(5, quoted("a", "USDC"))
      .fact(5, { type: "rate", currency: "USDC", per: "USD", price: "1" })
      .fact(10, equity("a", 1_500))
      .fact(20, balance("a", "kalshi", 1_000, "USD"))
      .fact(20, balance("a", "polymarket", 500, "USDC"))
      .fact(30, equity("a", 9_999))
      .fact(40, balance("a", "kalshi", 850, "USD"));
    expect(ask(folded, "drawdown_pct", 50).value).toBeCloseTo(150 / 1_500, 12);
    expect(ask(folded, "equity", 50)).toMatchObject({ value: 1_350, currency: "USD", n: 2 });
  });

  test("keeps the modes apart, and is not known where nobody reported any", () => {
    const folded = desk().fact(10, equity("a", 100, { mode: "paper" }));
    expect(ask(folded, "drawdown_pct", 20)).toMatchObject({ value: null, reason: "no equity was reported" });
  });

  test("is that of the only bot where there is one, whatever it reports", () => {
    const report = fc.record({
      value: fc.double({ min: 1, max: 1e6, noNaN: true }),
      gap: fc.integer({ min: 0, max: 50_000 }),
    });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 40 }), (reports) => {
        const folded = desk();
        let now = 10;
        for (const { value, gap } of reports) {
          now += gap;
          folded.fact(now, equity("a", value));
        }
        for (const name of ["drawdown_pct", "max_drawdown"]) {
          const bot = readMetricNamed(folded.state, at(now), name, { bot: "a", mode: "live" });
          // What a bot says of its drawdown itself is not asked here: it says nothing.
          if (typeof bot === "string" || typeof bot.value !== "number") throw new Error(`${name} of a bot`);
          expect(ask(folded, name, now).value).toBeCloseTo(bot.value, 9);
        }
      }),
    );
  });
});
