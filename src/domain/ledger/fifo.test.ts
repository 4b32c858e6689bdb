import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Micros, micros } from "../../base/time.ts";
import {
  type Decimal,
  absolute,
  add,
  compare,
  decimal,
  decimalText,
  divide,
  multiply,
  negate,
  subtract,
  ZERO,
  scaled,
} from "../decimal.ts";
import { heldCost } from "./average-cost.ts";
import { FifoLots } from "./fifo.ts";
import { tradeValue, UNKNOWN_TERMS } from "./terms.ts";
import { NO_TRADE, trade, type TradedFill } from "./trades.ts";

const text = (value: Decimal | undefined): string | undefined => (value === undefined ? undefined : decimalText(value));

interface Said {
  readonly at?: number;
  readonly fee?: string;
}

const fill = (side: "buy" | "sell", size: string, price: string, { at = 0, fee = "0" }: Said = {}): TradedFill => ({
  side,
  size: decimal(size),
  value: multiply(decimal(size), decimal(price)),
  fee: decimal(fee),
  at: micros(at),
});

/** All fills, and what they made together. */
function taken(fills: readonly TradedFill[]): { lots: FifoLots; realized: Decimal; fees: Decimal; net: Decimal } {
  const lots = new FifoLots();
  let [realized, fees, net] = [ZERO, ZERO, ZERO];
  for (const each of fills) {
    const closing = lots.take(each);
    realized = add(realized, closing?.grossPnl ?? ZERO);
    fees = add(fees, closing?.fees ?? ZERO);
    net = add(net, closing?.netPnl ?? ZERO);
  }
  return { lots, realized, fees, net };
}

describe("lots, first in first out", () => {
  test("closes the oldest lot first, and a part of the next", () => {
    const lots = new FifoLots();
    expect(lots.take(fill("buy", "2", "10", { at: 0 }))).toBeUndefined();
    expect(lots.take(fill("buy", "2", "20", { at: 100 }))).toBeUndefined();
    const closing = lots.take(fill("sell", "3", "30", { at: 200 }));
    // 2 × (30 − 10) + 1 × (30 − 20); held 200 for two thirds, and 100 for one.
    expect(text(closing?.grossPnl)).toBe("50");
    expect(closing).toMatchObject({ direction: "long", closedAt: 200, openedAt: 33 });
    expect([text(lots.quantity), text(lots.cost)]).toEqual(["1", "20"]);
    expect(lots.take(fill("sell", "1", "30", { at: 300 }))).toMatchObject({ openedAt: 100 });
  });

  test("opens the other way with what is left after flat, the fee split by size", () => {
    const lots = new FifoLots();
    lots.take(fill("buy", "1", "10", { fee: "0.1" }));
    const closing = lots.take(fill("sell", "3", "12", { at: 5, fee: "0.6" }));
    expect(closing).toMatchObject({ direction: "long" });
    expect([text(closing?.size), text(closing?.grossPnl), text(closing?.fees), text(closing?.netPnl)]).toEqual([
      "1",
      "2",
      "0.3",
      "1.7",
    ]);
    expect([text(lots.quantity), text(lots.cost)]).toEqual(["-2", "-24"]);
    const flat = lots.take(fill("buy", "2", "11"));
    expect(flat).toMatchObject({ direction: "short" });
    expect([text(flat?.grossPnl), text(flat?.netPnl), text(lots.quantity), text(lots.cost)]).toEqual([
      "2",
      "1.6",
      "0",
      "0",
    ]);
  });

  test("leaves no dust when fills are finer than those before them", () => {
    const { lots, realized } = taken([
      fill("buy", "1", "3"),
      fill("sell", "0.99999999", "3.00000001"),
      fill("sell", "0.00000001", "3"),
    ]);
    expect([text(lots.quantity), text(lots.cost), text(realized)]).toEqual(["0", "0", "0.0000000099999999"]);
  });

  test("counts an inverse contract in its underlying", () => {
    const terms = { ...UNKNOWN_TERMS, kind: "inverse" as const, multiplier: decimal("100") };
    const at = (price: string, side: "buy" | "sell", size: string): TradedFill => ({
      ...fill(side, size, price),
      value: tradeValue(terms, decimal(price), decimal(size)) ?? ZERO,
    });
    const { lots, realized } = taken([at("20000", "buy", "1"), at("25000", "buy", "1"), at("40000", "sell", "1")]);
    // 100 × (1 ÷ 20,000 − 1 ÷ 40,000).
    expect([text(realized), text(lots.cost)]).toEqual(["0.0025", "-0.004"]);
  });

  test("keeps many lots in their order while old ones are let go of", () => {
    const lots = new FifoLots();
    for (let price = 1; price <= 5_000; price++) lots.take(fill("buy", "1", String(price)));
    for (let price = 1; price <= 4_000; price++)
      expect(text(lots.take(fill("sell", "1", "0"))?.grossPnl)).toBe(String(-price));
    expect(text(lots.quantity)).toBe("1000");
    expect(text(lots.take(fill("sell", "1", "0"))?.grossPnl)).toBe("-4001");
  });
});

const amount = (max: number, decimals: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: 1, max }).map((units) => scaled(units, decimals));

const anyFill: fc.Arbitrary<TradedFill> = fc
  .record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    size: fc.oneof(amount(50, 0), amount(5_000, 3), amount(9, 8)),
    price: fc.oneof(amount(500, 1), amount(1_000_000, 4), amount(299, 10)),
    fee: fc.integer({ min: -50, max: 200 }).map((units) => scaled(units, 4)),
  })
  .map(({ side, size, price, fee }) => ({ side, size, value: multiply(size, price), fee, at: 0 as Micros }));

const inOrder = fc
  .array(anyFill, { minLength: 1, maxLength: 60 })
  .map((fills) => fills.map((each, index) => ({ ...each, at: micros(index * 1_000) })));

describe("any fills", () => {
  test("realise and leave open together exactly what they do at average cost", () => {
    fc.assert(
      fc.property(inOrder, (fills) => {
        const { lots, realized } = taken(fills);
        let open = NO_TRADE;
        let atAverage = ZERO;
        for (const each of fills) {
          const traded = trade(open, each);
          open = traded.open;
          atAverage = add(atAverage, traded.closing?.grossPnl ?? ZERO);
        }
        const { quantity } = open.position;
        expect(text(lots.quantity)).toBe(text(quantity));
        expect(text(subtract(realized, lots.cost))).toBe(text(subtract(atAverage, heldCost(open.position))));
      }),
    );
  });

  test("make the same when one of them comes in two parts", () => {
    fc.assert(
      fc.property(inOrder, fc.nat(), fc.integer({ min: 1, max: 9 }), (fills, place, tenths) => {
        const index = place % fills.length;
        const split = fills.flatMap((each, at) => (at === index ? parts(each, tenths) : [each]));
        const [whole, twice] = [taken(fills), taken(split)];
        expect(text(twice.realized)).toBe(text(whole.realized));
        expect(text(twice.lots.cost)).toBe(text(whole.lots.cost));
        expect(text(twice.lots.quantity)).toBe(text(whole.lots.quantity));
      }),
    );
  });

  test("lose no fee: what closed carries its own, and what is open the rest", () => {
    fc.assert(
      fc.property(inOrder, (fills) => {
        const all = fills.reduce((sum, { fee }) => add(sum, fee), ZERO);
        const { lots, ...closed } = taken(fills);
        const flat = lots.take(closingOf(lots));
        expect(text(add(closed.fees, flat?.fees ?? ZERO))).toBe(text(all));
        expect(text(subtract(closed.realized, closed.fees))).toBe(text(closed.net));
      }),
    );
  });

  test("close no more than is held, and what they opened longest ago", () => {
    fc.assert(
      fc.property(inOrder, (fills) => {
        const lots = new FifoLots();
        for (const each of fills) takeWithin(lots, each);
      }),
    );
  });
});

/** Takes a fill that may not close more than is held, nor what was not opened before it. */
function takeWithin(lots: FifoLots, each: TradedFill): void {
  const held = lots.quantity;
  const closing = lots.take(each);
  expect(text(lots.quantity)).toBe(text(each.side === "buy" ? add(held, each.size) : subtract(held, each.size)));
  if (closing === undefined) return;
  expect(closing.direction).toBe(held.units > 0n ? "long" : "short");
  expect(compare(closing.size, absolute(held))).toBeLessThanOrEqual(0);
  expect(closing.openedAt).toBeLessThan(each.at);
}

/** The same fill in two parts, at the same price. */
function parts(whole: TradedFill, tenths: number): TradedFill[] {
  const by = (value: Decimal): Decimal => multiply(value, scaled(tenths, 1));
  const first = { ...whole, size: by(whole.size), value: by(whole.value), fee: by(whole.fee) };
  return [
    first,
    {
      ...whole,
      size: subtract(whole.size, first.size),
      value: subtract(whole.value, first.value),
      fee: subtract(whole.fee, first.fee),
    },
  ];
}

/** A fill for nothing that closes all that is held. */
const closingOf = ({ quantity }: FifoLots): TradedFill => ({
  side: quantity.units > 0n ? "sell" : "buy",
  size: quantity.units < 0n ? negate(quantity) : quantity,
  value: divide(ZERO, decimal("1"), 0),
  fee: ZERO,
  at: micros(1_000_000),
});
