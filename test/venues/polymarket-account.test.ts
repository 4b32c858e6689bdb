import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Secret } from "../../src/venues/core/secret.ts";
import { polymarket } from "../../src/venues/polymarket/polymarket.ts";
import { FakePolymarket } from "../fakes/fake-polymarket.ts";
import { Watching } from "../fakes/watching.ts";
import { waitUntil } from "../support/wait-until.ts";

// Longer than any wait in here.
vi.setConfig({ testTimeout: 90_000 });

const SLUG = "rain-in-june";
const YES = "rain-in-june-YES";

let venue: FakePolymarket;
let condition: string;
let desk: Watching;

interface Given {
  readonly settings?: Readonly<Record<string, string>>;
  readonly passphrase?: string;
  readonly markets?: readonly string[];
  readonly speed?: number;
}

const watch = ({
  settings = {},
  passphrase = venue.account.passphrase,
  markets = [],
  speed = 10,
}: Given = {}): Watching => {
  const { httpUrl, wsUrl, account } = venue;
  const addresses = { clob_url: httpUrl, gamma_url: httpUrl, data_url: httpUrl, ws_url: wsUrl };
  return new Watching({
    kind: polymarket,
    markets,
    settings: { ...addresses, account: "desk", address: account.address, ...settings },
    secrets: {
      apiKey: new Secret(account.apiKey),
      secret: new Secret(account.secret),
      passphrase: new Secret(passphrase),
    },
    speed,
  });
};

const connected = (): Promise<void> => waitUntil("the user channel is up", () => venue.users > 0);
const told = (type: "fill" | "fill.voided" | "order.placed" | "order.cancelled", count: number): Promise<void> =>
  waitUntil(`${count} ${type}`, () => desk.ofType(type).length >= count);

const order = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    event_type: "order",
    type: "PLACEMENT",
    id: "0xorder",
    asset_id: venue.token(SLUG, 0),
    market: condition,
    side: "BUY",
    price: "0.5",
    original_size: "100",
    size_matched: "0",
    status: "LIVE",
    order_type: "GTC",
    owner: venue.account.apiKey,
    timestamp: "1703875200001",
    ...more,
  });

const trade = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    event_type: "trade",
    type: "TRADE",
    id: "trade-1",
    status: "MATCHED",
    taker_order_id: "0xorder",
    market: condition,
    asset_id: venue.token(SLUG, 0),
    side: "BUY",
    size: "25",
    price: "0.5",
    fee_rate_bps: "1000",
    match_time: "1703875200",
    owner: venue.account.apiKey,
    maker_orders: [],
    trader_side: "TAKER",
    transaction_hash: "0xfeed",
    timestamp: "1703875200500",
    ...more,
  });

const makerOrder = (more: Readonly<Record<string, unknown>>) => ({
  order_id: "0xmaker",
  owner: venue.account.apiKey,
  maker_address: "0xsomebody",
  matched_amount: "10",
  price: "0.5",
  asset_id: venue.token(SLUG, 0),
  ...more,
});

beforeEach(async () => {
  venue = await FakePolymarket.start();
  condition = venue.list(SLUG);
});

afterEach(async () => {
  desk.stop();
  await venue.close();
});

test("an order is told when it is placed and when it is cancelled, with what was filled of it", async () => {
  desk = watch();
  await connected();
  venue.tellUser(order());
  venue.tellUser(order({ type: "UPDATE", size_matched: "25" }));
  venue.tellUser(order({ type: "CANCELLATION", size_matched: "25", status: "CANCELED" }));
  await told("order.cancelled", 1);
  const ids = {
    venue: "polymarket",
    account: "desk",
    order_id: "0xorder",
    symbol: YES,
    ts: "2023-12-29T18:40:00.001Z",
  };
  expect([...desk.ofType("order.placed"), ...desk.ofType("order.cancelled")]).toEqual([
    { type: "order.placed", ...ids, side: "buy", price: "0.5", size: "100", order_type: "limit", time_in_force: "GTC" },
    { type: "order.cancelled", ...ids, filled_size: "25" },
  ]);
});

test("a trade that was taken is one fill however often its status is told, with the fee of the market's formula", async () => {
  desk = watch();
  await connected();
  for (const status of ["MATCHED", "MINED", "CONFIRMED"]) venue.tellUser(trade({ status }));
  venue.tellUser(trade({ id: "trade-2" }));
  await told("fill", 2);
  expect(desk.ofType("fill").map((event) => event["fill_id"])).toEqual(["trade-1", "trade-2"]);
  expect(desk.ofType("fill")[0]).toEqual({
    type: "fill",
    venue: "polymarket",
    account: "desk",
    fill_id: "trade-1",
    symbol: YES,
    side: "buy",
    price: "0.5",
    size: "25",
    is_maker: false,
    order_id: "0xorder",
    fee: "0.25",
    fee_currency: "USDC",
    transaction_hash: "0xfeed",
    ts: "2023-12-29T18:40:00.000Z",
  });
});

test("of a trade that met several orders only one's own are told, each as a fill without a fee", async () => {
  desk = watch();
  await connected();
  const maker_orders = [
    makerOrder({ order_id: "0xa" }),
    makerOrder({ order_id: "0xb", owner: "another", price: "0.49" }),
    // The other outcome: who buys Yes met one who buys No.
    makerOrder({ order_id: "0xc", asset_id: venue.token(SLUG, 1), matched_amount: "5.5" }),
    makerOrder({
      order_id: "0xd",
      owner: "another",
      maker_address: venue.account.address.toUpperCase().replace("0X", "0x"),
      side: "SELL",
    }),
  ];
  venue.tellUser(trade({ trader_side: "MAKER", owner: "another", maker_orders }));
  await told("fill", 3);
  const parts = desk
    .ofType("fill")
    .map((event) => ["fill_id", "symbol", "side", "size", "fee"].map((name) => event[name]));
  expect(parts).toEqual([
    ["trade-1:0xa", YES, "sell", "10", "0"],
    ["trade-1:0xc", "rain-in-june-NO", "buy", "5.5", "0"],
    ["trade-1:0xd", YES, "sell", "10", "0"],
  ]);
});

test("a trade that fails on the chain is voided once, also when nothing was told of it before", async () => {
  desk = watch();
  await connected();
  venue.tellUser(trade());
  for (const status of ["RETRYING", "FAILED", "FAILED"]) venue.tellUser(trade({ status }));
  venue.tellUser(trade({ id: "trade-9", status: "FAILED" }));
  await told("fill.voided", 2);
  expect(desk.ofType("fill").map((event) => event["fill_id"])).toEqual(["trade-1", "trade-9"]);
  expect(desk.ofType("fill.voided").map((event) => [event["fill_id"], event["reason"]])).toEqual([
    ["trade-1", "the trade failed on the chain"],
    ["trade-9", "the trade failed on the chain"],
  ]);
});

test("ids of 19 digits keep every digit, though they come as numbers", async () => {
  desk = watch();
  await connected();
  venue.tellUser(trade().replace('"trade-1"', "4480321991774044580").replace('"0xorder"', "427980082597228605"));
  await told("fill", 1);
  expect(desk.ofType("fill")[0]).toMatchObject({ fill_id: "4480321991774044580", order_id: "427980082597228605" });
});

test("trades that the stream missed come by the list, page by page, and count once", async () => {
  desk = watch({ speed: 40 });
  await connected();
  venue.tellUser(trade());
  await told("fill", 1);
  for (const id of ["trade-5", "trade-4", "trade-3", "trade-1"]) venue.account.trades.push(trade({ id }));
  venue.account.trades.push(trade().replace('"trade-1"', "9007199254740993123"));
  await told("fill", 5);
  const ids = desk.ofType("fill").map((event) => String(event["fill_id"]));
  expect(ids.toSorted()).toEqual(["9007199254740993123", "trade-1", "trade-3", "trade-4", "trade-5"]);
  expect(venue.account.forged).toBe(0);
});

test("positions are told as the venue has them, without those that are closed", async () => {
  const position = { asset: venue.token(SLUG, 0), conditionId: condition, slug: SLUG, outcome: "Yes" };
  venue.account.positions.push(
    { ...position, size: 12.5, avgPrice: 0.41 },
    { ...position, outcome: "No", asset: venue.token(SLUG, 1), size: 0, avgPrice: 0 },
    "no position",
  );
  desk = watch();
  await waitUntil("they are told", () => desk.ofType("position.snapshot").length > 0);
  expect(desk.ofType("position.snapshot")[0]).toEqual({
    type: "position.snapshot",
    account: "desk",
    positions: [{ venue: "polymarket", symbol: YES, size: "12.5", entry_price: "0.41" }],
    source: "venue",
  });
});

test("a market that nothing is known of is named by its token, and its fee is not guessed", async () => {
  desk = watch();
  await connected();
  venue.tellUser(trade({ market: `0x${"e".repeat(64)}`, asset_id: "987654321" }));
  await told("fill", 1);
  expect(desk.ofType("fill")[0]).toMatchObject({ symbol: "987654321", price: "0.5" });
  expect(desk.ofType("fill")[0]).not.toHaveProperty("fee");
});

test("no credential is told to anybody, whatever the venue does with it", async () => {
  desk = watch({ markets: [SLUG], passphrase: "canary-passphrase-that-is-wrong", speed: 20 });
  await waitUntil("the venue refused it", () => desk.told("disconnected").length > 0 && venue.account.forged > 0);
  venue.plan("/books", { status: 401, text: JSON.stringify({ error: "refused" }) });
  venue.drop();
  await waitUntil("it tries again", () => desk.told("connected").length > 0 || desk.told("reconnecting").length > 2);
  const everything = JSON.stringify([desk.events, desk.marks, desk.trades, desk.feed.counts]);
  for (const secret of [venue.account.apiKey, venue.account.secret, "canary-passphrase"]) {
    expect(everything).not.toContain(secret);
  }
  expect(everything).toContain("disconnected");
});

test.each([
  [{ address: "0x12" }, "address is needed with account: 0x and 40 hex digits"],
  [{ data_url: "here" }, "data_url is no address such as https://"],
])("a setup that cannot work says what to do: %j", (settings, message) => {
  desk = watch();
  expect(() => watch({ settings })).toThrow(message);
});

test("an account without its keys says which are needed", () => {
  desk = watch();
  const setup = { kind: polymarket, markets: [], settings: { account: "desk", address: venue.account.address } };
  expect(() => new Watching(setup)).toThrow(
    "account needs POLYMARKET_API_KEY, POLYMARKET_API_SECRET and POLYMARKET_API_PASSPHRASE",
  );
});
