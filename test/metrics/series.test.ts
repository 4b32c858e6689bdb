import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import { type MetricAnswer, metricAnswer, type MetricSeries, metricSeries } from "../../src/protocol/api-metrics.ts";
import { type PerformanceAnswer, performanceAnswer } from "../../src/protocol/api-money.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { readAnswer } from "./read-answer.ts";
import { simulatedDesk } from "./simulated-desk.ts";

const series = (url: string, name: string, query: string): Promise<MetricSeries> =>
  readAnswer(url, `metrics/${name}?${query}`, metricSeries);
const metric = (url: string, name: string, query: string): Promise<MetricAnswer> =>
  readAnswer(url, `metrics/${name}?${query}`, metricAnswer);
const performance = (url: string, query: string): Promise<PerformanceAnswer> =>
  readAnswer(url, `performance?${query}`, performanceAnswer);

type EquityRow = PerformanceAnswer["equity"][number];
const accountOf = ({ bot, venue }: EquityRow): string => `${bot} ${venue}`;
const byAccount = (a: EquityRow, b: EquityRow): number => (accountOf(a) < accountOf(b) ? -1 : 1);

const values = ({ points }: MetricSeries) => points.map(({ value }) => value);

const fill = (id: string, ts: string, side: string, price: number, more = {}) => ({
  type: "fill",
  bot: "maker",
  fill_id: id,
  ts,
  venue: "v",
  symbol: "BTC-USD",
  side,
  price,
  size: 1,
  fee: 0.5,
  ...more,
});
const equity = (ts: string, value: number) => ({
  type: "balance",
  bot: "maker",
  ts,
  venue: "v",
  balances: [],
  equity: value,
  equity_currency: "USD",
  id: ts,
});

/** Two days by hand: 10 made on the first at noon, 20 lost in the night, 5 made on the second at noon. */
const TWO_DAYS = [
  {
    type: "instrument",
    bot: "maker",
    ts: "2026-03-01T00:00:00Z",
    venue: "v",
    symbol: "BTC-USD",
    kind: "linear",
    quote: "USD",
  },
  equity("2026-03-01T00:00:00Z", 1_000),
  fill("1", "2026-03-01T10:00:00Z", "buy", 100),
  fill("2", "2026-03-01T12:00:30Z", "sell", 110),
  equity("2026-03-01T12:01:00Z", 1_009),
  fill("3", "2026-03-01T23:50:00Z", "buy", 120),
  fill("4", "2026-03-02T00:10:00Z", "sell", 100),
  equity("2026-03-02T00:20:00Z", 988),
  fill("5", "2026-03-02T11:00:00Z", "sell", 105),
  fill("6", "2026-03-02T12:00:00Z", "buy", 100),
  equity("2026-03-02T12:05:00Z", 992),
];

const DAYS = "from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z";

describe("A series of a metric", () => {
  test("tells what each step made, what was made since its beginning, and how things stood at the end of each step", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    expect(values(await series(url, "realized_pnl", `${DAYS}&step=1d`))).toEqual([10, -15]);
    expect(values(await series(url, "realized_pnl", `${DAYS}&step=12h&since=from`))).toEqual([0, 10, -10, -5]);
    expect(values(await series(url, "fees", `${DAYS}&step=1d&bot=maker`))).toEqual([1.5, 1.5]);
    const winRate = await series(url, "win_rate_pct", `${DAYS}&step=1d`);
    expect(values(winRate)).toEqual([100, 50]);
    expect(winRate.points[0]?.ci).toMatchObject({ low: expect.closeTo(20.65, 2), high: 100, level: 0.95 });
    expect(await series(url, "equity", `${DAYS}&step=1d`)).toMatchObject({
      says: "end",
      step_s: 86_400,
      currency: "USD",
      points: [
        { from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z", value: 1_009 },
        { from: "2026-03-02T00:00:00.000Z", to: "2026-03-03T00:00:00.000Z", value: 992 },
      ],
    });
    const drawdown = values(await series(url, "drawdown_pct", `${DAYS}&step=1d&bot=maker`));
    expect(drawdown).toEqual([0, expect.closeTo(17 / 1_009, 12)]);
    expect(values(await series(url, "max_drawdown", `${DAYS}&step=1d&bot=maker`))[1]).toBeCloseTo(21 / 1_009, 12);
    expect(values(await series(url, "exposure_gross", `${DAYS}&step=12h`))).toEqual([100, 120, 105, 0]);
  });

  test("is exact where its first and last step end within a minute", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    const told = await series(url, "realized_pnl", "from=2026-03-01T12:00:10Z&to=2026-03-01T12:00:30Z&step=1m");
    expect(told.points.map(({ value, n, reason }) => [value, n, reason])).toEqual([[null, 0, "needs 1, has 0"]]);
    const more = await series(url, "realized_pnl", "from=2026-03-01T12:00:10Z&to=2026-03-01T12:00:30.000001Z&step=1m");
    expect(values(more)).toEqual([10]);
  });

  test("answers for every metric there is, with a number or the reason that there is none", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    for (const { name } of CATALOGUE) {
      const { points } = await series(url, name, `bot=maker&${DAYS}&step=1d`);
      expect(points.length, name).toBeGreaterThan(0);
      for (const { value, reason } of points) expect(value === null, name).toBe(reason !== undefined);
    }
    const { points } = await series(url, "tick_duration_p95_seconds", `bot=maker&${DAYS}&step=1d`);
    expect(points[0]?.reason).toBe("keeps no past: it is read as of now only");
  });

  test("has no number where nothing was known, and says why", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    const before = "from=2026-02-27T00:00:00Z&to=2026-03-01T00:00:00Z&step=1d";
    for (const name of ["equity", "realized_pnl", "win_rate_pct", "exposure_gross", "fills"]) {
      const { points } = await series(url, name, before);
      expect(
        points.map(({ value, reason }) => [value, typeof reason]),
        name,
      ).toEqual(Array(2).fill([null, "string"]));
    }
    const quiet = await series(url, "win_rate_pct", "from=2026-03-01T13:00:00Z&to=2026-03-01T15:00:00Z&step=1h");
    expect(quiet.points.map(({ value, reason }) => [value, reason])).toEqual(Array(2).fill([null, "no trades"]));
    const unkept = await series(url, "open_orders", `${DAYS}&step=1d`);
    expect(unkept.points[0]).toMatchObject({ value: null, reason: "keeps no past: it is read as of now only" });
  });

  test("tells how far the equity of all bots together fell, which no bot alone says", async () => {
    const { url } = await scratchHub();
    const other = (ts: string, value: number) => ({ ...equity(ts, value), bot: "other", id: `other ${ts}` });
    await sendTo(url, [
      equity("2026-03-01T00:00:00Z", 1_000),
      other("2026-03-01T00:00:00Z", 1_000),
      equity("2026-03-01T01:00:00Z", 1_100),
      other("2026-03-01T02:00:00Z", 900),
      equity("2026-03-01T13:00:00Z", 1_000),
      other("2026-03-02T01:00:00Z", 1_000),
      equity("2026-03-02T13:00:00Z", 790),
    ]);
    const told = async (name: string) => values(await series(url, name, `${DAYS}&step=12h`));
    const near = (...all: number[]) => all.map((value) => expect.closeTo(value, 12));
    expect(await told("drawdown_pct")).toEqual(near(100 / 2_100, 200 / 2_100, 100 / 2_100, 310 / 2_100));
    expect(await told("max_drawdown")).toEqual(near(100 / 2_100, 200 / 2_100, 200 / 2_100, 310 / 2_100));
    expect(await told("daily_loss_pct")).toEqual(near(0, 100 / 2_000, 0, 110 / 1_900));
    const before = await series(url, "drawdown_pct", "from=2026-02-27T00:00:00Z&to=2026-03-01T00:00:00Z&step=1d");
    expect(before.points.map(({ reason }) => reason)).toEqual(Array(2).fill("no equity was reported"));
    const now = await series(url, "max_drawdown", "from=2026-03-01T00:00:00Z&step=7d");
    expect(now.points.at(-1)?.value).toBe((await metric(url, "max_drawdown", "")).value);
  });

  test("tells the time in market of whole days, and says of other steps that it is kept by day", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    const told = await series(url, "time_in_market_pct", `bot=maker&${DAYS}&step=1d`);
    // Held from 10:00 until 12:00:30 and from 23:50; then until 00:10, and from 11:00 until noon.
    const minutes = [120.5 + 10, 10 + 60];
    expect(values(told)).toEqual(minutes.map((each) => expect.closeTo((100 * each) / 1_440, 9)));
    const both = await series(url, "time_in_market_pct", `bot=maker&${DAYS}&step=1d&since=from`);
    expect(values(both)[1]).toBeCloseTo((100 * (130.5 + 70)) / 2_880, 9);
    const halves = await series(url, "time_in_market_pct", `bot=maker&${DAYS}&step=12h`);
    expect(halves.points.map(({ reason }) => reason)).toEqual(
      Array(4).fill("is kept by UTC day: ask for steps of whole days"),
    );
  });

  test("takes in what comes late, and what is taken back", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    expect(values(await series(url, "realized_pnl", `${DAYS}&step=1d`))).toEqual([10, -15]);
    await sendTo(url, [fill("0", "2026-03-01T09:00:00Z", "buy", 90)]);
    await sendTo(url, [
      { type: "fill.voided", bot: "maker", ts: "2026-03-02T13:00:00Z", fill_id: "6", venue: "v", reason: "failed" },
    ]);
    // 15 of the second of two at 95; 120 joins 95 at 107.5; 7.5 lost, 2.5 lost
    expect(values(await series(url, "realized_pnl", `${DAYS}&step=1d`))).toEqual([15, -10]);
  });

  test("chooses a step that people read, and refuses more steps than it may have", async () => {
    const { url } = await scratchHub();
    await sendTo(url, TWO_DAYS);
    expect(await series(url, "fills", DAYS)).toMatchObject({ step_s: 900 });
    const status = async (query: string) => (await fetch(`${url}/api/v1/metrics/fills?${query}`)).status;
    expect(await status(`${DAYS}&step=1s`)).toBe(400);
    expect(await status(`${DAYS}&step=day`)).toBe(400);
    expect(await status("from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")).toBe(400);
    expect(await status("from=2999-03-02T00:00:00Z")).toBe(400);
    expect((await fetch(`${url}/api/v1/metrics/nonsense?${DAYS}`)).status).toBe(404);
  });
});

describe("What a range made", () => {
  test("is what a window of the same days made, term by term", async () => {
    const { url, events } = await simulatedDesk();
    const first = events.map(({ ts }) => ts).sort()[0] ?? "";
    const all = await performance(url, "mode=simulate&window=all");
    const range = await performance(url, `mode=simulate&from=${encodeURIComponent(first)}`);
    expect(range.as_of_seq).toBe(all.as_of_seq);
    expect(range.rows).toEqual(all.rows);
    expect(range.equity.toSorted(byAccount)).toEqual(all.equity.toSorted(byAccount));
    expect(range.total).toEqual(all.total);
    expect(range.rows.reduce((sum, { fills }) => sum + fills, 0)).toBeGreaterThan(100);
  });

  test("adds up over its parts, wherever they meet", async () => {
    const { url, events } = await simulatedDesk();
    const times = events.map(({ ts }) => Date.parse(String(ts))).sort((a, b) => a - b);
    const [begin = 0, end = 0] = [times[0], times.at(-1)];
    const iso = (share: number) => encodeURIComponent(new Date(begin + (end + 1 - begin) * share).toISOString());
    const shares = [0, 0.137, 0.4, 0.7211, 1];
    const of = (from: number, to: number) => performance(url, `mode=simulate&from=${iso(from)}&to=${iso(to)}`);
    const whole = await of(0, 1);
    const parts = await Promise.all(shares.slice(1).map((to, index) => of(shares[index] ?? 0, to)));
    for (const row of whole.rows) {
      const sum = (of: (row: PerformanceAnswer["rows"][number]) => number | null): number =>
        parts
          .flatMap(({ rows }) => rows.filter(({ bot, currency }) => bot === row.bot && currency === row.currency))
          .reduce((total, part) => total + Number(of(part)), 0);
      expect(
        sum(({ realized }) => realized),
        row.bot,
      ).toBeCloseTo(Number(row.realized), 6);
      expect(
        sum(({ fees }) => fees),
        row.bot,
      ).toBeCloseTo(Number(row.fees), 6);
      expect(
        sum(({ funding }) => funding),
        row.bot,
      ).toBeCloseTo(Number(row.funding), 6);
      expect(
        sum(({ volume }) => volume),
        row.bot,
      ).toBeCloseTo(row.volume, 4);
      expect(
        sum(({ fills }) => fills),
        row.bot,
      ).toBe(row.fills);
      expect(
        sum(({ trades }) => trades.closed),
        row.bot,
      ).toBe(row.trades.closed);
    }
  });

  test("is at many moments of one hour what it is at each of them alone", async () => {
    const { url, events } = await simulatedDesk();
    const times = events.map(({ ts }) => Date.parse(String(ts))).sort((a, b) => a - b);
    const [from, to] = [times[0] ?? 0, (times.at(-1) ?? 0) + 1].map((ms) => new Date(ms).toISOString());
    const query = `mode=simulate&bot=mm-majors&from=${from}`;
    const names = ["fills", "realized_pnl", "fees", "avg_entry_slippage_bps", "equity", "exposure_gross"];
    for (const name of names) {
      const { points } = await series(url, name, `${query}&to=${to}&step=1m&since=from`);
      expect(points.length, name).toBeGreaterThan(3);
      for (const point of points.filter((_, index) => index % 7 === 1)) {
        const alone = await series(url, name, `${query}&to=${point.to}&step=1d&since=from`);
        expect([name, point.to, alone.points.at(-1)?.n]).toEqual([name, point.to, point.n]);
        expect([name, point.to, alone.points.at(-1)?.value]).toEqual([name, point.to, point.value]);
      }
    }
  });

  test("is the metric over the same range, for every metric of a span", async () => {
    const { url, events } = await simulatedDesk();
    const first = encodeURIComponent(events.map(({ ts }) => String(ts)).sort()[0] ?? "");
    const bot = "mm-majors";
    const names = [
      "realized_pnl",
      "fees",
      "rebates",
      "volume",
      "fills",
      "win_rate_pct",
      "expectancy_per_trade",
      "payoff_ratio",
    ];
    const orders = [
      "orders_placed_total",
      "orders_filled_total",
      "fill_rate_pct",
      "avg_entry_slippage_bps",
      "maker_ratio",
    ];
    for (const name of [...names, ...orders]) {
      const said = await metric(url, name, `mode=simulate&bot=${bot}&window=all`);
      const told = await series(url, name, `mode=simulate&bot=${bot}&from=${first}&since=from`);
      const last = told.points.at(-1);
      expect(last?.n, name).toBe(said.n);
      if (typeof said.value === "number") expect(last?.value, name).toBeCloseTo(said.value, 9);
      else expect(last?.value, name).toBe(said.value);
    }
  });
});
