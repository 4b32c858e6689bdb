import { describe, expect, test } from "vitest";
import { changesOf } from "../../test/support/hand-made-desk.ts";
import { MemoryReader, setUpPublisher } from "../../test/support/memory-reader.ts";
import type { PerformanceRow } from "../protocol/api-money.ts";
import type { OpportunityView, OrderbookView } from "../protocol/api-trading.ts";
import { StoreUnavailable } from "./ports.ts";
import { TOPICS_MAX } from "./publish.ts";

const book = (symbol: string, mid = 0.5): OrderbookView => ({
  venue: "k",
  symbol,
  bot: "mm-1",
  mode: "live",
  bids: [],
  asks: [],
  depth: { bids: 0, asks: 0 },
  mid,
  spread_bps: null,
  crossed: false,
  age_ms: 0,
  stale: false,
});

const opportunity = (seq: number): OpportunityView => ({
  seq,
  opportunity_id: `p${seq}`,
  bot: "mm-1",
  mode: "live",
  timestamp: "2026-02-24T12:00:00.000Z",
  action: "detected",
  steps: [],
});

const unknown = { value: null, reason: "no trades", n: 0 };

const made = (bot: string, mode: PerformanceRow["mode"]): PerformanceRow => ({
  ...{ bot, mode, currency: "USD", realized: 3, fees: 1, funding: 0, net: 2, unrealized: 0 },
  ...{ transfers: 0, adjustments: 0, volume: 10, fills: 2, maker_ratio: unknown },
  trades: {
    ...{ basis: "round_trip", closed: 0, wins: 0, losses: 0, breakeven: 0 },
    ...{ win_rate_pct: unknown, expectancy: unknown, profit_factor: unknown, payoff: unknown },
    avg_holding_hours: unknown,
  },
});

const SEEN = { type: "opportunity", opportunity_id: "p", action: "detected", edge_bps: 1 };

describe("the topics of trading", () => {
  test("send only the books that changed, and the one book that was asked for", async () => {
    const { time, desk, publisher } = setUpPublisher();
    desk.books = [book("A"), book("B")];
    const reader = new MemoryReader(publisher, ["orderbooks", "books:k:B", "books:k:C"]);
    await time.advance(10);
    desk.books = [book("A", 0.6), book("B", 0.7)];
    publisher.publish(changesOf({ books: new Set(["k\tB"]) }));
    await time.advance(10);
    expect(reader.of("orderbooks", "snapshot")).toMatchObject([{ data: [{ symbol: "A" }, { symbol: "B" }] }]);
    expect(reader.of("orderbooks", "delta")).toMatchObject([{ data: [{ symbol: "B", mid: 0.7 }] }]);
    expect(reader.of("books:k:B", "snapshot")).toMatchObject([{ data: { mid: 0.5 } }]);
    expect(reader.of("books:k:B", "delta")).toMatchObject([{ data: { mid: 0.7 } }]);
    expect(reader.frames.filter(({ topic }) => topic === "books:k:C")).toMatchObject([{ op: "snapshot", data: null }]);
  });

  test("ask for no book when nobody shows one any more", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["orderbooks", "books:k:B"]);
    await time.advance(10);
    reader.subscription.remove(["orderbooks", "books:k:B"]);
    const before = desk.asked.books;
    publisher.publish(changesOf({ books: new Set(["k\tB"]) }));
    await time.advance(1_000);
    expect(desk.asked.books).toBe(before);
  });

  test("send positions at most twice a second while marks move", async () => {
    const { time, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["positions"]);
    await time.advance(10);
    for (let ms = 0; ms < 5_000; ms += 5) {
      publisher.publish(changesOf({ marks: true }));
      await time.advance(5);
    }
    const sent = reader.of("positions", "delta").length;
    expect(sent).toBeGreaterThanOrEqual(9);
    expect(sent).toBeLessThanOrEqual(11);
  });

  test("send what was made today at most once a second, of every mode and as one sum of the desk's own", async () => {
    const { time, desk, publisher } = setUpPublisher();
    desk.made = [made("mm-1", "live"), made("mm-2", "paper")];
    const reader = new MemoryReader(publisher, ["performance"]);
    await time.advance(10);
    expect(reader.of("performance", "snapshot")).toMatchObject([
      { data: { window: "today", rows: [{ bot: "mm-1" }, { bot: "mm-2" }], total: { bots: 1 } } },
    ]);
    for (let ms = 0; ms < 5_000; ms += 5) {
      publisher.publish(changesOf({ marks: true }));
      await time.advance(5);
    }
    const sent = reader.of("performance", "delta").length;
    expect(sent).toBeGreaterThanOrEqual(4);
    expect(sent).toBeLessThanOrEqual(6);
  });

  test("send what was made when a bot is only heard, for another day may have begun, and ask nothing for nobody", async () => {
    const { time, desk, publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, ["performance"]);
    await time.advance(10);
    publisher.publish(changesOf({ bots: new Set(["mm-1"]) }));
    await time.advance(10);
    expect(reader.of("performance", "delta")).toHaveLength(1);
    reader.subscription.close();
    const before = desk.asked.performance;
    publisher.publish(changesOf({ marks: true }));
    await time.advance(5_000);
    expect(desk.asked.performance).toBe(before);
  });

  test("send the newest opportunities once they are read, again when one is said, and not when nothing is", async () => {
    const { time, desk, publisher, tell } = setUpPublisher();
    desk.opportunities = [opportunity(1)];
    const reader = new MemoryReader(publisher, ["opportunities"]);
    await time.advance(1_000);
    expect(reader.of("opportunities", "snapshot")).toMatchObject([{ data: [{ seq: 1 }] }]);
    tell(desk.fill("f"));
    await time.advance(2_000);
    expect(desk.asked.opportunities).toBe(1);
    desk.opportunities = [opportunity(2), opportunity(1)];
    for (let n = 0; n < 100; n++) tell(desk.say(SEEN));
    await time.advance(2_000);
    expect(reader.frames.at(-1)).toMatchObject({ topic: "opportunities", data: [{ seq: 2 }, { seq: 1 }] });
    expect(desk.asked.opportunities).toBeLessThanOrEqual(3);
  });

  test("read the reports of imports when one was handed in, and only while somebody shows them", async () => {
    const { time, desk, publisher } = setUpPublisher();
    publisher.publish(changesOf({ imports: true }));
    await time.advance(1_000);
    expect(desk.asked.imports).toBe(0);
    const reader = new MemoryReader(publisher, ["imports"]);
    await time.advance(1_000);
    publisher.publish(changesOf({ imports: true }));
    await time.advance(1_000);
    expect(reader.ops("imports")).toContain("snapshot");
    expect(desk.asked.imports).toBe(2);
  });

  test("come once the store is back when it was away", async () => {
    const { time, desk, publisher, errors } = setUpPublisher();
    desk.failure = new StoreUnavailable("away");
    const reader = new MemoryReader(publisher, ["imports"]);
    await time.advance(100);
    expect([reader.frames.length, errors.length]).toEqual([0, 1]);
    desk.failure = undefined;
    await time.advance(5_000);
    expect(reader.ops("imports")).toEqual(["snapshot"]);
  });

  test("are bounded for each subscriber", async () => {
    const { publisher } = setUpPublisher();
    const reader = new MemoryReader(publisher, []);
    const books = Array.from({ length: TOPICS_MAX + 1 }, (_, n) => `books:k:S${n}` as const);
    expect(reader.subscription.add(books.slice(0, TOPICS_MAX))).toBe(true);
    expect(reader.subscription.add(books.slice(TOPICS_MAX))).toBe(false);
    reader.subscription.remove(books.slice(0, 1));
    expect(reader.subscription.add(books.slice(TOPICS_MAX))).toBe(true);
  });

  test("delay nobody when a subscriber never reads", async () => {
    const { time, desk, publisher, tell } = setUpPublisher({ bufferedBytes: 1_000 });
    const topics = ["positions", "orderbooks", "opportunities", "imports", "books:k:A"] as const;
    desk.books = [book("A")];
    const stuck = new MemoryReader(publisher, topics, { reads: false });
    const reader = new MemoryReader(publisher, topics);
    await time.advance(1_000);
    for (let n = 0; n < 200; n++) {
      tell(desk.say(SEEN));
      publisher.publish(changesOf({ marks: true, books: new Set(["k\tA"]) }));
      await time.advance(50);
    }
    expect(stuck.held).toBeLessThan(4_000);
    expect(reader.of("books:k:A", "delta").length).toBeGreaterThan(150);
    expect(reader.of("positions", "delta").length).toBeGreaterThan(15);
  });
});
