import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import { exposureAnswer } from "../../src/protocol/api.ts";
import { catalogueAnswer, metricAnswer, metricSeries } from "../../src/protocol/api-metrics.ts";
import { performanceAnswer } from "../../src/protocol/api-money.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { seriesOf } from "./metrics-page.ts";
import { readAnswer } from "./read-answer.ts";
import { simulatedDesk } from "./simulated-desk.ts";

const metric = (url: string, name: string, query: string) => readAnswer(url, `metrics/${name}?${query}`, metricAnswer);

const NOON = "2026-03-01T12:00:00Z";
const place = { bot: "mm", account: "main", ts: NOON };

const instrument = (venue: string, symbol: string, base: string) => ({
  ...{ type: "instrument", bot: "mm", ts: NOON, venue, symbol, kind: "spot", base, quote: "USD" },
});
let fills = 0;
const fill = (venue: string, symbol: string, side: string, price: number, arrival: number) => ({
  ...{ type: "fill", ...place, fill_id: `f${++fills}`, venue, symbol, side, price, size: 2, arrival_mid: arrival },
});

/** One asset at two venues and another at one; bought above the mid at one venue, and below it at the other. */
const DESK = [
  { type: "bot.started", bot: "mm", ts: NOON, mode: "live" },
  instrument("a", "BTC-USD", "BTC"),
  instrument("b", "XBTUSD", "BTC"),
  instrument("b", "ETHUSD", "ETH"),
  fill("a", "BTC-USD", "buy", 101, 100),
  fill("b", "XBTUSD", "buy", 99, 100),
  fill("b", "ETHUSD", "buy", 10, 10),
  fill("b", "ETHUSD", "sell", 9, 10),
];

describe("a metric of a venue or an asset", () => {
  test("is of what was traded there alone: slippage, profit, exposure", async () => {
    const { url } = await scratchHub();
    await sendTo(url, DESK);
    const value = async (name: string, query: string) => (await metric(url, name, query)).value;
    expect(await value("avg_entry_slippage_bps", "venue=a")).toBeCloseTo(100, 9);
    expect(await value("avg_entry_slippage_bps", "venue=b&bot=mm")).toBeCloseTo(-50, 9);
    expect(await value("avg_entry_slippage_bps", "asset=BTC&window=today")).toBe(null);
    expect(await value("avg_entry_slippage_bps", "asset=BTC&window=all")).toBeCloseTo(0, 9);
    expect(await value("avg_exit_slippage_bps", "asset=ETH")).toBeCloseTo(1_000, 9);
    expect(await value("avg_exit_slippage_bps", "asset=ETHUSD&venue=b")).toBeCloseTo(1_000, 9);
    expect(await value("realized_pnl", "asset=ETH&window=all")).toBe(-2);
    expect(await value("exposure_gross", "asset=BTC")).toBe(400);
    expect(await value("exposure_gross", "asset=BTC&venue=b")).toBe(198);
    expect(await value("positions", "venue=b")).toBe(1);
    expect(await metric(url, "volume", "asset=BTC&window=all")).toMatchObject({ asset: "BTC", value: 400, n: 2 });
  });

  test("is of nothing where nothing was traded, and says what is not kept by venue", async () => {
    const { url } = await scratchHub();
    await sendTo(url, DESK);
    expect(await metric(url, "realized_pnl", "venue=elsewhere")).toMatchObject({ value: null, n: 0 });
    expect(await metric(url, "equity", "venue=a")).toMatchObject({ value: null, reason: "is not kept by venue" });
    expect(await metric(url, "time_in_market_pct", "bot=mm&asset=BTC")).toMatchObject({
      value: null,
      reason: "is not kept by asset",
    });
    expect((await fetch(`${url}/api/v1/metrics/fills?venue=`)).status).toBe(400);
    expect((await fetch(`${url}/api/v1/performance?bot=mm&method=fifo&venue=a`)).status).toBe(400);
  });

  test("does not take the bot's income rows for those of a part", async () => {
    const { url } = await scratchHub();
    const income = { type: "income", ...place, venue: "a", income_type: "FUNDING_FEE", currency: "USD", amount: -3 };
    await sendTo(url, [...DESK, { ...income, transaction_id: "1" }]);
    const reason = "funding is told by currency, not by venue or asset";
    expect(await metric(url, "net_funding", "venue=a&window=all")).toMatchObject({ value: null, reason });
    expect(await metric(url, "realized_pnl_net", "asset=ETH&window=all")).toMatchObject({ value: null, reason });
    expect(await metric(url, "realized_pnl", "asset=ETH&window=all")).toMatchObject({ value: -2 });
    const { rows, total } = await readAnswer(url, "performance?asset=ETH&window=all", performanceAnswer);
    expect(rows).toMatchObject([{ realized: -2, net: null, funding: null, reason, fills: 2 }]);
    expect(total).toMatchObject({ realized: -2, net: null, reason });
  });

  test("adds up to the whole over the venues of a bot, and over its assets, in every window", async () => {
    const { url, events } = await simulatedDesk();
    const bot = "mm-majors";
    const told = events.filter((event) => event["bot"] === bot && typeof event["symbol"] === "string");
    const named = (field: "venue" | "symbol") => [...new Set(told.map((event) => String(event[field])))];
    const parts = [named("venue").map((name) => `venue=${name}`), named("symbol").map((name) => `asset=${name}`)];
    expect(parts.map(({ length }) => length > 0)).toEqual([true, true]);
    const sums = ["volume", "fills", "orders_placed_total", "realized_pnl"];
    const cases = [...sums.flatMap((name) => [`${name} all`, `${name} session`]), "exposure_gross now"];
    for (const [name = "", window = ""] of cases.map((text) => text.split(" "))) {
      const query = `bot=${bot}&mode=simulate&window=${window}`;
      const whole = await metric(url, name, query);
      for (const each of parts) {
        const values = await Promise.all(each.map((part) => metric(url, name, `${query}&${part}`)));
        const sum = values.reduce((total, { value }) => total + Number(value), 0);
        expect(sum, `${name} ${window}`).toBeCloseTo(Number(whole.value), 6);
      }
    }
  });

  test("is the metric itself where a bot trades at one venue only, for every metric that has parts", async () => {
    const { url } = await scratchHub();
    await sendTo(url, [...DESK.filter((event) => !("venue" in event) || event.venue === "b")]);
    for (const { name, scopes, windows } of CATALOGUE.filter(({ scopes }) => scopes.includes("venue"))) {
      expect(scopes, name).toContain("asset");
      for (const window of windows) {
        const query = `bot=mm&window=${window}`;
        const { as_of: _, as_of_seq: seq, ...whole } = await metric(url, name, query);
        const { as_of: _at, as_of_seq: partSeq, venue, ...part } = await metric(url, name, `${query}&venue=b`);
        expect([name, window, venue, partSeq, part]).toEqual([name, window, "b", seq, whole]);
      }
    }
  });

  test("has a series, and what a range made of it", async () => {
    const { url } = await scratchHub();
    await sendTo(url, DESK);
    const range = "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z";
    const series = await readAnswer(url, `metrics/volume?asset=ETH&${range}&step=1d`, metricSeries);
    expect([series.asset, series.points.map(({ value }) => value)]).toEqual(["ETH", [38]]);
    expect(await readAnswer(url, `performance?venue=b&asset=BTC&${range}`, performanceAnswer)).toMatchObject({
      ...{ venue: "b", asset: "BTC", rows: [{ volume: 198, fills: 1 }], equity: [] },
    });
  });
});

describe("exposure", () => {
  test("is told by asset, for Prometheus too", async () => {
    const { url } = await scratchHub();
    await sendTo(url, DESK);
    const { by_asset } = await readAnswer(url, "exposure", exposureAnswer);
    expect(by_asset).toMatchObject([{ asset: "BTC", gross_usd: 400, net_usd: 400, positions: 2 }]);
    const page = seriesOf(await (await fetch(`${url}/metrics`)).text());
    const told = (name: string) =>
      page.filter((each) => each.name === name).map(({ labels, value }) => [labels, value]);
    expect(told("deskwatch_asset_exposure_gross_usd")).toEqual([[{ mode: "live", asset: "BTC" }, 400]]);
    expect(told("deskwatch_venue_exposure_net_usd")).toEqual([
      [{ mode: "live", venue: "a" }, 202],
      [{ mode: "live", venue: "b" }, 198],
    ]);
  });
});

describe("the catalogue", () => {
  test("says which metrics have parts", async () => {
    const { url } = await scratchHub();
    const { metrics } = await readAnswer(url, "metrics", catalogueAnswer);
    const inParts = metrics.filter(({ scopes }) => scopes.includes("venue")).map(({ name }) => name);
    expect(inParts).toEqual(
      expect.arrayContaining(["avg_entry_slippage_bps", "avg_exit_slippage_bps", "exposure_gross", "realized_pnl"]),
    );
  });
});
