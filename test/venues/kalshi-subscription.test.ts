import { beforeEach, describe, expect, test } from "vitest";
import { KalshiMarket } from "../../src/venues/kalshi/market.ts";
import type { KalshiDelta, KalshiSnapshot } from "../../src/venues/kalshi/messages.ts";
import { BookSubscription } from "../../src/venues/kalshi/subscription.ts";
import { HandContext } from "./hand-context.ts";

const SID = 7;
const ANSWER_MS = 5_000;

interface Sent {
  readonly id: number;
  readonly cmd: string;
  readonly params: Readonly<Record<string, unknown>>;
}

let hand: HandContext;
let sent: Sent[];
let reconnects: string[];
let markets: KalshiMarket[];
let subscription: BookSubscription;
let seq: number;

const market = (ticker: string): KalshiMarket => {
  const found = markets.find(({ symbol }) => symbol === ticker);
  if (found === undefined) throw new Error(`no market ${ticker}`);
  return found;
};

const start = (tickers: readonly string[]): void => {
  hand = new HandContext();
  sent = [];
  reconnects = [];
  seq = 0;
  markets = tickers.map((symbol) => new KalshiMarket({ venue: "a-venue", symbol, yesPrices: true }));
  subscription = new BookSubscription({
    context: hand.context,
    channel: "book-1",
    markets,
    yesPrices: true,
    answerMs: ANSWER_MS,
    send: (cmd, params) => {
      sent.push({ id: sent.length + 1, cmd, params });
      return sent.length;
    },
    reconnect: (reason) => void reconnects.push(reason),
  });
};

const now = () => hand.context.clock.now();
const snapshotOf = (ticker: string, yes: KalshiSnapshot["yes"] = [["0.40", "10"]]): KalshiSnapshot => ({
  kind: "snapshot",
  ticker,
  yes,
  no: [["0.60", "10"]],
});
const deltaOf = (ticker: string, change: string, price = "0.41"): KalshiDelta => ({
  kind: "delta",
  ticker,
  side: "yes",
  price,
  change,
  atMs: undefined,
});

/** A frame of the subscription, the next in order unless a number is given. */
const hear = (message: KalshiSnapshot | KalshiDelta, number = ++seq): void => {
  seq = Math.max(seq, number);
  if (!subscription.counted(number)) return;
  if (message.kind === "snapshot") subscription.snapshot(message, now());
  else subscription.delta(message, now());
};

const subscribed = (sid = SID): void => {
  const last = sent.findLast(({ cmd }) => cmd === "subscribe");
  subscription.answered(last?.id, sid);
  seq = 0;
};

const states = (): Record<string, string> =>
  Object.fromEntries(
    markets.map(({ symbol, book }) => [symbol, book.state.kind === "stale" ? book.state.reason : book.state.kind]),
  );

const actions = (): string[] => sent.map(({ cmd, params }) => String(params["action"] ?? cmd));

/** Subscribed, and both books are right. */
beforeEach(() => {
  start(["A", "B"]);
  subscription.begin();
  subscribed();
  for (const ticker of ["A", "B"]) hear(snapshotOf(ticker));
  expect(states()).toEqual({ A: "fresh", B: "fresh" });
});

describe("the ladder", () => {
  test("begins at a gap with snapshots of all markets, and ends with the last of them", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    expect(states()).toEqual({ A: "gap", B: "gap" });
    expect(sent.at(-1)?.params).toEqual({ sids: [SID], market_tickers: ["A", "B"], action: "get_snapshot" });
    hear(snapshotOf("A"));
    expect(states()).toEqual({ A: "fresh", B: "gap" });
    hear(deltaOf("B", "5"));
    expect(states()).toEqual({ A: "fresh", B: "gap" });
    hear(snapshotOf("B"));
    await hand.time.advance(ANSWER_MS * 3);
    expect(actions()).toEqual(["subscribe", "get_snapshot"]);
    expect(hand.feed).toEqual(["gap", "resynced"]);
  });

  test("goes on to a new subscription when no snapshot comes in time, and to a new connection when none comes then", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    await hand.time.advance(ANSWER_MS - 1);
    expect(actions()).toEqual(["subscribe", "get_snapshot"]);
    await hand.time.advance(1);
    expect(actions()).toEqual(["subscribe", "get_snapshot", "unsubscribe", "subscribe"]);
    expect(reconnects).toEqual([]);
    await hand.time.advance(ANSWER_MS);
    expect(reconnects).toHaveLength(1);
    subscription.lost();
    await hand.time.advance(ANSWER_MS * 3);
    expect(reconnects).toHaveLength(1);
  });

  test("ends when the new subscription brings its snapshots, whatever the old one still says", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    await hand.time.advance(ANSWER_MS);
    expect(subscription.claims(SID, "A")).toBe(false);
    subscribed(8);
    expect(subscription.sid).toBe(8);
    for (const ticker of ["A", "B"]) hear(snapshotOf(ticker));
    expect(states()).toEqual({ A: "fresh", B: "fresh" });
    await hand.time.advance(ANSWER_MS * 3);
    expect(reconnects).toEqual([]);
  });

  test("begins a rung higher when a gap follows a cure at once", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    for (const ticker of ["A", "B"]) hear(snapshotOf(ticker));
    await hand.time.advance(1_000);
    hear(deltaOf("A", "5"), seq + 2);
    expect(actions().slice(-2)).toEqual(["unsubscribe", "subscribe"]);
    subscribed(8);
    for (const ticker of ["A", "B"]) hear(snapshotOf(ticker));
    await hand.time.advance(1_000);
    hear(deltaOf("A", "5"), seq + 2);
    expect(reconnects).toHaveLength(1);
  });

  test("begins at the bottom when a gap follows long after", async () => {
    for (let round = 0; round < 4; round++) {
      hear(deltaOf("A", "5"), seq + 2);
      for (const ticker of ["A", "B"]) hear(snapshotOf(ticker));
      await hand.time.advance(60_000);
    }
    expect(actions()).toEqual(["subscribe", ...Array.from({ length: 4 }, () => "get_snapshot")]);
  });

  test.each([7, 10, 17, 25])("begins with a new subscription when the venue ended the old one with %i", (code) => {
    subscription.failed(code, "an error");
    expect(states()).toEqual({ A: "gap", B: "gap" });
    expect(actions().at(-1)).toBe("subscribe");
    subscription.failed(code, "an error again");
    expect(reconnects).toHaveLength(1);
  });

  test("waits for its time when a command was refused for now", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    subscription.failed(27, "too many commands");
    expect(actions()).toEqual(["subscribe", "get_snapshot"]);
    await hand.time.advance(ANSWER_MS);
    expect(actions().at(-1)).toBe("subscribe");
  });

  test("every book is stale while the connection is gone, and the next one begins with a subscription", () => {
    subscription.lost();
    expect(states()).toEqual({ A: "disconnected", B: "disconnected" });
    subscription.begin();
    expect(actions()).toEqual(["subscribe", "subscribe"]);
    expect(states()).toEqual({ A: "disconnected", B: "disconnected" });
    subscribed(1);
    hear(snapshotOf("A"));
    expect(states()).toEqual({ A: "fresh", B: "disconnected" });
  });
});

describe("one market that is wrong by itself", () => {
  test("is asked for at once, and the other stays fresh", () => {
    hear(deltaOf("A", "-11", "0.40"));
    expect(states()).toEqual({ A: "negative_size", B: "fresh" });
    expect(sent.at(-1)?.params).toMatchObject({ market_tickers: ["A"], action: "get_snapshot" });
    hear(snapshotOf("A"));
    expect(states()).toEqual({ A: "fresh", B: "fresh" });
    expect(hand.feed).toEqual(["stale", "resynced"]);
  });

  test("is taken out and in again every minute when it does not come right, and the other stays fresh", async () => {
    for (let round = 0; round < 2; round++) {
      hear(deltaOf("A", "-11", "0.40"));
      if (round === 0) hear(snapshotOf("A"));
    }
    await hand.time.advance(59_999);
    expect(actions()).toEqual(["subscribe", "get_snapshot"]);
    await hand.time.advance(1);
    expect(actions().slice(2)).toEqual(["delete_markets", "add_markets"]);
    await hand.time.advance(60_000);
    expect(actions().slice(4)).toEqual(["delete_markets", "add_markets"]);
    hear(snapshotOf("A"));
    await hand.time.advance(600_000);
    expect(actions()).toHaveLength(6);
    expect(states()).toEqual({ A: "fresh", B: "fresh" });
    expect(reconnects).toEqual([]);
  });

  test("is left for later when its snapshot is wrong in itself", async () => {
    hear(snapshotOf("A", [["0.70", "1"]]));
    expect(states()).toEqual({ A: "crossed", B: "fresh" });
    expect(actions()).toEqual(["subscribe"]);
    await hand.time.advance(60_000);
    expect(actions().slice(1)).toEqual(["delete_markets", "add_markets"]);
  });

  test("does not hold up the others when the venue knows nothing of it", async () => {
    start(["A", "NONE"]);
    subscription.begin();
    subscribed();
    hear(snapshotOf("A"));
    await hand.time.advance(ANSWER_MS * 10);
    expect(states()).toEqual({ A: "fresh", NONE: "empty" });
    expect(actions()).toEqual(["subscribe"]);
    expect(reconnects).toEqual([]);
  });

  test("is not waited for when the venue refuses it by name", async () => {
    start(["A", "NONE"]);
    subscription.begin();
    subscription.refused(["NONE"]);
    subscribed();
    hear(snapshotOf("A"));
    await hand.time.advance(ANSWER_MS * 2);
    expect(hand.feed).toEqual([]);
  });
});

describe("a doubt of somebody else", () => {
  test("makes the book stale until its snapshot, and counts again only after a minute", async () => {
    subscription.distrust("A", "mismatch", "the ticker says otherwise");
    expect(states()).toEqual({ A: "mismatch", B: "fresh" });
    hear(snapshotOf("A"));
    await hand.time.advance(30_000);
    subscription.distrust("A", "mismatch", "the ticker says so again");
    expect(states()).toEqual({ A: "fresh", B: "fresh" });
    await hand.time.advance(30_000);
    subscription.distrust("A", "mismatch", "the ticker says so again");
    expect(states()).toEqual({ A: "mismatch", B: "fresh" });
    expect(actions()).toEqual(["subscribe", "get_snapshot", "get_snapshot"]);
  });
});

describe("a question without a reason", () => {
  test("changes nothing when the answer is the book", async () => {
    subscription.verify(["A"]);
    expect(sent.at(-1)?.params).toMatchObject({ market_tickers: ["A"], action: "get_snapshot" });
    hear(snapshotOf("A"));
    await hand.time.advance(ANSWER_MS * 3);
    expect(hand.feed).toEqual([]);
    expect(actions()).toHaveLength(2);
  });

  test("shows a book that was wrong without a gap", () => {
    subscription.verify(["A"]);
    hear(snapshotOf("A", [["0.40", "11"]]));
    expect(hand.feed).toEqual(["error"]);
    expect(market("A").book.best("bids")).toEqual(["0.4", "11"]);
  });

  test("that nobody answers makes the book stale, and the ladder goes on", async () => {
    subscription.verify(["A"]);
    await hand.time.advance(ANSWER_MS);
    // Between two subscriptions the other is not certain either.
    expect(states()).toEqual({ A: "silent", B: "resync" });
    expect(actions().slice(2)).toEqual(["unsubscribe", "subscribe"]);
    await hand.time.advance(ANSWER_MS);
    expect(reconnects).toHaveLength(1);
  });

  test("is not asked of books that are stale anyway, nor while the ladder stands", () => {
    subscription.distrust("A", "mismatch", "the ticker says otherwise");
    const before = actions().length;
    subscription.verify(["A", "B"]);
    expect(actions()).toHaveLength(before);
  });
});

describe("a market that is followed no longer", () => {
  test("leaves the others as they are, and what comes of it is not heeded", async () => {
    subscription.remove(["A"]);
    expect(sent.at(-1)?.params).toEqual({ sids: [SID], market_tickers: ["A"], action: "delete_markets" });
    expect(states()).toEqual({ A: "disconnected", B: "fresh" });
    hear(snapshotOf("A"));
    hear(deltaOf("B", "5"));
    expect(states()).toEqual({ A: "disconnected", B: "fresh" });
    expect(market("B").book.best("bids")).toEqual(["0.41", "5"]);
    await hand.time.advance(ANSWER_MS * 10);
    expect(hand.feed).toEqual([]);
  });

  test("was the last one in trouble: the trouble is over", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    hear(snapshotOf("B"));
    subscription.remove(["A"]);
    await hand.time.advance(ANSWER_MS * 10);
    expect(hand.feed).toEqual(["gap", "resynced"]);
    expect([states(), reconnects]).toEqual([{ A: "gap", B: "fresh" }, []]);
  });

  test("was the last one: the subscription ends, and nothing more is asked for", async () => {
    hear(deltaOf("A", "5"), seq + 2);
    subscription.remove(["A", "B"]);
    expect(sent.at(-1)).toMatchObject({ cmd: "unsubscribe", params: { sids: [SID] } });
    const { length } = sent;
    await hand.time.advance(ANSWER_MS * 10);
    expect([sent.length, reconnects, subscription.size]).toEqual([length, [], 0]);
  });

  test("was the last one of a subscription that was never answered: it asks for no new connection", async () => {
    start(["A"]);
    subscription.begin();
    subscription.remove(["A"]);
    await hand.time.advance(ANSWER_MS * 10);
    expect([actions(), reconnects]).toEqual([["subscribe"], []]);
  });
});
