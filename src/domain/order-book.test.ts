import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { add, canonicalDecimal, compare, decimal, decimalText, subtract, isZero, sign, scaled } from "./decimal.ts";
import { type BookLevel, type BookLevels, OrderBook } from "./order-book.ts";

const times = (receivedAt = 0, venueAt?: number) => ({
  receivedAt: micros(receivedAt),
  venueAt: venueAt === undefined ? undefined : micros(venueAt),
});

const binary = (levels: BookLevels): OrderBook => {
  const book = new OrderBook({ payout: "1" });
  book.snapshot(levels, times());
  return book;
};

const spot = (levels: BookLevels): OrderBook => {
  const book = new OrderBook();
  book.snapshot(levels, times());
  return book;
};

describe("a book", () => {
  test("has no state but empty before its first snapshot, whatever deltas come", () => {
    const book = new OrderBook();
    book.set({ bids: [["1", "1"]] }, times());
    book.markStale("gap");
    expect([book.state, book.best("bids"), book.ageMicros(micros(5))]).toEqual([
      { kind: "empty" },
      undefined,
      undefined,
    ]);
  });

  test("sorts both sides, the best first, in whatever order and notation levels come", () => {
    const book = spot({
      bids: [
        [".10", "1.0"],
        ["0.3000", "2"],
        ["0.2", "03.50"],
      ],
      asks: [
        ["0.5", "1"],
        ["0.4", "0.01"],
      ],
    });
    expect(book.top("bids", 9)).toEqual([
      ["0.3", "2"],
      ["0.2", "3.5"],
      ["0.1", "1"],
    ]);
    expect(book.top("asks", 1)).toEqual([["0.4", "0.01"]]);
    expect([book.levels("bids"), book.levels("asks")]).toEqual([3, 2]);
  });

  test("adds hundredths without drift, and a level at exactly zero goes", () => {
    const book = spot({ bids: [["0.5", "0.3"]] });
    for (const change of ["-0.1", "-0.1"]) book.add({ bids: [["0.50", change]] }, times());
    expect(book.sizeAt("bids", "0.5")).toBe("0.1");
    book.add({ bids: [["0.5", "-0.10"]] }, times());
    expect([book.levels("bids"), book.state.kind]).toEqual([0, "fresh"]);
  });

  test("takes up as many decimals as it is told", () => {
    const book = spot({ bids: [["0.5", "10"]], asks: [["0.6", "1"]] });
    book.set({ bids: [["0.50000001", "0.000001"]] }, times());
    expect(book.top("bids", 2)).toEqual([
      ["0.50000001", "0.000001"],
      ["0.5", "10"],
    ]);
    expect(decimalText(book.mid ?? decimal("0"))).toBe("0.550000005");
  });

  test("knows the times of what last took effect, and its age", () => {
    const book = spot({});
    book.set({ bids: [["1", "1"]] }, times(7, 3));
    book.markStale("silent");
    book.set({ bids: [["1", "2"]] }, times(9, 8));
    expect([book.receivedAt, book.venueAt, book.ageMicros(micros(10)), book.ageMicros(micros(1))]).toEqual([
      7, 3, 3, 0,
    ]);
  });

  test("is as new when cleared", () => {
    const book = spot({ bids: [["1", "1"]] });
    book.clear();
    expect([book.state.kind, book.levels("bids"), book.receivedAt]).toEqual(["empty", 0, undefined]);
  });
});

describe("a binary book", () => {
  test("is one book in prices of YES, whichever side tells a level", () => {
    const book = binary({
      bids: [["0.43", "50"]],
      noBids: [
        ["0.55", "80"],
        ["0.5400", "200"],
      ],
    });
    expect(book.top("asks", 9)).toEqual([
      ["0.45", "80"],
      ["0.46", "200"],
    ]);
    expect(binary({ noAsks: [["0.57", "50"]] }).top("bids", 9)).toEqual([["0.43", "50"]]);
  });

  test("holds an order once that is told as YES and as NO", () => {
    const book = binary({});
    book.set({ bids: [["0.4", "200"]], noAsks: [["0.6", "200"]] }, times());
    book.set({ asks: [["0.7", "5"]], noBids: [["0.3", "5"]] }, times());
    expect([book.top("bids", 9), book.top("asks", 9)]).toEqual([[["0.4", "200"]], [["0.7", "5"]]]);
  });

  test.each(["0", "1", "1.01", "-0.2"])("refuses a price of %s", (price) => {
    expect(binary({ bids: [[price, "1"]] }).state).toEqual({ kind: "stale", reason: "impossible_price" });
  });

  test("keeps NO and YES apart by the payout also when decimals grow", () => {
    const book = binary({ noBids: [["0.55", "1"]] });
    book.set({ noBids: [["0.5501", "2"]] }, times());
    expect(book.top("asks", 2)).toEqual([
      ["0.4499", "2"],
      ["0.45", "1"],
    ]);
  });

  test("cannot be made of a payout that is none", () => {
    expect(() => new OrderBook({ payout: "0" })).toThrow(RangeError);
    expect(() => new OrderBook({ payout: "one" })).toThrow(RangeError);
  });
});

describe("faults", () => {
  const good: BookLevels = { bids: [["0.4", "1"]], asks: [["0.6", "1"]] };
  test.each<[string, BookLevels, "set" | "add"]>([
    ["negative_size", { bids: [["0.4", "-1"]] }, "set"],
    ["negative_size", { bids: [["0.4", "-1.01"]] }, "add"],
    ["negative_size", { asks: [["0.7", "-1"]] }, "add"],
    ["impossible_price", { asks: [["0", "1"]] }, "set"],
    ["impossible_price", { noBids: [["0.3", "1"]] }, "set"],
    ["malformed", { bids: [["", "1"]] }, "set"],
    ["malformed", { bids: [["0.4", "many"]] }, "set"],
    ["out_of_range", { bids: [["0.4", "99999999999999999"]] }, "set"],
    [
      "out_of_range",
      {
        bids: [
          ["0.4", "0.00000000000000001"],
          ["0.3", "99999"],
        ],
      },
      "set",
    ],
    ["crossed", { bids: [["0.6", "1"]] }, "set"],
    ["crossed", { bids: [["0.61", "1"]] }, "add"],
  ])("%s drops the levels, and only a snapshot makes the book fresh again", (reason, levels, how) => {
    const book = spot(good);
    expect(book[how](levels, times())).toEqual({ kind: "stale", reason });
    expect([book.levels("bids"), book.levels("asks")]).toEqual([0, 0]);
    book.set(good, times());
    expect([book.state.kind, book.levels("bids")]).toEqual(["stale", 0]);
    expect(book.snapshot(good, times()).kind).toBe("fresh");
  });

  test("more levels than allowed are one", () => {
    const levels = Array.from({ length: 11 }, (_, index): BookLevel => [String(index + 1), "1"]);
    const book = new OrderBook({ maxLevels: 10 });
    expect(book.snapshot({ asks: levels.slice(1) }, times()).kind).toBe("fresh");
    expect(book.addLevel("asks", ["1", "1"], times())).toEqual({ kind: "stale", reason: "too_many_levels" });
    expect(book.snapshot({ asks: levels }, times())).toEqual({ kind: "stale", reason: "too_many_levels" });
  });

  test("exponents are read, as long as they fit", () => {
    const book = spot({ bids: [["1e-8", "2.5e3"]] });
    expect(book.best("bids")).toEqual(["0.00000001", "2500"]);
  });
});

describe("a book that is crossed by one of several frames of one venue time", () => {
  const crossing = (): OrderBook => {
    const book = binary({ bids: [["0.5", "1"]], asks: [["0.6", "1"]] });
    expect(book.add({ bids: [["0.6", "1"]] }, times(1, 100))).toEqual({ kind: "settling" });
    return book;
  };

  test("is fresh again once the rest has come", () => {
    const book = crossing();
    book.add({ asks: [["0.7", "1"]] }, times(2, 100));
    expect(book.isFresh).toBe(false);
    book.add({ asks: [["0.6", "-1"]] }, times(3, 100));
    expect([book.state.kind, book.best("bids"), book.best("asks")]).toEqual(["fresh", ["0.6", "1"], ["0.7", "1"]]);
  });

  test("has a fault when something later comes first", () => {
    expect(crossing().add({ asks: [["0.6", "-1"]] }, times(3, 101))).toEqual({ kind: "stale", reason: "crossed" });
  });

  test("is stale when something was missed meanwhile", () => {
    const book = crossing();
    book.markStale("gap");
    expect(book.add({ asks: [["0.6", "-1"]] }, times(3, 100))).toEqual({ kind: "stale", reason: "gap" });
  });

  test("has a fault at once when a snapshot is", () => {
    const book = new OrderBook();
    expect(book.snapshot({ bids: [["2", "1"]], asks: [["2", "1"]] }, times(1, 1))).toEqual({
      kind: "stale",
      reason: "crossed",
    });
  });
});

describe("what a book tells", () => {
  const book = binary({
    bids: [
      ["0.44", "30"],
      ["0.43", "50"],
    ],
    noBids: [
      ["0.55", "80"],
      ["0.54", "200"],
    ],
  });
  const text = (depth: ReturnType<OrderBook["depthToSize"]>) => ({
    ...depth,
    size: decimalText(depth.size),
    value: decimalText(depth.value),
  });

  test("middle, spread and microprice", () => {
    expect([book.mid, book.spread].map((value) => decimalText(value ?? decimal("0")))).toEqual(["0.445", "0.01"]);
    // (0.44 × 80 + 0.45 × 30) ÷ 110
    expect(book.microprice).toBeCloseTo(48.7 / 110, 12);
  });

  test("nothing of these with one side only", () => {
    const half = binary({ bids: [["0.44", "30"]] });
    expect([half.mid, half.spread, half.microprice]).toEqual([undefined, undefined, undefined]);
  });

  test("the depth up to a price", () => {
    expect(text(book.depthToPrice("asks", decimal("0.455")))).toEqual({
      levels: 1,
      size: "80",
      value: "36",
      worst: "0.45",
    });
    expect(text(book.depthToPrice("asks", decimal("0.46")))).toEqual({
      levels: 2,
      size: "280",
      value: "128",
      worst: "0.46",
    });
    expect(text(book.depthToPrice("bids", decimal("0.435")))).toEqual({
      levels: 1,
      size: "30",
      value: "13.2",
      worst: "0.44",
    });
    expect(text(book.depthToPrice("bids", decimal("0.5")))).toEqual({
      levels: 0,
      size: "0",
      value: "0",
      worst: undefined,
    });
  });

  test("the depth up to a price that is written with more decimals than the book has", () => {
    const bids = Array.from({ length: 99 }, (_, index): BookLevel => [String(index + 1), "1"]);
    const whole = spot({ bids });
    for (let price = 1; price <= 99; price++) {
      expect(whole.depthToPrice("bids", scaled(BigInt(price) * 10_000_000n, 7)).levels).toBe(100 - price);
    }
  });

  test("the depth that a size needs, the last level in part", () => {
    expect(text(book.depthToSize("asks", decimal("100.5")))).toEqual({
      levels: 2,
      size: "100.5",
      value: "45.43",
      worst: "0.46",
    });
    expect(text(book.depthToSize("bids", decimal("1000")))).toEqual({
      levels: 2,
      size: "80",
      value: "34.7",
      worst: "0.43",
    });
    expect(text(book.depthToSize("bids", decimal("0"))).levels).toBe(0);
  });

  test("the size at a price, which is nothing where nothing rests", () => {
    expect(["0.460", "0.47", "0.461", "x"].map((price) => book.sizeAt("asks", price))).toEqual([
      "200",
      "0",
      "0",
      undefined,
    ]);
  });
});

type Leg = keyof BookLevels;
const YES_SIDES = { bids: "bids", asks: "asks", noBids: "asks", noAsks: "bids" } as const;

/** The rules of a book again, slow and plain: exact decimals in maps. */
class PlainBook {
  readonly sides = { bids: new Map<string, string>(), asks: new Map<string, string>() };

  /** False when a size would be negative. */
  take(side: "bids" | "asks", [price, size]: BookLevel, relative: boolean): boolean {
    const [key, told] = [canonicalDecimal(price) ?? "", decimal(canonicalDecimal(size) ?? "0")];
    const next = relative ? add(decimal(this.sides[side].get(key) ?? "0"), told) : told;
    if (sign(next) < 0) return false;
    if (isZero(next)) this.sides[side].delete(key);
    else this.sides[side].set(key, decimalText(next));
    return true;
  }

  takeLeg(leg: Leg, [price, size]: BookLevel, relative: boolean): boolean {
    const told = decimal(canonicalDecimal(price) ?? "");
    const ofYes = leg.startsWith("no") ? decimalText(subtract(decimal("1"), told)) : price;
    return this.take(YES_SIDES[leg], [ofYes, size], relative);
  }

  top(side: "bids" | "asks"): [string, string][] {
    const direction = side === "bids" ? -1 : 1;
    return [...this.sides[side]].sort(([a], [b]) => direction * compare(decimal(a), decimal(b)));
  }

  get crossed(): boolean {
    const [bid, ask] = [this.top("bids")[0], this.top("asks")[0]];
    return bid !== undefined && ask !== undefined && compare(decimal(bid[0]), decimal(ask[0])) >= 0;
  }
}

test("after any snapshots and deltas a fresh book is what exact decimals in a sorted map are", () => {
  const price = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom("", "0", "5", "00", "25"))
    .map(([cents, more]) => `0.${String(cents).padStart(2, "0")}${more}`);
  const size = fc
    .tuple(fc.integer({ min: -2, max: 9 }), fc.constantFrom("", ".5", ".25", ".00"))
    .map(([whole, more]) => `${whole}${more}`);
  const step = fc.record({
    how: fc.constantFrom("set", "add", "addLevel", "snapshot"),
    side: fc.constantFrom<Leg>("bids", "asks", "noBids", "noAsks"),
    level: fc.tuple(price, size),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const book = new OrderBook({ payout: "1" });
      book.snapshot({}, times());
      let plain: PlainBook | undefined = new PlainBook();
      for (const { how, side, level } of steps) {
        if (how === "snapshot") plain = new PlainBook();
        if (how === "addLevel") book.addLevel(side, level, times());
        else book[how]({ [side]: [level] }, times());
        const taken = plain?.takeLeg(side, level, how.startsWith("add")) ?? false;
        if (!taken || plain?.crossed === true) plain = undefined;
        expect(book.isFresh).toBe(plain !== undefined);
        expect(book.top("bids", 999)).toEqual(plain?.top("bids") ?? []);
        expect(book.top("asks", 999)).toEqual(plain?.top("asks") ?? []);
      }
    }),
  );
});
