import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Secret } from "../../src/venues/core/secret.ts";
import type { AccountView } from "../../src/venues/core/account.ts";
import { polymarketAccount } from "../../src/venues/polymarket/account-view.ts";
import { FakePolymarket } from "../fakes/fake-polymarket.ts";
import { readingAccount } from "../fakes/reading-account.ts";

// Requests are made again after some seconds.
vi.setConfig({ testTimeout: 90_000 });

const SLUG = "rain-in-june";

let venue: FakePolymarket;
let condition: string;
let view: AccountView;

function viewWith(passphrase: string, more: Readonly<Record<string, string>> = {}): AccountView {
  const { httpUrl: url, account } = venue;
  return readingAccount({
    kind: polymarketAccount,
    settings: { clob_url: url, gamma_url: url, data_url: url, address: account.address, ...more },
    secrets: {
      apiKey: new Secret(account.apiKey),
      secret: new Secret(account.secret),
      passphrase: new Secret(passphrase),
    },
  }).view;
}

beforeEach(async () => {
  venue = await FakePolymarket.start();
  condition = venue.list(SLUG);
  view = viewWith(venue.account.passphrase);
});

afterEach(async () => {
  view.stop();
  await venue.close();
});

const order = (id: string, outcome: 0 | 1, more: object = {}): string =>
  JSON.stringify({
    ...{ id, status: "LIVE", market: condition, asset_id: venue.token(SLUG, outcome), side: "BUY" },
    ...{ original_size: "100", size_matched: "25.5", price: "0.48", ...more },
  });

test("resting orders of every page are told by the names of their outcomes", async () => {
  venue.account.orders.push(order("0x1", 0), order("0x2", 1, { side: "SELL" }), order("0x3", 0));
  expect(await view.openOrders()).toMatchObject({
    ok: true,
    value: [
      { orderId: "0x1", symbol: `${SLUG}-YES`, side: "buy", price: "0.48", size: "100", filledSize: "25.5" },
      { orderId: "0x2", symbol: `${SLUG}-NO`, side: "sell" },
      { orderId: "0x3" },
    ],
  });
  expect(venue.account.forged).toBe(0);
});

test("positions are those of the wallet, a minute old at least", async () => {
  venue.account.positions.push(
    { asset: venue.token(SLUG, 1), slug: SLUG, outcome: "No", size: 12.5, avgPrice: 0.4, curPrice: 0.5 },
    { asset: venue.token(SLUG, 0), slug: SLUG, outcome: "Yes", size: 0 },
  );
  const reading = await view.positions();
  expect(reading).toMatchObject({ ok: true, value: [{ symbol: `${SLUG}-NO`, size: "12.5", markPrice: "0.5" }] });
  if (reading.ok) expect(reading.at).toBeLessThan(Date.now() * 1_000 - 55_000_000);
});

const held = (token: string, size: number, more: object = {}) => ({
  ...{ asset: token, slug: SLUG, outcome: "No", size, avgPrice: 0.4, curPrice: 0.5, ...more },
});

test("a position of less than one contract is held too, and one of a market that paid out is not", async () => {
  venue.account.positions.push(held("1", 0.4), held("2", 12, { redeemable: true, curPrice: 0 }));
  expect(await view.positions()).toMatchObject({ ok: true, value: [{ size: "0.4" }] });
});

test("positions of every page are told, also where the venue gives fewer than it was asked for", async () => {
  venue.account.positionsPage = 2;
  for (let index = 0; index < 5; index++) venue.account.positions.push(held(String(index), 1 + index));
  const reading = await view.positions();
  expect(reading.ok && reading.value.map(({ size }) => size)).toEqual(["1", "2", "3", "4", "5"]);
});

test("positions of more pages than the venue tells, or that move between two pages, are none", async () => {
  for (let index = 0; index <= 10_500; index++) venue.account.positions.push(held(String(index), 1));
  expect(await view.positions()).toEqual({ ok: false, reason: "/positions could not all be had" });
  venue.account.positions.length = 3;
  venue.account.positionsPage = 2;
  venue.account.positionsMove = true;
  expect(await view.positions()).toEqual({ ok: false, reason: "/positions could not all be had" });
});

test("a list of orders that does not say that it is over, or of more pages than are read, is none", async () => {
  venue.account.endsSilently = true;
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/data/orders could not all be had" });
  venue.account.endsSilently = false;
  const row = order("0x1", 0);
  venue.account.orders.push(...Array.from({ length: 201 }, () => row));
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/data/orders could not all be had" });
});

test("an order may take seconds until it rests, and an answer from a cache is as old as it says", async () => {
  const usual = await view.openOrders();
  expect(usual.ok && usual.at).toBeLessThan(Date.now() * 1_000 - 9_000_000);
  venue.account.ageS = 600;
  const old = await view.openOrders();
  expect(old.ok && old.at).toBeLessThan(Date.now() * 1_000 - 600_000_000);
});

describe("the wallet that holds what is traded", () => {
  const PROXY = `0x${"2c".repeat(20)}`;
  const trade = (more: object): string =>
    JSON.stringify({ id: "t", market: condition, asset_id: venue.token(SLUG, 0), maker_orders: [], ...more });

  beforeEach(() => {
    venue.account.wallet = PROXY;
    venue.account.positions.push(held("1", 12));
  });

  const settled = () => viewWith(venue.account.passphrase, { wallet: PROXY });

  test("is another than the key's: without it nothing is told of positions, be it by trades or by orders", async () => {
    const others = trade({ owner: "somebody", maker_address: `0x${"3d".repeat(20)}` });
    venue.account.trades.push(others, trade({ owner: venue.account.apiKey, maker_address: PROXY }));
    expect(await view.positions()).toEqual({
      ok: false,
      reason: `its trades are of the wallet ${PROXY}: set wallet to it`,
    });
    const second = viewWith(venue.account.passphrase);
    venue.account.trades.length = 0;
    venue.account.orders.push(order("0x1", 0, { maker_address: PROXY }));
    expect(await second.openOrders()).toMatchObject({ ok: true });
    expect(await second.positions()).toEqual({
      ok: false,
      reason: `its orders are of the wallet ${PROXY}: set wallet to it`,
    });
    second.stop();
  });

  test("is read where it is named, and orders go on to be asked for by the key's address", async () => {
    const met = { owner: venue.account.apiKey, maker_address: PROXY.toUpperCase().replace("0X", "0x") };
    venue.account.trades.push(trade({ owner: "somebody", maker_address: "0x1", maker_orders: [met] }));
    const named = settled();
    expect(await named.positions()).toMatchObject({ ok: true, value: [{ size: "12" }] });
    expect(await named.openOrders()).toMatchObject({ ok: true });
    expect(venue.account.forged).toBe(0);
    named.stop();
  });

  test("is not known while the trades cannot be had", async () => {
    const stranger = viewWith("wrong", { wallet: PROXY });
    expect(await stranger.positions()).toMatchObject({ ok: false, reason: expect.stringMatching(/^\/data\/trades/) });
    stranger.stop();
  });
});

test("an entry that cannot be read, or a wrong key, is no list", async () => {
  venue.account.orders.push(order("0x1", 0), '{"id":"0x2"}');
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/data/orders: an entry that cannot be read" });
  const stranger = viewWith("wrong");
  expect(await stranger.openOrders()).toEqual({ ok: false, reason: "/data/orders could not all be had" });
  stranger.stop();
});

test("what its key may do is not known", async () => {
  expect(await view.checkKey()).toMatchObject({ ok: true, value: { kind: "unknown" } });
});
