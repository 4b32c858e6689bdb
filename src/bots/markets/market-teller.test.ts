import { beforeEach, describe, expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { OrderBook } from "../../domain/order-book.ts";
import type { WatchedMarket } from "../../venues/core/sink.ts";
import { PlayTime } from "../../venues/recording/play-time.ts";
import { MarketTeller, type ToldEvent } from "./market-teller.ts";

const START = 1_000_000_000;

let time: PlayTime;
let told: ToldEvent[];
let teller: MarketTeller;

const at = (ms: number): number => START + ms * 1_000;
const until = (ms: number): void => {
  while (time.step(at(ms)));
};
const bids = (): unknown[] => told.filter(({ type }) => type === "book").map((event) => event["bids"]);

function watched(symbol = "X", marksFromBook = true): WatchedMarket {
  const book = new OrderBook({ payout: "1" });
  book.snapshot({ bids: [["0.40", "1"]], asks: [["0.50", "3"]] }, { receivedAt: micros(at(0)) });
  return { venue: "v", symbol, book, marksFromBook };
}

function change(market: WatchedMarket, size: string, venueAt?: number): void {
  market.book.set(
    { bids: [["0.40", size]] },
    { receivedAt: time.now(), venueAt: venueAt === undefined ? undefined : micros(venueAt) },
  );
  teller.bookChanged(market);
}

beforeEach(() => {
  time = new PlayTime(micros(START));
  told = [];
  teller = new MarketTeller({
    now: time.now,
    timers: time,
    report: (event) => told.push(event),
    everyMs: 100,
    levels: 2,
  });
  teller.start();
});

test("nothing is told while what was told before is still on its way, and the newest of it afterwards", () => {
  let isBehind = true;
  const told: ToldEvent[] = [];
  const slow = new MarketTeller({
    now: time.now,
    timers: time,
    report: (event) => told.push(event),
    everyMs: 100,
    levels: 2,
    isBehind: () => isBehind,
  });
  slow.start();
  until(100);
  const market = watched();
  for (let size = 1; size <= 9; size++) {
    market.book.set({ bids: [["0.40", String(size)]] }, { receivedAt: time.now() });
    slow.bookChanged(market);
    slow.marked({ venue: "v", symbol: "Y", price: String(size) });
    until(100 + size * 1_000);
  }
  expect(told).toEqual([]);
  isBehind = false;
  until(9_300);
  expect(told.map((event) => event["price"] ?? event["bids"])).toEqual([[["0.4", "9"]], "0.45", "9"]);
  slow.stop();
});

describe("the book of a market", () => {
  test("is told at once when it was quiet, with its mark and the venue's time", () => {
    const market = watched();
    until(5);
    change(market, "7", at(2));
    expect(told).toEqual([
      {
        type: "book",
        ts: "1970-01-01T00:16:40.005Z",
        venue: "v",
        symbol: "X",
        bids: [["0.4", "7"]],
        asks: [["0.5", "3"]],
        venue_ts: "1970-01-01T00:16:40.002Z",
      },
      { type: "mark", venue: "v", symbol: "X", price: "0.45", bid: "0.4", ask: "0.5" },
    ]);
  });

  test("is told once for many changes, and then as the newest of them left it", () => {
    const market = watched();
    for (let count = 1; count <= 99; count++) {
      until(count);
      change(market, String(count));
    }
    expect(bids()).toEqual([[["0.4", "1"]]]);
    until(400);
    expect(bids()).toEqual([[["0.4", "1"]], [["0.4", "99"]]]);
    expect(teller.counts).toMatchObject({ changes: 99, books: 2, marks: 1 });
  });

  test("does not keep another one waiting", () => {
    const [one, other] = [watched("X"), watched("Y")];
    change(one, "1");
    change(other, "2");
    expect(told.filter(({ type }) => type === "book").map(({ symbol }) => symbol)).toEqual(["X", "Y"]);
  });

  test("is told again while nothing changes and it is right, for now and without the venue's time", () => {
    change(watched(), "7", at(-10));
    until(5_000);
    const books = told.filter(({ type }) => type === "book");
    expect(books.map((event) => [event["ts"], event["venue_ts"]])).toEqual([
      ["1970-01-01T00:16:40.000Z", "1970-01-01T00:16:39.990Z"],
      ["1970-01-01T00:16:42.000Z", undefined],
      ["1970-01-01T00:16:44.000Z", undefined],
    ]);
  });

  test("is not told while it is in doubt, and at once when it is right again", () => {
    const market = watched();
    change(market, "1");
    market.book.markStale("gap");
    teller.bookChanged(market);
    until(60_000);
    expect(bids()).toHaveLength(1);
    market.book.snapshot({ bids: [["0.41", "2"]] }, { receivedAt: time.now() });
    teller.bookChanged(market);
    expect(bids().at(-1)).toEqual([["0.41", "2"]]);
  });

  test("makes no mark with one side only, nor where the venue tells its own", () => {
    const half = watched("H");
    half.book.snapshot({ bids: [["0.4", "1"]] }, { receivedAt: time.now() });
    teller.bookChanged(half);
    change(watched("O", false), "1");
    expect(told.map(({ type }) => type)).toEqual(["book", "book"]);
  });
});

test("marks of the venue are told as books are: at once, then the newest at its turn", () => {
  for (let count = 0; count < 50; count++) {
    until(count);
    teller.marked({ venue: "v", symbol: "X", price: String(count) });
  }
  until(1_000);
  expect(told.map(({ price }) => price)).toEqual(["0", "49"]);
});

test("what else connectors tell goes on as it is, and trades are counted", () => {
  teller.tell({ type: "feed", venue: "v", kind: "gap" });
  teller.traded();
  expect(told).toEqual([{ type: "feed", venue: "v", kind: "gap" }]);
  expect(teller.counts).toMatchObject({ events: 1, trades: 1 });
});

test("what waits is told when it is stopped, and nothing after that", () => {
  const market = watched();
  for (const size of ["1", "2", "3"]) change(market, size);
  teller.stop();
  until(60_000);
  expect(bids()).toEqual([[["0.4", "1"]], [["0.4", "3"]]]);
});
