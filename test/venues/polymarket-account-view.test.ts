import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

function viewWith(passphrase: string): AccountView {
  const { httpUrl: url, account } = venue;
  return readingAccount({
    kind: polymarketAccount,
    settings: { clob_url: url, gamma_url: url, data_url: url, address: account.address },
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
