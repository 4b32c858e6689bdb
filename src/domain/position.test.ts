import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, compare, decimal, decimalText, multiply, negate, ZERO } from "./decimal.ts";
import { afterTrade, FLAT, type Position, type Trade, withoutTrade } from "./position.ts";

const trade = (side: "buy" | "sell", size: string, price: string): Trade => ({
  side,
  size: decimal(size),
  price: decimal(price),
});

const after = (...trades: Trade[]): Position => trades.reduce(afterTrade, FLAT);
const shown = ({ quantity, cost }: Position): [string, string] => [decimalText(quantity), decimalText(cost)];

const trades = fc.array(
  fc.record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    size: fc.integer({ min: 1, max: 1000 }).map((units) => ({ units: BigInt(units), scale: 2 })),
    price: fc.integer({ min: 1, max: 100_000 }).map((units) => ({ units: BigInt(units), scale: 3 })),
  }),
  { maxLength: 40 },
);

describe("afterTrade", () => {
  test("adds cost when a fill is in its direction", () => {
    // 2 × 10 + 1 × 13 = 33
    expect(shown(after(trade("buy", "2", "10"), trade("buy", "1", "13")))).toEqual(["3", "33"]);
  });

  test("takes cost out in proportion when a fill is against it", () => {
    // 33 × 1/3 = 11 goes, whatever the exit price
    expect(shown(after(trade("buy", "2", "10"), trade("buy", "1", "13"), trade("sell", "1", "99")))).toEqual([
      "2",
      "22",
    ]);
  });

  test("opens the other way at the fill's price when a fill is larger than what is held", () => {
    expect(shown(after(trade("buy", "2", "10"), trade("sell", "5", "12")))).toEqual(["-3", "-36"]);
  });

  test("holds nothing at no cost when it is flat", () => {
    expect(shown(after(trade("buy", "0.3", "3"), trade("sell", "0.1", "3"), trade("sell", "0.2", "3")))).toEqual([
      "0",
      "0",
    ]);
  });

  test("holds the exact sum of the signed sizes", () => {
    fc.assert(
      fc.property(trades, (all) => {
        const sum = all.reduce((total, { side, size }) => add(total, side === "buy" ? size : negate(size)), ZERO);
        return compare(after(...all).quantity, sum) === 0;
      }),
    );
  });

  test("costs the exact sum of the notionals when all fills are one way", () => {
    fc.assert(
      fc.property(trades, (all) => {
        const buys = all.map((one): Trade => ({ ...one, side: "buy" }));
        const sum = buys.reduce((total, { size, price }) => add(total, multiply(size, price)), ZERO);
        return compare(after(...buys).cost, sum) === 0;
      }),
    );
  });

  test("keeps the sign of cost with the sign of quantity", () => {
    fc.assert(
      fc.property(trades, (all) => {
        const { quantity, cost } = after(...all);
        return quantity.units === 0n ? cost.units === 0n : quantity.units > 0n === cost.units > 0n;
      }),
    );
  });
});

describe("withoutTrade", () => {
  test("is exact when the voided fill only added", () => {
    const wrong = trade("buy", "1", "13");
    expect(shown(withoutTrade(after(trade("buy", "2", "10"), wrong), wrong))).toEqual(["2", "20"]);
  });

  test("gives back the quantity when the voided fill had closed", () => {
    const wrong = trade("sell", "2", "12");
    expect(shown(withoutTrade(after(trade("buy", "2", "10"), wrong), wrong))).toEqual(["2", "24"]);
  });
});
