import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AccountView } from "../../src/venues/core/account.ts";
import { kalshiAccount } from "../../src/venues/kalshi/account-view.ts";
import { FakeKalshi } from "../fakes/fake-kalshi.ts";
import { readingAccount } from "../fakes/reading-account.ts";
import { jsonAnswer } from "../fakes/venue-server.ts";

let venue: FakeKalshi;
let view: AccountView;

function viewWith(more: Readonly<Record<string, string>> = {}): AccountView {
  const settings = { rest_url: venue.settings["rest_url"] ?? "", read_tokens_per_second: "10000", ...more };
  return readingAccount({ kind: kalshiAccount, settings, secrets: venue.secrets }).view;
}

beforeEach(async () => {
  venue = await FakeKalshi.start([]);
  view = viewWith();
});

afterEach(async () => {
  view.stop();
  await venue.close();
});

const order = (id: string, more: object = {}) => ({
  ...{ order_id: id, client_order_id: `c-${id}`, ticker: "KXFED-27APR-T4.25", status: "resting" },
  ...{ yes_price_dollars: "0.3500", remaining_count_fp: "7.50", fill_count_fp: "2.50", book_side: "bid" },
  ...more,
});

test("resting orders of every page are told, in terms of YES", async () => {
  venue.ordersPage = 2;
  venue.orders = [
    order("1"),
    order("2", { book_side: "ask" }),
    order("3", { book_side: undefined, side: "no", action: "buy" }),
    order("4", { book_side: undefined, side: "no", action: "sell" }),
    order("5", { book_side: undefined, side: "yes", action: "buy" }),
  ];
  const before = Date.now() * 1_000;
  const reading = await view.openOrders();
  expect(reading).toMatchObject({
    ok: true,
    value: [
      { orderId: "1", clientOrderId: "c-1", symbol: "KXFED-27APR-T4.25", side: "buy", price: "0.35", size: "10" },
      { orderId: "2", side: "sell", filledSize: "2.5" },
      { orderId: "3", side: "sell" },
      { orderId: "4", side: "buy" },
      { orderId: "5", side: "buy" },
    ],
  });
  if (reading.ok) expect(reading.at).toBeGreaterThan(before - 10_000_000);
  expect(venue.forged).toBe(0);
});

test("a page that is missing, or an entry that cannot be read, is no list", async () => {
  venue.ordersPage = 1;
  venue.orders = [order("1"), order("2")];
  venue.plan("/portfolio/orders", jsonAnswer({ orders: [order("1")], cursor: "gone" }));
  venue.plan("/portfolio/orders", jsonAnswer({ error: "too many requests" }, 429));
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/portfolio/orders: HTTP 429: too many requests" });
  venue.orders = [order("1"), { order_id: "2" }];
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/portfolio/orders: an entry that cannot be read" });
  venue.plan("/portfolio/orders", jsonAnswer({ orders: ["1"], cursor: "" }));
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/portfolio/orders: an entry that cannot be read" });
});

test("a list of more pages than are read, or whose pages do not go on, is no list", async () => {
  venue.ordersPage = 1;
  venue.orders = Array.from({ length: 100 }, (_, index) => order(String(index)));
  const whole = await view.openOrders();
  expect(whole.ok && whole.value.length).toBe(100);
  venue.orders.push(order("100"));
  expect(await view.openOrders()).toEqual({
    ok: false,
    reason: "/portfolio/orders: more than 100 pages, of which no more are read",
  });
  venue.plan("/portfolio/orders", jsonAnswer({ orders: [], cursor: "again" }));
  venue.plan("/portfolio/orders", jsonAnswer({ orders: [], cursor: "again" }));
  expect(await view.openOrders()).toEqual({ ok: false, reason: "/portfolio/orders: pages that do not go on" });
});

test("an answer from a cache is as old as it says", async () => {
  venue.ageS = 600;
  const reading = await view.openOrders();
  if (!reading.ok) throw new Error(reading.reason);
  expect(reading.at).toBeLessThan(Date.now() * 1_000 - 590_000_000);
});

describe("of several subaccounts", () => {
  beforeEach(() => {
    venue.subaccounts = [0, 3];
    venue.orders = [order("1"), order("2", { subaccount_number: 3 })];
    venue.positions = [
      { ticker: "A", position_fp: "5.00" },
      { ticker: "A", position_fp: "-5.00", subaccount_number: 3 },
      { ticker: "B", position_fp: "1.00", subaccount_number: 3 },
    ];
  });

  test("everything is read, page by page: a position in one of them is held", async () => {
    venue.positionsPage = 1;
    const orders = await view.openOrders();
    expect(orders.ok && orders.value.map(({ orderId }) => orderId)).toEqual(["1", "2"]);
    const positions = await view.positions();
    expect(positions.ok && positions.value.map(({ symbol, size }) => `${symbol} ${size}`)).toEqual([
      "A 5",
      "A -5",
      "B 1",
    ]);
    expect(await view.balances()).toMatchObject({
      ok: true,
      value: { balances: [{ currency: "USD", total: "246.9" }], equity: "260" },
    });
  });

  test("one is read where it is named", async () => {
    const third = viewWith({ subaccount: "3" });
    expect(await third.openOrders()).toMatchObject({ ok: true, value: [{ orderId: "2" }] });
    expect(await third.positions()).toMatchObject({ ok: true, value: [{ size: "-5" }, { symbol: "B" }] });
    third.stop();
  });

  test("nothing is told of positions while it is not known which there are", async () => {
    venue.plan("/portfolio/subaccounts/balances", jsonAnswer({ message: "not for you" }, 403));
    expect(await view.positions()).toEqual({
      ok: false,
      reason: "/portfolio/subaccounts/balances: HTTP 403: not for you; or name the one that is traded on in subaccount",
    });
    venue.subaccounts = [];
    expect(await view.positions()).toMatchObject({ ok: false });
  });

  test("a key that sees one of them alone is refused for any other", async () => {
    venue.keySees = 3;
    const reason = expect.stringMatching(/^the key sees subaccount 3 alone: set subaccount to 3/);
    expect(await view.checkKey()).toEqual({ ok: true, value: { kind: "refused", reason } });
    const third = viewWith({ subaccount: "3" });
    expect(await third.checkKey()).toEqual({ ok: true, value: { kind: "read_only" } });
    third.stop();
  });
});

test("lists that are behind are dated by how far they have come, and by a minute where that is not told", async () => {
  venue.lagMs = 120_000;
  const behind = await view.openOrders();
  if (!behind.ok) throw new Error(behind.reason);
  expect(behind.at).toBeLessThan(Date.now() * 1_000 - 115_000_000);
  venue.plan("/exchange/user_data_timestamp", jsonAnswer({ message: "no" }, 500));
  const unknown = await view.openOrders();
  if (!unknown.ok) throw new Error(unknown.reason);
  expect(unknown.at).toBeLessThan(Date.now() * 1_000 - 55_000_000);
});

test("positions are signed, flat ones left out, and balances are in dollars", async () => {
  venue.positions = [
    { ticker: "A", position_fp: "-12.50" },
    { ticker: "B", position_fp: "0.00" },
  ];
  expect(await view.positions()).toMatchObject({ ok: true, value: [{ symbol: "A", size: "-12.5" }] });
  expect(await view.balances()).toMatchObject({
    ok: true,
    value: { balances: [{ currency: "USD", total: "123.45" }], equity: "130", equityCurrency: "USD" },
  });
});

test("a key that may write is refused, and one of which nothing is said is unknown", async () => {
  expect(await view.checkKey()).toEqual({ ok: true, value: { kind: "read_only" } });
  venue.scopes = ["read", "write"];
  expect(await view.checkKey()).toMatchObject({
    ok: true,
    value: { kind: "refused", reason: expect.stringMatching(/^the key may write: /) },
  });
  venue.scopes = undefined;
  expect(await view.checkKey()).toMatchObject({ ok: true, value: { kind: "unknown" } });
});
