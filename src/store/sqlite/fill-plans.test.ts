import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import type { ByTimeFilter, EventFilter } from "../../hub/ports.ts";
import { migrate } from "./database.ts";
import { Reader } from "./reader.ts";

let database: DatabaseSync;
let asked: string[];
let reader: Reader;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("PRAGMA automatic_index = OFF");
  migrate(database, "a database in memory", micros(0));
  asked = [];
  const noted = {
    prepare: (sql: string) => {
      asked.push(sql);
      return database.prepare(sql);
    },
  } as DatabaseSync;
  reader = new Reader(noted);
});

/** How SQLite finds the rows of what was asked last. */
const plan = (): string =>
  database
    .prepare(`EXPLAIN QUERY PLAN ${asked.at(-1)}`)
    .all()
    .map((row) => String(row["detail"]))
    .join("\n");

const [at, limit] = [micros(1_771_936_213_000_000), 1_000];

describe("A page of fills in the order of the log", () => {
  test.each<[string, Omit<EventFilter, "limit">]>([
    ["of a ledger", { bot: "b", mode: "live", venue: "v", symbol: "s", beforeSeq: 9_000, order: "oldest" }],
    ["of a mode, the newest", { mode: "live", order: "newest" }],
    ["of a time", { mode: "live", from: at }],
    ["by its seq", { afterSeq: 6, beforeSeq: 8 }],
  ])("is read in that order, and never put in it: %s", (_, filter) => {
    reader.fills({ ...filter, limit });
    expect(plan()).not.toMatch(/fills_time|TEMP B-TREE FOR ORDER BY$/m);
  });
});

describe("A page of fills in the order of time", () => {
  test.each<[string, Omit<ByTimeFilter, "limit">]>([
    ["all", {}],
    ["of a mode", { mode: "live" }],
    ["of a time on", { mode: "live", from: at }],
    ["after another page", { mode: "live", beforeSeq: 9_000, after: { at, seq: 70 } }],
  ])("is found by the index of times: %s", (_, filter) => {
    reader.fillsByTime({ ...filter, limit });
    expect(plan()).toContain("SEARCH fills USING INDEX fills_time");
    expect(plan()).not.toContain("SCAN fills");
  });

  test("is found by the order, where one is named", () => {
    reader.fillsByTime({ orderId: "o", limit });
    expect(plan()).toContain("fills_order");
  });
});
