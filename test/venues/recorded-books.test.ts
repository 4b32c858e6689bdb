import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { micros, parseTime } from "../../src/base/time.ts";
import { type BookLevel, type BookLevels, type BookState, OrderBook } from "../../src/domain/order-book.ts";
import { DiffSequence, StepSequence } from "../../src/domain/order-book-sequence.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const KALSHI = "data/kalshi-websocket";
const BINANCE = "data/binance-futures/btcusdt_20240808.gz";
const EVENTS = "data/two-venue-events";

const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(testData(path)))
    .toString("utf8")
    .trimEnd()
    .split("\n");

interface Envelope {
  readonly event_type: string;
  readonly market_ticker: string;
  readonly sequence_number: number;
  readonly exchange_ts: string | null;
  readonly local_recv_ns: number;
  readonly payload_json: {
    readonly yes_dollars_fp?: readonly BookLevel[];
    readonly no_dollars_fp?: readonly BookLevel[];
    readonly side?: "yes" | "no";
    readonly price_dollars?: string;
    readonly delta_fp?: string;
  };
}

interface Checkpoint {
  readonly market_ticker: string;
  readonly sequence_number: number;
  readonly yes_bid_prices: readonly number[];
  readonly yes_bid_sizes: readonly number[];
  readonly no_bid_prices: readonly number[];
  readonly no_bid_sizes: readonly number[];
}

/** Nearer to 0 and 1 the recorder rounds tenths of cents, so its own books are not right there. */
const isExact = (cents: number): boolean => cents >= 11 && cents <= 88;

/** The levels of a side in whole cents of their own leg, as checkpoints have them. */
const inCents = (levels: readonly (readonly [string, string])[], leg: "yes" | "no"): [number, number][] =>
  levels.map(([price, size]) => {
    const own = leg === "yes" ? Number(price) : 1 - Number(price);
    return [Math.round(own * 1e4) / 100, Number(size)];
  });

const pairs = (prices: readonly number[], sizes: readonly number[]): [number, number][] =>
  prices.map((price, index) => [price, sizes[index] ?? Number.NaN]);

/** The part of two lists of levels that the recorder had right: from the best on, as long as it is exact. */
function sameWhereExact(ours: [number, number][], theirs: [number, number][]): { same: boolean; levels: number } {
  const exact = theirs.filter(([cents]) => isExact(cents));
  const wanted = ours.filter(([cents]) => isExact(cents)).slice(0, exact.length);
  return { same: JSON.stringify(wanted) === JSON.stringify(exact), levels: exact.length };
}

function checkpointsOf(segment: string): Map<string, Checkpoint[]> {
  const checkpoints = new Map<string, Checkpoint[]>();
  for (const line of linesOf(`${KALSHI}/book_checkpoints_${segment}.ndjson.gz`)) {
    const checkpoint: Checkpoint = JSON.parse(line);
    const key = `${checkpoint.market_ticker} ${checkpoint.sequence_number}`;
    checkpoints.set(key, [...(checkpoints.get(key) ?? []), checkpoint]);
  }
  return checkpoints;
}

/** How many levels of a checkpoint are exact; undefined when one of them is not the book's. */
function sameLevels(book: OrderBook, checkpoint: Checkpoint): number | undefined {
  const { yes_bid_prices, yes_bid_sizes, no_bid_prices, no_bid_sizes } = checkpoint;
  const yes = sameWhereExact(inCents(book.top("bids", 999), "yes"), pairs(yes_bid_prices, yes_bid_sizes));
  const no = sameWhereExact(inCents(book.top("asks", 999), "no"), pairs(no_bid_prices, no_bid_sizes));
  return yes.same && no.same ? yes.levels + no.levels : undefined;
}

/** What has a number: snapshots and deltas. */
const envelopesOf = (segment: string): Envelope[] =>
  linesOf(`${KALSHI}/raw_events_${segment}.ndjson.gz`)
    .map((line) => JSON.parse(line))
    .filter(({ sequence_number }) => sequence_number !== null);

function followKalshi(segment: string) {
  const checkpoints = checkpointsOf(segment);
  const [books, sequence] = [new Map<string, OrderBook>(), new StepSequence()];
  const found = { deltas: 0, gaps: 0, checked: 0, levels: 0, wrong: [] as string[], faults: [] as BookState[] };
  const check = (book: OrderBook, key: string): void => {
    const levels = (checkpoints.get(key) ?? []).map((checkpoint) => sameLevels(book, checkpoint));
    found.checked += levels.length;
    for (const count of levels) found.levels += count ?? 0;
    if (levels.includes(undefined)) found.wrong.push(key);
  };
  for (const envelope of envelopesOf(segment)) {
    const { market_ticker: market, sequence_number: seq } = envelope;
    // The first of a connection.
    if (seq === 1) sequence.reset();
    if (sequence.accept(seq) !== "next") found.gaps++;
    const book = books.get(market) ?? new OrderBook({ payout: "1" });
    books.set(market, book);
    const state = takeKalshi(book, envelope);
    if (envelope.event_type === "orderbook_delta") found.deltas++;
    if (state.kind === "stale") found.faults.push(state);
    check(book, `${market} ${seq}`);
  }
  return { ...found, checkpoints: [...checkpoints.values()].flat().length };
}

function takeKalshi(book: OrderBook, envelope: Envelope): BookState {
  const { event_type, payload_json: told, local_recv_ns, exchange_ts } = envelope;
  const times = { receivedAt: micros(Math.round(local_recv_ns / 1000)), venueAt: parseTime(exchange_ts) };
  if (event_type === "orderbook_snapshot") {
    return book.snapshot({ bids: told.yes_dollars_fp ?? [], noBids: told.no_dollars_fp ?? [] }, times);
  }
  const levels: BookLevel[] = [[told.price_dollars ?? "", told.delta_fp ?? ""]];
  return book.add(told.side === "yes" ? { bids: levels } : { noBids: levels }, times);
}

requireTestData(KALSHI)("books of the recorded Kalshi sessions", () => {
  test.each(["20260514T010859Z", "20260514T014324Z"])(
    "%s have no gap, no fault, and are those of every checkpoint between 11 and 88 cents",
    (segment) => {
      const { gaps, faults, wrong, deltas, checked, levels, checkpoints } = followKalshi(segment);
      expect({ gaps, faults, wrong }).toEqual({ gaps: 0, faults: [], wrong: [] });
      expect(deltas).toBeGreaterThan(50_000);
      expect([checked, levels > 2_000]).toEqual([checkpoints, true]);
    },
    60_000,
  );
});

interface Depth {
  readonly e: "depthUpdate";
  readonly U: number;
  readonly u: number;
  readonly pu: number;
  readonly b: readonly BookLevel[];
  readonly a: readonly BookLevel[];
}

interface Ticker {
  readonly e: "bookTicker";
  readonly u: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

const topOf = ({ b, B, a, A }: Ticker): string => [b, B, a, A].map(Number).join(" ");

/** The book's top after each depth update, and what bookTicker said. */
function followBinance() {
  const [book, sequence] = [new OrderBook(), new DiffSequence()];
  const times = { receivedAt: micros(0) };
  const held: Depth[] = [];
  const tickers: Ticker[] = [];
  const tops: { u: number; top: string }[] = [];
  const take = (depth: Depth): void => {
    const step = sequence.accept({ first: depth.U, last: depth.u, previous: depth.pu });
    if (step === "gap") throw new Error(`gap at ${depth.u}`);
    if (step === "repeat") return;
    const state = book.set({ bids: depth.b, asks: depth.a }, times);
    if (state.kind !== "fresh") throw new Error(`${JSON.stringify(state)} at ${depth.u}`);
    tops.push({ u: depth.u, top: [book.best("bids"), book.best("asks")].flat().map(Number).join(" ") });
  };
  for (const line of linesOf(BINANCE)) {
    const { data, lastUpdateId, bids, asks } = JSON.parse(line.slice(line.indexOf(" ") + 1));
    const isBegun = book.state.kind !== "empty";
    if (lastUpdateId !== undefined && !isBegun) {
      book.snapshot({ bids, asks }, times);
      sequence.snapshot(lastUpdateId);
      for (const depth of held) take(depth);
    } else if (data?.e === "bookTicker") tickers.push(data);
    else if (data?.e === "depthUpdate" && isBegun) take(data);
    else if (data?.e === "depthUpdate") held.push(data);
  }
  return { tops, tickers };
}

requireTestData(BINANCE)("the book of the recorded Binance session", () => {
  test("is bookTicker's at every update that both describe", () => {
    const { tops, tickers } = followBinance();
    const sorted = tickers.toSorted((a, b) => a.u - b.u);
    let [exact, newest] = [0, -1];
    const wrong: number[] = [];
    for (const { u, top } of tops) {
      while ((sorted[newest + 1]?.u ?? Number.POSITIVE_INFINITY) <= u) newest++;
      // Each change of the top has a bookTicker: the newest one up to an update is the top after it.
      const ticker = sorted[newest];
      if (ticker?.u === u) exact++;
      if (ticker !== undefined && top !== topOf(ticker)) wrong.push(u);
    }
    expect(wrong).toEqual([]);
    expect([tops.length > 6_000, exact > 500]).toEqual([true, true]);
  }, 60_000);
});

requireTestData(EVENTS)("the books of one event at Polymarket", () => {
  interface Row {
    readonly time: number;
    readonly type: string;
    readonly side: "BUY" | "SELL";
    readonly level: BookLevel;
  }

  const rowsOf = (file: string): Row[] =>
    linesOf(`${EVENTS}/${file}`)
      .slice(1)
      .map((line) => {
        const [time = "", type = "", price = "", side = "", size = ""] = line.split(",");
        return { time: parseTime(time) ?? 0, type, side: side === "BUY" ? "BUY" : "SELL", level: [price, size] };
      });

  const sideOf = (side: Row["side"], ofNo: boolean): keyof BookLevels =>
    ofNo ? (side === "BUY" ? "noBids" : "noAsks") : side === "BUY" ? "bids" : "asks";

  /** The changes of each moment in the order in which they came, as changes of the one book. */
  const byMoment = (rows: readonly Row[], ofNo: boolean): Map<number, ((book: OrderBook) => void)[]> => {
    const moments = new Map<number, ((book: OrderBook) => void)[]>();
    for (const { time, type, side, level } of rows) {
      if (type !== "price_change") continue;
      const times = { receivedAt: micros(time), venueAt: micros(time) };
      moments.set(time, [...(moments.get(time) ?? []), (book) => book.set({ [sideOf(side, ofNo)]: [level] }, times)]);
    }
    return moments;
  };

  const take = (book: OrderBook, changes: readonly ((book: OrderBook) => void)[]): void => {
    for (const change of changes) change(book);
  };

  const textOf = (book: OrderBook) => JSON.stringify([book.state, book.top("bids", 99), book.top("asks", 99)]);

  const fresh = (): OrderBook => {
    const book = new OrderBook({ payout: "1" });
    book.snapshot({}, { receivedAt: micros(0) });
    return book;
  };

  test("of YES, of NO, and of both together are one and the same book, no size in it twice", () => {
    const yes = byMoment(rowsOf("Polymarket_Jokic_YES.csv.gz"), false);
    const no = byMoment(rowsOf("Polymarket_Jokic_NO.csv.gz"), true);
    const moments = [...new Set([...yes.keys(), ...no.keys()])].sort((a, b) => a - b);
    let [ofYes, ofNo, ofBoth] = [fresh(), fresh(), fresh()];
    let deepest = 0;
    const different: number[] = [];
    for (const time of moments) {
      const [changes, mirrored] = [yes.get(time) ?? [], no.get(time) ?? []];
      take(ofYes, changes);
      take(ofNo, mirrored);
      take(ofBoth, [...changes, ...mirrored]);
      deepest = Math.max(deepest, ofBoth.levels("bids") + ofBoth.levels("asks"));
      if (new Set([ofYes, ofNo, ofBoth].map(textOf)).size > 1) different.push(time);
      // The recording lacks the depth below its first books: a side can be crossed by what it was never told of.
      if (!ofBoth.isFresh) [ofYes, ofNo, ofBoth] = [fresh(), fresh(), fresh()];
    }
    expect(different).toEqual([]);
    expect([moments.length > 5_000, deepest > 40]).toEqual([true, true]);
  });
});
