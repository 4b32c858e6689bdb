import { once } from "node:events";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { scratchHub } from "../support/scratch-hub.ts";
import { callRaw } from "../support/raw-http.ts";

let url: string;

beforeEach(async () => {
  ({ url } = await scratchHub());
});

type Answer = readonly [status: number, body: Record<string, unknown>];

async function post(path: string, body: unknown): Promise<Answer> {
  const answer = await callRaw(url, { path, body: typeof body === "string" ? body : JSON.stringify(body) });
  return [answer.status, JSON.parse(answer.text) as Record<string, unknown>];
}

async function listed(path: string, name: string): Promise<Record<string, unknown>[]> {
  const answer = await callRaw(url, { path });
  return (JSON.parse(answer.text) as Record<string, Record<string, unknown>[]>)[name] ?? [];
}

const timestamp = "2026-02-24T12:30:13.000Z";

describe("a fill of document 2", () => {
  const fill = { fill_id: "fill-001", timestamp, pair_id: "pm:k", size_usd: 100, pnl_cents: 150 };

  test("is answered with what stands, whatever is said of it later", async () => {
    const [created, first] = await post("/api/fills", fill);
    expect([created, first]).toMatchObject([201, { ...fill, contradicted: false }]);
    expect(await post("/api/fills", fill)).toEqual([200, first]);
    const merged = { ...first, fees_cents: 30 };
    expect(await post("/api/fills", { ...fill, fees_cents: 30, timestamp: "2026-02-24T12:31:00Z" })).toEqual([
      200,
      merged,
    ]);
    const contradicted = { ...merged, contradicted: true };
    expect(await post("/api/fills", { ...fill, pnl_cents: -999 })).toEqual([200, contradicted]);
    expect(await post("/api/fills", fill)).toEqual([200, contradicted]);
    expect(await listed("/api/fills", "fills")).toEqual([contradicted]);
  });

  test("says that it was taken back", async () => {
    const full = { ...fill, venue: "k", symbol: "A", side: "buy", price: 1, size: 1 };
    await post("/api/fills", full);
    const voided = {
      type: "fill.voided",
      bot: "default",
      ts: timestamp,
      fill_id: "fill-001",
      venue: "k",
      reason: "bust",
    };
    expect(await post("/api/v1/events", voided)).toMatchObject([200, { accepted: 1 }]);
    expect(await post("/api/fills", full)).toMatchObject([200, { voided: true, price: "1" }]);
  });
});

test("an edge of document 2 is answered with what stands", async () => {
  const edge = { pair_id: "pm:k", primary_market: "A", hedge_market: "B", net_edge_cents: 3.2, timestamp };
  const [created, first] = await post("/api/edges", edge);
  expect([created, first]).toMatchObject([201, edge]);
  expect(await post("/api/edges", { ...edge, leader: "k" })).toMatchObject([
    200,
    { ...edge, leader: "k", id: first["id"], age_s: 0 },
  ]);
  const [status, answer] = await post("/api/edges", { ...edge, net_edge_cents: 9 });
  expect([status, answer]).toMatchObject([200, { ...edge, leader: "k", id: first["id"], contradicted: true }]);
});

describe("a trade of document 5", () => {
  const trade = {
    timestamp: 1771936213,
    symbol: "BTC",
    side: "buy",
    quantity: 0.1,
    price: 50000,
    trade_type: "MAKER",
    reference_price: 50010,
    fees_paid: 5,
    funding_paid: 2,
    position_before: 0,
    position_after: 0.1,
  };

  test("counts once in each form of its time, and is answered with all that it says", async () => {
    const [created, first] = await post("/api/v1/trades", trade);
    const said = { size: "0.1", price: "50000", is_maker: true, fee: "5", funding: "-2", timestamp };
    expect([created, first]).toMatchObject([
      201,
      { ...said, reference_price: "50010", position_before: "0", position_after: "0.1" },
    ]);
    for (const as of ["2026-02-24T12:30:13Z", "2026-02-24T12:30:13+00:00", 1771936213000])
      expect(await post("/api/v1/trades", { ...trade, timestamp: as, quantity: "0.10" })).toEqual([200, first]);
    expect(await listed("/api/v1/fills", "fills")).toHaveLength(1);
  });

  test("is another one when the bot gives it another id", async () => {
    for (const id of ["t1", "t2", "t2"]) await post("/api/v1/trades", { ...trade, trade_id: id });
    expect((await listed("/api/v1/fills", "fills")).map(({ fill_id }) => fill_id)).toEqual(["t2", "t1"]);
  });

  test("is answered with what stands", async () => {
    const [, first] = await post("/api/v1/trades", { ...trade, trade_id: "t1" });
    expect(await post("/api/v1/trades", { ...trade, trade_id: "t1", quantity: 7, position_after: 7 })).toEqual([
      200,
      { ...first, contradicted: true },
    ]);
  });

  test("is refused in its own words, and kept so for people to see", async () => {
    expect(await post("/api/v1/trades", { ...trade, trade_type: "banana" })).toMatchObject([
      422,
      { code: "invalid_event", errors: [{ path: "trade_type", message: 'expected maker or taker, found "banana"' }] },
    ]);
    expect(await post("/api/v1/trades", { ...trade, quantity: "much" })).toMatchObject([
      422,
      { detail: 'quantity: expected a decimal above 0, found "much"' },
    ]);
    await expect
      .poll(async () => (await listed("/api/v1/rejected", "rejected")).map(({ bot, path }) => [bot, path]))
      .toEqual([
        ["default", "quantity"],
        ["default", "trade_type"],
      ]);
  });
});

test("a post with the id of something else that its bot said is in conflict with it", async () => {
  await post("/api/v1/events", { type: "annotation", bot: "default", ts: timestamp, id: "n1", title: "deployed" });
  const [status, answer] = await post("/api/fills", { id: "n1", fill_id: "f", timestamp, size_usd: 1 });
  expect([status, answer]).toMatchObject([409, { code: "conflict", detail: expect.stringContaining("annotation") }]);
});

test("a byte order mark before a body is no part of it", async () => {
  const event = (fill_id: string) =>
    JSON.stringify({ type: "fill", bot: "b", ts: timestamp, fill_id, size_usd: 1, pair_id: "p" });
  const mark = "\ufeff";
  expect(await post("/api/v1/events", `${mark}${event("f1")}`)).toMatchObject([200, { accepted: 1, rejected: [] }]);
  expect(await post("/api/v1/events", `${mark}[${event("f2")}]`)).toMatchObject([200, { accepted: 1, rejected: [] }]);
  const lines = `${mark}${event("f3")}\n${event("f4")}\n`;
  expect(await post("/api/v1/events", lines)).toMatchObject([200, { accepted: 2, rejected: [] }]);
  const headers = { "content-type": "application/x-ndjson" };
  const answer = await callRaw(url, { path: "/api/v1/events", headers, body: lines });
  expect(JSON.parse(answer.text)).toMatchObject({ duplicates: 2, rejected: [] });
  expect(await post("/api/fills", `${mark}${event("f5")}`)).toMatchObject([201, { fill_id: "f5" }]);
});

test("every digit of a decimal comes through, as JSON, as NDJSON and by the link", async () => {
  const said = (fill_id: string) =>
    `{"type":"fill","bot":"b","ts":"${timestamp}","fill_id":"${fill_id}","venue":"k","symbol":"A","side":"buy",` +
    `"price":0.1234567890123456789,"size":1.000000000000000001,"slippage_cents":0.30000000000000000001}`;
  for (const body of [said("f1"), `[${said("f2")}]`, `${said("f3")}\n${said("f4")}`])
    await post("/api/v1/events", body);
  await post("/api/fills", said("f5"));
  const link = new WebSocket(`${url.replace("http", "ws")}/api/v1/link?bot=b`);
  onTestFinished(() => link.terminate());
  await once(link, "open");
  link.send(`{"op":"events","batch":1,"events":[${said("f6")}]}`);
  await expect.poll(() => listed("/api/v1/fills", "fills")).toHaveLength(6);
  const fills = await listed("/api/v1/fills", "fills");
  const exact = { price: "0.1234567890123456789", size: "1.000000000000000001", slippage_cents: 0.3 };
  expect(fills).toMatchObject(Array(6).fill(exact));
});
