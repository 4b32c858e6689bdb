import { describe, expect, test } from "vitest";
import type { TruthReport } from "../../src/bots/simulator/model/truth.ts";
import { decimalToNumber } from "../../src/domain/decimal.ts";
import { usdRate } from "../../src/engine/money.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import { type MetricAnswer, metricAnswer } from "../../src/protocol/api-metrics.ts";
import { performanceAnswer } from "../../src/protocol/api-money.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { seriesOf, seriesValue } from "./metrics-page.ts";
import { simulatedDesk } from "./simulated-desk.ts";

async function read(url: string, path: string): Promise<unknown> {
  const answer = await fetch(`${url}${path}`);
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return answer.json();
}

const metric = async (url: string, name: string, query: string): Promise<MetricAnswer> =>
  metricAnswer.parse(await read(url, `/api/v1/metrics/${name}?mode=simulate&${query}`));

/** Every name on the page but that of the risk flags, whose series are made of their names. */
const EXPOSED = CATALOGUE.flatMap(({ name, prometheus }) => prometheus.map((exposed) => ({ name, exposed }))).filter(
  ({ exposed }) => exposed.name !== "hbot_bot_risk_reasons_info",
);

/** Time goes on between two readings of one seq; everything that is not by time stands still. */
function expectSame(name: string, said: MetricAnswer["value"], shown: number | undefined): void {
  if (said === null) return expect({ [name]: shown }).toEqual({ [name]: undefined });
  if (said === "unbounded") return expect({ [name]: shown }).toEqual({ [name]: Number.POSITIVE_INFINITY });
  if (name === "deskwatch_trades_per_day") return expect(shown, name).toBeGreaterThanOrEqual(0);
  if (name === "time_in_market_pct") return expect(shown, name).toBeCloseTo(said, 1);
  expect({ [name]: shown }).toEqual({ [name]: said });
}

type BotTruth = TruthReport["bots"][string];

/** What is true of a bot, in USD through the rates that were recorded. */
function truthOf(hub: Hub, bot: BotTruth): Record<string, number> {
  const sum = (of: (instrument: BotTruth["instruments"][number]) => number): number =>
    bot.instruments.reduce((total, instrument) => {
      const rate = usdRate(hub.state, instrument.quote);
      return total + of(instrument) * (rate === undefined ? Number.NaN : decimalToNumber(rate));
    }, 0);
  return {
    realized_pnl: sum(({ realized_pnl }) => Number(realized_pnl)),
    fees_paid_total: sum(({ fees_paid }) => Number(fees_paid)),
    rebates: sum(({ rebates }) => Number(rebates)),
    net_funding: sum(({ funding }) => Number(funding)),
    fills_total: bot.fills,
    open_orders: bot.open_orders.length,
    positions: bot.instruments.filter(({ position }) => position !== "0").length,
  };
}

describe("a hub with a simulated desk", () => {
  test("shows of each bot what is true of it: money, fills, orders and positions", async () => {
    const { url, hub, truth } = await simulatedDesk();
    const bots = Object.entries(truth.bots).filter(([, { fills }]) => fills > 0);
    expect(bots.length).toBeGreaterThan(1);
    for (const [bot, told] of bots)
      for (const [name, value] of Object.entries(truthOf(hub, told))) {
        const answer = await metric(
          url,
          name,
          `bot=${bot}&window=${name === "open_orders" || name === "positions" ? "now" : "all"}`,
        );
        expect(answer.value, `${name} of ${bot}: ${answer.reason}`).toBeCloseTo(value, 4);
      }
  });

  test("shows one number in the API, in performance and for Prometheus at one seq", async () => {
    const { url, hub, truth } = await simulatedDesk();
    const seq = hub.query.asOf().as_of_seq;
    const series = seriesOf(await (await fetch(`${url}/metrics`)).text());
    const shown: string[] = [];
    for (const bot of Object.keys(truth.bots)) {
      for (const { name, exposed } of EXPOSED) {
        const answer = await metric(url, name, `bot=${bot}&window=${exposed.window}`);
        const value = seriesValue(series, exposed.name, { bot, mode: "simulate" });
        expectSame(exposed.name, answer.value, value);
        if (value !== undefined) shown.push(exposed.name);
      }
      const made = performanceAnswer.parse(await read(url, `/api/v1/performance?bot=${bot}&mode=simulate&window=all`));
      const realized = await metric(url, "realized_pnl", `bot=${bot}&window=all`);
      expect(realized.value).toBe(made.rows.length === 0 ? null : made.total.realized);
      const net = await metric(url, "realized_pnl_net", `bot=${bot}&window=all`);
      expect(net.value).toBe(made.rows.length === 0 ? null : made.total.net);
      expect(realized.as_of_seq).toBe(seq);
    }
    expect(shown.length).toBeGreaterThan(100);
  });

  test("makes of each bot, first in first out, together with what is open the same as at average cost", async () => {
    const { url, truth } = await simulatedDesk();
    for (const [bot, { fills }] of Object.entries(truth.bots)) {
      const of = async (method: string) =>
        performanceAnswer.parse(
          await read(url, `/api/v1/performance?bot=${bot}&mode=simulate&window=all&method=${method}`),
        );
      const [average, fifo] = [await of("average"), await of("fifo")];
      expect(fifo.rows.length).toBe(average.rows.length);
      fifo.rows.forEach((row) => {
        const same = average.rows.find(({ currency }) => currency === row.currency);
        expect(Number(row.realized) + Number(row.unrealized), `${bot} in ${row.currency}`).toBeCloseTo(
          Number(same?.realized) + Number(same?.unrealized),
          6,
        );
        expect(row).toMatchObject({ fees: same?.fees, fills: same?.fills });
      });
      for (const { name } of CATALOGUE.filter(({ reads }) => reads === "fills")) {
        const answer = await metric(url, name, `bot=${bot}&window=all`);
        expect(answer.value === null, `${name} of ${bot}: ${answer.reason}`).toBe(answer.reason !== undefined);
        if (fills > 0 && name === "inventory_max") expect(answer.value).toBeGreaterThan(0);
      }
    }
  });

  test("answers the catalogue, and refuses what is not in it", async () => {
    const { url } = await scratchHub();
    const { metrics } = (await read(url, "/api/v1/metrics")) as { metrics: { name: string; formula: string }[] };
    expect(metrics.map(({ name }) => name)).toEqual(CATALOGUE.map(({ name }) => name));
    expect(metrics.every(({ formula }) => formula !== "")).toBe(true);
    const status = async (path: string) => (await fetch(`${url}/api/v1/metrics/${path}`)).status;
    expect(await status("nonsense")).toBe(404);
    expect(await status("equity?bot=nobody")).toBe(404);
    expect(await status("equity?window=7d")).toBe(400);
    expect(await status("equity?mode=all")).toBe(400);
    const performance = async (search: string) => (await fetch(`${url}/api/v1/performance?${search}`)).status;
    expect(await performance("method=fifo")).toBe(400);
    expect(await performance("method=lifo&bot=a")).toBe(400);
    expect(await performance("method=fifo&bot=a&from=2026-03-04T00:00:00Z")).toBe(400);
    expect(await performance("method=fifo&bot=nobody")).toBe(404);
  });
});
