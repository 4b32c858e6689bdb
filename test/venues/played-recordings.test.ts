import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { OrderBook } from "../../src/domain/order-book.ts";
import { FeedReport } from "../../src/venues/core/feed.ts";
import { Secret } from "../../src/venues/core/secret.ts";
import type { VenueSink } from "../../src/venues/core/sink.ts";
import type { VenueKind } from "../../src/venues/core/venue.ts";
import { binance } from "../../src/venues/binance/binance.ts";
import { kalshi } from "../../src/venues/kalshi/kalshi.ts";
import { readForeign } from "../../src/venues/recording/foreign-file.ts";
import { Player } from "../../src/venues/recording/player.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

interface Session {
  readonly file: string;
  readonly kind: VenueKind;
  readonly markets: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** Plays a file to the connector of its venue, and counts what that tells. */
async function play({ file, kind, markets, settings = {} }: Session) {
  const found = { fresh: 0, stale: 0, trades: 0, gaps: 0, malformed: 0 };
  const books = new Map<string, OrderBook>();
  const sink: VenueSink = {
    bookChanged: ({ symbol, book }) => {
      books.set(symbol, book);
      if (book.isFresh) found.fresh++;
      else if (book.state.kind === "stale") found.stale++;
    },
    marked: () => undefined,
    traded: () => found.trades++,
    tell: () => undefined,
  };
  const player = await Player.open({
    batches: readForeign(testData(file)),
    sleep: async () => undefined,
    nowMs: () => 0,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const ports = player.ports(kind.name);
  const feed = new FeedReport({ venue: kind.name, clock: ports.clock, sink });
  const made = kind.connect({
    venue: kind.name,
    markets,
    settings,
    secrets: { keyId: new Secret("played"), privateKey: new Secret(privateKey) },
    context: { venue: kind.name, ...ports, sink, feed },
  });
  if (!made.ok) throw new Error(made.error);
  made.value.start();
  const report = await player.play();
  found.gaps = feed.counts.gaps;
  found.malformed = feed.counts.malformed;
  const tops = [...books].map(([symbol, book]) => [symbol, book.state.kind, book.top("bids", 5), book.top("asks", 5)]);
  made.value.stop();
  return { ...found, report, tops };
}

const KALSHI = "data/kalshi-websocket";
const BINANCE = "data/binance-futures/btcusdt_20240808.gz";

requireTestData(KALSHI, BINANCE)("recorded sessions played to their connectors", () => {
  test.each<[string, Session, { fresh: number; stale: number }]>([
    [
      "Kalshi, the first",
      {
        file: `${KALSHI}/raw_events_20260514T010859Z.ndjson.gz`,
        kind: kalshi,
        markets: ["KXBTC15M-26MAY132115-15", "KXBTC15M-26MAY132130-30"],
        settings: { use_yes_price: "false" },
      },
      { fresh: 88_500, stale: 1 },
    ],
    [
      "Kalshi, the second",
      {
        file: `${KALSHI}/raw_events_20260514T014324Z.ndjson.gz`,
        kind: kalshi,
        markets: ["KXBTC15M-26MAY132145-45", "KXBTC15M-26MAY132200-00"],
        settings: { use_yes_price: "false" },
      },
      { fresh: 58_900, stale: 1 },
    ],
    ["Binance", { file: BINANCE, kind: binance, markets: ["BTCUSDT"] }, { fresh: 6_500, stale: 0 }],
  ])(
    "%s: every frame is read, none is missed, the books stay fresh, and it is the same again",
    async (_, session, { fresh, stale }) => {
      const first = await play(session);
      expect(first.report).toMatchObject({ unheard: 0, unasked: 0 });
      expect(first).toMatchObject({ gaps: 0, malformed: 0, stale });
      expect(first.fresh).toBeGreaterThan(fresh);
      expect(await play(session)).toEqual(first);
    },
    60_000,
  );
});
