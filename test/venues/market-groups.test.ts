import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { binance } from "../../src/venues/binance/binance.ts";
import { FeedReport } from "../../src/venues/core/feed.ts";
import type { WatchedMarket } from "../../src/venues/core/sink.ts";
import { kalshi } from "../../src/venues/kalshi/kalshi.ts";
import { polymarket } from "../../src/venues/polymarket/polymarket.ts";
import type { VenueKind } from "../../src/venues/core/venue.ts";
import { Player } from "../../src/venues/recording/player.ts";
import type { VenueRecord } from "../../src/venues/recording/record.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { FakePolymarket } from "../fakes/fake-polymarket.ts";
import { TrueMarket } from "../fakes/kalshi-market.ts";
import { Watching } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

// Longer than any wait in here.
vi.setConfig({ testTimeout: 90_000 });

let desk: Watching | undefined;
afterEach(() => {
  desk?.stop();
  desk = undefined;
});

describe("a group of Kalshi", () => {
  const [DEC_LOW, DEC_HIGH, JAN] = ["KXFED-26DEC-T4.00", "KXFED-26DEC-T4.25", "KXFED-27JAN-T4.00"] as const;
  const OTHER = "KXCPI-26DEC-T0.3";
  let venue: FakeKalshi;

  const add = (ticker: string): void => {
    const market = new TrueMarket(ticker);
    market.put("yes", 4_500, 1_000);
    market.put("no", 5_300, 2_000);
    venue.markets.set(ticker, market);
  };

  beforeEach(async () => {
    venue = await FakeKalshi.start([]);
    for (const ticker of [DEC_LOW, DEC_HIGH, JAN, OTHER]) add(ticker);
  });
  afterEach(() => venue.close());

  const watch = (
    markets: readonly string[],
    more: Readonly<Record<string, string>> = {},
    record?: (entry: VenueRecord) => void,
  ): Watching => {
    const settings = { ...venue.settings, read_tokens_per_second: "10000", answer_ms: "60000", refresh_ms: "1000" };
    const hears = record === undefined ? {} : { record };
    desk = new Watching({
      kind: kalshi,
      markets,
      secrets: venue.secrets,
      settings: { ...settings, ...more },
      ...hears,
    });
    return desk;
  };

  const isRight = (on: Watching, ticker: string): boolean => {
    const { bids, asks } = venue.market(ticker);
    return on.equals(ticker, bids, asks);
  };

  const untilWatched = (on: Watching, tickers: readonly string[]): Promise<void> =>
    waitUntil(`${tickers.join(", ")} are watched and right`, () => {
      const isFollowed = JSON.stringify(venue.followed) === JSON.stringify([...tickers].sort());
      return isFollowed && tickers.every((ticker) => isRight(on, ticker));
    });

  test("a series is its open markets, however many pages they fill, and each is told as an instrument", async () => {
    venue.marketsPage = 2;
    const on = watch(["series:KXFED"]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    await waitUntil("instruments are told", () => on.ofType("instrument").length >= 3);
    expect(on.ofType("instrument").map(({ symbol }) => symbol)).not.toContain(OTHER);
  });

  test("an event is its open markets, beside markets that are named", async () => {
    const on = watch(["event:KXFED-26DEC", OTHER, DEC_LOW]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, OTHER]);
  });

  test("a market that comes is watched, and one that closes is not, while the others go on", async () => {
    const on = watch(["series:KXFED"]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    const connections = venue.connections;
    add("KXFED-27MAR-T4.00");
    venue.market(DEC_LOW).facts["status"] = "closed";
    await untilWatched(on, [DEC_HIGH, JAN, "KXFED-27MAR-T4.00"]);
    await waitUntil("the closed one is given up", () => on.unwatched.includes(DEC_LOW));
    expect(on.isFresh(DEC_LOW)).toBe(false);
    venue.put(JAN, "yes", 4_600, 700);
    await waitUntil("the others go on", () => isRight(on, JAN));
    expect([venue.connections, on.told("gap"), on.told("stale")]).toEqual([connections, [], []]);
  });

  test("a new connection follows what is open then", async () => {
    const on = watch(["series:KXFED"]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    venue.market(DEC_LOW).facts["status"] = "closed";
    await waitUntil("the closed one is given up", () => on.unwatched.includes(DEC_LOW));
    venue.hangUp(1001);
    await waitUntil("it is connected anew", () => venue.connections === 2);
    await untilWatched(on, [DEC_HIGH, JAN]);
  });

  test("a market that is watched no longer still tells its settlement", async () => {
    const on = watch(["series:KXFED"]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    venue.market(DEC_LOW).facts["status"] = "closed";
    await waitUntil("it is given up", () => on.unwatched.includes(DEC_LOW));
    Object.assign(venue.market(DEC_LOW).facts, {
      ...{ status: "finalized", result: "yes", settlement_value_dollars: "1.0000" },
    });
    venue.lifecycle(DEC_LOW, "settled");
    await waitUntil("it is told", () => on.ofType("settlement").some(({ symbol }) => symbol === DEC_LOW));
  });

  test("one with too many markets is refused as a whole, with how many there are; what is named is watched", async () => {
    const on = watch(["series:KXFED", OTHER], { max_markets: "3" });
    await waitUntil("it is refused", () =>
      on
        .told("error")
        .includes(
          "series:KXFED has 3 open markets beside 1 others, and max_markets is 3: none of them is watched; " +
            "name a smaller group, or raise it",
        ),
    );
    await untilWatched(on, [OTHER]);
    venue.market(JAN).facts["status"] = "closed";
    await untilWatched(on, [DEC_LOW, DEC_HIGH, OTHER]);
  });

  test("a list that cannot be read leaves things as they are, and is read again", async () => {
    const on = watch(["series:KXFED"]);
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    const asked = (): number => venue.requests.filter(({ query }) => query.has("series_ticker")).length;
    for (let count = 0; count < 2; count++) venue.plan("/markets", { status: 403, text: "{}" });
    const before = asked();
    await waitUntil("it was asked twice more", () => asked() >= before + 3);
    expect(on.unwatched).toEqual([]);
    expect(venue.followed).toEqual([DEC_LOW, DEC_HIGH, JAN]);
  });

  test("a recording of one brings the same markets again, those that came and went too", async () => {
    const records: VenueRecord[] = [];
    const on = watch(["series:KXFED"], {}, (entry) => void records.push(entry));
    await untilWatched(on, [DEC_LOW, DEC_HIGH, JAN]);
    add("KXFED-27MAR-T4.00");
    venue.market(DEC_LOW).facts["status"] = "closed";
    await untilWatched(on, [DEC_HIGH, JAN, "KXFED-27MAR-T4.00"]);
    // A recording that goes on for a while after what it is about.
    const asked = venue.requests.length;
    await waitUntil("time passes", () => venue.requests.length >= asked + 5);
    on.stop();
    const told = await played(records, ["series:KXFED"], venue);
    expect(told).toEqual([[DEC_LOW, DEC_HIGH, JAN, "KXFED-27MAR-T4.00"], [DEC_LOW]]);
  });

  test("one without any open market says so once", async () => {
    const on = watch(["event:KXNONE-26DEC"]);
    const asked = (): number => venue.requests.filter(({ query }) => query.has("event_ticker")).length;
    await waitUntil("it was asked some times", () => asked() >= 3);
    expect(on.told("error")).toEqual(["event:KXNONE-26DEC has no open market now"]);
  });
});

/** What a connector makes of a recording: the markets that have a book, and those that were given up. */
async function played(records: readonly VenueRecord[], markets: readonly string[], venue: FakeKalshi) {
  const player = await Player.open({
    batches: [records],
    sleep: async () => undefined,
    nowMs: () => 0,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const [fresh, unwatched] = [new Set<string>(), new Set<string>()];
  const sink = {
    bookChanged: ({ symbol, book }: WatchedMarket) => void (book.isFresh && fresh.add(symbol)),
    unwatched: ({ symbol }: WatchedMarket) => void unwatched.add(symbol),
    marked: () => undefined,
    traded: () => undefined,
    tell: () => undefined,
  };
  const ports = player.ports("kalshi");
  const feed = new FeedReport({ venue: "kalshi", clock: ports.clock, sink });
  const { secrets } = venue;
  const settings = { ...venue.settings, refresh_ms: "1000" };
  const context = { venue: "kalshi", ...ports, sink, feed };
  const made = kalshi.connect({ venue: "kalshi", markets, settings, secrets, context });
  if (!made.ok) throw new Error(made.error);
  made.value.start();
  await player.play();
  made.value.stop();
  return [[...fresh].sort(), [...unwatched]];
}

describe("an event of Polymarket", () => {
  let venue: FakePolymarket;
  beforeEach(async () => {
    venue = await FakePolymarket.start();
    for (const slug of ["fed-cuts", "fed-holds"]) venue.list(slug, { event: "fed-decision" });
    venue.list("rain-in-june");
  });
  afterEach(() => venue.close());

  const watch = (markets: readonly string[], more: Readonly<Record<string, string>> = {}): Watching => {
    const addresses = { clob_url: venue.httpUrl, gamma_url: venue.httpUrl, ws_url: venue.wsUrl };
    desk = new Watching({ kind: polymarket, markets, settings: { ...addresses, refresh_ms: "2000", ...more } });
    return desk;
  };

  const isRight = (on: Watching, slug: string): boolean =>
    on.equals(`${slug}-YES`, venue.levels(slug, "bids"), venue.levels(slug, "asks"));

  test("is its markets that take orders; they come and go", async () => {
    const on = watch(["event:fed-decision", "rain-in-june"]);
    const shown = ["fed-cuts", "fed-holds", "rain-in-june"];
    await waitUntil("all are right", () => shown.every((slug) => isRight(on, slug)));
    venue.list("fed-raises", { event: "fed-decision" });
    venue.shut("fed-holds");
    await waitUntil("the new one is right", () => isRight(on, "fed-raises"));
    await waitUntil("the one that is shut is given up", () => on.unwatched.includes("fed-holds-YES"));
    expect([on.isFresh("fed-holds-YES"), venue.watchers("fed-holds")]).toEqual([false, 0]);
    expect(["fed-cuts", "rain-in-june"].map((slug) => isRight(on, slug))).toEqual([true, true]);
  });

  test("that nobody knows is told, and asked for again", async () => {
    const on = watch(["event:nothing"]);
    await waitUntil("it is told", () => on.told("error").some((detail) => detail.includes("404: slug not found")));
    await waitUntil("it is asked for again", () => venue.asked("/events/slug/nothing") >= 2);
  });
});

test.each<[VenueKind, string, string]>([
  [kalshi, "serie:KXFED", "serie:KXFED names no market; several markets at once are event:NAME and series:NAME"],
  [kalshi, "series:", "series: names no market; several markets at once are event:NAME and series:NAME"],
  [polymarket, "series:fed", "series:fed names no market; several markets at once are event:NAME"],
  [binance, "series:BTC", "series:BTC is no symbol of Binance: write it as in BTCUSDT"],
])("%o refuses a group that it does not have", (kind, name, problem) => {
  expect(() => new Watching({ kind, markets: [name], settings: {} })).toThrow(problem);
});
