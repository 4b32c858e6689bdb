import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { MarketBook } from "./market-book.ts";
import type { BookMessage, ChangesMessage, LevelChange } from "./messages.ts";

const YES = "yes-token";
const NO = "no-token";
const MARKET = "0xmarket";

let told: string[] = [];
let market: MarketBook;

beforeEach(() => {
  told = [];
  market = newMarket(told);
});

const newMarket = (events: string[]): MarketBook =>
  new MarketBook(YES, {
    stale: (reason) => events.push(reason),
    resynced: () => events.push("resynced"),
    doubtful: () => events.push("doubtful"),
  });

const level = (price: string, size: string) => ({ price, size });
const bookAt = (at: number, bid = "0.45", ask = "0.48"): BookMessage => ({
  kind: "book",
  token: YES,
  market: MARKET,
  at,
  hash: undefined,
  bids: [level(bid, "100")],
  asks: [level(ask, "80")],
  tick: undefined,
});
const change = (side: "bid" | "ask", price: string, size: string, best: Partial<LevelChange> = {}): LevelChange => ({
  token: YES,
  side,
  price,
  size,
  bestBid: undefined,
  bestAsk: undefined,
  ...best,
});
const changesAt = (at: number, ...changes: readonly LevelChange[]): ChangesMessage => ({
  kind: "changes",
  generation: "C",
  market: MARKET,
  at,
  changes,
});
const NOW = micros(1_000_000);

test("changes that come before the book they belong to are applied after it, older ones are not", () => {
  market.take(changesAt(9, change("bid", "0.40", "7")), NOW);
  market.take(changesAt(10, change("bid", "0.41", "7")), NOW);
  market.take(changesAt(11, change("bid", "0.42", "7")), NOW);
  market.take(bookAt(10), NOW);
  expect(market.book.top("bids", 9)).toEqual([
    ["0.45", "100"],
    ["0.42", "7"],
    ["0.41", "7"],
  ]);
  expect(told).toEqual(["resynced"]);
});

test("a book older than changes that were applied is passed over", () => {
  market.take(bookAt(10), NOW);
  market.take(changesAt(20, change("bid", "0.46", "5")), NOW);
  market.take(bookAt(15), NOW);
  expect(market.book.best("bids")).toEqual(["0.46", "5"]);
  market.take(bookAt(20, "0.44"), NOW);
  expect(market.book.best("bids")).toEqual(["0.44", "100"]);
});

test("more changes than can be held before a book leave no way to join them to an older one", () => {
  for (let at = 1; at <= 1_200; at++) market.take(changesAt(at, change("bid", "0.40", String(at))), NOW);
  market.take(bookAt(100), NOW);
  expect(market.book.isFresh).toBe(false);
  market.take(bookAt(1_500), NOW);
  expect(market.book.isFresh).toBe(true);
});

test("after a book was given up, one from before it was is passed over, and one of the next connection is not", () => {
  market.take(bookAt(10), NOW);
  market.take(changesAt(20, change("bid", "0.46", "5")), NOW);
  market.distrust("tick_changed", "the tick changed");
  market.take(changesAt(25, change("bid", "0.47", "5")), NOW);
  market.distrust("tick_changed", "the tick changed again");
  market.take(bookAt(22), NOW);
  expect(market.book.isFresh).toBe(false);
  market.take(bookAt(25), NOW);
  expect(market.book.isFresh).toBe(true);
  market.distrust("disconnected", "gone");
  market.take(bookAt(15), NOW);
  expect(market.book.isFresh).toBe(true);
});

test("what the other token says of the same orders changes nothing", () => {
  market.take(bookAt(10), NOW);
  const { version } = market;
  market.take({ ...bookAt(11, "0.52", "0.55"), token: NO }, NOW);
  market.take(changesAt(12, { ...change("bid", "0.60", "5"), token: NO }), NOW);
  market.take({ kind: "best", token: NO, bestBid: "0.1", bestAsk: "0.2", at: 13 }, NOW);
  expect([market.version, market.book.best("bids")]).toEqual([version, ["0.45", "100"]]);
});

test("a side without orders is told as bid 0 or ask 1, and agrees with an empty side", () => {
  market.take(bookAt(10), NOW);
  market.take(changesAt(11, change("ask", "0.48", "0", { bestBid: "0.45", bestAsk: "1" })), NOW);
  market.take(changesAt(12, change("bid", "0.45", "0", { bestBid: "0", bestAsk: "1" })), NOW);
  expect([market.book.isFresh, market.book.levels("bids"), market.book.levels("asks")]).toEqual([true, 0, 0]);
  expect(told).toEqual(["resynced"]);
});

test("best prices are those after the whole message, whose entries come one by one", () => {
  market.take(bookAt(10), NOW);
  const first = change("bid", "0.46", "5", { bestBid: "0.46", bestAsk: "0.48" });
  market.take(changesAt(11, first, change("bid", "0.47", "5", { bestBid: "0.47", bestAsk: "0.48" })), NOW);
  expect([market.book.isFresh, market.book.best("bids")]).toEqual([true, ["0.47", "5"]]);
});

test("REST that tells the same, an older or a book that has moved since makes nothing stale", () => {
  market.take(bookAt(10), NOW);
  const { version } = market;
  expect(market.compare(bookAt(5), version)).toBe("same");
  expect(market.compare(bookAt(5, "0.40"), version)).toBe("older");
  market.take(changesAt(11, change("bid", "0.46", "5")), NOW);
  expect(market.compare(bookAt(12), version)).toBe("moved_since");
  expect(market.book.isFresh).toBe(true);
});

test("REST that tells another book makes ours stale; a ghost only the second time in a row", () => {
  market.take(bookAt(10), NOW);
  const ghost = bookAt(20, "0.01", "0.99");
  expect(market.compare(ghost, market.version)).toBe("ghost");
  expect(market.compare(bookAt(21), market.version)).toBe("same");
  expect(market.compare(ghost, market.version)).toBe("ghost");
  expect(market.compare(ghost, market.version)).toBe("differs");
  expect(market.book.state).toEqual({ kind: "stale", reason: "mismatch" });
  expect(market.compare(bookAt(30), market.version)).toBe("not_fresh");
});

interface Move {
  readonly side: "bid" | "ask";
  readonly index: number;
  readonly size: number;
  /** What the network does with it. */
  readonly fate: "told" | "lost" | "twice" | "late";
}

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    side: fc.constantFrom("bid" as const, "ask" as const),
    index: fc.nat(8),
    size: fc.nat(3),
    fate: fc.oneof(
      { weight: 10, arbitrary: fc.constant("told" as const) },
      { weight: 1, arbitrary: fc.constantFrom("lost" as const, "twice" as const, "late" as const) },
    ),
  }),
  { minLength: 5, maxLength: 60 },
);

/** The venue's book, and how it tells it. */
class Truth {
  readonly #bids = new Map<string, string>();
  readonly #asks = new Map<string, string>();
  #at = 10;

  take({ side, index, size }: Move): ChangesMessage {
    const price = side === "bid" ? `0.4${8 - index}` : `0.5${index}`;
    const levels = side === "bid" ? this.#bids : this.#asks;
    if (size === 0) levels.delete(price);
    else levels.set(price, String(size));
    const { bestBid, bestAsk } = this;
    return changesAt(++this.#at, change(side, price, String(size), { bestBid, bestAsk }));
  }

  get bestBid(): string {
    return this.#sorted("bids").at(-1)?.price ?? "0";
  }

  get bestAsk(): string {
    return this.#sorted("asks")[0]?.price ?? "1";
  }

  book(): BookMessage {
    return { ...bookAt(++this.#at), bids: this.#sorted("bids"), asks: this.#sorted("asks") };
  }

  #sorted(side: "bids" | "asks") {
    const levels = side === "bids" ? this.#bids : this.#asks;
    return [...levels].map(([price, size]) => level(price, size)).sort((a, b) => Number(a.price) - Number(b.price));
  }
}

/** Tells every move as its fate has it; `onTold` after each that arrived in time. */
function play(given: readonly Move[], onTold: (truth: Truth, follower: MarketBook) => void): [Truth, MarketBook] {
  const truth = new Truth();
  const follower = newMarket([]);
  follower.take(truth.book(), NOW);
  let late: ChangesMessage | undefined;
  for (const move of given) {
    const message = truth.take(move);
    if (move.fate === "late") late = message;
    if (move.fate === "lost" || move.fate === "late") continue;
    for (let times = move.fate === "twice" ? 2 : 1; times > 0; times--) follower.take(message, NOW);
    onTold(truth, follower);
    if (late !== undefined) follower.take(late, NOW);
    late = undefined;
  }
  return [truth, follower];
}

test("whatever is lost, repeated or late, after each message a fresh book has the venue's best prices", () => {
  fc.assert(
    fc.property(moves, (given) => {
      play(given, (truth, { book }) => {
        if (!book.isFresh) return;
        const best = [book.best("bids")?.[0] ?? "0", book.best("asks")?.[0] ?? "1"];
        expect(best.map(Number)).toEqual([Number(truth.bestBid), Number(truth.bestAsk)]);
      });
    }),
    { numRuns: 300 },
  );
});

test("whatever is lost, repeated or late, a look at REST leaves no wrong book fresh, and a new book makes it right", () => {
  let wrong = 0;
  fc.assert(
    fc.property(moves, (given) => {
      const [truth, follower] = play(given, () => undefined);
      const rest = truth.book();
      if (follower.compare(rest, follower.version) === "differs") wrong++;
      if (follower.book.isFresh) expect(follower.compare(rest, follower.version)).toBe("same");
      follower.take(truth.book(), NOW);
      expect(follower.compare(truth.book(), follower.version)).toBe("same");
    }),
    { numRuns: 300 },
  );
  expect(wrong).toBeGreaterThan(10);
});
