import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Micros } from "../../base/time.ts";
import {
  type Decimal,
  ZERO,
  absolute,
  add,
  compare,
  decimal,
  decimalText,
  isZero,
  multiply,
  subtract,
  scaled,
} from "../decimal.ts";
import { heldCost, type BookedTrade, book as bookAt, FLAT, type Position } from "./average-cost.ts";
import { NO_TRADE, type TradedFill, trade as tradeOf } from "./trades.ts";

const amount = (max: number, decimals: number): fc.Arbitrary<Decimal> =>
  fc.integer({ min: 1, max }).map((units) => scaled(units, decimals));

const trade: fc.Arbitrary<BookedTrade> = fc
  .record({
    side: fc.constantFrom("buy" as const, "sell" as const),
    size: fc.oneof(amount(50, 0), amount(5_000, 3), amount(9, 8)),
    price: fc.oneof(amount(500, 1), amount(1_000_000, 4), amount(299, 10)),
  })
  .map(({ side, size, price }) => ({ side, size, value: multiply(size, price) }));

const trades = fc.array(trade, { minLength: 1, maxLength: 60 });

/** Cash that all trades brought, at `mark` for what is held: what any accounting must come to. */
function worth(all: readonly BookedTrade[], mark: Decimal): Decimal {
  let cash = ZERO;
  let held = ZERO;
  for (const { side, size, value } of all) {
    cash = side === "buy" ? subtract(cash, value) : add(cash, value);
    held = side === "buy" ? add(held, size) : subtract(held, size);
  }
  return add(cash, multiply(held, mark));
}

class AverageCost {
  #position: Position = FLAT;

  get quantity(): Decimal {
    return this.#position.quantity;
  }

  get cost(): Decimal {
    return heldCost(this.#position);
  }

  take(each: BookedTrade) {
    const { position, ...booked } = bookAt(this.#position, each);
    // Flat is flat: the fineness of what was held before does not go on, as in the trades beside it.
    this.#position = isZero(position.quantity) ? FLAT : position;
    return booked;
  }
}

class Trades {
  #open = NO_TRADE;

  get position(): Position {
    return this.#open.position;
  }

  take(fill: TradedFill) {
    const { open, ...closed } = tradeOf(this.#open, fill);
    this.#open = open;
    return closed;
  }
}

function booked(book: AverageCost, all: readonly BookedTrade[], mark: Decimal): Decimal {
  const realized = all.reduce((sum, each) => add(sum, book.take(each).realized), ZERO);
  return add(realized, subtract(multiply(book.quantity, mark), book.cost));
}

const same = (a: Decimal, b: Decimal): void => expect(decimalText(a)).toBe(decimalText(b));

describe("Accounting of a position", () => {
  test("Realised and unrealised together are the cash and the position, to the last digit", () => {
    fc.assert(
      fc.property(trades, amount(10_000, 2), (all, mark) => {
        const expected = worth(all, mark);
        same(booked(new AverageCost(), all, mark), expected);
      }),
    );
  });

  test("A fill in parts ends where the whole does", () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 9 }), (all, tenths) => {
        const whole = new AverageCost();
        const parts = new AverageCost();
        const of = (value: Decimal, share: number): Decimal => multiply(value, scaled(share, 1));
        for (const each of all) {
          whole.take(each);
          for (const share of [tenths, 10 - tenths])
            parts.take({ side: each.side, size: of(each.size, share), value: of(each.value, share) });
        }
        same(parts.quantity, whole.quantity);
        const difference = absolute(subtract(parts.cost, whole.cost));
        expect(compare(difference, decimal("0.0000000001"))).toBe(-1);
      }),
    );
  });

  test("Flat means no cost is left, and closing never takes more than is held", () => {
    fc.assert(
      fc.property(trades, (all) => {
        const book = new AverageCost();
        for (const each of all) {
          const held = absolute(book.quantity);
          const { closed } = book.take(each);
          expect(compare(closed, held)).not.toBe(1);
          if (isZero(book.quantity)) expect(isZero(book.cost)).toBe(true);
        }
      }),
    );
  });
});

describe("Trades from flat to flat, and closing by closing", () => {
  test("Closings, and what is still open, carry every fee that was paid", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(trade, amount(1_000, 4)), { minLength: 1, maxLength: 40 }), (all) => {
        const book = new Trades();
        let gross = ZERO;
        let fees = ZERO;
        let paid = ZERO;
        let roundTrips = ZERO;
        let realized = ZERO;
        const plain = new AverageCost();
        all.forEach(([each, fee], index) => {
          paid = add(paid, fee);
          realized = add(realized, plain.take(each).realized);
          const { closing, roundTrip } = book.take({ ...each, fee, at: index as Micros });
          gross = add(gross, closing?.grossPnl ?? ZERO);
          fees = add(fees, closing?.fees ?? ZERO);
          roundTrips = add(roundTrips, roundTrip?.netPnl ?? ZERO);
        });
        same(gross, realized);
        expect(compare(fees, paid)).not.toBe(1);
        if (isZero(book.position.quantity)) {
          same(fees, paid);
          same(roundTrips, subtract(gross, fees));
        }
      }),
    );
  });

  test("A fill through flat ends one round trip and begins the next in the other direction", () => {
    const book = new Trades();
    const fill = (side: "buy" | "sell", size: string, price: string, fee: string, at: number) =>
      book.take({
        side,
        size: decimal(size),
        value: multiply(decimal(size), decimal(price)),
        fee: decimal(fee),
        at: at as Micros,
      });
    fill("buy", "10", "100", "0.5", 1);
    const { roundTrip } = fill("sell", "25", "104", "1.3", 2);
    expect(roundTrip).toMatchObject({ direction: "long", openedAt: 1, closedAt: 2 });
    same(roundTrip?.grossPnl ?? ZERO, decimal("40"));
    same(roundTrip?.fees ?? ZERO, decimal("1.02"));
    const last = fill("buy", "15", "101", "0.7575", 3).roundTrip;
    expect(last).toMatchObject({ direction: "short", openedAt: 2, closedAt: 3 });
    same(last?.netPnl ?? ZERO, decimal("43.4625"));
  });
});
