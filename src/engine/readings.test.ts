import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { evaluate } from "./evaluate.ts";
import { readBots } from "./read-bots.ts";
import { readEdges } from "./read-edges.ts";
import { readExposure } from "./read-exposure.ts";
import { readVenues } from "./read-venues.ts";

class Desk extends FoldedDesk {
  livenessAt(seconds: number): [string | undefined, boolean | undefined] {
    const [bot] = readBots(this.state, at(seconds), new Map());
    return [bot?.liveness, bot?.stuck];
  }

  alertsAt(seconds: number, since = 0): string[] {
    return evaluate(this.state, at(seconds), at(since)).map(
      (alert) => `${alert.type} ${alert.rule} ${JSON.stringify(alert.scope)}`,
    );
  }
}

const started = { type: "bot.started" };
const beat = (progress?: number) => ({
  type: "heartbeat",
  interval_s: 5,
  ...(progress === undefined ? {} : { progress }),
});

describe("liveness", () => {
  test("goes from alive to stale to offline as heartbeats stay away, and back with the next contact", () => {
    const desk = new Desk().fact(0, started).sample(10, beat());
    expect([desk.livenessAt(20), desk.livenessAt(26), desk.livenessAt(61)].map(([state]) => state)).toEqual([
      "alive",
      "stale",
      "offline",
    ]);
    expect(desk.sample(70, beat()).livenessAt(71)).toEqual(["alive", false]);
  });

  test("is stuck when heartbeats come but progress stands still", () => {
    const desk = new Desk().fact(0, started);
    for (let second = 0; second <= 100; second += 5) desk.sample(second, beat(7));
    expect(desk.livenessAt(100)).toEqual(["alive", true]);
    expect(desk.sample(101, beat(8)).livenessAt(102)).toEqual(["alive", false]);
  });

  test("is stopped when the bot said so, until it speaks again", () => {
    const desk = new Desk().fact(0, started).fact(10, { type: "bot.stopped" });
    expect(desk.livenessAt(500)[0]).toBe("stopped");
    expect(desk.sample(501, beat()).livenessAt(502)[0]).toBe("alive");
  });

  test("takes an imported past for no sign of life", () => {
    expect(new Desk().fact(0, { ...started, origin: "import" }).livenessAt(1)[0]).toBe("stopped");
  });
});

describe("evaluate", () => {
  test("raises one alert when a bot falls silent and resolves it when it is back", () => {
    const desk = new Desk().fact(0, started).sample(0, beat());
    expect(desk.alertsAt(10)).toEqual([]);
    expect(desk.alertsAt(16)).toEqual(['alert.raised bot_silent {"bot":"mm"}']);
    const [alert] = evaluate(desk.state, at(16), at(0));
    desk.fact(16, { ...alert, bot: "deskwatch" });
    expect(desk.alertsAt(17)).toEqual([]);
    expect(desk.sample(18, beat()).alertsAt(19)).toEqual(['alert.resolved bot_silent {"bot":"mm"}']);
  });

  test("blames nobody for silence before the hub listened", () => {
    const desk = new Desk().fact(0, started).sample(0, beat());
    expect(desk.alertsAt(1010, 1000)).toEqual([]);
    expect(desk.alertsAt(1016, 1000)).toHaveLength(1);
  });

  test("says nothing of a bot that stopped, or that only ever posted edges", () => {
    expect(new Desk().fact(0, started).fact(1, { type: "bot.stopped" }).alertsAt(900)).toEqual([]);
    expect(new Desk().fact(0, { type: "annotation", title: "x" }).alertsAt(900)).toEqual([]);
  });

  test("raises an alert when a feed is down and stays down", () => {
    const desk = new Desk().fact(0, { type: "feed", venue: "kalshi", kind: "disconnected" });
    expect([desk.alertsAt(29), desk.alertsAt(31)]).toEqual([[], ['alert.raised feed_down {"venue":"kalshi"}']]);
  });
});

describe("readEdges", () => {
  const edge = (net: number, more: object = {}) => ({
    type: "edge",
    pair_id: "p",
    primary_market: "A",
    hedge_market: "B",
    net_edge_cents: net,
    ...more,
  });

  test("shows the newest edge of each bot and pair while it lives, best first", () => {
    const desk = new Desk()
      .sample(0, edge(1))
      .sample(1, edge(2))
      .fact(2, edge(5, { bot: "other" }))
      .sample(2, edge(9, { pair_id: "q", ttl_s: 1 }));
    expect(
      readEdges(desk.state, at(4), undefined).map((view) => [view.pair_id, view.net_edge_cents, view.age_s]),
    ).toEqual([
      ["p", 5, 2],
      ["p", 2, 3],
    ]);
    expect(readEdges(desk.state, at(40), undefined)).toEqual([]);
    expect(readEdges(desk.state, at(4), "paper")).toEqual([]);
  });

  test("names an edge by the title of its pair", () => {
    const legs = [
      { venue: "k", symbol: "A" },
      { venue: "p", symbol: "B" },
    ];
    const desk = new Desk()
      .fact(0, { type: "pair", pair_id: "p", title: "Will it rain?", legs })
      .sample(1, edge(2))
      .sample(1, edge(1, { pair_id: "q" }));
    expect(readEdges(desk.state, at(2), undefined).map(({ title }) => title)).toEqual(["Will it rain?", undefined]);
  });
});

describe("readExposure", () => {
  const fill = (more: object) => ({
    type: "fill",
    fill_id: JSON.stringify(more),
    venue: "k",
    symbol: "A",
    side: "buy",
    price: "0.40",
    size: 100,
    ...more,
  });
  const usd = (symbol: string, more: object = {}) => ({
    type: "instrument",
    venue: "k",
    symbol,
    kind: "binary",
    quote: "USD",
    category: "politics",
    ...more,
  });

  test("sums notional at average cost in USD by venue, category and bot", () => {
    const desk = new Desk().fact(0, usd("A")).fact(0, usd("B", { category: "rates" }));
    desk.fact(1, fill({})).fact(1, fill({ symbol: "B", side: "sell", price: "0.25" }));
    const exposure = readExposure(desk.state, "live");
    // 100 × 0.40 long, 100 × 0.25 short
    expect(exposure.total).toEqual({ gross_usd: 65, net_usd: 15, positions: 2 });
    expect(exposure.by_category.map((row) => [row.category, row.gross_usd, row.net_usd])).toEqual([
      ["politics", 40, 40],
      ["rates", 25, -25],
    ]);
    expect(readExposure(desk.state, "paper").total).toEqual({ gross_usd: 0, net_usd: 0, positions: 0 });
  });

  test("says why when a quote currency is unknown or has no rate, and uses a recorded rate", () => {
    const desk = new Desk().fact(0, fill({}));
    expect(readExposure(desk.state, "live").total).toEqual({
      gross_usd: null,
      net_usd: null,
      positions: 1,
      reason: "no instrument event names the quote currency of A",
    });
    desk.fact(1, usd("A", { quote: "USDC" }));
    expect(readExposure(desk.state, "live").total.reason).toBe("no recorded rate from USDC to USD");
    desk.fact(2, { type: "rate", currency: "USDC", per: "USD", price: "0.5" });
    expect(readExposure(desk.state, "live").total).toMatchObject({ gross_usd: 20, net_usd: 20 });
    expect(readExposure(desk.state, "live").by_currency).toEqual([
      { currency: "USDC", gross: 40, net: 40, positions: 1 },
    ]);
  });

  test("counts document 2's pair trades in gross by size_usd", () => {
    const desk = new Desk().fact(0, { type: "fill", fill_id: "1", pair_id: "p", size_usd: 100, pnl_cents: 150 });
    expect(readExposure(desk.state, "live").total).toMatchObject({ gross_usd: 100, positions: 1 });
    expect(readExposure(desk.state, "live").by_venue[0]?.venue).toBe("pair trades");
  });

  test("says so when a pair trade said no size", () => {
    const desk = new Desk().fact(0, { type: "fill", fill_id: "1", pair_id: "p", pnl_cents: 150 });
    const { total } = readExposure(desk.state, "live");
    expect(total).toMatchObject({ gross_usd: null, net_usd: null, reason: "1 fills of p said no size" });
  });

  test("holds nothing of an instrument that has settled", () => {
    const desk = new Desk()
      .fact(0, usd("A"))
      .fact(1, fill({}))
      .fact(2, { type: "settlement", venue: "k", symbol: "A", payout_per_unit: 1, bot: "venue-watcher" });
    expect(readExposure(desk.state, "live").total.positions).toBe(0);
  });
});

describe("readVenues", () => {
  test("gives percentiles and error rate over five minutes", () => {
    const desk = new Desk();
    for (let index = 1; index <= 100; index++)
      desk.sample(index / 100, { type: "feed", venue: "kalshi", kind: "latency", latency_ms: index });
    desk
      .fact(1, { type: "feed", venue: "kalshi", kind: "connected" })
      .fact(1, { type: "feed", venue: "kalshi", kind: "error" });
    const [venue] = readVenues(desk.state, at(2));
    expect(venue?.latency_p50_ms).toBeCloseTo(50, -0.5);
    expect(venue?.latency_p95_ms).toBeCloseTo(95, -0.7);
    expect(venue).toMatchObject({ status: "healthy", error_rate: 0.01, connected: true });
    expect(readVenues(desk.state, at(400))[0]).toMatchObject({ latency_p50_ms: null, error_rate: null });
  });

  test("is down when the feed or a running bot says so", () => {
    const desk = new Desk().fact(0, { ...started, venues: [{ venue: "poly", connected: false }] });
    expect(readVenues(desk.state, at(1))[0]).toMatchObject({ venue: "poly", status: "down" });
  });

  test("is not known from a file of the past, until its bot is heard", () => {
    const past = { origin: "import" };
    const desk = new Desk()
      .fact(0, { type: "feed", venue: "kalshi", kind: "connected", ...past })
      .fact(0, { type: "feed", venue: "okx", kind: "disconnected", ...past })
      .fact(0, { ...started, ...past, venues: [{ venue: "poly", connected: true }] });
    const venues = () => readVenues(desk.state, at(100)).map(({ venue, status }) => `${venue} ${status}`);
    expect(venues()).toEqual(["kalshi unknown", "okx unknown", "poly unknown"]);
    expect(desk.alertsAt(100)).toEqual([]);
    desk.sample(99, beat());
    expect(venues()).toEqual(["kalshi healthy", "okx down", "poly healthy"]);
  });
});
