import { describe, expect, test } from "vitest";
import { Secret } from "../../src/venues/core/secret.ts";
import { jsonAnswer } from "../fakes/venue-server.ts";
import { waitUntil } from "../support/wait-until.ts";
import { CPI, FED, KalshiScene } from "./kalshi-scene.ts";

const scene = new KalshiScene();

describe("connections", () => {
  test("a connection that the venue ends comes back, and its books are stale in between", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.server.dropAll();
    await waitUntil("it is told", () => on.told("disconnected").length === 1);
    scene.venue.market(FED).put("yes", 4_600, 100);
    await scene.untilRight(on);
    expect(on.told("reconnecting")).not.toEqual([]);
    expect(on.feed.isConnected).toBe(true);
  });

  test("a handshake that is refused is tried again, less and less often", async () => {
    scene.venue.refuse(503, 503);
    const on = scene.watch();
    await scene.untilRight(on);
    expect(on.told("error").filter((detail) => detail.includes("HTTP 503"))).toHaveLength(2);
  });

  test("a wrong key is refused by the venue, told, and asked again only after the longest wait", async () => {
    const { keyId } = scene.venue.secrets;
    const on = scene.watch(
      {},
      { secrets: { keyId: new Secret("another-key"), privateKey: scene.venue.secrets.privateKey } },
    );
    await waitUntil("the refusal is told", () => on.told("error").some((detail) => detail.includes("HTTP 401")));
    expect(keyId.reveal()).not.toBe("another-key");
    expect(on.told("reconnecting")[0]).toContain("60000 ms");
    expect(on.isFresh(FED)).toBe(false);
  });

  test("every handshake is signed anew, and no signature is wrong", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    scene.venue.server.dropAll();
    await waitUntil("it connected anew", () => scene.venue.connections === 2);
    await scene.untilRight(on);
    expect(scene.venue.forged).toBe(0);
  });

  test("no key, signature or address stands in anything that is told", async () => {
    const on = scene.watch({ account: "main" }, { speed: 60 });
    scene.venue.plan("/portfolio/fills", jsonAnswer({ error: "too many requests" }, 429));
    scene.venue.refuse(401, 503);
    await waitUntil("a fill and much trouble are told", () => on.told("error").length > 2);
    const told = JSON.stringify(on.events);
    const { keyId, privateKey } = scene.venue.secrets;
    const secrets = [keyId.reveal(), privateKey.reveal().split("\n")[3] ?? "", "KALSHI-ACCESS", "127.0.0.1"];
    for (const secret of secrets) expect(told.toUpperCase()).not.toContain(secret.toUpperCase());
    expect(JSON.stringify({ ...scene.venue.secrets, text: `${keyId}` })).not.toContain(keyId.reveal());
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
    scene.venue.fills = [
      { ...fill, fill_id: "f-0", trade_id: "f-0", ts_ms: undefined, created_time: "2026-09-21T14:13:20Z" },
    ];
    const on = scene.watch({ account: "main" }, { speed: 60 });
    await waitUntil("the first is told", () => on.ofType("fill").length === 1);
    await waitUntil("fills are subscribed", () => scene.venue.said("subscribe").length >= 6);
    scene.venue.fills.unshift(fill);
    scene.venue.fill(fill);
    await waitUntil(
      "the list was read again",
      () => scene.venue.requests.filter(({ path }) => path.endsWith("/fills")).length > 1,
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
    scene.venue.positions = [
      { ticker: FED, position_fp: "100.00" },
      { ticker: CPI, position_fp: "-12.50" },
    ];
    const on = scene.watch({ account: "main" });
    const positions = () => on.ofType("position.snapshot").map((event) => event["positions"]);
    await waitUntil("they are told", () => positions().length === 1);
    expect(positions()[0]).toEqual([
      { venue: "kalshi", symbol: FED, size: "100" },
      { venue: "kalshi", symbol: CPI, size: "-12.5" },
    ]);
    await waitUntil("positions are subscribed", () => scene.venue.said("subscribe").length >= 6);
    scene.venue.position({ market_ticker: FED, position_fp: "0.00" });
    await waitUntil("the change is told", () => positions().length === 2);
    expect(positions()[1]).toEqual([{ venue: "kalshi", symbol: CPI, size: "-12.5" }]);
  });

  test("nothing of an account is asked for unless it has a name", async () => {
    const on = scene.watch();
    await scene.untilRight(on);
    await waitUntil("the instrument is told", () => on.ofType("instrument").length > 0);
    expect(scene.venue.requests.some(({ path }) => path.includes("portfolio"))).toBe(false);
    expect(scene.venue.said("subscribe").some(({ params }) => JSON.stringify(params).includes("fill"))).toBe(false);
  });
});

describe("requests", () => {
  test("an answer 429 is waited for, and the request made again", async () => {
    scene.venue.plan("/markets", jsonAnswer({ error: "too many requests" }, 429));
    scene.venue.plan("/series/KXFED", { status: 502, text: "<html>bad gateway</html>" });
    const on = scene.watch();
    await waitUntil("the instrument is told", () => on.ofType("instrument").length > 0);
    expect(on.ofType("instrument")[0]).toMatchObject({ symbol: FED, category: "Economics" });
    expect(on.told("error")).toEqual(["HTTP 429: too many requests", "HTTP 502"]);
  });
});
