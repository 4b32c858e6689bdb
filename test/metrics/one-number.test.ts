import { expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import type { MetricAnswer } from "../../src/protocol/api-metrics.ts";
import { moneyWindow } from "../../src/protocol/api-money.ts";
import type { DaySummary, SummarySection } from "../../src/protocol/api-summaries.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { metricShown } from "../../src/view/metric-shown.ts";
import type { Shown } from "../../src/view/shown.ts";
import { figureOf } from "../../src/view/summary-rows.ts";
import { metricsOver, seriesOf } from "./metrics-page.ts";
import { hubOf, simulatedDesk } from "./simulated-hub.ts";

const MODE = "simulate";
type Value = MetricAnswer["value"];

/** Metrics whose value of today stands in the summary of the day, where it is found there, and whether it is money. */
const IN_SUMMARY: Readonly<Record<string, readonly [of: (section: SummarySection) => Value, money?: "money"]>> = {
  fees_paid_total: [({ costs }) => costs.fees_paid, "money"],
  rebates: [({ costs }) => costs.rebates, "money"],
  funding_received_total: [({ costs }) => costs.funding_received, "money"],
  funding_paid_total: [({ costs }) => costs.funding_paid, "money"],
  net_funding: [({ costs }) => costs.net_funding, "money"],
  trades_closed_total: [({ trades }) => trades.total_trades],
  win_rate_pct: [({ trades }) => trades.win_rate_pct.value],
  expectancy_per_trade: [({ trades }) => trades.expectancy.value, "money"],
  profit_factor: [({ trades }) => trades.profit_factor.value],
  avg_holding_time_hours: [({ trades }) => trades.avg_holding_hours.value],
  avg_entry_slippage_bps: [({ trades }) => trades.avg_entry_slippage_bps.value],
  avg_exit_slippage_bps: [({ trades }) => trades.avg_exit_slippage_bps.value],
  orders_placed_total: [({ execution }) => execution.orders_placed],
  orders_filled_total: [({ execution }) => execution.orders_filled],
  fill_rate_pct: [({ execution }) => execution.fill_rate_pct.value],
  time_in_market_pct: [({ time_in_market_pct }) => time_in_market_pct.value],
};

/** The same names in the figures of the page of summaries. */
const FIGURE: Readonly<Record<string, string>> = {
  fees_paid_total: "fees_paid",
  funding_received_total: "funding_received",
  funding_paid_total: "funding_paid",
  trades_closed_total: "total_trades",
  expectancy_per_trade: "expectancy",
  avg_holding_time_hours: "avg_holding_hours",
  orders_placed_total: "orders_placed",
  orders_filled_total: "orders_filled",
};

/** Where a metric stands in what trading made, in USD. */
const IN_TOTAL = {
  realized_pnl: "realized",
  fees: "fees",
  net_funding: "funding",
  realized_pnl_net: "net",
  unrealized_pnl: "unrealized",
} as const;

/** What a page writes, read back: all its digits where there are more on hover. */
function readBack({ text, full }: Shown): { readonly value: number; readonly within: number } {
  const digits = (full ?? text).replaceAll(",", "").replace("−", "-").replace("+", "");
  const decimals = /\.(\d+)/.exec(digits)?.[1]?.length ?? 0;
  return { value: Number.parseFloat(digits), within: 0.5000001 * 10 ** -decimals };
}

function expectShown(where: string, shown: Shown, value: Value, scale = 1): void {
  if (value === null) return expect({ where, text: shown.text }).toEqual({ where, text: "—" });
  if (value === "unbounded") return expect({ where, text: shown.text }).toEqual({ where, text: "∞" });
  if (shown.text === "yes" || shown.text === "no")
    return expect({ where, text: shown.text }).toEqual({ where, text: value === 1 ? "yes" : "no" });
  const read = readBack(shown);
  expect(Math.abs(read.value - value * scale), `${where}: ${value} shown as ${shown.text}`).toBeLessThanOrEqual(
    read.within + Math.abs(value * scale) * 1e-12,
  );
}

const near = (value: Value): unknown =>
  typeof value === "number" ? (value === 0 ? 0 : expect.closeTo(value, 9)) : value;

/** One answer of the API for each metric, window and scope, all of one moment. */
async function answers(hub: Hub, bots: readonly (string | undefined)[]): Promise<readonly MetricAnswer[]> {
  const asked = bots.flatMap((bot) =>
    CATALOGUE.flatMap(({ name, windows }) => windows.map((window) => ({ bot, name, window }))),
  );
  const all: MetricAnswer[] = [];
  for (const { name, ...filter } of asked) {
    const answer = await hub.query.metric(name, { ...filter, mode: MODE });
    if (typeof answer === "string") throw new Error(`${name}: ${answer}`);
    all.push(answer);
  }
  return all;
}

const whereOf = ({ name, bot, window }: MetricAnswer): string => `${name} of ${bot ?? "the desk"}, ${window}`;

async function simulated() {
  const { hub, now } = await hubOf(simulatedDesk());
  const bots = [...hub.state.bots.keys()].filter((bot) => bot !== "deskwatch");
  return { hub, now, all: await answers(hub, [undefined, ...bots]) };
}

test("every metric of the catalogue is one number in the API, on the page, for Prometheus and in the summary, at one seq", async () => {
  const { hub, now, all } = await simulated();
  const date = new Date(now / 1_000).toISOString().slice(0, 10);
  const day = ensure(hub.query.summary(date), date);
  expect(new Set([...all, day, hub.query.asOf()].map(({ as_of_seq }) => as_of_seq)).size).toBe(1);
  const entries = new Map(hub.query.catalogue().metrics.map((entry) => [entry.name, entry]));
  const series = seriesOf(await metricsOver(hub.state, () => now).text());
  let [exposed, summed, totalled] = [0, 0, 0];
  for (const answer of all) {
    const entry = ensure(entries.get(answer.name), answer.name);
    const scale = entry.format === "ratio_as_percent" ? 100 : 1;
    expectShown(`${whereOf(answer)} on the page`, metricShown(answer, entry), answer.value, scale);
    exposed += expectExposed(series, answer);
    summed += expectInSummary(day.summary, answer);
    totalled += expectInTotal(hub, answer);
  }
  expect(exposed).toBeGreaterThan(CATALOGUE.length);
  expect(summed).toBeGreaterThan(40);
  expect(totalled).toBeGreaterThan(40);
  const known = new Set(all.filter(({ value }) => value !== null).map(({ name }) => name));
  // A desk of some hours has what needs no more of them; nobody reads accounts of a simulated one, whose bots make markets.
  const silent = all.filter(
    ({ name, reason = "" }) =>
      !known.has(name) && !/^needs |^is of one bot|^no (account|taker quotes|fill says its adverse) /.test(reason),
  );
  expect([...new Set(silent.map(({ name, reason }) => `${name}: ${reason}`))]).toEqual([]);
});

/** Each name that a metric of a bot has for Prometheus in this window; how many there are. */
function expectExposed(series: ReturnType<typeof seriesOf>, answer: MetricAnswer): number {
  const { name, bot, window, value } = answer;
  const definition = CATALOGUE.find((each) => each.name === name);
  // Its series are made of the names of the flags.
  if (bot === null || name === "risk_reasons_info") return 0;
  const names = ensure(definition, name).prometheus.filter((exposed) => exposed.window === window);
  for (const exposed of names) {
    const found = series.find((each) => each.name === exposed.name && each.labels["bot"] === bot)?.value;
    const expected = value === null ? undefined : value === "unbounded" ? Number.POSITIVE_INFINITY : value;
    expect({ where: whereOf(answer), found }).toEqual({ where: whereOf(answer), found: expected });
  }
  return names.length;
}

/** The value of today in the summary of the day, and among the figures of its page; 1 where it stands there. */
function expectInSummary({ desk, bots }: DaySummary, answer: MetricAnswer): number {
  const { name, bot, window, value, currency } = answer;
  const section = bot === null ? desk : bots.find((each) => each.bot === bot);
  const [of, money] = IN_SUMMARY[name] ?? [];
  if (window !== "today" || of === undefined || section === undefined) return 0;
  // A bot with one currency has its day told in that, and its metrics in USD.
  if (money !== undefined && currency !== section.currency) return 0;
  const where = whereOf(answer);
  if (typeof value === "number" || bot !== null)
    expect({ where, value: of(section) }).toEqual({ where, value: near(value) });
  const figure = ensure(figureOf(section, FIGURE[name] ?? name), `a figure for ${name}`);
  expectShown(`${where} on the page of summaries`, figure.shown, of(section));
  return 1;
}

/** The value in what trading made, and in the exposure; 1 where it stands there. */
function expectInTotal(hub: Hub, answer: MetricAnswer): number {
  const { name, bot, window, value, currency } = answer;
  const where = whereOf(answer);
  if (name === "exposure_gross" && value !== null) {
    const { by_bot, total } = hub.query.exposure(MODE);
    const row = bot === null ? total : by_bot.find((each) => each.bot === bot);
    expect({ where, value: row?.gross_usd ?? 0 }).toEqual({ where, value });
    return 1;
  }
  const field = IN_TOTAL[name as keyof typeof IN_TOTAL];
  const { success, data } = moneyWindow.safeParse(window);
  if (field === undefined || !success || currency !== "USD") return 0;
  const { total } = hub.query.performance({ mode: MODE, window: data, ...(bot === null ? {} : { bot }) });
  expect({ where, value: total[field] }).toEqual({ where, value: near(value) });
  return 1;
}
