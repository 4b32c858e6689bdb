import { ensure } from "../../src/base/assert.ts";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isoFromMicros, micros } from "../../src/base/time.ts";
import { emptyDeskState } from "../../src/engine/desk-state.ts";
import { FillTable } from "../../src/engine/markouts/fill-table.ts";
import { markoutsOf } from "./markouts-of.ts";
import { emptySampleState } from "../../src/engine/sample-state.ts";
import { KeptMarks } from "../../src/hub/kept-marks.ts";
import { keptEvent } from "../../src/hub/kept-samples.ts";
import type { KeptMark } from "../../src/hub/mark-history.ts";
import { fillQuality } from "../../src/metrics/microstructure/markouts.ts";
import { summarizeMarkouts } from "../../src/metrics/microstructure/summaries.ts";
import { MARKOUT_HORIZONS_S, markoutsAnswer } from "../../src/protocol/api-execution.ts";
import type { EventOf } from "../../src/protocol/event-types.ts";
import { columnsOf } from "../goldens/golden.ts";
import { type ImportDesk, startImportDesk } from "../imports/import-desk.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const HBOT = "data/hbot-paper/fills.csv";
const BINANCE = "data/binance-futures/btcusdt_20240808.gz";

requireTestData(HBOT)("A paper bot's fills, imported", () => {
  let desk: ImportDesk;
  beforeAll(async () => {
    desk = await startImportDesk();
    await desk.importAll([testData(HBOT)]);
  });
  afterAll(() => desk.close());

  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test("capture the spread that their own columns make, and have no markouts without marks", async () => {
    const from = encodeURIComponent("2026-01-01T00:00:00Z");
    const response = await fetch(`${desk.url}/api/v1/markouts?mode=paper&from=${from}&by=liquidity`);
    const { all, groups } = markoutsAnswer.parse(await response.json());
    const cells = columnsOf(HBOT);
    const rows = (cells["price"] ?? []).map((price, index) => {
      const [mid, sign] = [Number(cells["mid_ref"]?.[index]), cells["side"]?.[index] === "buy" ? 1 : -1];
      return {
        isMaker: cells["is_maker"]?.[index] === "True",
        capture: ((sign * (mid - Number(price))) / mid) * 1e4,
        drift: Number(cells["adverse_drift_30s"]?.[index] || Number.NaN),
      };
    });
    expect(all.fills).toBe(rows.length);
    expect(all.spread_capture.mean_bps).toMatchObject({
      n: rows.length,
      value: expect.closeTo(mean(rows.map(({ capture }) => capture)), 6),
    });
    for (const { key, spread_capture: capture, fills } of groups) {
      const own = rows.filter(({ isMaker }) => isMaker === (key === "maker"));
      expect(fills).toBe(own.length);
      expect(Number(capture.mean_bps.value)).toBeCloseTo(mean(own.map((row) => row.capture)), 6);
    }
    const drifts = rows.flatMap(({ drift }) => (Number.isNaN(drift) ? [] : [drift]));
    expect(all.adverse_drift_30s.reported).toMatchObject({ n: drifts.length, value: expect.closeTo(mean(drifts), 12) });
    expect(all.adverse_drift_30s.computed).toMatchObject({ value: null });
    expect(all.curve.map(({ n, unmarked }) => [n, unmarked])).toEqual(
      Array.from({ length: 5 }, () => [0, rows.length]),
    );
  });
});

interface Frame {
  readonly data: {
    readonly e: string;
    readonly b: string;
    readonly a: string;
    readonly p: string;
    readonly q: string;
    readonly m: boolean;
  };
}

/** The best prices and every so-many-th trade of a recorded market, at the moments of their receipt. */
function recorded(everyTrade: number) {
  const [quotes, trades]: [
    { at: number; bid: string; ask: string }[],
    { at: number; price: string; size: string; buys: boolean }[],
  ] = [[], []];
  let count = 0;
  for (const line of gunzipSync(readFileSync(testData(BINANCE)))
    .toString()
    .split("\n")) {
    const [time, text] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    if (!/"e":"(?:bookTicker|trade)"/.test(text)) continue;
    const at = Math.floor(Number(time) / 1_000);
    const { data } = JSON.parse(text) as Frame;
    if (data.e === "bookTicker") quotes.push({ at, bid: data.b, ask: data.a });
    else if (count++ % everyTrade === 0 && Number(data.q) > 0)
      trades.push({ at, price: data.p, size: data.q, buys: !data.m });
  }
  return { quotes, trades };
}

const PLACE = { bot: "b", venue: "binance", symbol: "BTCUSDT" };

/** The trades with no more than what the hub keeps of the quotes. */
function tableOf({ quotes, trades }: ReturnType<typeof recorded>): FillTable {
  const kept = new KeptMarks({ samples: emptySampleState() });
  const table = new FillTable();
  const keep = (...marks: readonly (KeptMark | undefined)[]): void => {
    for (const mark of marks) if (mark !== undefined) table.takeMark(keptEvent(mark) as EventOf<"mark">, mark.ts);
  };
  let next = 0;
  const quoted = (until: number): void => {
    for (let quote = quotes[next]; quote !== undefined && quote.at <= until; quote = quotes[++next]) {
      const { at, bid, ask } = quote;
      keep(kept.onMark({ type: "mark", ...PLACE, ts: isoFromMicros(micros(at)), price: bid, bid, ask }, micros(at)));
    }
  };
  for (const [index, { at, price, size, buys }] of trades.entries()) {
    quoted(at);
    keep(...kept.onFill({ ...PLACE, ts: isoFromMicros(micros(at)) }, micros(at)));
    const fill = {
      ...PLACE,
      type: "fill",
      fill_id: String(index),
      ts: isoFromMicros(micros(at)),
      price,
      size,
    } as const;
    table.takeFill({ ...fill, side: buys ? "buy" : "sell", fee: "0" }, { seq: index, ts: at });
  }
  quoted(Number.MAX_SAFE_INTEGER);
  return table;
}

/** The same in columns, with every quote. */
const columnsFrom = ({ quotes, trades }: ReturnType<typeof recorded>) => ({
  fills: {
    at: Float64Array.from(trades, ({ at }) => at / 1_000),
    side: Int8Array.from(trades, ({ buys }) => (buys ? 1 : -1)),
    price: Float64Array.from(trades, ({ price }) => Number(price)),
    quantity: Float64Array.from(trades, ({ size }) => Number(size)),
    fee: new Float64Array(trades.length),
    maker: new Int8Array(trades.length),
  },
  quotes: {
    at: Float64Array.from(quotes, ({ at }) => at / 1_000),
    bid: Float64Array.from(quotes, ({ bid }) => Number(bid)),
    ask: Float64Array.from(quotes, ({ ask }) => Number(ask)),
  },
});

requireTestData(BINANCE)("A recorded market, its trades as if they were ours", () => {
  let market: ReturnType<typeof recorded>;
  let table: FillTable;

  beforeAll(() => {
    market = recorded(60);
    table = tableOf(market);
  });

  test.each(MARKOUT_HORIZONS_S)("after %i s they are worth what all quotes make of them", (seconds) => {
    const context = { desk: emptyDeskState(), now: 0 };
    const { all } = markoutsOf(table, { from: 0, to: Number.MAX_SAFE_INTEGER }, context);
    const point = all.curve.find(({ horizon_s }) => horizon_s === seconds);
    const { fills, quotes } = columnsFrom(market);
    const [found] = summarizeMarkouts(fills, fillQuality(fills, quotes), {
      aftersMs: [seconds * 1_000],
      liquidity: "all",
    });
    const wanted = ensure(found, "a horizon has its summary");
    expect(point?.n).toBe(wanted.n);
    expect(point?.n).toBeGreaterThan(10);
    expect(Number(point?.mean_bps.value)).toBeCloseTo(Number(wanted.meanBps.value), 9);
    expect(Number(point?.mean_drift_bps.value)).toBeCloseTo(Number(wanted.meanDriftBps.value), 9);
    expect(Number(point?.gross.value)).toBeCloseTo(Number(wanted.gross.value), 9);
  });

  test("a few rows for each trade are kept of ten thousands of quotes", () => {
    const { quotes, trades } = market;
    expect([quotes.length > 10_000, table.marks <= 6 * trades.length]).toEqual([true, true]);
  });
});
