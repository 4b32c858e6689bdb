import { generateKeyPairSync } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { seededRandom } from "../src/base/random.ts";
import { micros } from "../src/base/time.ts";
import { type BookLevel, OrderBook } from "../src/domain/order-book.ts";
import { unitsOf } from "../src/domain/order-book-units.ts";
import { FeedReport } from "../src/venues/core/feed.ts";
import { Secret } from "../src/venues/core/secret.ts";
import type { VenueSink } from "../src/venues/core/sink.ts";
import { kalshi } from "../src/venues/kalshi/kalshi.ts";
import { readForeign } from "../src/venues/recording/foreign-file.ts";
import { Player } from "../src/venues/recording/player.ts";
import { type CcxtBook, ccxtBooks } from "./books-ccxt.ts";
import {
  areThere,
  type BinanceFrame,
  binanceSession,
  KALSHI_FILE,
  type KalshiFrame,
  kalshiSession,
  type Session,
} from "./books-data.ts";
import type { Measure } from "./report.ts";

const ROUNDS = 12;
const PLAYS = 100;
const TIMES = { receivedAt: micros(0) };
const MILLION = 1_000_000;

type Work = () => unknown;

/** Level updates of books on recorded sessions, beside ccxt's book and beside parsing alone; memory over many plays. */
export async function books(): Promise<Measure[]> {
  if (!areThere()) {
    console.log("  no recordings of Binance and Kalshi: DESKWATCH_TEST_DATA names their folder");
    return [];
  }
  const ccxt = await ccxtBooks();
  if (typeof ccxt === "string") console.log(`  ${ccxt}`);
  const newCcxt = typeof ccxt === "string" ? undefined : ccxt;
  const [binance, contracts] = [binanceSession(), kalshiSession()];
  const ofBinance: Works = {
    own: ownBinance(binance),
    ccxt: newCcxt && ccxtBinance(binance, newCcxt),
    note: "its numbers ready made",
    target: { target: { min: 8 } },
  };
  const [own, theirs] = [ownKalshi(contracts), newCcxt && ccxtKalshi(contracts, newCcxt)];
  if (theirs !== undefined) assertSame(own.book(), theirs());
  // One level in each frame: whoever keeps such a book spends most of the time on reading two decimals.
  const ofKalshi: Works = {
    own,
    ccxt: theirs,
    note: "reads the texts too; two sides in floats",
    texts: () => readTexts(contracts),
  };
  return [
    ...sideBySide("Binance", binance, ofBinance),
    ...sideBySide("Kalshi", contracts, ofKalshi),
    ...depths(),
    ...(await plays()),
  ];
}

interface Works {
  readonly own: { readonly book: Work; readonly parseAndBook: Work };
  readonly ccxt: Work | undefined;
  /** How ccxt's is fed. */
  readonly note: string;
  /** Walks over the frames and reads their decimals, and does nothing with them: no book can be quicker. */
  readonly texts?: Work;
  /** What book alone ÷ ccxt's has to be, if anything. */
  readonly target?: Pick<Measure, "target">;
}

/** All works in turn, round by round, so that a noisy machine is the same noise for each. */
function sideBySide(name: string, { texts, updates }: Session<unknown>, works: Works): Measure[] {
  const { own, ccxt, texts: readAlone, note, target } = works;
  const parse = (): unknown => texts.reduce((sum, text) => sum + (JSON.parse(text) === null ? 1 : 0), 0);
  const beside = { ...(ccxt === undefined ? {} : { ccxt }), ...(readAlone === undefined ? {} : { readAlone }) };
  const rates = inTurn({ ...own, parse, ...beside }, updates);
  const rate = (work: string): number => rates.get(work) ?? Number.NaN;
  const unit = "M levels/s";
  return [
    { name: `${name}: book alone`, actual: rate("book"), unit },
    ...(ccxt === undefined
      ? []
      : [
          { name: `${name}: ccxt's book alone`, actual: rate("ccxt"), unit, note },
          { name: `${name}: book ÷ ccxt's`, actual: rate("book") / rate("ccxt"), unit: "×", ...target },
        ]),
    ...(readAlone === undefined
      ? []
      : [
          { name: `${name}: reading its decimals alone`, actual: rate("readAlone"), unit },
          { name: `${name}: book ÷ reading`, actual: rate("book") / rate("readAlone"), unit: "ratio" },
        ]),
    { name: `${name}: JSON.parse alone`, actual: rate("parse"), unit },
    { name: `${name}: parse and book`, actual: rate("parseAndBook"), unit },
    {
      name: `${name}: parse and book ÷ parse`,
      actual: rate("parseAndBook") / rate("parse"),
      unit: "ratio",
      target: { min: 0.35 },
    },
  ];
}

/** Millions of updates a second of each work, in the round that the machine disturbed least. */
function inTurn(works: Readonly<Record<string, Work>>, updates: number): Map<string, number> {
  const took = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const begin = performance.now();
      work();
      took.set(name, [...(took.get(name) ?? []), (performance.now() - begin) / 1000]);
    }
  }
  return new Map([...took].map(([name, times]) => [name, updates / MILLION / Math.min(...times)]));
}

function ownBinance({ frames, texts }: Session<BinanceFrame>): Works["own"] {
  const started = (): OrderBook => {
    const book = new OrderBook();
    book.snapshot({}, TIMES);
    return book;
  };
  const take = (book: OrderBook, { data }: BinanceFrame): void => {
    book.set({ bids: data.b, asks: data.a }, TIMES);
    if (!book.isFresh) throw new Error(`the book is ${book.state.kind}`);
  };
  return {
    book: () => {
      const book = started();
      for (const frame of frames) take(book, frame);
    },
    parseAndBook: () => {
      const book = started();
      for (const text of texts) take(book, JSON.parse(text));
    },
  };
}

function ownKalshi({ frames, texts }: Session<KalshiFrame>): {
  readonly book: () => OrderBook;
  readonly parseAndBook: Work;
} {
  const take = (book: OrderBook, { type, msg }: KalshiFrame): void => {
    const times = { receivedAt: micros(0), venueAt: micros(msg.ts_ms) };
    if (type === "orderbook_snapshot")
      book.snapshot({ bids: msg.yes_dollars_fp ?? [], noBids: msg.no_dollars_fp ?? [] }, times);
    else {
      book.addLevel(msg.side === "yes" ? "bids" : "noBids", [msg.price_dollars, msg.delta_fp], times);
    }
    if (book.state.kind === "stale") throw new Error(`the book is stale: ${book.state.reason}`);
  };
  return {
    book: () => {
      const book = new OrderBook({ payout: "1" });
      for (const frame of frames) take(book, frame);
      return book;
    },
    parseAndBook: () => {
      const book = new OrderBook({ payout: "1" });
      for (const text of texts) take(book, JSON.parse(text));
    },
  };
}

function readTexts({ frames }: Session<KalshiFrame>): number {
  let sum = 0;
  for (const { type, msg } of frames) {
    if (type === "orderbook_delta") sum += unitsOf(msg.price_dollars, 4) + unitsOf(msg.delta_fp, 2);
  }
  return sum;
}

/** ccxt's book gets its numbers ready made: it is timed for keeping a book, not for reading decimals. */
function ccxtBinance({ frames }: Session<BinanceFrame>, newBook: () => CcxtBook): Work {
  const numbers = (levels: readonly BookLevel[]) =>
    levels.map(([price, size]) => [Number(price), Number(size)] as const);
  const ready = frames.map(({ data }) => ({ bids: numbers(data.b), asks: numbers(data.a) }));
  return () => {
    const book = newBook();
    for (const { bids, asks } of ready) {
      for (const level of asks) book.asks.storeArray(level);
      for (const level of bids) book.bids.storeArray(level);
    }
  };
}

/** It knows sizes, but no changes of sizes: whoever keeps it for Kalshi reads the texts and keeps the sizes beside it. */
function ccxtKalshi({ frames }: Session<KalshiFrame>, newBook: () => CcxtBook): () => CcxtBook {
  const replay = ({ bids, asks }: CcxtBook): CcxtBook => {
    const sides = { yes: bids, no: asks };
    const sizes = { yes: new Map<number, number>(), no: new Map<number, number>() };
    const put = (leg: "yes" | "no", price: number, size: number): void => {
      sizes[leg].set(price, size);
      sides[leg].storeArray([price, size]);
    };
    const replace = ({ yes_dollars_fp: yes = [], no_dollars_fp: no = [] }: KalshiFrame["msg"]): void => {
      for (const [price, size] of yes) put("yes", Number(price), Number(size));
      for (const [price, size] of no) put("no", Number(price), Number(size));
    };
    for (const { type, msg } of frames) {
      if (type === "orderbook_snapshot") replace(msg);
      else {
        const price = Number(msg.price_dollars);
        const size = (sizes[msg.side].get(price) ?? 0) + Number(msg.delta_fp);
        put(msg.side, price, Math.round(size * 100) / 100);
      }
    }
    return { bids, asks };
  };
  return () => replay(newBook());
}

/** Throws when two books of a session hold other levels: they would not have done the same work. */
function assertSame(own: OrderBook, { bids, asks }: CcxtBook): void {
  const textOf = (levels: Iterable<readonly [price: number, size: number]>): string =>
    JSON.stringify([...levels].filter(([, size]) => size > 0).sort(([a], [b]) => a - b));
  const ofYes = own.top("bids", 1_000).map(([price, size]) => [Number(price), Number(size)] as const);
  const ofNo = own
    .top("asks", 1_000)
    .map(([price, size]) => [Number((1 - Number(price)).toFixed(4)), Number(size)] as const);
  if (textOf(ofYes) !== textOf(bids) || textOf(ofNo) !== textOf(asks)) throw new Error("the books are not the same");
}

const UPDATES = 200_000;

/** The same changes all over a side that holds few levels or many. */
function depths(): Measure[] {
  const workAt = (depth: number): Work => {
    const random = seededRandom(1);
    const book = new OrderBook();
    const price = (): string => String(1 + 2 * random.below(depth));
    book.snapshot({ bids: Array.from({ length: depth }, (_, index) => [String(1 + 2 * index), "1"]) }, TIMES);
    const frames = Array.from({ length: UPDATES }, () => ({ bids: [[price(), String(1 + random.below(9))] as const] }));
    // Half of them put a level between two others, and the next takes it away.
    for (let at = 0; at + 1 < UPDATES; at += 4) {
      const between = String(2 * (1 + random.below(depth)));
      frames.splice(at, 2, { bids: [[between, "1"]] }, { bids: [[between, "0"]] });
    }
    return () => {
      for (const frame of frames) book.set(frame, TIMES);
    };
  };
  const rates = inTurn({ shallow: workAt(100), deep: workAt(50_000) }, UPDATES);
  const [shallow, deep] = [rates.get("shallow") ?? Number.NaN, rates.get("deep") ?? Number.NaN];
  return [
    { name: "updates all over 100 levels", actual: shallow, unit: "M levels/s" },
    { name: "updates all over 50,000 levels", actual: deep, unit: "M levels/s" },
    { name: "cost at 500 times the depth", actual: shallow / deep, unit: "×", target: { max: 4 } },
  ];
}

/** A recorded session played to the connector again and again. */
async function plays(): Promise<Measure[]> {
  const heapsMb: number[] = [];
  const results = new Set<string>();
  const begin = performance.now();
  for (let play = 0; play < PLAYS; play++) {
    results.add(await playOnce());
    if (play === 9 || play === PLAYS - 1) heapsMb.push(heapMb());
  }
  const [early = Number.NaN, late = Number.NaN] = heapsMb;
  return [
    { name: `one play of 15 minutes of Kalshi`, actual: (performance.now() - begin) / 1000 / PLAYS, unit: "s" },
    { name: "different results of 100 plays", actual: results.size, unit: "", target: { max: 1 } },
    { name: "heap after 10 plays", actual: early, unit: "MB" },
    { name: "heap after 100 plays ÷ after 10", actual: late / early, unit: "ratio", target: { max: 1.1 } },
  ];
}

const PRIVATE_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

async function playOnce(): Promise<string> {
  const player = await Player.open({
    batches: readForeign(KALSHI_FILE),
    sleep: async () => undefined,
    nowMs: () => 0,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const found = { books: 0, fresh: 0, told: 0, levels: 0 };
  const sink: VenueSink = {
    bookChanged: ({ book }) => {
      found.books++;
      if (book.isFresh) found.fresh++;
      found.levels += book.levels("bids") + book.levels("asks");
    },
    marked: () => found.told++,
    traded: () => found.told++,
    tell: () => found.told++,
  };
  const ports = player.ports("kalshi");
  const made = kalshi.connect({
    venue: "kalshi",
    markets: ["KXBTC15M-26MAY132145-45", "KXBTC15M-26MAY132200-00"],
    settings: { use_yes_price: "false" },
    secrets: { keyId: new Secret("bench"), privateKey: new Secret(PRIVATE_KEY) },
    context: { venue: "kalshi", ...ports, sink, feed: new FeedReport({ venue: "kalshi", clock: ports.clock, sink }) },
  });
  if (!made.ok) throw new Error(made.error);
  made.value.start();
  await player.play();
  made.value.stop();
  if (found.fresh < 50_000) throw new Error(`only ${found.fresh} fresh books in a play`);
  return JSON.stringify(found);
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
