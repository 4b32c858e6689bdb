import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { requireTestData, testData } from "../support/test-data.ts";
import { importDesk } from "./desk.ts";
import { rawRows, sumOf, volumeOf } from "./raw-rows.ts";

const FOLDER = "data/hummingbot-trades";
const HEDGE = "trades_conf_hedge_3.csv";
const DATABASE = "conf_hedge_3.sqlite.gz";
const FILES = [
  { file: HEDGE, bot: "conf_hedge_3", rows: 30, symbols: 2, maker: undefined },
  { file: "trades_conf_pure_mm_7.csv", bot: "conf_pure_mm_7", rows: 115, symbols: 3, maker: true },
  { file: "trades_conf_xemm_1.csv", bot: "conf_xemm_1", rows: 15, symbols: 1, maker: undefined },
  { file: "trades_conf_pure_mm_1_EDG-USDT.csv.gz", bot: "conf_pure_mm_1", rows: 6_526, symbols: 1, maker: true },
] as const;
const SECONDS_60 = 60_000;

const fillShape = z.looseObject({
  ts: z.string(),
  fill_id: z.string(),
  price: z.string(),
  size: z.string(),
  fee: z.string(),
  fee_currency: z.string(),
});

/** The fee that a row's dict says, read by patterns: percent of the value, and what is flat. */
function rawFee(row: Record<string, string>): number {
  const text = row["trade_fee"] ?? "";
  const percent = Number(/'percent': '([^']+)'/.exec(text)?.[1] ?? Number.NaN);
  const flat = [...text.matchAll(/'amount': '([^']+)'/g)].map(([, amount]) => Number(amount));
  return percent * Number(row["price"]) * Number(row["amount"]) + sumOf(flat);
}

requireTestData(FOLDER)("Hummingbot's recordings", () => {
  const { importAll, stored } = importDesk();
  const path = (file: string) => testData(`${FOLDER}/${file}`);
  const scratch = mkdtempSync(join(tmpdir(), "deskwatch-hummingbot-"));
  afterAll(() => rmSync(scratch, { recursive: true }));

  test.each(FILES)(
    "$file: $rows fills of one bot, each once however often it is imported, with the totals of the raw file",
    async ({ file, bot, rows, symbols, maker }) => {
      const first = await importAll(path(file));
      expect(first).toMatchObject({
        complete: true,
        rows_read: rows,
        bots: [bot],
        refused: { total: 0 },
        left_out: [],
      });
      expect(first.events).toMatchObject({ fill: { told: rows, refused: 0 }, instrument: { told: symbols } });
      expect(first.outcomes).toMatchObject({ accepted: rows + symbols, duplicates: 0, merged: 0, contradictions: 0 });

      const raw = rawRows(path(file));
      const fills = (await stored("fill")).map((fill) => fillShape.parse(fill));
      expect([raw.length, fills.length]).toEqual([rows, rows]);
      const ids = raw.map((row) => `${row["order_id"]}:${row["exchange_trade_id"]}`);
      expect(fills.map(({ fill_id }) => fill_id).sort()).toEqual(ids.sort());
      const volume = sumOf(raw.map((row) => Number(row["price"]) * Number(row["amount"])));
      expect(volumeOf(fills) / volume).toBeCloseTo(1, 12);
      expect(sumOf(fills.map(({ fee }) => fee)) / sumOf(raw.map(rawFee))).toBeCloseTo(1, 12);
      expect(fills.every((fill) => fill["is_maker"] === maker)).toBe(true);
      const times = raw.map((row) => new Date(Number(row["timestamp"])).toISOString());
      expect(fills.map(({ ts }) => ts).sort()).toEqual(times.sort());

      const again = await importAll(path(file));
      expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0, duplicates: rows + symbols });
      expect(await stored("fill")).toHaveLength(rows);
    },
    SECONDS_60,
  );

  test(
    "keeps the smallest prices and the dust whole, and has no tail of a double in any number",
    async () => {
      await importAll(...FILES.map(({ file }) => path(file)));
      const fills = (await stored("fill")).map((fill) => fillShape.parse(fill));
      const raw = FILES.flatMap(({ file }) => rawRows(path(file)));
      const smallest = Math.min(...raw.map((row) => Number(row["price"])));
      const dust = Math.min(...raw.map((row) => Number(row["amount"])));
      expect(smallest).toBeLessThan(2e-5);
      expect(Math.min(...fills.map(({ price }) => Number(price)))).toBe(smallest);
      expect([dust, Math.min(...fills.map(({ size }) => Number(size)))]).toEqual([0.0001, 0.0001]);
      const digits = fills.flatMap(({ price, size, fee }) => [price, size, fee].map((text) => text.length));
      expect(raw.some((row) => (row["amount"]?.length ?? 0) > 50)).toBe(true);
      expect(Math.max(...digits)).toBeLessThan(25);
    },
    SECONDS_60,
  );

  test("tells flat fees and fees in percent in the currency that they were paid in", async () => {
    await importAll(path(HEDGE), path("trades_conf_pure_mm_7.csv"));
    const fills = (await stored("fill")).map((fill) => fillShape.parse(fill));
    const currencies = Map.groupBy(fills, (fill) => fill.fee_currency);
    // Two fills were made against BTC.
    expect([...currencies].map(([currency, all]) => [currency, all.length]).sort()).toEqual([
      ["BTC", 2],
      ["USDT", 143],
    ]);
  });

  test("tells opened positions of the perpetual, with their leverage, as entries", async () => {
    await importAll(path(HEDGE));
    const fills = await stored("fill");
    expect(fills.every((fill) => fill["intent"] === "entry" && fill["reduce_only"] === false)).toBe(true);
    expect(fills.every((fill) => fill["leverage"] === 10)).toBe(true);
    expect(await stored("instrument")).toMatchObject([{ kind: "linear", settle: "USDT" }, { kind: "linear" }]);
  });

  test("reads the database: 27 orders acknowledged, 30 fills, and 57 statuses that the fills tell already", async () => {
    const first = await importAll(path(DATABASE));
    expect(first).toMatchObject({
      complete: true,
      rows_read: 27 + 84 + 30,
      bots: ["conf_hedge_3"],
      refused: { total: 0 },
    });
    expect(first.events).toMatchObject({
      "order.placed": { told: 27 },
      "order.acknowledged": { told: 27 },
      fill: { told: 30 },
      instrument: { told: 2 },
    });
    expect(first.left_out).toEqual([{ reason: "a status that the order's fills tell already", count: 57 }]);
    expect(first.outcomes.contradictions).toBe(0);
    const again = await importAll(path(DATABASE));
    expect(again.outcomes).toMatchObject({ accepted: 0, merged: 0, contradictions: 0, duplicates: 86 });
    expect([(await stored("order.placed")).length, (await stored("fill")).length]).toEqual([27, 30]);
    expect((await stored("order.placed")).filter((order) => order["side"] === "buy")).toHaveLength(2);
  });

  test("has every integer of a millionth of the database as its exact decimal", async () => {
    const copy = join(scratch, "copy.sqlite");
    writeFileSync(copy, gunzipSync(readFileSync(path(DATABASE))));
    const database = new DatabaseSync(copy, { readOnly: true });
    const scaled = database
      .prepare("SELECT order_id || ':' || exchange_trade_id AS id, price, amount FROM TradeFill")
      .all();
    database.close();
    const millionth = (value: unknown) => (Number(value) / 1e6).toFixed(6).replace(/\.?0+$/, "");
    await importAll(path(DATABASE));
    const fills = (await stored("fill")).map((fill) => fillShape.parse(fill));
    const found = new Map(fills.map(({ fill_id, price, size }) => [fill_id, [price, size]]));
    expect(scaled).toHaveLength(30);
    for (const { id, price, amount } of scaled)
      expect(found.get(String(id))).toEqual([millionth(price), millionth(amount)]);
  });

  test.each([
    ["the CSV", [HEDGE, DATABASE]],
    ["the database", [DATABASE, HEDGE]],
  ])(
    "counts a fill of both once when %s comes first, and shows where the database cut a number off",
    async (_, files) => {
      const { outcomes } = await importAll(...files.map(path));
      // Python cut doubles such as 0.1499999… after 6 decimals, so the database has 0.149999 for 0.15.
      const isCut = (text: string): boolean => {
        const [whole = "", decimals = ""] = text.split(".");
        return Number(whole + decimals.slice(0, 6).padEnd(6, "0")) !== Math.round(Number(text) * 1e6);
      };
      const cut = rawRows(path(HEDGE)).filter((row) => isCut(row["price"] ?? "") || isCut(row["amount"] ?? ""));
      expect(cut.length).toBeGreaterThan(0);
      expect(await stored("fill")).toHaveLength(30);
      expect(outcomes.contradictions).toBe(cut.length);
    },
  );
});
