import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { polymarket } from "../../src/venues/polymarket/polymarket.ts";
import { FakePolymarket } from "../fakes/fake-polymarket.ts";
import { Watching } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

// Longer than any wait in here.
vi.setConfig({ testTimeout: 90_000 });

const SLUG = "rain-in-june";
const YES = "rain-in-june-YES";
const NO = "rain-in-june-NO";

let venue: FakePolymarket;
let desk: Watching;

const watch = (
  settings: Readonly<Record<string, string>> = {},
  markets: readonly string[] = [SLUG],
  speed = 6,
): Watching =>
  new Watching({
    kind: polymarket,
    markets,
    speed,
    settings: { clob_url: venue.httpUrl, gamma_url: venue.httpUrl, ws_url: venue.wsUrl, ...settings },
  });

const isRight = (slug = SLUG, symbol = YES): boolean =>
  desk.equals(symbol, venue.levels(slug, "bids"), venue.levels(slug, "asks"));

const settle = (slug = SLUG, symbol = YES): Promise<void> =>
  waitUntil(`the book of ${slug} is right`, () => isRight(slug, symbol));

const toldStale = (detail: string): Promise<void> =>
  waitUntil(`stale is told: ${detail}`, () => desk.told("stale").some((told) => told.includes(detail)));

beforeEach(async () => {
  venue = await FakePolymarket.start();
  venue.list(SLUG);
});

afterEach(async () => {
  desk.stop();
  await venue.close();
});

describe("a market that is watched", () => {
  test.each(["A", "B", "C"] as const)("its book is the venue's by price changes of generation %s", async (format) => {
    venue.format = format;
    desk = watch();
    await settle();
    venue.change(SLUG, { side: "bids", price: "0.46", size: "12.5" }, { side: "asks", price: "0.48", size: "0" });
    venue.change(SLUG, { side: "asks", price: "0.49", size: "7" });
    await settle();
    expect([desk.book(YES)?.best("bids"), desk.book(YES)?.best("asks")]).toEqual([
      ["0.46", "12.5"],
      ["0.49", "7"],
    ]);
    expect(desk.told("stale")).toEqual([]);
  });

  test("both outcomes are one book, and only the first is told as a book", async () => {
    desk = watch();
    await settle();
    expect(desk.book(YES)?.levels("bids")).toBe(2);
    venue.book(SLUG);
    venue.change(SLUG, { side: "bids", price: "0.46", size: "5" });
    await settle();
    expect(desk.book(YES)?.levels("bids")).toBe(3);
    expect([...desk.markets.keys()]).toEqual([YES]);
  });

  test("the second outcome has the mirror of the first as its mark", async () => {
    desk = watch();
    await settle();
    await waitUntil("the mark is told", () => desk.marks.length > 0);
    expect(desk.marks[0]).toEqual({ venue: "polymarket", symbol: NO, price: "0.535", bid: "0.52", ask: "0.55" });
    venue.change(SLUG, { side: "bids", price: "0.46", size: "1" });
    venue.change(SLUG, { side: "bids", price: "0.47", size: "1" });
    await waitUntil("the newest mark is told", () => desk.marks.at(-1)?.ask === "0.53");
  });

  test("prices without their zero, frames of several messages and unsorted books are read", async () => {
    venue.bareDecimals = true;
    venue.inArrays = true;
    desk = watch();
    await settle();
    venue.change(SLUG, { side: "bids", price: "0.46", size: "3" });
    await settle();
    expect(desk.feed.counts.malformed).toBe(0);
  });

  test("trades name the outcome that was traded", async () => {
    desk = watch();
    await settle();
    venue.trade(SLUG, 0, { price: "0.48", size: "10.5", side: "BUY" });
    venue.trade(SLUG, 1, { price: "0.55", size: "219.217767", side: "sell" });
    await waitUntil("both are told", () => desk.trades.length === 2);
    expect(desk.trades).toMatchObject([
      { symbol: YES, side: "buy", price: "0.48", size: "10.5" },
      { symbol: NO, side: "sell", price: "0.55", size: "219.217767" },
    ]);
  });

  test("a market is found by its condition id too, and by its labels, whatever they are", async () => {
    const condition = venue.list("game-seven", { labels: ["Hawks", "St. Louis"], fees: null });
    desk = watch({}, [condition]);
    await settle("game-seven", "game-seven-HAWKS");
    expect(
      desk.ofType("instrument").map((event) => [event["symbol"], event["outcome"], event["taker_fee_rate"]]),
    ).toEqual([
      ["game-seven-HAWKS", "hawks", "0"],
      ["game-seven-ST._LOUIS", "st. louis", "0"],
    ]);
  });

  test("the book is that of Yes although No is listed first", async () => {
    venue.list("no-first", { labels: ["No", "Yes"] });
    desk = watch({}, ["no-first"]);
    await waitUntil("its book is there", () => desk.isFresh("no-first-YES"));
    // The first token is No: its asks at 0.48 are bids for Yes at 0.52.
    expect(desk.book("no-first-YES")?.best("bids")).toEqual(["0.52", "80"]);
  });

  test("instruments come with tick, fees of the CLOB, category, event and end", async () => {
    desk = watch();
    await settle();
    expect(desk.ofType("instrument")[0]).toEqual({
      type: "instrument",
      venue: "polymarket",
      symbol: YES,
      kind: "binary",
      quote: "USDC",
      payout: "1",
      outcome: "yes",
      tick: "0.01",
      category: "Politics",
      event_id: "event-of-rain-in-june",
      expires_at: "2027-01-31T12:00:00.000Z",
      title: "Will it be so: rain-in-june?",
      fee_model: "polymarket",
      maker_fee_rate: "0",
      taker_fee_rate: "0.04",
      fee_exponent: "1",
      token_id: venue.token(SLUG, 0),
      condition_id: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      market_slug: SLUG,
    });
  });

  test("a market that the venue does not have is an error, and is watched once it has it", async () => {
    desk = watch({}, [SLUG, "to-come"], 40);
    await waitUntil("the error is told", () =>
      desk.told("error").some((told) => told.includes("nothing is known of to-come")),
    );
    await settle();
    venue.list("to-come");
    await settle("to-come", "to-come-YES");
  });

  test("many markets are spread over connections, a hundred on each", async () => {
    const slugs = Array.from({ length: 120 }, (_, index) => `market-${index}`);
    for (const slug of slugs) venue.list(slug);
    desk = watch({}, slugs);
    await waitUntil("all are fresh", () => slugs.every((slug) => desk.isFresh(`${slug}-YES`)));
    expect(venue.shards.toSorted((a, b) => a - b)).toEqual([40, 200]);
  });
});

describe("what the stream does not say", () => {
  test("a lost change is seen by the best prices of the next, and a new book makes it right", async () => {
    desk = watch();
    await settle();
    venue.loseNext();
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    venue.change(SLUG, { side: "asks", price: "0.5", size: "1" });
    await toldStale("the venue's top is 0.46 / 0.48, the book has 0.45 / 0.48");
    await settle();
  });

  test("a lost change is seen by best_bid_ask when it stays away", async () => {
    desk = watch();
    await settle();
    venue.loseNext();
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    venue.best(SLUG);
    await toldStale("best_bid_ask says 0.46 / 0.48, the book has 0.45 / 0.48");
    await settle();
  });

  test("best_bid_ask that comes before its change is waited for", async () => {
    desk = watch();
    await settle();
    venue.best(SLUG, { bid: "0.46", ask: "0.48" });
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    await settle();
    venue.change(SLUG, { side: "bids", price: "0.30", size: "9" });
    await settle();
    expect(desk.told("stale")).toEqual([]);
  });

  test("an empty best price says nothing, and leads to a look at REST", async () => {
    desk = watch();
    await settle();
    venue.best(SLUG, { bid: "0.45", ask: "" });
    await waitUntil("REST is looked at", () => venue.asked("/books") > 0);
    expect(isRight()).toBe(true);
    expect(desk.told("stale")).toEqual([]);
  });

  test("a lie about a deep level is seen by the round of looks at REST", async () => {
    desk = watch({ reconcile_ms: "5000" });
    await settle();
    venue.lie(SLUG, { side: "bids", price: "0.2", size: "4000" });
    await toldStale("REST tells another book");
    await settle();
  });

  test("a market whose stream has stopped is seen by a look at REST, on a new connection", async () => {
    desk = watch({ silent_ms: "5000" });
    await settle();
    const before = venue.connections;
    venue.freeze(SLUG);
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    await toldStale("REST tells another book");
    venue.thaw(SLUG);
    await settle();
    expect(venue.connections).toBeGreaterThan(before);
  });

  test("a market at rest is not taken for a stopped one", async () => {
    desk = watch({ silent_ms: "2000" });
    await settle();
    await waitUntil("REST was looked at twice", () => venue.asked("/books") >= 2);
    expect({ fresh: desk.isFresh(YES), connections: venue.connections }).toEqual({ fresh: true, connections: 1 });
  });

  test("REST that is behind the stream changes nothing", async () => {
    desk = watch({ silent_ms: "2000" });
    await settle();
    venue.keepOldBook(SLUG);
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    await settle();
    await waitUntil("REST was looked at twice", () => venue.asked("/books") >= 2);
    expect(desk.told("stale")).toEqual([]);
  });

  test("a ghost of a book at REST is looked at again before it is believed", async () => {
    desk = watch({ silent_ms: "2000" });
    await settle();
    venue.ghost(SLUG, true);
    await waitUntil("REST was looked at", () => venue.asked("/books") >= 1);
    venue.ghost(SLUG, false);
    await waitUntil("REST was looked at again", () => venue.asked("/books") >= 3);
    expect(desk.told("stale")).toEqual([]);
  });

  test("a change of tick drops the book until a new one comes, and is told as the instrument's", async () => {
    desk = watch();
    await settle();
    venue.changeTick(SLUG, "0.001");
    await toldStale("the tick became 0.001");
    venue.change(SLUG, { side: "bids", price: "0.455", size: "9" });
    await settle();
    await waitUntil("the instrument is told", () =>
      desk.ofType("instrument").some((event) => event["tick"] === "0.001"),
    );
  });

  test.each([
    ["impossible_price", "1.5"],
    ["malformed", "0.4.5"],
  ])("a price that cannot be (%s) makes the book anew", async (reason, price) => {
    desk = watch();
    await settle();
    venue.lie(SLUG, { side: "bids", price, size: "1" });
    await toldStale(reason);
    await settle();
  });

  test("a subscription that brings no book is tried again, and then on a new connection", async () => {
    venue.withoutBooks = true;
    desk = watch({}, [SLUG], 40);
    await waitUntil("it connects again", () => venue.connections >= 2);
    expect(desk.isFresh(YES)).toBe(false);
    venue.withoutBooks = false;
    await settle();
  });
});

describe("a connection in trouble", () => {
  test("its books are stale while it is gone, and right once it is back", async () => {
    desk = watch();
    await settle();
    venue.drop();
    await waitUntil("the loss is told", () => desk.told("disconnected").length === 1);
    expect([...desk.staleSeen]).toEqual(["rain-in-june-YES disconnected"]);
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    await settle();
  });

  test("it says PING in time, and one without an answer is given up", async () => {
    desk = watch({}, [SLUG], 40);
    await settle();
    await waitUntil("it says PING", () => venue.pings >= 2);
    venue.isSilent = true;
    await waitUntil("it is given up", () => desk.told("disconnected").some((told) => told.includes("nothing heard")));
    venue.isSilent = false;
    await settle();
  });

  test("words of the venue are an error of the feed, and unreadable frames are counted", async () => {
    desk = watch();
    await settle();
    for (const text of ["NO NEW ASSETS", "INVALID OPERATION"]) venue.say(text);
    for (const text of ["{", "[1]", '{"event_type":"book"}', '{"event_type":"price_change","asset_id":"1"}', "{}"])
      venue.say(text);
    venue.say('{"event_type":"of_next_year"}');
    await waitUntil("all is counted", () => desk.feed.counts.malformed === 4);
    expect(desk.told("error").filter((told) => told.startsWith("the venue says"))).toHaveLength(3);
    expect(isRight()).toBe(true);
  });
});

describe("the end of a market", () => {
  const settlements = () => desk.ofType("settlement").map((event) => [event["symbol"], event["payout_per_unit"]]);
  const paid = [
    [YES, "1"],
    [NO, "0"],
  ];

  test("is told from the stream, once", async () => {
    desk = watch();
    await settle();
    venue.resolve(SLUG, true);
    await waitUntil("it is told", () => desk.ofType("settlement").length > 0);
    expect(settlements()).toEqual(paid);
    expect(desk.isFresh(YES)).toBe(false);
  });

  test("is found by REST when the stream does not tell it", async () => {
    desk = watch({ reconcile_ms: "3000" });
    await settle();
    venue.resolve(SLUG, false);
    await waitUntil("it is told", () => desk.ofType("settlement").length > 0);
    expect(settlements()).toEqual(paid);
  });
});

test.each([
  [{ ws_url: "nowhere" }, "ws_url is no address such as wss://"],
  [{ clob_url: "ftp://host" }, "clob_url is no address such as https://"],
  [{ silent_ms: "soon" }, "silent_ms and reconcile_ms are numbers above 0"],
])("a setup that cannot work says what to do: %j", (settings, message) => {
  desk = watch();
  expect(() => watch(settings)).toThrow(message);
});
