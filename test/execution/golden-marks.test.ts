import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isoFromMicros, micros } from "../../src/base/time.ts";
import { emptyDeskState } from "../../src/engine/desk-state.ts";
import { FillTable } from "../../src/engine/markouts/fill-table.ts";
import { markoutsOf } from "./markouts-of.ts";
import { emptySampleState } from "../../src/engine/sample-state.ts";
import { KeptMarks } from "../../src/hub/kept-marks.ts";
import { keptEvent } from "../../src/hub/kept-samples.ts";
import type { KeptMark } from "../../src/hub/mark-history.ts";
import type { EventOf } from "../../src/protocol/event-types.ts";
import { columnsOf, expectNear, type GoldenValue, numbersOf } from "../goldens/golden.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const FOLDER = "goldens/microstructure";
const TOLERANCE = "rel 1e-9, abs 1e-9";
const PLACE = { venue: "v", symbol: "A" };

type Aggregates = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, GoldenValue>>>>>>;

const names = ["crypto_like", "prediction_market"].filter((name) => existsSync(testData(FOLDER, `${name}.json`)));

/** What a hub hears, in the order of time; of the same moment the marks first, or the fills. */
function heard(name: string, fillsFirst: boolean): (EventOf<"mark"> | EventOf<"fill">)[] {
  const [quotes, fills] = [columnsOf(`${FOLDER}/${name}_quotes.csv`), columnsOf(`${FOLDER}/${name}_fills.csv`)];
  const said = (ms: number) => ({ ...PLACE, bot: "b", ts: isoFromMicros(micros(Math.round(ms * 1_000))) });
  const marks = [...numbersOf(`${FOLDER}/${name}_quotes.csv`, "ts_ms")].map((ms, index) => {
    const [bid, ask] = [quotes["bid"]?.[index] ?? "", quotes["ask"]?.[index] ?? ""];
    return { ms, event: { ...said(ms), type: "mark" as const, price: bid, bid, ask } };
  });
  const traded = [...numbersOf(`${FOLDER}/${name}_fills.csv`, "ts_ms")].map((ms, index) => ({
    ms,
    event: {
      ...said(ms),
      type: "fill" as const,
      fill_id: String(index),
      side: (fills["side"]?.[index] === "buy" ? "buy" : "sell") as "buy" | "sell",
      price: fills["price"]?.[index] ?? "",
      size: fills["qty"]?.[index] ?? "",
      fee: fills["fee"]?.[index] ?? "",
      is_maker: fills["liquidity"]?.[index] === "maker",
    },
  }));
  const all = fillsFirst ? [...traded, ...marks] : [...marks, ...traded];
  return all.sort((a, b) => a.ms - b.ms).map(({ event }) => event);
}

/** The fills with no more than what the hub keeps of the marks. */
function tableOf(events: readonly (EventOf<"mark"> | EventOf<"fill">)[]): FillTable {
  const kept = new KeptMarks({ samples: emptySampleState() });
  const table = new FillTable();
  const keep = (...marks: readonly (KeptMark | undefined)[]): void => {
    for (const mark of marks) if (mark !== undefined) table.takeMark(keptEvent(mark) as EventOf<"mark">, mark.ts);
  };
  for (const [index, event] of events.entries()) {
    const ts = micros(Date.parse(event.ts) * 1_000);
    if (event.type === "mark") keep(kept.onMark(event, ts));
    else {
      keep(...kept.onFill(event, ts));
      table.takeFill(event, { seq: index, ts });
    }
  }
  return table;
}

requireTestData(FOLDER)("Fills against the marks that the hub keeps, as the references have them", () => {
  describe.each(names)("%s", (name) => {
    const { aggregates } = JSON.parse(readFileSync(testData(FOLDER, `${name}.json`), "utf8")) as {
      readonly aggregates: Aggregates;
    };

    describe.each([false, true])("fills heard first: %s", (fillsFirst) => {
      const table = tableOf(heard(name, fillsFirst));
      const context = { desk: emptyDeskState(), now: Number.MAX_SAFE_INTEGER };

      test.each(["maker", "taker", "all"] as const)("of %s fills", (liquidity) => {
        const filter = { from: 0, to: Number.MAX_SAFE_INTEGER, ...(liquidity === "all" ? {} : { liquidity }) };
        const { all } = markoutsOf(table, filter, context);
        const wanted = aggregates[liquidity] ?? {};
        const capture = wanted["spread_capture"] ?? {};
        expect(all.spread_capture.mean_bps.n).toBe(capture["n"]);
        expectNear(Number(all.spread_capture.mean_bps.value), capture["mean_bps"] ?? null, TOLERANCE);
        expectNear(Number(all.spread_capture.weighted_bps.value), capture["notional_weighted_bps"] ?? null, TOLERANCE);
        expectNear(Number(all.spread_capture.total.value), capture["total_quote"] ?? null, TOLERANCE);
        for (const { horizon_s: seconds, n, ...point } of all.curve) {
          const golden = wanted[`${seconds}s`] ?? {};
          expect({ seconds, n }).toEqual({ seconds, n: golden["n"] });
          const near = (value: unknown, field: string) => expectNear(Number(value), golden[field] ?? null, TOLERANCE);
          near(point.mean_bps.value, "mean_markout_bps");
          near(point.weighted_bps.value, "notional_weighted_markout_bps");
          near(point.mean_drift_bps.value, "mean_drift_bps");
          near(point.mean_net_bps.value, "mean_net_bps");
          near(point.gross.value, "total_gross");
          near(point.net.value, "total_net");
        }
      });
    });
  });
});
