import { describe, expect, test } from "vitest";
import { instrumentEvent, settlementEvent } from "./instruments.ts";

const market = { ticker: "KXA-1-T1", event_ticker: "KXA-1", title: "Will it?", close_time: "2027-01-01T00:00:00Z" };
const instrument = (more: object = {}, event: object | undefined = {}, series: object | undefined = {}) =>
  instrumentEvent({ venue: "kalshi", market: { ...market, ...more }, event: { ...event }, series: { ...series } });

describe("fees", () => {
  test.each([
    ["quadratic", 1, "0.07", "0"],
    ["quadratic", 0.5, "0.035", "0"],
    ["quadratic_with_maker_fees", 1, "0.07", "0.0175"],
    ["quadratic_with_combo_maker_fees", "2", "0.14", "0.07"],
  ])("of %s with multiplier %s are rates on p × (1 − p)", (fee_type, fee_multiplier, taker, maker) => {
    expect(instrument({}, {}, { fee_type, fee_multiplier })).toMatchObject({
      fee_model: `kalshi_${fee_type}`,
      taker_fee_rate: taker,
      maker_fee_rate: maker,
    });
  });

  test("an event overrides its series only with type and multiplier together", () => {
    const series = { fee_type: "quadratic", fee_multiplier: 1 };
    const both = { fee_type_override: "quadratic", fee_multiplier_override: 0 };
    expect(instrument({}, both, series)).toMatchObject({ taker_fee_rate: "0" });
    expect(instrument({}, { fee_multiplier_override: 0 }, series)).toMatchObject({ taker_fee_rate: "0.07" });
  });

  test("a kind of fee that is not known has no rate", () => {
    const told = instrument({}, {}, { fee_type: "flat", fee_multiplier: 1 });
    expect(told).toMatchObject({ fee_model: "kalshi_flat" });
    expect(told).not.toHaveProperty("taker_fee_rate");
    expect(instrument()).not.toHaveProperty("fee_model");
  });
});

test("what the venue does not say is left out", () => {
  expect(instrumentEvent({ venue: "kalshi", market: { ticker: "A" }, event: undefined, series: undefined })).toEqual({
    type: "instrument",
    venue: "kalshi",
    symbol: "A",
    kind: "binary",
    quote: "USD",
    settle: "USD",
    payout: "1",
  });
  expect(instrumentEvent({ venue: "kalshi", market: {}, event: undefined, series: undefined })).toBeUndefined();
});

test("the tick is the finest step of the grid, and none when the grid makes no sense", () => {
  const ranges = [{ step: "0.0100" }, { step: "0.0010" }, { step: 0.05 }, { step: "0" }, { step: "x" }, 7];
  expect(instrument({ price_ranges: ranges })).toMatchObject({ tick: "0.001" });
  expect(instrument({ price_ranges: [{ step: "-1" }] })).not.toHaveProperty("tick");
});

test("a settlement is told when the market is final, with what it pays", () => {
  const final = { ...market, status: "finalized", result: "scalar", settlement_value_dollars: "0.2500" };
  expect(settlementEvent("kalshi", final)).toMatchObject({ payout_per_unit: "0.25", outcome: "scalar" });
  for (const status of ["determined", "disputed", "amended", "active"])
    expect(settlementEvent("kalshi", { ...final, status })).toBeUndefined();
});
