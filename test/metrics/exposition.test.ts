import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { readDay } from "../../src/engine/read-day.ts";
import { readExposure } from "../../src/engine/read-exposure.ts";
import { readPerformance } from "../../src/engine/read-performance.ts";
import type { State } from "../../src/engine/fold.ts";
import { readEachBot, scopeReader } from "../../src/engine/read-scope.ts";
import { readMetricNamed } from "../../src/engine/read-metrics.ts";
import { CATALOGUE, readMetric } from "../../src/metrics/catalogue.ts";
import { summaryCsv, summaryJson, summaryLine } from "../../src/view/daily-summary.ts";
import { findTool } from "../support/find-tool.ts";
import { at, FoldedDesk } from "../support/folded-desk.ts";
import { requireTool } from "../support/tools.ts";
import { DOCUMENT_1, DOCUMENT_3 } from "./document-names.ts";
import { metricsOver, seriesOf, seriesValue } from "./metrics-page.ts";
import { READ_AT_S, toldDesk } from "./told-desk.ts";

/** What the configuration says, and not what happened. */
const SETTINGS = ["daily_loss_limit", "drawdown_limit"];

const pageOf = (desk: FoldedDesk): Promise<string> => metricsOver(desk.state, () => at(READ_AT_S)).text();

describe("the page for Prometheus", () => {
  test.each([...DOCUMENT_1, ...DOCUMENT_3])("has %s of a bot that tells all, by bot and mode", async (name) => {
    const series = seriesOf(await pageOf(toldDesk()));
    expect(seriesValue(series, name, { bot: "mm", mode: "live" })).toEqual(expect.any(Number));
  });

  test("leaves out what has no value, and counts why", async () => {
    const desk = new FoldedDesk().fact(0, { type: "bot.started" });
    const series = seriesOf(await pageOf(desk));
    const absent = [...DOCUMENT_1, ...DOCUMENT_3].filter((name) => name !== "hbot_bot_fills_total");
    for (const name of absent) {
      expect({ name, value: seriesValue(series, name) }).toEqual({ name, value: undefined });
      expect({ name, absent: seriesValue(series, "deskwatch_metric_absent", { name }) }).toEqual({ name, absent: 1 });
    }
    expect(seriesValue(series, "hbot_bot_fills_total")).toBe(0);
    const reasons = new Set(
      series.filter(({ name }) => name === "deskwatch_metric_absent").map(({ labels }) => labels["reason"]),
    );
    expect([...reasons].toSorted()).toEqual(["no_equity", "no_orders", "no_trades", "not_reported"]);
  });

  test("shows what is unbounded as +Inf, each risk flag by its name, the currency, and gauges of bots' own", async () => {
    const fill = (id: string, side: string, price: number) => ({
      ...{ type: "fill", fill_id: id, mode: "paper", venue: "v", symbol: "A", side, size: 1, price },
    });
    const desk = toldDesk()
      .fact(2_900, fill("p1", "buy", 10))
      .fact(2_901, fill("p2", "sell", 15));
    const text = await pageOf(desk);
    expect(text).toContain('profit_factor_7d{bot="mm",mode="paper"} +Inf\n');
    const series = seriesOf(text);
    expect(seriesValue(series, "hbot_bot_risk_reasons_info", { bot: "mm", reason: "stale_book" })).toBe(1);
    expect(seriesValue(series, "deskwatch_money_currency_info", { bot: "mm", mode: "live", currency: "USD" })).toBe(1);
    expect(seriesValue(series, "deskwatch_bot_metric", { bot: "mm", name: "queue_depth" })).toBe(7);
  });

  test("keeps a counter of fills when one of them is voided, and a series goes when its value does", async () => {
    const desk = toldDesk();
    const metrics = metricsOver(desk.state, () => at(READ_AT_S));
    expect(seriesValue(seriesOf(await metrics.text()), "hbot_bot_base_pct")).toBe(0.21);
    desk
      .fact(2_900, { type: "risk", equity_quote: 950 })
      .fact(2_901, { type: "fill.voided", fill_id: "f5", venue: "v", reason: "failed" });
    const series = seriesOf(await metrics.text());
    expect(seriesValue(series, "hbot_bot_base_pct")).toBeUndefined();
    expect(seriesValue(series, "hbot_bot_fills_total")).toBe(5);
  });

  test("holds to its budget of bots and of their own metrics, and counts what is left out", async () => {
    const desk = new FoldedDesk();
    for (let bot = 0; bot < 203; bot++) desk.fact(bot, { bot: `b${bot}`, type: "bot.started" });
    desk.fact(300, { bot: "b202", type: "annotation", title: "more facts than the others" });
    for (let name = 0; name < 510; name++)
      desk.sample(300, { bot: "b1", type: "metric", name: `m${name}`, value: name });
    const series = seriesOf(await pageOf(desk));
    expect(series.filter(({ name }) => name === "hbot_bot_fills_total")).toHaveLength(200);
    expect(seriesValue(series, "hbot_bot_fills_total", { bot: "b202" })).toBe(0);
    expect(seriesValue(series, "deskwatch_metric_overflow_total", { what: "bots" })).toBe(3);
    expect(series.filter(({ name }) => name === "deskwatch_bot_metric")).toHaveLength(500);
    expect(seriesValue(series, "deskwatch_metric_overflow_total", { what: "own_metrics" })).toBe(10);
  });

  test("is text that can be read whatever names bots and flags have", async () => {
    const reason = 'a "quoted" \\ reason {of="more"}, 5';
    const desk = new FoldedDesk().fact(0, { bot: "a.b:c-1", type: "risk", risk_reasons: [reason] });
    const series = seriesOf(await pageOf(desk));
    expect(seriesValue(series, "hbot_bot_risk_reasons_info", { bot: "a.b:c-1", reason })).toBe(1);
  });
});

/** Pieces of a desk that say little, or strange things. */
const piece = fc.oneof(
  fc.record({
    type: fc.constant("fill"),
    fill_id: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "c") }),
    venue: fc.constantFrom("v", "w"),
    symbol: fc.constantFrom("A", "B"),
    side: fc.constantFrom("buy", "sell"),
    size: fc.constantFrom("1", "0.000000000001", "1000000000000"),
    price: fc.constantFrom("1", "0.5", "99999999999"),
    mode: fc.constantFrom("live", "paper"),
    fee: fc.option(fc.constantFrom("0.1", "-0.1"), { nil: undefined }),
    fee_currency: fc.option(fc.constantFrom("USD", "BNB"), { nil: undefined }),
  }),
  fc.record({ type: fc.constant("fill"), fill_id: fc.constantFrom("x", "y"), pair_id: fc.constant("p") }),
  fc.record({
    type: fc.constant("instrument"),
    venue: fc.constant("v"),
    symbol: fc.constantFrom("A", "B"),
    kind: fc.constantFrom("spot", "inverse"),
    quote: fc.option(fc.constantFrom("USD", "EUR"), { nil: undefined }),
  }),
  fc.record({ type: fc.constant("risk"), equity_quote: fc.constantFrom(0, -5, 1e300, 100) }),
  fc.record({
    type: fc.constant("balance"),
    venue: fc.constantFrom("v", "w"),
    balances: fc.constant([]),
    equity: fc.constantFrom("0", "12", "-3"),
  }),
  fc.record({
    type: fc.constant("mark"),
    venue: fc.constant("v"),
    symbol: fc.constant("A"),
    price: fc.constantFrom("0", "2"),
  }),
  fc.record({ type: fc.constant("bot.started"), makes_markets: fc.boolean() }),
  fc.record({ type: fc.constant("orders.snapshot"), orders: fc.constant([]) }),
);

type Piece = typeof piece extends fc.Arbitrary<infer T> ? T : never;

function deskOf(pieces: readonly Piece[]): FoldedDesk {
  const desk = new FoldedDesk();
  pieces.forEach((input, second) => {
    if (input.type === "mark") desk.sample(second, input);
    else desk.fact(second, { ...input });
  });
  return desk;
}

/** Where a body has a number that is none, or a measure without a value that does not say why. */
function faultsOf(body: unknown, path: string): string[] {
  if (typeof body === "number") return Number.isFinite(body) && !Object.is(body, -0) ? [] : [`${path} is ${body}`];
  if (typeof body !== "object" || body === null) return [];
  const silent = "value" in body && body.value === null && !("reason" in body && body.reason);
  const below = Object.entries(body).flatMap(([name, value]) => faultsOf(value, `${path}.${name}`));
  return silent ? [`${path} has neither a value nor a reason`, ...below] : below;
}

/** Faults of every metric, and numbers of it that stand for what is not known. */
function metricFaults(state: State, bot: string | undefined, mode: "live" | "paper"): string[] {
  const reader = scopeReader(state, at(60), { bot, mode });
  return CATALOGUE.flatMap((definition) => {
    const answer = readMetricNamed(state, at(60), definition.name, { bot, mode });
    const guesses = definition.windows.filter((window) => {
      const { value, n } = readMetric(definition, reader(window));
      return value !== undefined && n < definition.minSample;
    });
    return [
      ...faultsOf(answer, definition.name),
      ...guesses.map((window) => `${definition.name} ${window} is a guess`),
    ];
  });
}

const MONEY_WINDOWS = ["session", "today", "7d", "30d", "all"] as const;

function bodyFaults(state: State): string[] {
  const rows = MONEY_WINDOWS.flatMap((window) => faultsOf(readPerformance(state, at(60), { window }), window));
  return [
    ...rows,
    ...faultsOf(readExposure(state, undefined), "exposure"),
    ...faultsOf(readExposure(state, "live"), "live"),
  ];
}

function summaryFaults(state: State): string[] {
  const day = readDay(state, { date: "2026-02-24", asOf: at(60), mode: "live" });
  if (day === undefined) return [];
  const texts = [summaryJson(day), summaryCsv(day), ...[day.desk, ...day.bots].map((one) => summaryLine("day", one))];
  const odd = texts.filter((text) => /NaN|Infinity|undefined|-0(?![.\d])/.test(text));
  return [...faultsOf(day, "summary"), ...odd];
}

describe("a desk of which little is known", () => {
  test("has in no metric NaN or an infinite number, and every line of its page can be read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const desk = deskOf(pieces);
        for (const { reading } of readEachBot(desk.state, at(60)))
          for (const definition of CATALOGUE)
            for (const window of definition.windows) {
              const { value, n } = readMetric(definition, reading(window));
              expect(value === undefined || value === "unbounded" || Number.isFinite(value)).toBe(true);
              expect(n).toBeGreaterThanOrEqual(0);
            }
        const series = seriesOf(await pageOf(desk));
        expect(series.filter(({ value }) => Number.isNaN(value))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("has at no border a number that is none, nor one for what is not known: API, summary, line and tables", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { state } = deskOf(pieces);
        const metrics = [undefined, "mm"].flatMap((bot) =>
          (["live", "paper"] as const).flatMap((mode) => metricFaults(state, bot, mode)),
        );
        expect([...metrics, ...bodyFaults(state), ...summaryFaults(state)]).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("knows nothing before it was told anything: no metric is 0", () => {
    const desk = new FoldedDesk().fact(0, { type: "annotation", title: "hello" });
    const known = CATALOGUE.filter(({ name }) => {
      const answer = readMetricNamed(desk.state, at(60), name, { bot: "mm", mode: "live" });
      return typeof answer === "string" || answer.value !== null;
    });
    expect(known.map(({ name }) => name)).toEqual(["fills_total", ...SETTINGS]);
    for (const { name } of CATALOGUE.filter((metric) => !SETTINGS.includes(metric.name)))
      expect(readMetricNamed(new FoldedDesk().state, at(60), name, { mode: "live" })).toMatchObject({
        value: null,
        reason: expect.stringMatching(/\w/),
      });
  });
});

/** What promtool says of names that the source documents chose: they are kept as they are. */
const CHOSEN_BY_DOCUMENTS = [...DOCUMENT_1, ...DOCUMENT_3];

requireTool("promtool")("promtool", () => {
  test("finds nothing to blame but names that the source documents chose", async () => {
    const tool = ensure(findTool("promtool"), "promtool");
    const checked = spawnSync(tool, ["check", "metrics"], { input: await pageOf(toldDesk()), encoding: "utf8" });
    const blamed = `${checked.stdout}${checked.stderr}`.split("\n").filter((line) => line !== "");
    expect(blamed.filter((line) => !CHOSEN_BY_DOCUMENTS.includes(line.split(" ")[0] ?? ""))).toEqual([]);
  });
});
