import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { binanceAccount } from "../../src/venues/binance/account.ts";
import type { AccountView } from "../../src/venues/core/account.ts";
import { Secret } from "../../src/venues/core/secret.ts";
import { FakeBinanceAccount } from "../fakes/fake-binance-account.ts";
import { readingAccount } from "../fakes/reading-account.ts";
import { jsonAnswer } from "../fakes/venue-server.ts";

let venue: FakeBinanceAccount;
let view: AccountView;
let told: string[];

beforeEach(async () => {
  venue = await FakeBinanceAccount.start();
  ({ view, told } = readingAccount({ kind: binanceAccount, settings: venue.settings, secrets: venue.secrets }));
});

afterEach(async () => {
  view.stop();
  await venue.close();
});

const ORDERS = "/fapi/v1/openOrders";
const CONDITIONALS = "/fapi/v1/openAlgoOrders";

test("open orders, positions and balances are told as the venue has them", async () => {
  venue.rest("ETHUSDT", 8886774, { executedQty: "0.250" });
  venue.rest("BTCUSDT", 12, { side: "SELL", price: "0", origQty: "0", closePosition: true });
  venue.hold("ETHUSDT", "-1.500");
  venue.hold("BTCUSDT", "0.000");
  const before = Date.now() * 1_000;
  const orders = await view.openOrders();
  expect(orders).toMatchObject({
    ok: true,
    value: [
      { orderId: "8886774", clientOrderId: "c-8886774", symbol: "ETHUSDT", side: "buy", size: "1", filledSize: "0.25" },
      { orderId: "12", side: "sell", size: "1", closesAll: true },
    ],
  });
  if (!orders.ok) throw new Error(orders.reason);
  expect(orders.at).toBeGreaterThanOrEqual(before - 1_000);
  expect(orders.value[1]).not.toHaveProperty("price");
  expect(await view.positions()).toMatchObject({ ok: true, value: [{ symbol: "ETHUSDT", size: "-1.5" }] });
  expect(await view.balances()).toMatchObject({
    ok: true,
    value: {
      equity: "1000",
      equityCurrency: "USDT",
      marginRatio: 1,
      balances: [{ currency: "USDT", total: "1000", available: "900" }],
    },
  });
  expect(venue.forged).toBe(0);
});

describe("an order that waits for its trigger", () => {
  test("rests, although the list of open orders does not have it", async () => {
    venue.stop("ETHUSDT", 2_148_627);
    venue.stop("BNBUSDT", 2_148_628, {
      ...{ orderType: "TAKE_PROFIT", side: "BUY", quantity: "0.01", price: "750.000", closePosition: false },
    });
    venue.rest("ETHUSDT", 1);
    const reading = await view.openOrders();
    expect(reading).toMatchObject({
      ok: true,
      value: [
        { orderId: "2148627", clientOrderId: "a-2148627", symbol: "ETHUSDT", side: "sell", size: "1", closesAll: true },
        { orderId: "2148628", symbol: "BNBUSDT", side: "buy", size: "0.01", price: "750" },
        { orderId: "1" },
      ],
    });
    if (reading.ok) expect(reading.value[0]).not.toHaveProperty("price");
    expect(venue.forged).toBe(0);
  });

  test("is not missed when it is triggered between the two lists, and counts once when both have it", async () => {
    venue.stop("ETHUSDT", 7);
    venue.triggersInBetween = true;
    const reading = await view.openOrders();
    expect(reading.ok && reading.value.length).toBeGreaterThan(0);
    venue.orders = [];
    venue.rest("ETHUSDT", 88);
    venue.stop("ETHUSDT", 8, { algoStatus: "TRIGGERED", actualOrderId: "88" });
    expect(await view.openOrders()).toMatchObject({ ok: true, value: [{ orderId: "88" }] });
  });

  test.each([
    ["is not known to the venue", jsonAnswer({ code: -5000, msg: "Path is invalid" }, 404), /^HTTP 404: -5000/],
    ["is refused", jsonAnswer({ code: -2015, msg: "Invalid API-key, IP, or permissions" }, 401), /^HTTP 401: -2015/],
    ["is told as an error", jsonAnswer({ code: -1000, msg: "unknown" }), /cannot be read/],
    ["is told in part", jsonAnswer([{ algoId: 1, symbol: "ETHUSDT" }]), /cannot be read/],
    ["is something else", jsonAnswer({ total: 0, orders: [] }), /cannot be read/],
  ])("is not ruled out by a list that %s", async (_, answer, reason) => {
    venue.plan(CONDITIONALS, answer);
    const reading = await view.openOrders();
    expect(reading).toMatchObject({ ok: false });
    expect(reading.ok ? "" : reading.reason.replace(`${CONDITIONALS}: `, "")).toMatch(reason);
  });

  test("is not ruled out by a list that does not come", async () => {
    const { settings, secrets } = venue;
    const { view: hasty } = readingAccount({ kind: binanceAccount, settings, secrets, timeoutMs: 500 });
    venue.plan(CONDITIONALS, "hang");
    expect(await hasty.openOrders()).toMatchObject({ ok: false });
    hasty.stop();
  });
});

test("in hedge mode long and short are two positions, whatever sign the venue writes", async () => {
  venue.hold("ETHUSDT", "2.0", { positionSide: "LONG" });
  venue.hold("ETHUSDT", "2.0", { positionSide: "SHORT" });
  expect(await view.positions()).toMatchObject({
    ok: true,
    value: [
      { symbol: "ETHUSDT", size: "2", positionSide: "long" },
      { symbol: "ETHUSDT", size: "-2", positionSide: "short" },
    ],
  });
});

test("equity is in USD where the margin is of several assets", async () => {
  venue.account = {
    totalMarginBalance: "2500.5",
    totalMaintMargin: "250.05",
    assets: [
      { asset: "USDT", walletBalance: "1000", marginBalance: "1000" },
      { asset: "BTC", walletBalance: "0.02", marginBalance: "0.02" },
    ],
  };
  const balances = await view.balances();
  expect(balances).toMatchObject({ ok: true, value: { equity: "2500.5", equityCurrency: "USD", marginRatio: 0.9 } });
});

test("a clock that is apart is made up for, and one that jumps is compared again", async () => {
  venue.aheadMs = -60_000;
  expect(await view.openOrders()).toMatchObject({ ok: true });
  venue.aheadMs = 3_600_000;
  const reading = await view.openOrders();
  expect(reading).toMatchObject({ ok: true });
  if (reading.ok) expect(Math.abs(reading.at - Date.now() * 1_000)).toBeLessThan(30_000_000);
});

test("an answer that was made before it was asked for is dated by when it was made", async () => {
  await view.openOrders();
  venue.staleS = 600;
  const reading = await view.openOrders();
  if (!reading.ok) throw new Error(reading.reason);
  expect(reading.at).toBeLessThan(Date.now() * 1_000 - 500_000_000);
});

test("a list of which one entry cannot be read is no list", async () => {
  venue.rest("ETHUSDT", 1);
  venue.orders.push({ symbol: "ETHUSDT" });
  expect(await view.openOrders()).toEqual({ ok: false, reason: `${ORDERS}: an answer that cannot be read` });
  venue.plan("/fapi/v3/positionRisk", { status: 200, text: '[{"symbol":"ETHUSDT","positionAmt":"1"' });
  expect(await view.positions()).toMatchObject({ ok: false });
});

test("what fails is said, and asked again when it is asked for", async () => {
  venue.plan(ORDERS, jsonAnswer({ code: -1000, msg: "unknown" }, 503));
  expect(await view.openOrders()).toEqual({ ok: false, reason: `${ORDERS}: HTTP 503: -1000: unknown` });
  expect(await view.openOrders()).toMatchObject({ ok: true, value: [] });
});

test.each([429, 418])("after HTTP %i nothing is asked until the venue's time is over", async (status) => {
  venue.plan(ORDERS, { status, text: '{"code":-1003,"msg":"Too many requests."}', headers: { "retry-after": "30" } });
  expect(await view.openOrders()).toMatchObject({ ok: false });
  const asked = venue.requests.length;
  expect(await view.positions()).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/asks for quiet.* [23]\d s$/),
  });
  expect(venue.requests.length).toBe(asked);
});

test("near the limit of the address, which others use too, nothing is asked", async () => {
  venue.usedWeight = 2_000;
  expect(await view.balances()).toMatchObject({ ok: true });
  expect(await view.openOrders()).toMatchObject({ ok: false });
  expect(venue.asked(ORDERS) + venue.asked(CONDITIONALS)).toBe(0);
});

test("a key that may trade or withdraw is refused with what it may do", async () => {
  expect(await view.checkKey()).toEqual({ ok: true, value: { kind: "read_only" } });
  venue.rights = { ...venue.rights, enableWithdrawals: true, enableFutures: true };
  const check = await view.checkKey();
  expect(check).toMatchObject({ ok: true, value: { kind: "refused" } });
  expect(JSON.stringify(check)).toMatch(/may withdraw, trade futures|may trade futures, withdraw/);
  venue.plan("/sapi/v1/account/apiRestrictions", jsonAnswer({ code: -2015, msg: "Invalid API-key, IP" }, 401));
  expect(await view.checkKey()).toMatchObject({ ok: false });
});

test("no key, secret or signature is told", async () => {
  venue.plan(ORDERS, { status: 500, text: "oops" });
  const said = [JSON.stringify(await view.openOrders()), JSON.stringify(await view.positions()), ...told].join("\n");
  for (const secret of [venue.secrets.apiKey.reveal(), venue.secrets.secret.reveal(), "signature="])
    expect(said).not.toContain(secret);
});

describe("income", () => {
  const DAY_MS = 86_400_000;
  const NOW_MS = 1_790_000_000_000;
  const row = (time: number, id: string, type = "FUNDING_FEE", more = "") =>
    void venue.income.push({
      time,
      text: `{"symbol":"ETHUSDT","incomeType":"${type}","income":"-0.01000000","asset":"USDT","time":${time},"tranId":${id},"tradeId":""${more}}`,
    });

  test("is whole over pages and windows, each row once, with every digit of its id", async () => {
    const first = 4_480_321_991_774_044_580n;
    for (let index = 0; index < 2_500; index++)
      row(NOW_MS - 20 * DAY_MS + Math.floor(index / 3) * 1_000, String(first + BigInt(index)));
    row(NOW_MS - DAY_MS, String(first), "COMMISSION");
    const reading = await view.income?.({ fromMs: NOW_MS - 30 * DAY_MS, toMs: NOW_MS });
    if (reading?.ok !== true) throw new Error(reading?.reason);
    expect(reading.value).toHaveLength(2_501);
    expect(new Set(reading.value.map(({ transactionId }) => transactionId)).size).toBe(2_500);
    expect(reading.value[2_499]).toMatchObject({
      ...{ type: "FUNDING_FEE", amount: "-0.01", currency: "USDT", symbol: "ETHUSDT" },
      transactionId: String(first + 2_499n),
    });
  });

  test("of one millisecond that fills more than a page is read by its pages", async () => {
    for (let index = 0; index < 1_500; index++) row(NOW_MS, String(1_000 + index));
    row(NOW_MS + 1, "7");
    const reading = await view.income?.({ fromMs: NOW_MS, toMs: NOW_MS + DAY_MS });
    expect(reading?.ok === true && reading.value.length).toBe(1_501);
  });

  test("with a row that cannot be read, or a page that is missing, is none", async () => {
    row(NOW_MS, "1");
    venue.plan("/fapi/v1/income", jsonAnswer({ code: -1003, msg: "Too many requests." }, 429));
    expect(await view.income?.({ fromMs: NOW_MS, toMs: NOW_MS + 1 })).toMatchObject({ ok: false });
    venue.plan("/fapi/v1/income", jsonAnswer([{ incomeType: "TRANSFER" }]));
    const { view: other } = readingAccount({ kind: binanceAccount, settings: venue.settings, secrets: venue.secrets });
    expect(await other.income?.({ fromMs: NOW_MS, toMs: NOW_MS + 1 })).toEqual({
      ok: false,
      reason: "/fapi/v1/income: an entry that cannot be read",
    });
    other.stop();
  });
});

test("a wrong secret is told as what the venue says of it, and is not tried in a circle", async () => {
  const secrets = { ...venue.secrets, secret: new Secret("another-secret") };
  const { view: stranger } = readingAccount({ kind: binanceAccount, settings: venue.settings, secrets });
  expect(await stranger.openOrders()).toEqual({
    ok: false,
    reason: `${CONDITIONALS}: HTTP 400: -1022: Signature for this request is not valid.`,
  });
  expect(venue.forged).toBe(1);
  stranger.stop();
});
