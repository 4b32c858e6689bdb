import { expect, test, vi } from "vitest";
import { FeedReport } from "../../src/venues/core/feed.ts";
import type { PublicTrade, VenueEvent, WatchedMarket } from "../../src/venues/core/sink.ts";
import { polymarket } from "../../src/venues/polymarket/polymarket.ts";
import { Player } from "../../src/venues/recording/player.ts";
import type { VenueRecord } from "../../src/venues/recording/record.ts";
import { FakePolymarket } from "../fakes/fake-polymarket.ts";
import { Watching } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

// Longer than any wait in here.
vi.setConfig({ testTimeout: 90_000 });

const SLUG = "rain-in-june";
const YES = "rain-in-june-YES";

/** A session with a lost change, a lost connection, a trade and a change of tick, recorded as it went. */
async function recordedSession() {
  const venue = await FakePolymarket.start();
  venue.list(SLUG);
  const settings = { clob_url: venue.httpUrl, gamma_url: venue.httpUrl, ws_url: venue.wsUrl };
  const records: VenueRecord[] = [];
  const record = (entry: VenueRecord): void => void records.push(entry);
  const desk = new Watching({ kind: polymarket, markets: [SLUG], settings, record });
  const settle = (): Promise<void> =>
    waitUntil("the book is right", () => desk.equals(YES, venue.levels(SLUG, "bids"), venue.levels(SLUG, "asks")));
  try {
    await settle();
    venue.loseNext();
    venue.change(SLUG, { side: "bids", price: "0.46", size: "9" });
    venue.change(SLUG, { side: "asks", price: "0.5", size: "1" });
    await waitUntil("the loss is seen", () => desk.told("stale").length > 0);
    await settle();
    venue.drop();
    await waitUntil("it is gone", () => desk.told("disconnected").length > 0);
    await settle();
    venue.trade(SLUG, 1, { price: "0.52", size: "3", side: "BUY" });
    venue.changeTick(SLUG, "0.001");
    await waitUntil("both are told", () => desk.trades.length === 1 && desk.ofType("instrument").length > 2);
    await settle();
    // A recording that goes on for a while after what it is about.
    const { pings } = venue;
    await waitUntil("time passes", () => venue.pings >= pings + 2);
  } finally {
    desk.stop();
    await venue.close();
  }
  return { desk, records, settings };
}

async function played(records: readonly VenueRecord[], settings: Readonly<Record<string, string>>) {
  const events: VenueEvent[] = [];
  const trades: PublicTrade[] = [];
  const states: string[] = [];
  let market: WatchedMarket | undefined;
  const sink = {
    bookChanged: (changed: WatchedMarket) => {
      market = changed;
      states.push(JSON.stringify([changed.book.state, changed.book.top("bids", 9), changed.book.top("asks", 9)]));
    },
    marked: () => undefined,
    traded: (trade: PublicTrade) => void trades.push(trade),
    tell: (event: VenueEvent) => void events.push(event),
  };
  const player = await Player.open({
    batches: [records],
    sleep: async () => undefined,
    nowMs: () => 0,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const ports = player.ports("polymarket");
  const feed = new FeedReport({ venue: "polymarket", clock: ports.clock, sink });
  const context = { venue: "polymarket", ...ports, sink, feed };
  const made = polymarket.connect({ venue: "polymarket", markets: [SLUG], settings, secrets: {}, context });
  if (!made.ok) throw new Error(made.error);
  made.value.start();
  await player.play();
  made.value.stop();
  return { events, trades, states, last: [market?.book.top("bids", 99), market?.book.top("asks", 99)] };
}

test("a recorded session makes the connector see it again, each time the same", async () => {
  const { desk, records, settings } = await recordedSession();
  const first = await played(records, settings);
  const ofType = (type: string) => first.events.filter((event) => event.type === type);
  expect(first.last).toEqual([desk.book(YES)?.top("bids", 99), desk.book(YES)?.top("asks", 99)]);
  expect(first.trades.map(({ symbol, price, size }) => [symbol, price, size])).toEqual([
    ["rain-in-june-NO", "0.52", "3"],
  ]);
  expect(ofType("instrument")).toEqual(desk.ofType("instrument"));
  expect(first.states.some((state) => state.includes("mismatch"))).toBe(true);
  expect(first.states.some((state) => state.includes("disconnected"))).toBe(true);
  expect(await played(records, settings)).toEqual(first);
});
