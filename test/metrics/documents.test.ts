import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../src/app/program.ts";
import { ensure } from "../../src/base/assert.ts";
import { readDay } from "../../src/engine/read-day.ts";
import { readMetricNamed } from "../../src/engine/read-metrics.ts";
import { CATALOGUE, metricNamed } from "../../src/metrics/catalogue.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { summaryCsv, summaryJson, summaryLine } from "../../src/view/daily-summary.ts";
import { at } from "../support/folded-desk.ts";
import { DOCUMENT_1, DOCUMENT_3 } from "./document-names.ts";
import { READ_AT_S, toldDesk } from "./told-desk.ts";

const PLACE = { bot: "mm", ts: "2026-02-24T00:00:00Z", venue: "v", symbol: "A", side: "buy", size: 1, price: 2 };
const DATE = "2026-02-24";

const summary = () => ensure(readDay(toldDesk().state, { date: DATE, asOf: at(READ_AT_S), mode: "live" }), "a day");

/** The fields of source document 3's classes, and where they stand in the files of a day. */
const FIELDS = {
  costs: ["fees_paid", "funding_received", "funding_paid", "net_funding", "total_costs"],
  trades: [
    "win_rate",
    "expectancy",
    "profit_factor",
    "avg_holding_hours",
    "avg_entry_slippage_bps",
    "avg_exit_slippage_bps",
  ],
  execution: ["orders_placed", "orders_filled", "fill_rate_pct"],
} as const;
const LINE_KEYS =
  "date trades win_rate expectancy profit_factor fill_rate avg_slippage_bps fees net_funding time_in_market";

describe("source document 1 promises", () => {
  test.each(DOCUMENT_1)("the metric %s", (name) => {
    const metric = ensure(metricNamed(name), name);
    expect(metric.prometheus.map((exposed) => exposed.name)).toContain(name);
    expect(metric.help).not.toBe("");
  });

  test.each(["hbot_bot_fills_total", "hbot_bot_ws_reconnect_total"])("that %s is a counter, for rate()", (name) => {
    expect(metricNamed(name)?.kind).toBe("counter");
  });

  test.each([
    ["hbot_bot_daily_loss_pct", "daily_loss_limit", 0.03],
    ["hbot_bot_drawdown_pct", "drawdown_limit", 0.05],
  ])("%s against its limit, %s, of %d", (name, limit, usual) => {
    expect(metricNamed(name)?.unit).toBe("ratio");
    const answer = readMetricNamed(toldDesk().state, at(READ_AT_S), limit, { bot: "mm", mode: "live" });
    expect(answer).toMatchObject({ value: usual, unit: "ratio" });
  });
});

describe("source document 3 promises", () => {
  test.each(DOCUMENT_3)("the metric %s", (name) => {
    const metric = ensure(metricNamed(name), name);
    expect([metric.name, metric.prometheus.map((exposed) => exposed.name)]).toEqual([name, [name]]);
  });

  test.each(["orders_placed_total", "orders_filled_total", "trades_closed_total"])("that %s is a counter", (name) => {
    expect(metricNamed(name)?.kind).toBe("counter");
  });

  test.each(DOCUMENT_3.filter((name) => name.endsWith("_pct")))("that %s is in percent, 0 to 100", (name) => {
    expect(metricNamed(name)?.unit).toBe("percent");
  });

  test.each([
    ["profit_factor_session", "session"],
    ["profit_factor_7d", "7d"],
    ["profit_factor_30d", "30d"],
    ["fill_rate_pct", "session"],
    ["avg_entry_slippage_bps", "session"],
    ["avg_exit_slippage_bps", "session"],
  ])("that %s is of the window %s", (name, window) => {
    expect(metricNamed(name)?.windows[0]).toBe(window);
    expect(metricNamed(name)?.prometheus).toEqual([{ name, window }]);
  });

  test.each([
    ["ORDER_PLACED", "order.placed", { order_id: "1" }],
    ["ORDER_FILLED", "order.filled", { order_id: "1", fill_id: "2" }],
    ["POSITION_OPENED", "position.opened", { position_id: "1", side: "long", entry_price: 1 }],
    ["POSITION_CLOSED", "position.closed", { position_id: "1", side: "long", entry_price: 1, exit_price: 2 }],
    ["position_closed", "position.closed", { position_id: "1", side: "short", entry_price: 1, exit_price: 2 }],
  ])("the event %s", (name, type, more) => {
    expect(parseEvent({ ...PLACE, ...more, type: name })).toMatchObject({ ok: true, value: { type } });
  });

  test.each(["COMMISSION", "FUNDING_FEE"])("income of the type %s, by symbol and time", (income_type) => {
    const row = { ...PLACE, type: "income", income_type, amount: -1, currency: "USDT", transaction_id: "1" };
    expect(parseEvent(row)).toMatchObject({ ok: true, value: { income_type, symbol: "A" } });
  });

  test.each(Object.entries(FIELDS).flatMap(([part, names]) => names.map((name) => [part, name] as const)))(
    "in the files of a day, of the desk and of each bot: %s.%s",
    (part, name) => {
      const { desk, bots } = JSON.parse(summaryJson(summary())) as { desk: Sections; bots: Sections[] };
      for (const section of [desk, ...bots]) expect(Object.keys(section[part] ?? {})).toContain(name);
      expect(summaryCsv(summary()).split("\r\n")[0]?.split(",")).toContain(name);
    },
  );

  test("in them besides: time_in_market_pct and the composite avg_slippage_bps", () => {
    const { desk } = JSON.parse(summaryJson(summary())) as { desk: object };
    expect(Object.keys(desk)).toEqual(expect.arrayContaining(["time_in_market_pct", "avg_slippage_bps"]));
  });

  test("the log line, key by key in its order, with its units and decimals", () => {
    const line = summaryLine(DATE, summary().desk);
    expect(line.split(" ").map((pair) => pair.split("=")[0])).toEqual(LINE_KEYS.split(" "));
    expect(line).toMatch(
      /^date=\d{4}-\d\d-\d\d trades=\d+ win_rate=\d+\.\d% expectancy=-?\d+\.\d\d profit_factor=\d+\.\d\d fill_rate=\d+\.\d% avg_slippage_bps=-?\d+\.\d fees=-?\d+\.\d\d net_funding=-?\d+\.\d\d time_in_market=\d+\.\d%$/,
    );
  });

  test("metrics at the root of a port: start --metrics-port", async () => {
    const { commands } = await createProgram();
    const start = ensure(
      commands.find((command) => command.name() === "start"),
      "start",
    );
    expect(start.options.map(({ long }) => long)).toContain("--metrics-port");
  });

  test("a summary of any day: summary --date, and where its files are", async () => {
    const program = await createProgram();
    const command = ensure(
      program.commands.find((each) => each.name() === "summary"),
      "summary",
    );
    expect(command.options.map(({ long }) => long)).toEqual(expect.arrayContaining(["--date", "--json", "--csv"]));
    expect(readFileSync("docs/reference/daily-summary.md", "utf8")).toContain("logs/daily_summary_YYYY-MM-DD.json");
  });
});

describe("what the documents promise", () => {
  test("is said in the catalogue to come from them", () => {
    const named = CATALOGUE.filter(({ prometheus }) =>
      prometheus.some(({ name }) => DOCUMENT_1.includes(name) || DOCUMENT_3.includes(name)),
    );
    expect(named.filter(({ source }) => !/document [13]/.test(source)).map(({ name }) => name)).toEqual([]);
    expect(named.length).toBe(new Set([...DOCUMENT_1, ...DOCUMENT_3].map((name) => metricNamed(name)?.name)).size);
  });
});

type Sections = Readonly<Record<string, object>>;
