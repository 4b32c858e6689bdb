import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { add, type Decimal, decimal, decimalText, multiply, subtract, ZERO } from "../../src/domain/decimal.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { type ImportDesk, startImportDesk } from "./import-desk.ts";

const RUN = "data/fill-quality/clean_run";
const HEARTBEAT = "data/fill-quality/heartbeat.json";
const WALLET = "data/polymarket-wallet/activity.jsonl.gz";
const INCOME = "data/binance-futures/income_samples.json";

let desk: ImportDesk;

beforeEach(async () => {
  desk = await startImportDesk();
});

afterEach(() => desk.close());

const importAll = (...paths: readonly string[]) => desk.importAll(paths.map((path) => testData(path)));
const logged = (type: string) => desk.logged(type);
const facts = (type: string) => desk.facts(type);

/** Imports once, then again: the second time must change nothing. */
async function importTwice(...paths: readonly string[]) {
  const first = await importAll(...paths);
  expect(first.complete).toBe(true);
  const { last_seq } = first.outcomes;
  const again = await importAll(...paths);
  expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0, last_seq });
  expect([again.rows_read, again.events, again.refused]).toEqual([first.rows_read, first.events, first.refused]);
  return first;
}

const sum = (values: readonly unknown[]): string =>
  decimalText(values.reduce<Decimal>((total, value) => add(total, decimal(z.string().parse(value))), ZERO));

/** The raw rows of a recording, each number as the digits that stand in the file. */
async function rawRows(path: string): Promise<Readonly<Record<string, unknown>>[]> {
  const bytes = await readFile(testData(path));
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").trim();
  return text.split("\n").map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line, digitsOf)));
}

const digitsOf = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" ? (context?.source ?? "") : value;

const rounded = (value: unknown): string => decimalText(decimal(canonical(Number(value).toFixed(8))));
const canonical = (text: string): string => text.replace(/\.?0+$/, "");

requireTestData(WALLET)("a Polymarket wallet", () => {
  test("counts each of 2,342 trades once, with the money and the contracts of the file, when imported twice", async () => {
    const rows = await rawRows(WALLET);
    const trades = rows.filter(({ type }) => type === "TRADE");
    const report = await importTwice(WALLET);
    expect([report.rows_read, report.refused.total]).toEqual([2_370, 0]);
    const fills = await facts("fill");
    expect([rows.length, trades.length, fills.length]).toEqual([2_370, 2_342, 2_342]);
    expect(new Set(fills.map((fill) => fill["fill_id"])).size).toBe(2_342);
    expect(sum(fills.map((fill) => fill["size"]))).toBe(sum(trades.map(({ size }) => canonicalSize(size))));
    expect(sum(fills.map((fill) => fill["usdc_size"]))).toBe(
      sum(trades.map(({ usdcSize }) => canonicalSize(usdcSize))),
    );
    const hashes = (values: readonly unknown[]) => [...new Set(values)].sort();
    expect(hashes(fills.map((fill) => fill["transaction_hash"]))).toEqual(
      hashes(trades.map(({ transactionHash }) => transactionHash)),
    );
  });

  test("tells every token with all its digits", async () => {
    const tokens = new Set((await rawRows(WALLET)).filter(({ type }) => type === "TRADE").map(({ asset }) => asset));
    await importAll(WALLET);
    const instruments = await facts("instrument");
    expect(instruments).toHaveLength(40);
    expect(new Set(instruments.map((instrument) => instrument["token_id"]))).toEqual(tokens);
  });

  test("pays what the wallet was paid: as settlements where the trades explain it, else as income", async () => {
    const rows = await rawRows(WALLET);
    const report = await importTwice(WALLET);
    expect(report.left_out).toEqual([{ reason: "a redemption that paid nothing", count: 11 }]);
    const settlements = await facts("settlement");
    const income = await facts("income");
    expect([settlements.length, income.length]).toEqual([16, 9]);
    const payouts = new Map(settlements.map((event) => [event["symbol"], z.string().parse(event["payout_per_unit"])]));
    const settled = (await facts("fill")).reduce((total, fill) => {
      const paid = multiply(decimal(payouts.get(fill["symbol"]) ?? "0"), decimal(z.string().parse(fill["size"])));
      return add(total, paid);
    }, ZERO);
    const redeemed = rows.filter(({ type }) => type === "REDEEM").map(({ usdcSize }) => canonicalSize(usdcSize));
    const total = add(settled, decimal(sum(income.map((event) => event["amount"]))));
    expect(decimalText(subtract(total, decimal(sum(redeemed))))).toBe("0");
  });
});

/** A number of the file as a canonical decimal. */
const canonicalSize = (value: unknown): string => {
  const text = z.string().parse(value);
  return text.includes(".") ? canonical(text) : text;
};

requireTestData(RUN, HEARTBEAT)("the fill-quality run", () => {
  const files = ["events", "fills", "health", "latency_hist", "markouts"].map((name) => `${RUN}/${name}.jsonl.gz`);

  test("is told whole when imported twice: every row of six files, each order, quote and fill once", async () => {
    const report = await importTwice(...files, HEARTBEAT);
    expect(report.files.map(({ rows }) => rows)).toEqual([4_307, 43, 163, 162, 180, 1]);
    expect(report.refused.total).toBe(0);
    expect(report.left_out).toEqual([{ reason: "a trade of others on the market", count: 359 }]);
    expect(report.outcomes.contradictions).toBe(0);
    const counts = await Promise.all(
      ["order.placed", "order.acknowledged", "order.cancelled", "quote", "quote.ended", "fill", "bot.started"].map(
        async (type) => (await facts(type)).length,
      ),
    );
    expect(counts).toEqual([242, 242, 195, 200, 196, 43, 1]);
  });

  test.each([
    ["the log comes first", 43, [`${RUN}/events.jsonl.gz`, `${RUN}/fills.jsonl.gz`]],
    ["the table comes first", 0, [`${RUN}/fills.jsonl.gz`, `${RUN}/events.jsonl.gz`]],
  ])("counts a fill that both files tell once, with its fee, when %s", async (_, added, pair) => {
    const report = await importTwice(...pair);
    expect([report.outcomes.merged, report.outcomes.contradictions]).toEqual([added, 0]);
    const rows = await rawRows(`${RUN}/fills.jsonl.gz`);
    const fees = rows.map((row) => multiply(notionalOf(row), decimal(bps(row["fee_bps"]))));
    const told = (await logged("fill")).filter((event) => event["fee"] !== undefined);
    expect(told).toHaveLength(43);
    expect(sum(told.map((event) => event["fee"]))).toBe(decimalText(fees.reduce(add, ZERO)));
    const fills = await facts("fill");
    expect(fills.filter((fill) => fill["is_maker"] === true)).toHaveLength(1);
    expect(sum(fills.map((fill) => fill["size"]))).toBe(sum(rows.map((row) => rounded(row["fill_qty"]))));
  });

  test("keeps the marks at a fill and after it, so that its markouts can be computed from the log", async () => {
    await importAll(`${RUN}/events.jsonl.gz`);
    const marks = await facts("mark");
    const fills = await facts("fill");
    for (const fill of fills) {
      const before = marks.filter((mark) => mark["symbol"] === fill["symbol"] && mark.ts <= fill.ts);
      expect(before.length).toBeGreaterThan(0);
    }
    expect(marks.length).toBeGreaterThan(fills.length);
  });
});

const bps = (value: unknown): string => decimalText(multiply(decimal(canonicalSize(value)), decimal("0.0001")));
const notionalOf = (row: Readonly<Record<string, unknown>>): Decimal =>
  multiply(decimal(canonicalSize(row["fill_price"])), decimal(rounded(row["fill_qty"])));

requireTestData(INCOME)("Binance income rows", () => {
  test("keep ids of 18 and 19 digits, and their signs, when imported twice", async () => {
    const report = await importTwice(INCOME);
    expect([report.rows_read, report.refused.total]).toEqual([4, 0]);
    const rows = await facts("income");
    const text = await readFile(testData(INCOME), "utf8");
    const ids = [...text.matchAll(/tranId\\?":\s*(\d+)/g)].map((match) => match[1]);
    expect(rows.map((row) => row["transaction_id"]).sort()).toEqual(ids.sort());
    expect(ids.filter((id = "") => String(Number(id)) !== id)).toHaveLength(2);
    const amounts = [...text.matchAll(/income\\?":\s*\\?"(-?[\d.]+)/g)].map((match) => canonicalSize(match[1]));
    expect(sum(rows.map((row) => row["amount"]))).toBe(sum(amounts));
    expect(rows.filter((row) => row["symbol"] === undefined)).toHaveLength(1);
  });
});

const SETTLEMENTS = "data/arbitrage-attempts/settlements_clean.csv";

requireTestData(SETTLEMENTS)("settlements of the arbitrage bot", () => {
  test("stand once for each contract when the looks at them are imported twice", async () => {
    const report = await importTwice(SETTLEMENTS);
    expect([report.rows_read, report.refused.total]).toEqual([107, 47]);
    expect(report.refused.by_reason).toEqual([
      { reason: "neither venue had resolved when it was looked at", count: 47 },
    ]);
    expect(await facts("settlement")).toHaveLength(64);
  });
});
