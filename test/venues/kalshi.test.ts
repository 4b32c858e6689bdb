import { describe, expect, test } from "vitest";
import { waitUntil } from "../support/wait-until.ts";
import { CPI, FED, KalshiScene } from "./kalshi-scene.ts";

const scene = new KalshiScene();

describe("a market that is watched", () => {
  test("its book is the venue's, through levels that come, change by fractions, and go", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    expect(on.book(FED)?.best("asks")).toEqual(["0.47", "20"]);
    scene.venue.put(FED, "yes", 4_600, 25);
    scene.venue.put(FED, "yes", 4_500, 1_249);
    scene.venue.put(FED, "no", 5_300, 0);
    await scene.untilRight(on);
    expect(on.book(FED)?.best("bids")).toEqual(["0.46", "0.25"]);
    expect(on.book(FED)?.best("asks")).toEqual(["0.5", "146.5"]);
    expect(on.told("gap")).toEqual([]);
  });

  test("its book is right in either convention of prices, and the one that is wanted is said", async () => {
    for (const asked of ["true", "false"]) {
      const on = scene.watch({ use_yes_price: asked });
      await scene.untilRight(on);
      scene.venue.put(FED, "no", 5_100, 700);
      await scene.untilRight(on);
      const [subscribed] = scene.venue
        .said("subscribe")
        .filter(({ params }) => "use_yes_price" in params)
        .slice(-1);
      expect(subscribed?.params["use_yes_price"]).toBe(asked === "true");
      on.stop();
    }
  });

  test("a side without bids is an empty side, and a market without any is fresh and empty", async () => {
    scene.venue.market(FED).no.clear();
    scene.venue.market(CPI).no.clear();
    scene.venue.market(CPI).yes.clear();
    const on = scene.watch({}, { markets: [FED, CPI] });
    await waitUntil("both are fresh", () => scene.isRight(on) && scene.isRight(on, CPI));
    expect(on.book(FED)?.best("asks")).toBeUndefined();
    expect(on.book(CPI)?.levels("bids")).toBe(0);
  });

  test("the instrument says what it is, when it ends, its finest tick, and its fees", async () => {
    const on = scene.watch();
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
    const on = scene.watch({}, { markets: [FED, "KXNONE-27APR-T1"] });
    await waitUntil("the error is told", () => on.told("error").some((detail) => detail.includes("KXNONE-27APR-T1")));
    await scene.untilRight(on);
  });

  test("public trades come with the taker's side in prices of YES", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    await waitUntil("trades are subscribed", () => scene.venue.said("subscribe").length >= 4);
    scene.venue.trade(FED, {
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
    const on = scene.watch({}, { markets: [FED, CPI] });
    await scene.untilRight(on);
    await scene.untilRight(on, CPI);
    scene.venue.loseNext(1);
    scene.venue.put(FED, "yes", 4_600, 500);
    scene.venue.put(CPI, "yes", 4_600, 600);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await scene.untilRight(on);
    await scene.untilRight(on, CPI);
    await waitUntil("the end of the trouble is told", () => on.told("resynced").length > 0);
    expect(scene.venue.said("update_subscription", "get_snapshot")).not.toEqual([]);
  });

  test("a frame that comes twice counts once", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.repeatNext(1);
    scene.venue.put(FED, "yes", 4_600, 500);
    scene.venue.put(FED, "yes", 4_400, 100);
    await scene.untilRight(on);
    expect(on.told("gap")).toEqual([]);
  });

  test("frames in the wrong order are a gap", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.swapNext();
    scene.venue.put(FED, "yes", 4_600, 500);
    scene.venue.put(FED, "yes", 4_600, 300);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await scene.untilRight(on);
  });

  test("an answer that has a number is no gap", async () => {
    const on = scene.watch({ verify_ms: "2000" });
    await scene.untilRight(on);
    await waitUntil(
      "a snapshot was asked for",
      () => scene.venue.said("update_subscription", "get_snapshot").length > 1,
    );
    scene.venue.put(FED, "yes", 4_600, 500);
    await scene.untilRight(on);
    expect(on.told("gap")).toEqual([]);
    expect(on.told("stale")).toEqual([]);
  });
});

describe("the ladder", () => {
  test("no snapshot: a new subscription", async () => {
    const on = scene.watch({ answer_ms: "1000" });
    await scene.untilRight(on);
    scene.venue.deafTo.add("get_snapshot");
    scene.venue.loseNext(1);
    scene.venue.put(FED, "yes", 4_600, 500);
    scene.venue.put(FED, "yes", 4_600, 700);
    await waitUntil("it subscribed anew", () => scene.venue.said("unsubscribe").length > 0);
    await scene.untilRight(on);
    await waitUntil("the end of the trouble is told", () => on.told("resynced").length > 0);
  });

  test("no new subscription either: a new connection", async () => {
    const on = scene.watch({ answer_ms: "1000" });
    await scene.untilRight(on);
    scene.venue.deafTo.add("get_snapshot").add("subscribe");
    scene.venue.loseNext(1);
    scene.venue.put(FED, "yes", 4_600, 500);
    scene.venue.put(FED, "yes", 4_600, 700);
    await waitUntil("it connected anew", () => scene.venue.connections > 1);
    expect(on.isFresh(FED)).toBe(false);
    scene.venue.deafTo.clear();
    await scene.untilRight(on);
    expect(on.told("disconnected")).not.toEqual([]);
    expect(on.feed.isConnected).toBe(true);
  });

  test.each([10, 25])("a subscription that the venue ended with %i is made anew", async (code) => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.fail(code);
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    scene.venue.put(FED, "yes", 4_600, 500);
    await scene.untilRight(on);
  });

  test("a size below nothing makes the book stale until its snapshot", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.lie(FED, "yes", 800, -30_001);
    await waitUntil("it is told", () => on.told("stale").some((detail) => detail.includes("negative_size")));
    await scene.untilRight(on);
  });

  test("a change of the grid of prices makes the book stale until its snapshot, and the instrument is told again", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    await waitUntil("the instrument is told", () => on.ofType("instrument").length === 1);
    scene.venue.market(FED).facts["price_ranges"] = [{ start: "0", end: "1", step: "0.0001" }];
    scene.venue.lifecycle(CPI, "price_level_structure_updated");
    scene.venue.lifecycle(FED, "price_level_structure_updated");
    await waitUntil("the instrument is told again", () => on.ofType("instrument").length === 2);
    expect(on.ofType("instrument")[1]).toMatchObject({ symbol: FED, tick: "0.0001" });
    expect(on.told("stale")).toHaveLength(1);
    await scene.untilRight(on);
  });

  test("a market that is final tells its settlement, and one that is only determined does not", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    Object.assign(scene.venue.market(FED).facts, {
      status: "determined",
      settlement_value_dollars: "1.0000",
      result: "yes",
    });
    scene.venue.lifecycle(FED, "determined");
    await waitUntil("the instrument is told again", () => on.ofType("instrument").length === 2);
    expect(on.ofType("settlement")).toEqual([]);
    scene.venue.market(FED).facts["status"] = "finalized";
    scene.venue.lifecycle(FED, "settled");
    await waitUntil("the settlement is told", () => on.ofType("settlement").length === 1);
    expect(on.ofType("settlement")[0]).toMatchObject({ symbol: FED, payout_per_unit: "1", outcome: "yes" });
  });
});

describe("silence and lies", () => {
  test("a venue that says nothing at all, not even pings, is connected to anew", async () => {
    const on = scene.watch({}, { speed: 30 });
    await scene.untilRight(on);
    scene.venue.isSilent = true;
    await waitUntil("the silence is told", () =>
      on.told("disconnected").some((detail) => detail.includes("nothing heard")),
    );
    expect(on.isFresh(FED)).toBe(false);
    scene.venue.isSilent = false;
    await scene.untilRight(on);
  });

  test("a venue whose pings go on while its data stands still is found out by a question", async () => {
    const on = scene.watch({ verify_ms: "3000", answer_ms: "1000" });
    await scene.untilRight(on);
    scene.venue.isFrozen = true;
    await waitUntil("the books are stale", () => !on.isFresh(FED));
    await waitUntil("it connected anew", () => scene.venue.connections > 1);
    scene.venue.isFrozen = false;
    await scene.untilRight(on);
  });

  test("a quiet market stays fresh while the venue answers", async () => {
    const on = scene.watch({ verify_ms: "1000" });
    await scene.untilRight(on);
    await waitUntil("it was verified often", () => scene.venue.said("update_subscription", "get_snapshot").length > 5);
    expect(on.told("stale")).toEqual([]);
    expect(scene.isRight(on)).toBe(true);
  });

  test("a book that drifted without a missing frame is found out by its snapshot", async () => {
    const on = scene.watch({ verify_ms: "5000" });
    await scene.untilRight(on);
    scene.venue.lie(FED, "yes", 4_400, 500);
    await waitUntil("the lie is in the book", () => on.book(FED)?.sizeAt("bids", "0.44") === "5");
    await waitUntil("it is told", () => on.told("error").some((detail) => detail.includes("was not the venue's")));
    await scene.untilRight(on);
  });

  test("a top that is not the ticker's makes the book stale until its snapshot", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.lie(FED, "yes", 4_650, 100);
    await waitUntil("the lie is in the book", () => on.book(FED)?.best("bids")?.[0] === "0.465");
    scene.venue.tick(FED);
    await waitUntil("it is told", () => on.told("stale").some((detail) => detail.includes("the ticker says")));
    await scene.untilRight(on);
  });

  test("prices of NO of the other convention are never shown, and the reason is told", async () => {
    scene.venue.yesPrices = false;
    const on = scene.watch({ use_yes_price: "true" });
    // A bid for NO at 53 cents read as an ask for YES at 53 cents hides nothing; one at 10 cents would cross.
    scene.venue.market(FED).put("no", 1_000, 500);
    const told = (): boolean => on.told("stale").some((detail) => detail.includes("use_yes_price"));
    await waitUntil("it is told", () => {
      scene.venue.hangUp(1001);
      return told();
    });
    expect(on.isFresh(FED)).toBe(false);
  });

  test("frames that nobody can read are counted, and one that has a number makes the books right again", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.say("{not json");
    scene.venue.say("[]");
    scene.venue.say('{"type":"trade","msg":{}}');
    await waitUntil("they are counted", () => on.feed.counts.malformed === 3);
    expect(scene.isRight(on)).toBe(true);
    scene.venue.sayNumbered(FED, { type: "orderbook_delta", msg: { market_ticker: FED, price_dollars: 12 } });
    await waitUntil("the gap is told", () => on.told("gap").length === 1);
    await scene.untilRight(on);
  });

  test("a message of a kind that nobody knows changes nothing", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.sayNumbered(FED, { type: "orderbook_glitter", msg: { market_ticker: FED } });
    scene.venue.put(FED, "yes", 4_600, 500);
    await scene.untilRight(on);
    expect(on.told("gap")).toEqual([]);
  });
});

describe("formats", () => {
  test("messages with cents beside dollars are read by their dollars", async () => {
    scene.venue.generation = "G2";
    scene.venue.market(FED).put("yes", 4_505, 1_250);
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.put(FED, "no", 5_355, 33);
    await scene.untilRight(on);
  });

  test("messages in whole cents are refused unless a recording of them is played", async () => {
    scene.venue.generation = "G1";
    scene.venue.market(FED).put("yes", 4_500, 1_300);
    scene.venue.market(FED).put("no", 5_000, 14_600);
    const on = scene.watch();
    await waitUntil("the refusal is told", () => on.told("error").some((detail) => detail.includes("G1")));
    expect(on.isFresh(FED)).toBe(false);
    on.stop();
    const old = scene.watch({ oldest_format: "G1" });
    await waitUntil("the book is there", () => old.isFresh(FED));
    expect(old.book(FED)?.best("bids")).toEqual(["0.45", "13"]);
  });
});
