import { describe, expect, test } from "vitest";
import type { AttributionRow } from "../protocol/api-attribution.ts";
import { whyLines } from "./why-line.ts";

const row = (changes: Partial<AttributionRow>): AttributionRow => {
  const open = { unrealized: 0, signal: 0, execution: 0, residual: 0 };
  const memo = {
    ...{ slippage: 0, slippage_bps: 0, fills: 2, fills_without_arrival_mid: 0, volume: 10 },
    ...{ orders_placed: 1, orders_missed: 0, adverse_selection: null, adverse_selection_fills: 0 },
  };
  return {
    ...{ bot: "maker", mode: "live", currency: "USDT", pnl: 0, open, memo, by_asset: [], by_day: [] },
    ...{ net: 12.5, signal: 22, execution: -6, cost: -3.5, fees: 3, funding: -0.5, residual: 0 },
    residual_reasons: [],
    ...changes,
  };
};

describe("whyLines", () => {
  test("adds up the bots of one currency, the largest net first", () => {
    const lines = whyLines([
      row({ currency: "USD", net: 1, signal: 1, execution: 0, cost: 0 }),
      row({}),
      row({ bot: "b", net: -2.5, signal: -2, execution: 0, cost: -0.5 }),
    ]);
    expect(lines.map(({ currency, net, signal }) => [currency, net.text, signal.text])).toEqual([
      ["USDT", "+10.00", "+20.00"],
      ["USD", "+1.00", "+1.00"],
    ]);
    expect(lines[0]?.execution).toMatchObject({ text: "−6.00", tone: "down" });
    expect(lines[0]?.residual).toBeUndefined();
  });

  test("shows what nothing explains, with its reason", () => {
    const reason = "1 of 3 fills without a mid at arrival (ETH)";
    const [line] = whyLines([row({ residual: 8, residual_reasons: [reason] })]);
    expect(line?.residual).toMatchObject({ text: "+8.00", full: reason });
  });

  test("says why a term is not known", () => {
    const [line] = whyLines([row({ signal: null, residual: null, residual_reasons: ["too many fills"] })]);
    expect(line?.signal).toMatchObject({ text: "—", reason: "too many fills" });
    expect(line?.residual).toMatchObject({ text: "—", reason: "too many fills" });
    expect(whyLines([])).toEqual([]);
  });

  test("has no line of a currency in which nothing was made or lost, but of one in which gains and losses meet", () => {
    const nothing = { net: 0, signal: 0, execution: 0, cost: 0 };
    const lines = whyLines([
      row({ ...nothing, currency: "A" }),
      row({ ...nothing, currency: "C", signal: 2, cost: -2 }),
      row({ ...nothing, currency: "B", signal: null }),
    ]);
    expect(lines.map(({ currency }) => currency)).toEqual(["B", "C"]);
  });
});
