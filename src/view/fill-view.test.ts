import { describe, expect, test } from "vitest";
import { micros, parseTime } from "../base/time.ts";
import { fillView as fillViewSchema } from "../protocol/api.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { type FillEvent, fillView, isFillEvent, mergedFillView } from "./fill-view.ts";

const TS = "2026-02-24T12:30:13.441105Z";

function recordedFill(body: Record<string, unknown>, seq = 7): Recorded<FillEvent> {
  const parsed = parseEvent({ type: "fill", bot: "mm-1", ts: TS, fill_id: "f1", ...body });
  if (!parsed.ok) throw new Error(parsed.error.message);
  if (!isFillEvent(parsed.value)) throw new Error("not a fill");
  const at = micros(parseTime(TS) ?? 0);
  return { seq, ts: at, receivedAt: micros(at + 1000), standing: "fact", ofSeq: undefined, event: parsed.value };
}

const priced = { venue: "binance", symbol: "BTC/USDT", side: "buy", price: "64000.50", size: 0.25 };

describe("fillView", () => {
  test("shows the fields of the event and of the hub when a priced fill comes", () => {
    const view = fillView(recordedFill({ ...priced, fee: "0.1", fee_currency: "USDT", note: "kept in the log only" }));
    expect(view).toEqual({
      seq: 7,
      id: "h-7",
      fill_id: "f1",
      bot: "mm-1",
      mode: "live",
      timestamp: TS,
      received_at: "2026-02-24T12:30:13.442105Z",
      venue: "binance",
      symbol: "BTC/USDT",
      side: "buy",
      price: "64000.5",
      size: "0.25",
      fee: "0.1",
      fee_currency: "USDT",
      voided: false,
      contradicted: false,
    });
    expect(fillViewSchema.parse(view)).toEqual(view);
  });

  test("shows no price and no side when document 2 reports a pair trade", () => {
    const view = fillView(recordedFill({ pair_id: "p1", size_usd: 120, pnl_cents: -3, id: "x" }));
    expect(view).toMatchObject({ id: "x", pair_id: "p1", size_usd: 120, pnl_cents: -3 });
    expect(Object.keys(view)).not.toContain("price");
  });

  test("leaves out unknown fields of other kinds when a pair trade has some", () => {
    const view = fillView(recordedFill({ size_usd: 120, venue: { name: "x" }, fee: 1, is_maker: "yes", symbol: "A" }));
    expect(view).toMatchObject({ size_usd: 120, symbol: "A" });
    expect(fillViewSchema.parse(view)).toEqual(view);
  });

  test("calls an order.filled what a fill is called when both say the same", () => {
    const asFill = fillView(recordedFill({ ...priced, order_id: "o1" }));
    expect(fillView(recordedFill({ ...priced, type: "order.filled", order_id: "o1" }))).toEqual(asFill);
  });

  test("says so when the fill was voided or contradicted", () => {
    expect(fillView(recordedFill(priced), { voided: true, contradicted: true })).toMatchObject({
      voided: true,
      contradicted: true,
    });
  });
});

describe("mergedFillView", () => {
  test("gains what is new and keeps what was known when a second statement comes", () => {
    const view = fillView(recordedFill({ ...priced, fee: "0.1" }));
    const merged = mergedFillView(view, { type: "order.filled", seq: 99, fee: "9", order_id: "o1", is_maker: true });
    expect(merged).toEqual({ ...view, order_id: "o1", is_maker: true });
  });
});
