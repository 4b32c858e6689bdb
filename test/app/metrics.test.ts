import { describe, expect, test } from "vitest";
import { registerMetrics } from "../../src/app/commands/metrics.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";

const fill = { type: "fill", bot: "maker-1", venue: "v", symbol: "BTC/USD", size: 1 };
const EVENTS = [
  {
    type: "instrument",
    bot: "maker-1",
    venue: "v",
    symbol: "BTC/USD",
    kind: "spot",
    quote: "USD",
    ts: "2026-03-01T08:00:00Z",
  },
  { ...fill, fill_id: "a", side: "buy", price: 100, ts: "2026-03-01T09:00:00Z" },
  { ...fill, fill_id: "b", side: "sell", price: 103, ts: "2026-03-02T09:00:00Z" },
];
const DAYS = ["--from", "2026-03-01T00:00:00Z", "--to", "2026-03-04T00:00:00Z", "--step", "1d"];

describe("deskwatch metrics", () => {
  test("prints what there is, the value of one, and a series of it", async () => {
    const { url } = await scratchHub();
    await sendTo(url, EVENTS);
    const metrics = (...args: string[]) => typed([registerMetrics], ["metrics", ...args, "--url", url]);
    const list = await metrics();
    expect(list.code).toBe(0);
    expect(list.out).toMatch(/^METRIC\s+UNIT/);
    expect(list.out).toMatch(/\nrealized_pnl +money /);
    const value = await metrics("realized_pnl", "--window", "all");
    expect(value.out).toMatch(/realized_pnl +desk +live +all +3 +USD +2\n/);
    const series = await metrics("realized_pnl", ...DAYS);
    expect(series.out).toContain("2026-03-02T00:00:00.000Z  2026-03-03T00:00:00.000Z");
    expect(series.out).toContain("needs 1, has 0");
    const json = await metrics("realized_pnl", "--bot", "maker-1", "--json", ...DAYS);
    const { points } = JSON.parse(json.out) as { points: { value: number | null }[] };
    expect(points.map((point) => point.value)).toEqual([0, 3, null]);
  });

  test("says what is wrong with what was typed, and what the hub refused", async () => {
    const { url } = await scratchHub();
    const metrics = (...args: string[]) => typed([registerMetrics], ["metrics", ...args, "--url", url]);
    expect(await metrics("fees", "--step", "1d")).toMatchObject({ code: 2, out: "" });
    expect(await metrics("--from", "2026-03-01")).toMatchObject({ code: 2, out: "" });
    expect(await metrics("fees", "--from", "2026-03-01", "--window", "all")).toMatchObject({ code: 2, out: "" });
    const refused = await metrics("nonsense");
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("There is no metric called nonsense");
  });
});
