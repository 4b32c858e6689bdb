import type { AttributionAnswer, AttributionRow } from "../../../src/protocol/api-attribution.ts";

const row = (changes: Partial<AttributionRow>): AttributionRow => {
  const open = { unrealized: 24.6, signal: 26, execution: -1.4, residual: 0 };
  const memo = {
    ...{ slippage: 61.2, slippage_bps: 1.4, fills: 96, fills_without_arrival_mid: 0, volume: 437_000 },
    ...{ orders_placed: 120, orders_missed: 30, adverse_selection: null, adverse_selection_fills: 0 },
  };
  return {
    ...{ bot: "maker-1", mode: "live", currency: "USD", pnl: 204.6, open, memo, by_asset: [], by_day: [] },
    ...{ net: 180, signal: 264.5, execution: -61.2, cost: -23.3, fees: 21.1, funding: -2.2, residual: 0 },
    residual_reasons: [],
    ...changes,
  };
};

/** Where the profit of the busy desk came from today: of one bot as far as its mids are known. */
export function sampleAttribution(): Omit<AttributionAnswer, "as_of" | "as_of_seq"> {
  const today = new Date().toISOString().slice(0, 10);
  return {
    from: `${today}T00:00:00.000Z`,
    to: new Date().toISOString(),
    rows: [
      row({}),
      row({
        ...{ bot: "maker-2", currency: "USDT", net: 12, signal: 9, execution: -2, cost: -1, residual: 6 },
        residual_reasons: ["4 of 18 fills without a mid at arrival (ETH-USDT)"],
      }),
    ],
    unread: [],
  };
}
