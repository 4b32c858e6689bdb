import { afterAll, beforeAll, expect, test } from "vitest";
import { assetsAnswer, executionAnswer } from "../../src/protocol/api-execution.ts";
import { metricAnswer, metricSeries } from "../../src/protocol/api-metrics.ts";
import { type ImportDesk, startImportDesk } from "../imports/import-desk.ts";
import { waitUntil } from "../support/wait-until.ts";
import { sendTo } from "../support/scratch-hub.ts";

const START_MS = Date.now() - 3_600_000;
const at = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();
const OF = { bot: "mm", origin: "import", venue: "v" };

const instrument = (symbol: string, quote: string) => ({
  type: "instrument",
  ...OF,
  ts: at(0),
  symbol,
  kind: "spot",
  quote,
});
const fill = (id: string, seconds: number, more: object) => ({
  ...{ type: "fill", ...OF, fill_id: id, ts: at(seconds), symbol: "A", side: "buy", price: 100, size: 1, fee: 0.1 },
  ...{ is_maker: true },
  ...more,
});
const quote = (id: string, seconds: number, outcome: string, more: object = {}) => ({
  ...{ type: "quote.ended", ...OF, quote_id: id, ts: at(seconds), symbol: "A", outcome, intent: "maker" },
  ...more,
});
const mark = (seconds: number, price: number, symbol = "A") => ({
  type: "mark",
  ...OF,
  ts: at(seconds),
  symbol,
  price,
});

let desk: ImportDesk;
let url: string;

beforeAll(async () => {
  desk = await startImportDesk();
  ({ url } = desk);
  await sendTo(url, [
    { type: "bot.started", ...OF, ts: at(0), status: "running" },
    instrument("A", "USD"),
    instrument("B", "USD"),
    mark(1, 100),
    mark(1, 50, "B"),
    {
      type: "order.placed",
      ...OF,
      ts: at(10),
      order_id: "o1",
      symbol: "A",
      side: "buy",
      price: 100,
      size: 1,
      arrival_mid: 100,
    },
    { type: "order.acknowledged", ...OF, ts: at(10.5), order_id: "o1" },
    fill("a", 12, { order_id: "o1", mid: 100.5, reference_price: 101 }),
    { type: "order.placed", ...OF, ts: at(20), order_id: "o2", symbol: "B", side: "buy", price: 50, size: 1 },
    { type: "order.cancelled", ...OF, ts: at(24), order_id: "o2", reason: "requote", filled_size: 0 },
    { type: "order.placed", ...OF, ts: at(30), order_id: "o3", symbol: "B", side: "sell", price: 50, size: 1 },
    { type: "order.rejected", ...OF, ts: at(31), order_id: "o3", reason: "post_only" },
    quote("q1", 12, "filled", { filled_size: 1, eligible_size: 4 }),
    quote("q2", 24, "cancelled", { filled_size: 0, eligible_size: 0 }),
    quote("q3", 700, "expired", { symbol: "B", filled_size: 0, eligible_size: 3 }),
    fill("b", 600, { symbol: "B", price: 50, size: 2, is_maker: false, mid: 49.9 }),
    fill("c", 601, { side: "sell", price: 102, fee: 0.2 }),
    mark(14, 101),
    mark(602, 102),
    mark(603, 52, "B"),
    mark(1_000, 103),
    mark(1_000, 53, "B"),
  ]);
});

afterAll(() => desk.close());

/** Rollups take the facts in beside ingest: a read that needs them is refused until they have. */
async function get(path: string): Promise<unknown> {
  let body: unknown;
  await waitUntil(`an answer of ${path}`, async () => {
    const response = await fetch(`${url}/api/v1/${path}`);
    body = await response.json();
    if (response.status !== 200 && response.status !== 429) throw new Error(JSON.stringify(body));
    return response.status === 200;
  });
  return body;
}
const from = encodeURIComponent(at(0));

test("each instrument has its money, orders, quotes and markouts in one row", async () => {
  const { rows } = assetsAnswer.parse(await get(`performance/assets?bot=mm&from=${from}`));
  expect(rows.map(({ symbol }) => symbol)).toEqual(["B", "A"]);
  const [b, a] = rows;
  expect(a).toMatchObject({
    ...{ currency: "USD", realized: 2, unrealized: 0, fees: expect.closeTo(0.3, 9), net: expect.closeTo(1.7, 9) },
    ...{ volume: 202, fills: 2, trades_closed: 1, orders_placed: 1, fill_rate_pct: { value: 100, n: 1 } },
    ...{ hit_rate: { value: 50, n: 2 }, entry_slippage_bps: { value: 0, n: 1 } },
    // (101 − 100) · 1 − 0.1 of 100; c says nothing that it could be held against.
    avg_markout_in: { value: expect.closeTo(0.9 / 100, 9), n: 1 },
    avg_markout_out: { value: null },
    spread_capture_bps: { value: expect.closeTo((0.5 / 100.5) * 1e4, 9), n: 1 },
  });
  expect(b).toMatchObject({
    ...{ realized: 0, unrealized: 6, net: expect.closeTo(5.9, 9), fills: 1, orders_placed: 2 },
    ...{ hit_rate: { value: 0, n: 1 }, avg_markout_out: { value: expect.closeTo((-0.2 - 0.1) / 100, 9), n: 1 } },
  });
  // After 30 s the mark of A is 101 for a (100.5 at the fill), 102 for c (101 at the fill).
  const mean = ((1 / 100.5 + 0 / 101) / 2) * 1e4;
  expect(a?.markouts[2]).toEqual({ horizon_s: 30, mean_bps: { value: expect.closeTo(mean, 9), n: 2 } });
});

test("the window of a table is that of the fold, and the whole desk is its only bot", async () => {
  const ofBot = assetsAnswer.parse(await get("performance/assets?bot=mm&window=all"));
  const ofDesk = assetsAnswer.parse(await get("performance/assets?window=all"));
  expect(ofDesk.rows.map(({ bot: _, ...row }) => row)).toEqual(ofBot.rows.map(({ bot: _, ...row }) => row));
  expect(ofBot).toMatchObject({ from: null });
  expect(assetsAnswer.parse(await get(`performance/assets?from=${encodeURIComponent(at(3_000))}`)).rows).toMatchObject([
    { symbol: "B", fills: 0 },
  ]);
});

test("orders have a life, and what was not filled its reasons", async () => {
  const { orders, quotes, unfilled } = executionAnswer.parse(await get(`execution?bot=mm&from=${from}`));
  expect(orders).toMatchObject({
    ...{ complete: true, placed: 3, filled: 1, cancelled: 1, rejected: 1, open: 0 },
    placed_to_acknowledged_s: { p50: { value: 0.5, n: 1 } },
    placed_to_filled_s: { p50: { value: 2, n: 1 }, p99: { value: 2, n: 1 } },
    placed_to_cancelled_s: { p95: { value: 4, n: 1 } },
    placed_to_expired_s: { p50: { value: null, reason: "no order expired" } },
  });
  expect(quotes).toMatchObject({
    maker: { ended: 3, hit: 1, hit_rate: { value: expect.closeTo(100 / 3, 9), ci: { level: 0.95 } } },
    taker: { ended: 0, hit_rate: { value: null, reason: "no taker quotes reported" } },
    fill_factor: { realized: { value: 1 / 7, n: 2 }, reported: { value: null } },
  });
  expect(unfilled).toEqual(
    [
      { of: "quote", outcome: "cancelled", reason: "no volume reached the price", count: 1 },
      { of: "quote", outcome: "expired", reason: "others had the volume at the price", count: 1 },
      { of: "order", outcome: "rejected", reason: "post_only", count: 1 },
      { of: "order", outcome: "cancelled", reason: "requote", count: 1 },
    ].sort((x, y) => (x.reason < y.reason ? -1 : 1)),
  );
});

const METRICS = [
  "hit_rate",
  "fill_factor",
  "avg_markout_in",
  "avg_markout_out",
  "spread_capture_bps",
  "markout_30s_bps",
];

test.each(METRICS)("%s is one number in the catalogue, over time, and of an instrument in its table", async (name) => {
  const whole = metricAnswer.parse(await get(`metrics/${name}?bot=mm&window=all`));
  const course = metricSeries.parse(await get(`metrics/${name}?bot=mm&from=${from}&step=5m&since=from`));
  expect(course.points.at(-1)).toMatchObject({
    value: whole.value === null ? null : expect.closeTo(Number(whole.value), 9),
    n: whole.n,
  });
  const steps = metricSeries.parse(await get(`metrics/${name}?bot=mm&from=${from}&step=5m`));
  expect(steps.points.reduce((sum, { n }) => sum + n, 0)).toBe(whole.n);
  const { rows } = assetsAnswer.parse(await get("performance/assets?bot=mm&window=all"));
  for (const row of rows) {
    const part = metricAnswer.parse(await get(`metrics/${name}?bot=mm&window=all&asset=${row.symbol}`));
    const told = name === "markout_30s_bps" ? row.markouts[2]?.mean_bps : row[name as "hit_rate"];
    if (told !== undefined) expect(part).toMatchObject({ value: told.value, n: told.n });
  }
});

test("funding that income rows tell by currency is of no instrument, and leaves what one made unknown", async () => {
  const own = { ...OF, bot: "funded", venue: "f", symbol: "C" };
  await sendTo(url, [
    { ...instrument("C", "USD"), ...own },
    { ...fill("d", 12, own), is_maker: true },
    {
      type: "income",
      ...own,
      ts: at(13),
      income_type: "FUNDING_FEE",
      amount: -10,
      currency: "USD",
      transaction_id: "1",
    },
  ]);
  const { rows } = assetsAnswer.parse(await get("performance/assets?bot=funded&window=all"));
  const reason = "funding is told by currency, not by venue or asset";
  expect(rows).toMatchObject([{ symbol: "C", fees: 0.1, funding: null, funding_reason: reason, net: null }]);
});

test("fees that income rows alone tell are of no instrument, and are not shown as none", async () => {
  const own = { ...OF, bot: "charged", venue: "f", symbol: "C" };
  const { fee: _, ...without } = fill("e", 12, own);
  const income = { type: "income", ...own, ts: at(13), income_type: "COMMISSION", amount: -2, transaction_id: "1" };
  await sendTo(url, [{ ...instrument("C", "USD"), ...own }, without, { ...income, currency: "BNB" }]);
  const { rows } = assetsAnswer.parse(await get("performance/assets?bot=charged&window=all"));
  const reason = "fees are told by currency, not by venue or asset";
  expect(rows).toMatchObject([{ symbol: "C", fees: null, fees_reason: reason, net: null, fills: 1 }]);
  await sendTo(url, [{ ...fill("g", 14, own), fee: "0" }]);
  await sendTo(url, [fill("h", 15, own)]);
  const told = assetsAnswer.parse(await get("performance/assets?bot=charged&window=all"));
  expect(told.rows).toMatchObject([{ symbol: "C", fees: 0.1 }]);
});
