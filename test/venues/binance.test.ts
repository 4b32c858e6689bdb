import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { binance } from "../../src/venues/binance/binance.ts";
import { FakeBinance } from "../fakes/fake-binance.ts";
import { Watching } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

// Longer than any wait in here.
vi.setConfig({ testTimeout: 90_000 });

const BTC = "BTCUSDT";
const ETH = "ETHUSDT";

let venue: FakeBinance;
let desk: Watching;

const watch = (
  settings: Readonly<Record<string, string>> = {},
  markets: readonly string[] = [BTC],
  speed = 6,
): Watching =>
  new Watching({
    kind: binance,
    markets,
    speed,
    settings: { rest_url: venue.restUrl, ws_url: venue.wsUrl, weight_per_minute: "60000", ...settings },
  });

const isRight = (symbol = BTC): boolean =>
  desk.equals(symbol, venue.levels(symbol, "bids"), venue.levels(symbol, "asks"));

let moves = 0;
/** A change of the book that nobody can take for another. */
const move = (symbol = BTC): void => venue.change(symbol, [{ side: "bids", price: "99.70", size: `${++moves}.001` }]);

/** Moves the market until the connector's book is the venue's. */
const settle = (symbol = BTC): Promise<void> =>
  waitUntil(`the book of ${symbol} is right`, () => {
    if (isRight(symbol)) return true;
    if (venue.watchers(symbol) > 0) move(symbol);
    return false;
  });

beforeEach(async () => {
  venue = await FakeBinance.start([BTC, ETH]);
});

afterEach(async () => {
  desk.stop();
  await venue.close();
});

describe("a market that is watched", () => {
  test("its book is the venue's, through levels that come, change and go", async () => {
    desk = watch();
    await settle();
    venue.change(BTC, [
      { side: "asks", price: "100.05", size: "0.001" },
      { side: "bids", price: "100.00", size: "0.000" },
      { side: "bids", price: "50.00", size: "12345.678" },
    ]);
    await waitUntil("the change is there", () => isRight());
    expect(desk.book(BTC)?.best("asks")).toEqual(["100.05", "0.001"]);
    expect(desk.told("gap")).toEqual([]);
  });

  test("trades and marks come with the side of the taker and exact prices", async () => {
    desk = watch();
    await settle();
    venue.trade(BTC, { price: "100.10", size: "0.250", isBuyerMaker: false });
    venue.trade(BTC, { price: "100.00", size: "0.100", isBuyerMaker: true });
    venue.markPrice(BTC, "100.04371000");
    await waitUntil("all are told", () => desk.trades.length === 2 && desk.marks.length === 1);
    expect(desk.trades).toMatchObject([
      { venue: "binance", symbol: BTC, side: "buy", price: "100.1", size: "0.25" },
      { symbol: BTC, side: "sell", price: "100", size: "0.1" },
    ]);
    expect(desk.marks[0]).toEqual({ venue: "binance", symbol: BTC, price: "100.04371", bid: "100", ask: "100.1" });
  });

  test("its instrument is told once, and a market that the venue does not have is an error", async () => {
    desk = watch({}, [BTC, "NOSUCHUSDT"]);
    await waitUntil("the error is told", () => desk.told("error").some((detail) => detail.includes("NOSUCHUSDT")));
    expect(desk.ofType("instrument")).toEqual([
      {
        type: "instrument",
        venue: "binance",
        symbol: BTC,
        kind: "linear",
        base: "BTC",
        quote: "USDT",
        settle: "USDT",
        multiplier: "1",
        tick: "0.1",
        category: "coin",
        contract_type: "PERPETUAL",
      },
    ]);
  });
});

describe("updates that do not follow one another", () => {
  test("a lost one makes the book stale at the next, and a snapshot makes it right", async () => {
    desk = watch();
    await settle();
    venue.loseNext(1);
    move();
    move();
    await waitUntil("the gap is told", () => desk.told("gap").length === 1);
    expect(desk.told("gap")[0]).toMatch(/^BTCUSDT: expected pu \d+, found pu \d+/);
    await settle();
    expect(desk.told("resynced")).not.toEqual([]);
  });

  test("one that comes twice changes nothing", async () => {
    desk = watch();
    await settle();
    venue.repeatNext(1);
    venue.change(BTC, [{ side: "asks", price: "100.40", size: "1" }]);
    venue.change(BTC, [{ side: "asks", price: "100.40", size: "2" }]);
    await waitUntil("the book is right", () => isRight());
    expect(desk.told("gap")).toEqual([]);
  });

  test("two in the wrong order are a gap, and a snapshot makes the book right", async () => {
    desk = watch();
    await settle();
    venue.swapNext(BTC);
    move();
    move();
    await waitUntil("the gap is told", () => desk.told("gap").length > 0);
    await settle();
  });

  test("ids that begin anew are a gap, not repeats for ever", async () => {
    desk = watch();
    await settle();
    venue.restartIds(BTC);
    await waitUntil("the book is given up", () => {
      move();
      return desk.told("gap").some((detail) => detail.includes("expected pu"));
    });
    await settle();
  });

  test("a snapshot older than the stream is asked for again, and never taken for the book", async () => {
    desk = watch();
    await settle();
    venue.oldSnapshots(BTC);
    move();
    venue.loseNext(1);
    move();
    move();
    const before = venue.asked("/fapi/v1/depth");
    await waitUntil("it is asked for several times", () => venue.asked("/fapi/v1/depth") >= before + 3);
    expect(desk.isFresh(BTC)).toBe(false);
    venue.freshSnapshots(BTC);
    await settle();
  });

  test("a level that is not in the venue's book is seen by the next ticker of that update", async () => {
    desk = watch();
    await settle();
    venue.lie(BTC, { side: "bids", price: "100.05", size: "3" });
    venue.ticker(BTC);
    await waitUntil("the book is given up", () => desk.told("stale").length > 0);
    expect(desk.told("stale")[0]).toContain("bookTicker says 100.00 × 1.500 / 100.10 × 2.500");
    await settle();
  });

  test("a book that is crossed is given up and made anew", async () => {
    desk = watch();
    await settle();
    venue.lie(BTC, { side: "bids", price: "101.00", size: "3" });
    await waitUntil("it is no longer fresh", () => !desk.isFresh(BTC));
    await waitUntil("the book is given up", () => {
      move();
      return desk.told("stale").length > 0;
    });
    await settle();
  });
});

describe("a connection in trouble", () => {
  test("its books are stale while it is gone, and right once it is back", async () => {
    desk = watch({}, [BTC, ETH]);
    await settle(BTC);
    await settle(ETH);
    venue.drop();
    await waitUntil("the loss is told", () => desk.told("disconnected").length === 1);
    expect([...desk.staleSeen]).toEqual(["BTCUSDT disconnected", "ETHUSDT disconnected"]);
    await settle(BTC);
    await settle(ETH);
    expect(desk.told("connected")).toHaveLength(2);
  });

  test("handshakes that are refused are tried again, with the status told", async () => {
    venue.refuseHandshakes(503, 429);
    desk = watch();
    await settle();
    expect(
      desk.told("error").filter((detail) => detail.includes("HTTP 503") || detail.includes("HTTP 429")),
    ).toHaveLength(2);
  });

  test("one that is open and says nothing is given up", async () => {
    desk = watch({}, [BTC], 40);
    await settle();
    venue.isSilent = true;
    await waitUntil("it is given up", () =>
      desk.told("disconnected").some((detail) => detail.includes("nothing heard")),
    );
    venue.isSilent = false;
    await settle();
  });

  test("a subscription without a reply is tried on a new connection", async () => {
    venue.isMute = true;
    desk = watch({}, [BTC], 40);
    await waitUntil("it connects again", () => venue.connections >= 2);
    venue.isMute = false;
    await settle();
  });

  test("depth that is silent while the market goes on is seen by a look at REST", async () => {
    desk = watch({ silent_ms: "5000" });
    await settle();
    venue.freeze(BTC);
    venue.change(BTC, [{ side: "bids", price: "100.00", size: "9" }]);
    await waitUntil("it is told", () =>
      desk.told("stale").some((detail) => detail.includes("REST tells another book")),
    );
    venue.thaw(BTC);
    await settle();
  });

  test("a market that has no depth from the start is told as stale", async () => {
    desk = watch({ silent_ms: "3000" }, [BTC, ETH]);
    await settle(BTC);
    await waitUntil("it is told", () =>
      desk.told("stale").some((detail) => detail === "ETHUSDT: no depth for 3000 ms"),
    );
    expect([desk.isFresh(BTC), desk.isFresh(ETH)]).toEqual([true, false]);
    await settle(ETH);
  });

  test("a market at rest is not taken for a dead one", async () => {
    desk = watch({ silent_ms: "2000" });
    await settle();
    const before = venue.asked("/fapi/v1/depth");
    const alive = setInterval(() => venue.markPrice(BTC, "100"), 50);
    await waitUntil("REST was looked at twice", () => venue.asked("/fapi/v1/depth") >= before + 2);
    clearInterval(alive);
    expect({ fresh: desk.isFresh(BTC), gone: desk.told("disconnected") }).toEqual({ fresh: true, gone: [] });
  });

  test("frames that nobody can read are counted and change nothing", async () => {
    desk = watch();
    await settle();
    for (const text of [
      "",
      "<html>",
      "[]",
      "null",
      '{"stream":"x","data":{"e":"depthUpdate"}}',
      '{"e":"somethingNew"}',
    ]) {
      venue.say(text);
    }
    await waitUntil("they are counted", () => desk.feed.counts.malformed === 5);
    expect(isRight()).toBe(true);
  });
});

describe("REST in trouble", () => {
  const DEPTH = "/fapi/v1/depth";

  test.each([
    [
      "429 with a wait",
      { status: 429, text: '{"code":-1003,"msg":"Too many requests."}', headers: { "Retry-After": "2" } },
    ],
    ["418, a ban", { status: 418, text: '{"code":-1003,"msg":"banned"}', headers: { "Retry-After": "3" } }],
    ["403 of a firewall, in HTML", { status: 403, text: "<html>Forbidden</html>", headers: { "Retry-After": "1" } }],
    ["-1021, a clock that is off", { status: 400, text: '{"code":-1021,"msg":"Timestamp outside of recvWindow."}' }],
    ["503 of unknown outcome", { status: 503, text: '{"code":-1000,"msg":"Unknown error"}' }],
    ["a body cut short", { status: 200, text: '{"lastUpdateId":5,"bids":[["1' }],
    ["a snapshot without levels", { status: 200, text: '{"lastUpdateId":5}' }],
  ])("after %s the snapshot is asked for again", async (_, answer) => {
    venue.plan(DEPTH, answer);
    desk = watch();
    await settle();
    expect(venue.asked(DEPTH)).toBeGreaterThanOrEqual(2);
  });

  test("429 and then 418 are waited out, and the book is right afterwards", async () => {
    venue.plan(DEPTH, { status: 429, text: "{}", headers: { "Retry-After": "1" } });
    venue.plan(DEPTH, { status: 418, text: "{}", headers: { "Retry-After": "5" } });
    desk = watch();
    await waitUntil("it was banned", () => desk.told("error").some((detail) => detail.includes("HTTP 418")));
    await settle();
  });

  test("near the limit of the address requests rest, and the book is right afterwards", async () => {
    venue.usedWeight = 2_300;
    desk = watch();
    await waitUntil("REST was asked", () => venue.requests.length > 0);
    venue.usedWeight = 1;
    await settle();
  });
});

test.each([
  [{ markets: ["btc-usdt"], settings: {} }, "btc-usdt is no symbol of Binance: write it as in BTCUSDT"],
  [{ markets: [BTC], settings: { depth: "5s" } }, "depth is one of 100ms, 250ms, 500ms, 0ms, found 5s"],
  [{ markets: [BTC], settings: { weight_per_minute: "few" } }, "weight_per_minute is a number of 60 or more"],
])("a setup that cannot work says what to do: %j", ({ markets, settings }, message) => {
  desk = watch();
  expect(() => watch(settings, markets)).toThrow(message);
});
