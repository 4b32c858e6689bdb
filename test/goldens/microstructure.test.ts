import { ensure } from "../../src/base/assert.ts";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  captureAt,
  type FillMarkout,
  fillQuality,
  laterMids,
  markoutAt,
} from "../../src/metrics/microstructure/markouts.ts";
import {
  type CaptureSummary,
  type Liquidity,
  type MarkoutSummary,
  summarizeCapture,
  summarizeMarkouts,
} from "../../src/metrics/microstructure/summaries.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { columnsOf, expectGolden, expectNear, type GoldenValue, numbersOf } from "./golden.ts";

interface Golden {
  readonly aggregates: Readonly<Record<Liquidity, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
  readonly fills_out: readonly {
    readonly id: number;
    readonly markout: Readonly<Record<string, Readonly<Record<string, GoldenValue>>>>;
    readonly [name: string]: unknown;
  }[];
}

const TOLERANCE = "rel 1e-9, abs 1e-9";
const HORIZONS_S = [1, 5, 30, 60, 300];
const names = ["crypto_like", "prediction_market"].filter((name) =>
  existsSync(testData("goldens/microstructure", `${name}.json`)),
);

const path = (name: string): string => `goldens/microstructure/${name}.csv`;
const quotesOf = (name: string) => ({
  at: numbersOf(path(name), "ts_ms"),
  bid: numbersOf(path(name), "bid"),
  ask: numbersOf(path(name), "ask"),
});

function fillsOf(name: string) {
  const columns = columnsOf(path(name));
  return {
    at: numbersOf(path(name), "ts_ms"),
    side: Int8Array.from(columns["side"] ?? [], (side) => (side === "buy" ? 1 : -1)),
    price: numbersOf(path(name), "price"),
    quantity: numbersOf(path(name), "qty"),
    fee: numbersOf(path(name), "fee"),
    maker: Int8Array.from(columns["liquidity"] ?? [], (liquidity) => (liquidity === "maker" ? 1 : 0)),
  };
}

requireTestData("goldens/microstructure")("Fills against quotes as the references have them", () => {
  describe.each(names)("%s", (name) => {
    const golden = JSON.parse(readFileSync(testData("goldens/microstructure", `${name}.json`), "utf8")) as Golden;
    const fills = fillsOf(`${name}_fills`);
    const quality = fillQuality(fills, quotesOf(`${name}_quotes`));

    test("every fill: spread capture, slippage and fee", () => {
      for (const [index, wanted] of golden.fills_out.entries()) {
        const expectOf = (value: number | undefined, key: string) =>
          expectNear(value, wanted[key] as GoldenValue, TOLERANCE);
        const capture = captureAt(fills, quality, index);
        expectOf(quality.mid[index], "mid0");
        expectOf(capture.spreadCapture, "spread_capture_price");
        expectOf(capture.spreadCaptureBps, "spread_capture_bps");
        expectOf(capture.slippageBps, "slippage_bps");
        expectOf(capture.touchSlippageBps, "slippage_vs_tob_bps");
        expectOf(capture.feeBps, "fee_bps_of_mid0");
      }
    });

    test.each(HORIZONS_S)("every fill after %i s", (seconds) => {
      const later = laterMids(fills, quality, seconds * 1000);
      for (const [index, { markout: all }] of golden.fills_out.entries()) {
        const wanted = all[`${seconds}s`] ?? {};
        const markout = markoutAt(fills, quality, later, index);
        expectNear(later.mid[index], wanted["mid"] ?? null, TOLERANCE);
        for (const [key, field] of Object.entries(FILL_FIELDS))
          expectNear(markout[field], wanted[key] ?? null, TOLERANCE);
      }
    });

    test("a markout is spread capture and drift together", () => {
      for (const later of HORIZONS_S.map((seconds) => laterMids(fills, quality, seconds * 1000)))
        for (let index = 0; index < fills.at.length; index++) {
          const { bps, driftBps } = markoutAt(fills, quality, later, index);
          const { spreadCaptureBps } = captureAt(fills, quality, index);
          if (!Number.isNaN(bps)) expectNear(bps, spreadCaptureBps + driftBps, TOLERANCE);
        }
    });

    describe.each(["maker", "taker", "all"] as const)("of %s fills", (liquidity) => {
      test.each(HORIZONS_S)("after %i s", (seconds) => {
        const aftersMs = HORIZONS_S.map((each) => each * 1000);
        const found = ensure(
          summarizeMarkouts(fills, quality, { aftersMs, liquidity }).find(({ afterMs }) => afterMs === seconds * 1000),
          "every horizon has its summary",
        );
        const wanted = golden.aggregates[liquidity][`${seconds}s`] ?? {};
        expect(found.n).toBe(wanted["n"]);
        for (const [key, field] of Object.entries(MARKOUT_FIELDS))
          expectGolden(found[field], wanted[key] ?? null, TOLERANCE);
      });

      test("spread capture", () => {
        const found = summarizeCapture(fills, quality, liquidity);
        const wanted = golden.aggregates[liquidity]["spread_capture"] ?? {};
        expect(found.n).toBe(wanted["n"]);
        for (const [key, field] of Object.entries(CAPTURE_FIELDS))
          expectGolden(found[field], wanted[key] ?? null, TOLERANCE);
      });
    });
  });

  test("a recorded day: spreads and their parts are the taker's, twice and turned round", () => {
    const name = "real_hf_spread_decomposition";
    const cells = columnsOf(path(name));
    const at = numbersOf(path(name), "ts_ms");
    const fills = {
      at,
      side: Int8Array.from(cells["DIRECTION"] ?? [], Number),
      price: numbersOf(path(name), "PRICE"),
      quantity: numbersOf(path(name), "SIZE"),
      fee: new Float64Array(at.length),
      maker: new Int8Array(at.length),
    };
    const quality = fillQuality(fills, quotesOf("real_hf_quotes_1s"));
    let compared = 0;
    const expectColumn = (column: string, of: (index: number) => number) => {
      for (const [index, cell] of (cells[column] ?? []).entries()) {
        if (cell === "" || cell === "NA") continue;
        expectNear(of(index), Number(cell), "rel 1e-9, abs 1e-9");
        compared++;
      }
    };
    expectColumn("effectiveSpread", (index) => -2 * captureAt(fills, quality, index).spreadCapture);
    for (const seconds of HORIZONS_S) {
      const later = laterMids(fills, quality, seconds * 1000);
      expectColumn(`realizedSpread_${seconds}`, (index) => -2 * markoutAt(fills, quality, later, index).price);
      expectColumn(`priceImpact_${seconds}`, (index) => markoutAt(fills, quality, later, index).drift);
    }
    expect(compared).toBeGreaterThan(at.length * 10);
  });
});

type MeasuredField<Summary> = Exclude<keyof Summary, "n" | "afterMs">;

const FILL_FIELDS: Readonly<Record<string, keyof FillMarkout>> = {
  price: "price",
  bps: "bps",
  net_pnl: "net",
  net_bps: "netBps",
  drift_price: "drift",
  drift_bps: "driftBps",
};
const MARKOUT_FIELDS: Readonly<Record<string, MeasuredField<MarkoutSummary>>> = {
  mean_markout_bps: "meanBps",
  notional_weighted_markout_bps: "weightedBps",
  mean_drift_bps: "meanDriftBps",
  qty_weighted_markout_price: "meanPrice",
  total_gross: "gross",
  total_net: "net",
  mean_net_bps: "meanNetBps",
};
const CAPTURE_FIELDS: Readonly<Record<string, MeasuredField<CaptureSummary>>> = {
  mean_bps: "meanBps",
  notional_weighted_bps: "weightedBps",
  total_quote: "total",
  mean_slippage_bps: "meanSlippageBps",
};
