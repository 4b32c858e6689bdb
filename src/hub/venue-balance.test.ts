import { afterEach, beforeEach, expect, test } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { ensure } from "../base/assert.ts";
import { isoFromMicros, micros } from "../base/time.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START);
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

async function sayAt(seconds: number, event: Record<string, unknown>): Promise<void> {
  bench.now = micros(START + seconds * 1e6);
  const value = { bot: "mm", mode: "live", ts: isoFromMicros(bench.now), ...event };
  const done = await bench.hub?.ingest.submit([{ value }], { speaker: "hub" });
  expect(done).toMatchObject({ ok: true, value: { items: [{ kind: "accepted" }] } });
}

const ETH = { venue: "binance", symbol: "ETHUSDT" };
const balance = (equity: string) => ({
  ...{ type: "balance", venue: "binance", source: "venue", read_by: "hub", balances: [] },
  ...{ equity, equity_currency: "USDT" },
});

test("what the venue has is the equity from outside that profit is tied out against", async () => {
  await sayAt(1, { type: "bot.started", status: "running" });
  await sayAt(2, { type: "instrument", ...ETH, kind: "linear", quote: "USDT" });
  await sayAt(3, balance("1000"));
  await sayAt(10, { type: "fill", fill_id: "a", ...ETH, side: "buy", size: "1", price: "100", fee: "0.1" });
  await sayAt(11, { type: "fill", fill_id: "b", ...ETH, side: "sell", size: "1", price: "110", fee: "0.1" });
  await sayAt(20, balance("1007.3"));
  bench.now = micros(START + 30e6);
  const { rows } = await ensure(bench.hub, "a hub").query.explain({ from: micros(START + 5e6), bot: "mm" });
  // Made 10 less fees of 0.2: 9.8. The account has 7.3 more: 2.5 are not explained.
  expect(rows).toMatchObject([
    { bot: "mm", currency: "USDT", realized: 10, fees: 0.2, explained: 9.8, equity_change: 7.3, residual: -2.5 },
  ]);
});
