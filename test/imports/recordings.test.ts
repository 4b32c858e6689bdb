import { readFile } from "node:fs/promises";
import { afterAll, describe, expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { add, canonicalDecimal, type Decimal, decimal, decimalText, multiply, ZERO } from "../../src/domain/decimal.ts";
import { detectFormat } from "../../src/imports/registry.ts";
import { openText } from "../../src/imports/text-source.ts";
import type { DeskEvent } from "../../src/protocol/event-types.ts";
import { naturalKey } from "../../src/protocol/natural-key.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { countTypes, type Imported, importText } from "./items-of.ts";

const ARBITRAGE = "data/arbitrage-attempts";
const HBOT = "data/hbot-paper";
const read = new Map<string, Promise<Imported>>();

function imported(path: string): Promise<Imported> {
  const known = read.get(path);
  if (known !== undefined) return known;
  const reading = importRecording(path);
  read.set(path, reading);
  return reading;
}

async function importRecording(path: string): Promise<Imported> {
  const source = await openText(testData(path));
  return importText(ensure(detectFormat(source.head), `no format knows ${path}`), source.chunks);
}

afterAll(() => read.clear());

/** Every row is told, refused or left out in part; none is silent, and the hub would take every event. */
function expectAllRowsTold({ rows, items, invalid }: Imported): void {
  expect(invalid).toEqual([]);
  expect(new Set(items.map(({ line }) => line)).size).toBe(rows);
  for (const item of items) if ("refused" in item) expect(item.refused).not.toBe("");
}

const identity = (event: DeskEvent): string => naturalKey(event) ?? `${event.type}\t${event.id}`;

const count = (events: Imported["events"], has: (event: DeskEvent) => boolean): number =>
  events.filter(({ event }) => has(event)).length;

requireTestData(ARBITRAGE)("arbitrage attempts", () => {
  test("tells 1,200 attempts, each with its opportunity and orders", async () => {
    const all = await imported(`${ARBITRAGE}/arb_executions.csv`);
    expectAllRowsTold(all);
    expect([all.rows, all.refused]).toEqual([1_200, []]);
    const acted = (action: string) => (event: DeskEvent) => event.type === "opportunity" && event.action === action;
    expect(["detected", "approved", "executed", "rejected"].map((action) => count(all.events, acted(action)))).toEqual([
      1_200, 1_200, 332, 868,
    ]);
    // 487 first legs and 332 second legs filled; 1,200 first legs and 486 second legs were sent.
    expect(countTypes(all.events)).toMatchObject({ fill: 819, "order.placed": 1_686, error: 155, pair: 57 });
  });

  test("leaves out the two ages near 1.77e12 ms, a missing time subtracted, and tells all others as they are", async () => {
    const { leftOut, events } = await imported(`${ARBITRAGE}/arb_executions.csv`);
    expect(leftOut.filter((reason) => reason.includes("quote age"))).toHaveLength(2);
    const raw = (await rawTable(`${ARBITRAGE}/arb_executions.csv`)).map((row) => Number(row["kalshi_quote_age_ms"]));
    const ages = raw.filter((age) => age < 1e12);
    expect(raw.length - ages.length).toBe(2);
    const told = events.flatMap(({ event }) => ("kalshi_quote_age_ms" in event ? [event["kalshi_quote_age_ms"]] : []));
    expect(told).toEqual(ages);
  });

  test("never tells the locked edge as a profit", async () => {
    for (const file of ["arb_executions.csv", "execution_events.jsonl.gz"]) {
      const names = new Set((await imported(`${ARBITRAGE}/${file}`)).events.flatMap(({ event }) => Object.keys(event)));
      expect(["realized_pnl", "pnl_cents"].filter((name) => names.has(name))).toEqual([]);
      expect(names).toContain("realized_pnl_reported");
    }
  });

  test("tells 14,000 log events: every order, fill and sale of an unwind", async () => {
    const all = await imported(`${ARBITRAGE}/execution_events.jsonl.gz`);
    expectAllRowsTold(all);
    expect([all.rows, all.refused]).toEqual([14_000, []]);
    // 1,252 fills of legs and 246 unwinds that succeeded; 1,425 seen, 2,367 begun and 2,362 ended.
    expect(countTypes(all.events)).toMatchObject({
      fill: 1_498,
      "order.placed": 3_127,
      opportunity: 6_154,
      metric: 780,
      annotation: 258,
      "bot.started": 78,
    });
  });

  test("counts an attempt once, and never says two things of it, when both files tell it", async () => {
    const table = await imported(`${ARBITRAGE}/arb_executions.csv`);
    const log = await imported(`${ARBITRAGE}/execution_events.jsonl.gz`);
    const told = new Map(table.events.map(({ event }) => [identity(event), event]));
    const shared = log.events.filter(({ event }) => told.has(identity(event)));
    expect(count(shared, (event) => event.type === "fill")).toBe(505);
    expect(count(shared, (event) => event.type === "opportunity")).toBe(2 * 743);
    const contradictions = shared.filter(({ event }) => contradicts(event, told.get(identity(event))));
    expect(contradictions).toEqual([]);
  });

  test("settles what was resolved and refuses looks at what was not", async () => {
    const all = await imported(`${ARBITRAGE}/settlements_clean.csv`);
    expectAllRowsTold(all);
    expect([all.rows, all.refused.length]).toEqual([107, 47]);
    expect(count(all.events, (event) => event.type === "settlement")).toBe(2 * 60);
    const settled = new Set(all.events.flatMap(({ event }) => (event.type === "settlement" ? [identity(event)] : [])));
    // 32 intervals resolved, each with a YES and a NO.
    expect(settled.size).toBe(64);
  });
});

requireTestData(HBOT)("hbot paper trading", () => {
  test("tells 1,000 fills, each once", async () => {
    const all = await imported(`${HBOT}/fills.csv`);
    expectAllRowsTold(all);
    expect([all.rows, all.refused]).toEqual([1_000, []]);
    const fills = all.events.flatMap(({ event }) => (event.type === "fill" ? [event] : []));
    expect(new Set(fills.map(identity)).size).toBe(1_000);
    expect(fills.filter((fill) => "is_maker" in fill && fill.is_maker === true)).toHaveLength(265);
  });

  test("tells the volume and the fees of the file to the last digit", async () => {
    const rows = await rawTable(`${HBOT}/fills.csv`);
    const fills = (await imported(`${HBOT}/fills.csv`)).events.flatMap(({ event }) =>
      event.type === "fill" && event.price !== undefined ? [event] : [],
    );
    const volume = ({ size, price }: { size: string; price: string }) => multiply(decimal(size), decimal(price));
    const raw = (row: Readonly<Record<string, string>>, name: string) => canonicalDecimal(row[name] ?? "") ?? "";
    expect(sum(fills.map(volume))).toBe(
      sum(rows.map((row) => volume({ size: raw(row, "amount_base"), price: raw(row, "price") }))),
    );
    expect(sum(fills.map(({ fee = "" }) => decimal(fee)))).toBe(sum(rows.map((row) => decimal(raw(row, "fee_quote")))));
  });

  test("tells 2,343 minutes but the 61 written under an older header, which it refuses", async () => {
    const all = await imported(`${HBOT}/bot1_minute_20260220-23.csv.gz`);
    expectAllRowsTold(all);
    expect([all.rows, all.refused.length]).toEqual([2_343, 61]);
    expect(new Set(all.refused.map(({ refused }) => refused))).toEqual(new Set(["expected 33 fields"]));
    expect(countTypes(all.events)).toMatchObject({ risk: 2_282, "bot.state": 2_282, balance: 2_282, mark: 2_282 });
  });

  test("tells 3 days", async () => {
    const all = await imported(`${HBOT}/bot1_daily.csv`);
    expectAllRowsTold(all);
    expect([all.rows, countTypes(all.events)["annotation"]]).toEqual([3, 3]);
  });
});

requireTestData(ARBITRAGE, HBOT)("every recording", () => {
  describe("ids", () => {
    test.each([
      `${ARBITRAGE}/arb_executions.csv`,
      `${ARBITRAGE}/execution_events.jsonl.gz`,
      `${HBOT}/fills.csv`,
      `${HBOT}/bot1_minute_20260220-23.csv.gz`,
      `${HBOT}/bot1_daily.csv`,
    ])("are the same when %s is read again, and no two events share one", async (path) => {
      const first = (await imported(path)).events.map(({ event }) => event.id);
      const again = (await importRecording(path)).events.map(({ event }) => event.id);
      expect(again).toEqual(first);
      expect(new Set(first).size).toBe(first.length);
      expect(first).not.toContain(undefined);
    });
  });
});

/** A table without quotes in it, read without the importer's own reader. */
async function rawTable(path: string): Promise<Readonly<Record<string, string>>[]> {
  const [header = "", ...lines] = (await readFile(testData(path), "utf8")).trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index] ?? "", cell])));
}

const sum = (values: readonly Decimal[]): string => decimalText(values.reduce(add, ZERO));

const ENVELOPE = new Set(["id", "ts", "v", "tags", "strategy"]);

function contradicts(event: DeskEvent, other: DeskEvent | undefined): boolean {
  const there: Record<string, unknown> = { ...other };
  return Object.entries(event).some(
    ([name, value]) => name in there && !ENVELOPE.has(name) && JSON.stringify(there[name]) !== JSON.stringify(value),
  );
}
