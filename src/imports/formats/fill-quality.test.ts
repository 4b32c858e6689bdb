import { describe, expect, test } from "vitest";
import { countTypes, importText, inChunks } from "../../../test/imports/items-of.ts";
import type { ImportFormat } from "../format.ts";
import { fillQualityEvents } from "./fill-quality-events.ts";
import { fillQualityFills } from "./fill-quality-fills.ts";
import { fillQualityHealth } from "./fill-quality-health.ts";
import { fillQualityHeartbeat } from "./fill-quality-heartbeat.ts";
import { fillQualityLatencies } from "./fill-quality-latencies.ts";
import { fillQualityMarkouts } from "./fill-quality-markouts.ts";

const T = 1_777_890_000;
const run = { run_id: "r1" };
const at = (event: string, seconds: number, fields: object) => ({ ts_local: T + seconds, event, ...fields, ...run });
const submit = (oid: number, fields: object = {}) =>
  at("ORDER_SUBMIT", oid, {
    oid,
    venue: "fut",
    side: "buy",
    kind: "maker",
    reason: "quote",
    qty: 0.0040000049,
    limit: 100.5,
    t_decision: T + oid - 0.02,
    t_submit: T + oid - 0.01,
    arrival_mid: 101,
    ...fields,
  });
const filled = (oid: number, qty: number, fields: object = {}) =>
  at("FILL", oid + 1, {
    oid,
    venue: "fut",
    side: "buy",
    kind: "maker",
    reason: "quote",
    qty,
    price: 100.5,
    fill_mid: 100,
    ...fields,
  });
const cancel = (oid: number, left: number) =>
  at("ORDER_CANCEL", oid + 2, { oid, venue: "fut", reason: "requote", remaining_qty: left });

const text = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
async function read(format: ImportFormat, ...rows: object[]) {
  const imported = await importText(format, inChunks(text(rows)));
  expect(imported.invalid).toEqual([]);
  return imported;
}
const bodies = async (format: ImportFormat, ...rows: object[]) =>
  (await read(format, ...rows)).events.map(({ event }) => event);
const withoutInstrument = (events: Awaited<ReturnType<typeof bodies>>) =>
  events.filter(({ type }) => type !== "instrument");

describe("fillQualityEvents", () => {
  test("tells the top of a book as a book and a mark of the venue that the run calls fut", async () => {
    const top = { venue: "fut", t_exchange: T - 1, bid: 100, bid_qty: 2, ask: 101, ask_qty: 3, mid: 100.5 };
    expect(await bodies(fillQualityEvents, at("BOOK_TOP", 0, top))).toMatchObject([
      { type: "instrument", venue: "kraken-futures", symbol: "FUT", kind: "linear", quote: "USD", settle: "USD" },
      { type: "mark", mode: "paper", price: "100.5", bid: "100", ask: "101", bid_size: "2", ask_size: "3" },
      { type: "book", bids: [["100", "2"]], asks: [["101", "3"]], venue_ts: "2026-05-04T10:19:59.000Z" },
    ]);
  });

  test("tells a maker's order as an order and a quote, and both as ended when it fills", async () => {
    const events = withoutInstrument(await bodies(fillQualityEvents, submit(1), filled(1, 0.0040000049)));
    expect(events).toMatchObject([
      {
        type: "order.placed",
        order_id: "r1:1",
        order_type: "limit_maker",
        price: "100.5",
        size: "0.004",
        arrival_mid: "101",
      },
      { type: "quote", quote_id: "r1:1", intent: "maker", price: "100.5", size: "0.004" },
      { type: "fill", order_id: "r1:1", quote_id: "r1:1", price: "100.5", size: "0.004", is_maker: true, mid: "100" },
      { type: "quote.ended", quote_id: "r1:1", outcome: "filled", filled_size: "0.004" },
    ]);
  });

  test("tells a taker's order without a quote", async () => {
    const events = withoutInstrument(await bodies(fillQualityEvents, submit(1, { kind: "taker", limit: null })));
    expect(events).toMatchObject([{ type: "order.placed", order_type: "market" }]);
    expect(events).toHaveLength(1);
  });

  test("says how much of a cancelled order had filled", async () => {
    const events = await bodies(
      fillQualityEvents,
      submit(1),
      filled(1, 0.001),
      cancel(1, 0.003),
      submit(2),
      cancel(2, 0.004),
    );
    expect(events.filter(({ type }) => type === "order.cancelled" || type === "quote.ended")).toMatchObject([
      { type: "order.cancelled", order_id: "r1:1", filled_size: "0.001", reason: "requote" },
      { type: "quote.ended", outcome: "partially_filled", filled_size: "0.001" },
      { type: "order.cancelled", order_id: "r1:2", filled_size: "0" },
      { type: "quote.ended", outcome: "cancelled", filled_size: "0" },
    ]);
  });

  test("tells what becomes of a feed", async () => {
    const rows = [
      at("STALE_FEED", 0, { venue: "spot", age_seconds: null }),
      at("FEED_RECOVERED", 1, { venue: "spot", age_seconds: 0.05 }),
      at("FUT_WS_CONTROL", 2, { venue: "fut", ws_event: "subscribed", feed: "book", message: null }),
    ];
    expect(withoutInstrument(await bodies(fillQualityEvents, ...rows))).toMatchObject([
      { type: "feed", venue: "kraken", kind: "stale" },
      { type: "feed", venue: "kraken", kind: "resynced", detail: "book age 0.05 s" },
      { type: "feed", venue: "kraken-futures", kind: "connected", channel: "book" },
    ]);
  });

  test("leaves out trades of others, and refuses what it does not know", async () => {
    const { leftOut, refused } = await read(
      fillQualityEvents,
      at("TRADE", 0, { venue: "spot", side: "sell", price: 1, qty: 1 }),
      at("MYSTERY", 0, {}),
      at("STALE_FEED", 0, { venue: "moon" }),
    );
    expect(leftOut).toEqual(["a trade of others on the market"]);
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([
      [2, "the event has no mapping"],
      [3, "the venue is neither spot nor fut"],
    ]);
  });
});

describe("fillQualityFills", () => {
  const FILL = {
    ts: T + 2,
    oid: 1,
    venue: "fut",
    side: "buy",
    kind: "maker",
    reason: "quote",
    fill_qty: 0.004,
    fill_price: 100.5,
    fill_mid: 100,
    arrival_mid: 101,
    fee_bps: -0.2,
    ...run,
  };

  test("tells the fee that its rate means, exactly, and a rebate as negative", async () => {
    const [, fill] = await bodies(fillQualityFills, FILL);
    expect(fill).toMatchObject({
      type: "fill",
      fee: "-0.00000804",
      fee_currency: "USD",
      arrival_mid: "101",
      mid: "100",
    });
  });

  test("says nothing against the run's log, which tells the same fill under the same id", async () => {
    const [, fromTable] = await bodies(fillQualityFills, FILL);
    const fromLog = (await bodies(fillQualityEvents, filled(1, 0.0040000049))).find(({ type }) => type === "fill");
    const [table, log] = [{ ...fromTable }, { ...fromLog }] as Record<string, unknown>[];
    expect(table?.["fill_id"]).toBe(log?.["fill_id"]);
    const shared = Object.keys(log ?? {}).filter((name) => name !== "ts" && Object.hasOwn(table ?? {}, name));
    expect(shared.length).toBeGreaterThan(8);
    for (const name of shared) expect([name, log?.[name]]).toEqual([name, table?.[name]]);
  });

  test("counts each fill of an order that fills twice alike", async () => {
    const ids = (await bodies(fillQualityFills, FILL, FILL)).flatMap(({ type, id }) => (type === "fill" ? [id] : []));
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    [{ kind: "both" }, "kind is neither maker nor taker"],
    [{ fill_price: null }, "no fill_price"],
    [{ oid: null }, "no oid"],
  ])("refuses a fill with %j", async (change, reason) => {
    const { refused } = await read(fillQualityFills, { ...FILL, ...change });
    expect(refused.map(({ refused: why }) => why)).toEqual([reason]);
  });
});

describe("fillQualityMarkouts", () => {
  test("tells the run's own markout as a gauge, the same as its log does", async () => {
    const markout = { oid: 1, venue: "fut", horizon: "5.0s", markout_bps: -0.5 };
    const [fromTable, ofFill] = await bodies(fillQualityMarkouts, {
      ts: T,
      ...markout,
      markout_vs_fill_bps: -0.7,
      ...run,
    });
    expect(fromTable).toMatchObject({
      type: "metric",
      name: "markout_bps",
      value: -0.5,
      unit: "bps",
      labels: { venue: "kraken-futures", horizon: "5.0s" },
    });
    expect(ofFill).toMatchObject({ name: "markout_vs_fill_bps", value: -0.7 });
    expect(withoutInstrument(await bodies(fillQualityEvents, at("MARKOUT", 0, markout)))).toEqual([fromTable]);
  });
});

describe("fillQualityLatencies", () => {
  const edges = [0.001, 0.01, 0.1];
  const line = (stages: object) => ({ ts: T, edges, stages, ...run });

  test("tells the upper edge of the bin in which a quantile is, and a feed's lag as its latency", async () => {
    const events = await bodies(fillQualityLatencies, line({ decode: [90, 9, 1, 0], feed_lag_spot: [0, 0, 5, 0] }));
    const gauges = events.flatMap((event) =>
      event.type === "metric" ? [[event.labels?.["stage"], event.name, event.value]] : [],
    );
    expect(gauges).toEqual([
      ["decode", "latency_p50_ms", 1],
      ["decode", "latency_p99_ms", 10],
      ["feed_lag_spot", "latency_p50_ms", 100],
      ["feed_lag_spot", "latency_p99_ms", 100],
    ]);
    expect(events.filter(({ type }) => type === "feed")).toMatchObject([
      { venue: "kraken", kind: "latency", latency_ms: 100 },
    ]);
  });

  test("invents no figure for a stage without samples, or beyond the last edge", async () => {
    const { events, leftOut } = await read(fillQualityLatencies, line({ a: [0, 0, 0, 0], b: [0, 0, 0, 7] }));
    expect(events).toEqual([]);
    expect(new Set(leftOut)).toEqual(new Set(["a latency beyond the last edge of its histogram, or of no sample"]));
  });

  test("refuses a line whose bins are not those of its edges", async () => {
    const { refused } = await read(fillQualityLatencies, line({ a: [1, 2] }));
    expect(refused.map(({ refused: why }) => why)).toEqual(["a stage has not one bin more than there are edges"]);
  });
});

describe("fillQualityHealth and fillQualityHeartbeat", () => {
  test("tell life, state, feeds, totals and gauges, each in its own spelling", async () => {
    const line = {
      ts: T,
      spot_age_s: null,
      fut_age_s: 0.5,
      fills_total: 3,
      seq_gaps_total: 1,
      resting_orders: 2,
      net_delta_usd: -4.5,
      ...run,
    };
    const file = {
      timestamp: T,
      spot_age_seconds: null,
      futures_age_seconds: 0.5,
      fills: 3,
      seq_gaps: 1,
      resting_orders: 2,
      net_delta_usd: -4.5,
      position_open: true,
    };
    for (const events of [await bodies(fillQualityHealth, line), await bodies(fillQualityHeartbeat, file)]) {
      expect(countTypes(events.map((event) => ({ event })))).toEqual({ heartbeat: 1, "bot.state": 1, metric: 2 });
      expect(events).toMatchObject([
        { type: "heartbeat", bot: "fill-quality" },
        {
          status: "running",
          counters: { fills: 3, seq_gaps: 1, resting_orders: 2 },
          venues: [
            { venue: "kraken", connected: false },
            { venue: "kraken-futures", connected: true },
          ],
        },
        { name: "net_delta_usd", value: -4.5, unit: "USD" },
        { name: "feed_age_s", value: 0.5, labels: { venue: "kraken-futures" } },
      ]);
    }
  });
});
