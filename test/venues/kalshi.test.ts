import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../src/venues/core/secret.ts";
import { kalshi } from "../../src/venues/kalshi/kalshi.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { jsonAnswer } from "../fakes/venue-server.ts";
import { Watching, type WatchingOptions } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

const FED = "KXFED-27APR-T4.25";
const CPI = "KXCPI-27MAR-T0.3";

let venue: FakeKalshi;
let desk: Watching | undefined;

const watch = (
  settings: Readonly<Record<string, string>> = {},
  more: Partial<Pick<WatchingOptions, "markets" | "secrets" | "speed">> = {},
): Watching => {
  desk = new Watching({
    kind: kalshi,
    markets: [FED],
    secrets: venue.secrets,
    // A busy machine must not look like a venue that does not answer.
    settings: { ...venue.settings, read_tokens_per_second: "10000", answer_ms: "60000", ...settings },
    ...more,
  });
  return desk;
};

const isRight = (on: Watching, ticker = FED): boolean => {
  const { bids, asks } = venue.market(ticker);
  return on.equals(ticker, bids, asks);
};

const untilRight = (on: Watching, ticker = FED): Promise<void> =>
  waitUntil(`the book of ${ticker} is the venue's`, () => isRight(on, ticker));

beforeEach(async () => {
  venue = await FakeKalshi.start([FED, CPI]);
  for (const ticker of [FED, CPI]) {
    const market = venue.market(ticker);
    for (const [price, size] of [
      [800, 30_000],
      [2_200, 33_300],
      [4_500, 1_250],
    ] as const)
      market.put("yes", price, size);
    for (const [price, size] of [
      [5_300, 2_000],
      [5_000, 14_650],
    ] as const)
      market.put("no", price, size);
  }
});

afterEach(async () => {
  desk?.stop();
  desk = undefined;
  await venue.close();
});

describe("a market that is watched", () => {
  test("its book is the venue's, through levels that come, change by fractions, and go", async () => {
    const on = watch();
    await untilRight(on);
    expect(on.book(FED)?.best("asks")).toEqual(["0.47", "20"]);
    venue.put(FED, "yes", 4_600, 25);
    venue.put(FED, "yes", 4_500, 1_249);
    venue.put(FED, "no", 5_300, 0);
    await untilRight(on);
    expect(on.book(FED)?.best("bids")).toEqual(["0.46", "0.25"]);
    expect(on.book(FED)?.best("asks")).toEqual(["0.5", "146.5"]);
    expect(on.told("gap")).toEqual([]);
  });

  test("its book is right in either convention of prices, and the one that is wanted is said", async () => {
    for (const asked of ["true", "false"]) {
      const on = watch({ use_yes_price: asked });
      await untilRight(on);
      venue.put(FED, "no", 5_100, 700);
      await untilRight(on);
      const [subscribed] = venue
        .said("subscribe")
        .filter(({ params }) => "use_yes_price" in params)
        .slice(-1);
      expect(subscribed?.params["use_yes_price"]).toBe(asked === "true");
      on.stop();
    }
  });

  test("a side without bids is an empty side, and a market without any is fresh and empty", async () => {
    venue.market(FED).no.clear();
    venue.market(CPI).no.clear();
    venue.market(CPI).yes.clear();
    const on = watch({}, { markets: [FED, CPI] });
    await waitUntil("both are fresh", () => isRight(on) && isRight(on, CPI));
    expect(on.book(FED)?.best("asks")).toBeUndefined();
    expect(on.book(CPI)?.levels("bids")).toBe(0);
  });

  test("the instrument says what it is, when it ends, its finest tick, and its fees", async () => {
    const on = watch();
    await waitUntil("the instrument is told", () => on.ofType("instrument").length > 0);
    expect(on.ofType("instrument")[0]).toEqual({
      type: "instrument",
      venue: "kalshi",
      symbol: FED,
      kind: "binary",
      quote: "USD",
      settle: "USD",
      payout: "1",
      tick: "0.001",
      category: "Economics",
      event_id: "KXFED-27APR",
      outcome: "Above 4.25",
      expires_at: "2027-04-28T18:00:00.000Z",
      title: `Will ${FED} happen?: Above 4.25`,
      fee_model: "kalshi_quadratic",
      taker_fee_rate: "0.07",
      maker_fee_rate: "0",
    });
  });

  test("a market that the venue does not know is an error, and the others are right all the same", async () => {
    const on = watch({}, { markets: [FED, "KXNONE-27APR-T1"] });
    await waitUntil("the error is told", () => on.told("error").some((detail) => detail.includes("KXNONE-27APR-T1")));
    await untilRight(on);
  });

  test("public trades come with the taker's side in prices of YES", async () => {
    const on = watch();
    await untilRight(on);
    await waitUntil("trades are subscribed", () => venue.said("subscribe").length >= 4);
    venue.trade(FED, {
      trade_id: "t-1",
      yes_price_dollars: "0.3600",
      no_price_dollars: "0.6400",
      count_fp: "136.00",
      taker_outcome_side: "no",
    });
    await waitUntil("it is told", () => on.trades.length === 1);
    expect(on.trades[0]).toMatchObject({ symbol: FED, tradeId: "t-1", side: "sell", price: "0.36", size: "136" });
  });
});

describe("sequence", () => {
  test("a gap makes every book of the subscription stale, and snapshots make them right again", async () => {
    const on = watch({}, { markets: [FED, CPI] });
    await untilRight(on);
    await untilRight(on, CPI);
    venue.loseNext(1);
    venue.put(FED, "yes", 4_600, 500);
    venue.put(CPI, "yes", 4_600, 600);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await untilRight(on);
    await untilRight(on, CPI);
    await waitUntil("the end of the trouble is told", () => on.told("resynced").length > 0);
    expect(venue.said("update_subscription", "get_snapshot")).not.toEqual([]);
  });

  test("a frame that comes twice counts once", async () => {
    const on = watch();
    await untilRight(on);
    venue.repeatNext(1);
    venue.put(FED, "yes", 4_600, 500);
    venue.put(FED, "yes", 4_400, 100);
    await untilRight(on);
    expect(on.told("gap")).toEqual([]);
  });

  test("frames in the wrong order are a gap", async () => {
    const on = watch();
    await untilRight(on);
    venue.swapNext();
    venue.put(FED, "yes", 4_600, 500);
    venue.put(FED, "yes", 4_600, 300);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await untilRight(on);
  });

  test("an answer that has a number is no gap", async () => {
    const on = watch({ verify_ms: "2000" });
    await untilRight(on);
    await waitUntil("a snapshot was asked for", () => venue.said("update_subscription", "get_snapshot").length > 1);
    venue.put(FED, "yes", 4_600, 500);
    await untilRight(on);
    expect(on.told("gap")).toEqual([]);
    expect(on.told("stale")).toEqual([]);
  });
});

describe("the ladder", () => {
  test("no snapshot: a new subscription", async () => {
    const on = watch({ answer_ms: "1000" });
    await untilRight(on);
    venue.deafTo.add("get_snapshot");
    venue.loseNext(1);
    venue.put(FED, "yes", 4_600, 500);
    venue.put(FED, "yes", 4_600, 700);
    await waitUntil("it subscribed anew", () => venue.said("unsubscribe").length > 0);
    await untilRight(on);
    await waitUntil("the end of the trouble is told", () => on.told("resynced").length > 0);
  });

  test("no new subscription either: a new connection", async () => {
    const on = watch({ answer_ms: "1000" });
    await untilRight(on);
    venue.deafTo.add("get_snapshot").add("subscribe");
    venue.loseNext(1);
    venue.put(FED, "yes", 4_600, 500);
    venue.put(FED, "yes", 4_600, 700);
    await waitUntil("it connected anew", () => venue.connections > 1);
    expect(on.isFresh(FED)).toBe(false);
    venue.deafTo.clear();
    await untilRight(on);
    expect(on.told("disconnected")).not.toEqual([]);
    expect(on.feed.isConnected).toBe(true);
  });

  test.each([10, 25])("a subscription that the venue ended with %i is made anew", async (code) => {
    const on = watch();
    await untilRight(on);
    venue.fail(code);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    venue.put(FED, "yes", 4_600, 500);
    await untilRight(on);
  });

  test("a size below nothing makes the book stale until its snapshot", async () => {
    const on = watch();
    await untilRight(on);
    venue.lie(FED, "yes", 800, -30_001);
    await waitUntil("it is told", () => on.told("stale").some((detail) => detail.includes("negative_size")));
    await untilRight(on);
  });

  test("a change of the grid of prices makes the book stale until its snapshot, and the instrument is told again", async () => {
    const on = watch();
    await untilRight(on);
    await waitUntil("the instrument is told", () => on.ofType("instrument").length === 1);
    venue.market(FED).facts["price_ranges"] = [{ start: "0", end: "1", step: "0.0001" }];
    venue.lifecycle(CPI, "price_level_structure_updated");
    venue.lifecycle(FED, "price_level_structure_updated");
    await waitUntil("the instrument is told again", () => on.ofType("instrument").length === 2);
    expect(on.ofType("instrument")[1]).toMatchObject({ symbol: FED, tick: "0.0001" });
    expect(on.told("stale")).toHaveLength(1);
    await untilRight(on);
  });

  test("a market that is final tells its settlement, and one that is only determined does not", async () => {
    const on = watch();
    await untilRight(on);
    Object.assign(venue.market(FED).facts, { status: "determined", settlement_value_dollars: "1.0000", result: "yes" });
    venue.lifecycle(FED, "determined");
    await waitUntil("the instrument is told again", () => on.ofType("instrument").length === 2);
    expect(on.ofType("settlement")).toEqual([]);
    venue.market(FED).facts["status"] = "finalized";
    venue.lifecycle(FED, "settled");
    await waitUntil("the settlement is told", () => on.ofType("settlement").length === 1);
    expect(on.ofType("settlement")[0]).toMatchObject({ symbol: FED, payout_per_unit: "1", outcome: "yes" });
  });
});

describe("silence and lies", () => {
  test("a venue that says nothing at all, not even pings, is connected to anew", async () => {
    const on = watch({}, { speed: 30 });
    await untilRight(on);
    venue.isSilent = true;
    await waitUntil("the silence is told", () =>
      on.told("disconnected").some((detail) => detail.includes("nothing heard")),
    );
    expect(on.isFresh(FED)).toBe(false);
    venue.isSilent = false;
    await untilRight(on);
  });

  test("a venue whose pings go on while its data stands still is found out by a question", async () => {
    const on = watch({ verify_ms: "3000", answer_ms: "1000" });
    await untilRight(on);
    venue.isFrozen = true;
    await waitUntil("the books are stale", () => !on.isFresh(FED));
    await waitUntil("it connected anew", () => venue.connections > 1);
    venue.isFrozen = false;
    await untilRight(on);
  });

  test("a quiet market stays fresh while the venue answers", async () => {
    const on = watch({ verify_ms: "1000" });
    await untilRight(on);
    await waitUntil("it was verified often", () => venue.said("update_subscription", "get_snapshot").length > 5);
    expect(on.told("stale")).toEqual([]);
    expect(isRight(on)).toBe(true);
  });

  test("a book that drifted without a missing frame is found out by its snapshot", async () => {
    const on = watch({ verify_ms: "5000" });
    await untilRight(on);
    venue.lie(FED, "yes", 4_400, 500);
    await waitUntil("the lie is in the book", () => on.book(FED)?.sizeAt("bids", "0.44") === "5");
    await waitUntil("it is told", () => on.told("error").some((detail) => detail.includes("was not the venue's")));
    await untilRight(on);
  });

  test("a top that is not the ticker's makes the book stale until its snapshot", async () => {
    const on = watch();
    await untilRight(on);
    venue.lie(FED, "yes", 4_650, 100);
    await waitUntil("the lie is in the book", () => on.book(FED)?.best("bids")?.[0] === "0.465");
    venue.tick(FED);
    await waitUntil("it is told", () => on.told("stale").some((detail) => detail.includes("the ticker says")));
    await untilRight(on);
  });

  test("prices of NO of the other convention are never shown, and the reason is told", async () => {
    venue.yesPrices = false;
    const on = watch({ use_yes_price: "true" });
    // A bid for NO at 53 cents read as an ask for YES at 53 cents hides nothing; one at 10 cents would cross.
    venue.market(FED).put("no", 1_000, 500);
    const told = (): boolean => on.told("stale").some((detail) => detail.includes("use_yes_price"));
    await waitUntil("it is told", () => {
      venue.hangUp(1001);
      return told();
    });
    expect(on.isFresh(FED)).toBe(false);
  });

  test("frames that nobody can read are counted, and one that has a number makes the books right again", async () => {
    const on = watch();
    await untilRight(on);
    venue.say("{not json");
    venue.say("[]");
    venue.say('{"type":"trade","msg":{}}');
    await waitUntil("they are counted", () => on.feed.counts.malformed === 3);
    expect(isRight(on)).toBe(true);
    venue.sayNumbered(FED, { type: "orderbook_delta", msg: { market_ticker: FED, price_dollars: 12 } });
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await untilRight(on);
  });

  test("a message of a kind that nobody knows changes nothing", async () => {
    const on = watch();
    await untilRight(on);
    venue.sayNumbered(FED, { type: "orderbook_glitter", msg: { market_ticker: FED } });
    venue.put(FED, "yes", 4_600, 500);
    await untilRight(on);
    expect(on.told("gap")).toEqual([]);
  });
});

describe("formats", () => {
  test("messages with cents beside dollars are read by their dollars", async () => {
    venue.generation = "G2";
    venue.market(FED).put("yes", 4_505, 1_250);
    const on = watch();
    await untilRight(on);
    venue.put(FED, "no", 5_355, 33);
    await untilRight(on);
  });

  test("messages in whole cents are refused unless a recording of them is played", async () => {
    venue.generation = "G1";
    venue.market(FED).put("yes", 4_500, 1_300);
    venue.market(FED).put("no", 5_000, 14_600);
    const on = watch();
    await waitUntil("the refusal is told", () => on.told("error").some((detail) => detail.includes("G1")));
    expect(on.isFresh(FED)).toBe(false);
    on.stop();
    const old = watch({ oldest_format: "G1" });
    await waitUntil("the book is there", () => old.isFresh(FED));
    expect(old.book(FED)?.best("bids")).toEqual(["0.45", "13"]);
  });
});

describe("connections", () => {
  test("a connection that the venue ends comes back, and its books are stale in between", async () => {
    const on = watch();
    await untilRight(on);
    venue.server.dropAll();
    await waitUntil("it is told", () => on.told("disconnected").length === 1);
    venue.market(FED).put("yes", 4_600, 100);
    await untilRight(on);
    expect(on.told("reconnecting")).not.toEqual([]);
    expect(on.feed.isConnected).toBe(true);
  });

  test("a handshake that is refused is tried again, less and less often", async () => {
    venue.refuse(503, 503);
    const on = watch();
    await untilRight(on);
    expect(on.told("error").filter((detail) => detail.includes("HTTP 503"))).toHaveLength(2);
  });

  test("a wrong key is refused by the venue, told, and asked again only after the longest wait", async () => {
    const { keyId } = venue.secrets;
    const on = watch({}, { secrets: { keyId: new Secret("another-key"), privateKey: venue.secrets.privateKey } });
    await waitUntil("the refusal is told", () => on.told("error").some((detail) => detail.includes("HTTP 401")));
    expect(keyId.reveal()).not.toBe("another-key");
    expect(on.told("reconnecting")[0]).toContain("60000 ms");
    expect(on.isFresh(FED)).toBe(false);
  });

  test("every handshake is signed anew, and no signature is wrong", async () => {
    const on = watch();
    await untilRight(on);
    venue.server.dropAll();
    await waitUntil("it connected anew", () => venue.connections === 2);
    await untilRight(on);
    expect(venue.forged).toBe(0);
  });

  test("no key, signature or address stands in anything that is told", async () => {
    const on = watch({ account: "main" }, { speed: 60 });
    venue.plan("/portfolio/fills", jsonAnswer({ error: "too many requests" }, 429));
    venue.refuse(401, 503);
    await waitUntil("a fill and much trouble are told", () => on.told("error").length > 2);
    const told = JSON.stringify(on.events);
    const { keyId, privateKey } = venue.secrets;
    const secrets = [keyId.reveal(), privateKey.reveal().split("\n")[3] ?? "", "KALSHI-ACCESS", "127.0.0.1"];
    for (const secret of secrets) expect(told.toUpperCase()).not.toContain(secret.toUpperCase());
    expect(JSON.stringify({ ...venue.secrets, text: `${keyId}` })).not.toContain(keyId.reveal());
  });
});

describe("an account", () => {
  const fill = {
    trade_id: "f-1",
    order_id: "o-1",
    market_ticker: FED,
    is_taker: true,
    side: "no",
    action: "buy",
    outcome_side: "no",
    book_side: "ask",
    yes_price_dollars: "0.7500",
    count_fp: "278.00",
    fee_cost: "3.650000",
    ts_ms: 1_790_000_000_000,
  };

  test("a fill is told once, by stream or list, as a change of the YES position", async () => {
    venue.fills = [
      { ...fill, fill_id: "f-0", trade_id: "f-0", ts_ms: undefined, created_time: "2026-09-21T14:13:20Z" },
    ];
    const on = watch({ account: "main" }, { speed: 60 });
    await waitUntil("the first is told", () => on.ofType("fill").length === 1);
    await waitUntil("fills are subscribed", () => venue.said("subscribe").length >= 6);
    venue.fills.unshift(fill);
    venue.fill(fill);
    await waitUntil(
      "the list was read again",
      () => venue.requests.filter(({ path }) => path.endsWith("/fills")).length > 1,
    );
    expect(on.ofType("fill")).toHaveLength(2);
    expect(on.ofType("fill")[1]).toEqual({
      type: "fill",
      venue: "kalshi",
      account: "main",
      fill_id: "f-1",
      order_id: "o-1",
      symbol: FED,
      side: "sell",
      price: "0.75",
      size: "278",
      is_maker: false,
      fee: "3.65",
      fee_currency: "USD",
      ts: "2026-09-21T14:13:20.000Z",
    });
    expect(on.ofType("fill")[0]).toMatchObject({ fill_id: "f-0", ts: "2026-09-21T14:13:20.000Z" });
  });

  test("positions are told as a whole, and again when one changes", async () => {
    venue.positions = [
      { ticker: FED, position_fp: "100.00" },
      { ticker: CPI, position_fp: "-12.50" },
    ];
    const on = watch({ account: "main" });
    const positions = () => on.ofType("position.snapshot").map((event) => event["positions"]);
    await waitUntil("they are told", () => positions().length === 1);
    expect(positions()[0]).toEqual([
      { venue: "kalshi", symbol: FED, size: "100" },
      { venue: "kalshi", symbol: CPI, size: "-12.5" },
    ]);
    await waitUntil("positions are subscribed", () => venue.said("subscribe").length >= 6);
    venue.position({ market_ticker: FED, position_fp: "0.00" });
    await waitUntil("the change is told", () => positions().length === 2);
    expect(positions()[1]).toEqual([{ venue: "kalshi", symbol: CPI, size: "-12.5" }]);
  });

  test("nothing of an account is asked for unless it has a name", async () => {
    const on = watch();
    await untilRight(on);
    await waitUntil("the instrument is told", () => on.ofType("instrument").length > 0);
    expect(venue.requests.some(({ path }) => path.includes("portfolio"))).toBe(false);
    expect(venue.said("subscribe").some(({ params }) => JSON.stringify(params).includes("fill"))).toBe(false);
  });
});

describe("requests", () => {
  test("an answer 429 is waited for, and the request made again", async () => {
    venue.plan("/markets", jsonAnswer({ error: "too many requests" }, 429));
    venue.plan("/series/KXFED", { status: 502, text: "<html>bad gateway</html>" });
    const on = watch();
    await waitUntil("the instrument is told", () => on.ofType("instrument").length > 0);
    expect(on.ofType("instrument")[0]).toMatchObject({ symbol: FED, category: "Economics" });
    expect(on.told("error")).toEqual(["HTTP 429: too many requests", "HTTP 502"]);
  });
});
