import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import fastify from "fastify";
import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import { systemTimers } from "../../src/app/clock.ts";
import { registerProblems } from "../../src/http/problem.ts";
import { registerImportReports } from "../../src/http/routes/import-reports.ts";
import { registerReads } from "../../src/http/routes/reads.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import type { Store } from "../../src/hub/ports.ts";
import { csvRecords } from "../../src/imports/csv.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { waitUntil } from "../support/wait-until.ts";

const START_MS = Date.UTC(2026, 1, 24, 12);
const EVENTS = 700;
/** It stands still, so that ages are the same in every answer. */
const clock = { now: () => micros((START_MS + EVENTS * 1_000) * 1_000) };

type Row = Readonly<Record<string, unknown>>;
type Body = Readonly<Record<string, unknown>>;

const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-rows-"));
let store: Store;
let hub: Hub;
const app = fastify();

beforeAll(async () => {
  store = await openSqliteStore({ dataDir, clock });
  hub = await startHub({ store, clock, timers: systemTimers, version: "0.1.0", onProblem: () => undefined });
  registerProblems(app);
  const metrics = { contentType: "text/plain", text: async () => "" };
  registerReads(app, { query: hub.query, ready: hub.ready, metrics, demo: () => ({ state: "live", seed: 7 }) });
  app.decorateRequest("principal");
  app.addHook("onRequest", async (request) => {
    request.principal = { kind: "loopback", scopes: new Set(["ingest"]) };
  });
  registerImportReports(app, { hub, clock, note: async () => undefined });
  const events = fc.sample(event, { numRuns: EVENTS, seed: 3 }).map((said, index) => eventOf(said, index));
  const done = await hub.ingest.submit(events.map((value) => ({ value })));
  expect(done.ok && done.value.items.filter(({ kind }) => kind === "rejected")).toEqual([]);
  await hub.ingest.submit([{ line: "=not,json" }, { value: { bot: "a", type: "no such type" } }]);
  await waitUntil("refusals are kept", async () => (await hub.query.rejected(10)).rejected.length === 2);
});

afterAll(async () => {
  await app.close();
  await hub.stop();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const text = fc.constantFrom("plain", '=1+1,"x"', "line\nbreak", "-5", "@x", "ünïcode");
const place = { venue: fc.constantFrom("kalshi", "poly,market"), symbol: fc.constantFrom("A", '=B"x') };
const order = { order_id: fc.nat(60).map((n) => `o${n}`), venue: place.venue };
const event = fc.oneof(
  fc.record({
    type: fc.constant("order.placed"),
    ...order,
    size: fc.constantFrom("3", "10"),
    strategy: fc.constantFrom("plain", '=1+1,"x"'),
  }),
  fc.record({ type: fc.constantFrom("order.cancelled", "order.rejected"), ...order, reason: text }),
  fc.record({
    type: fc.constant("fill"),
    ...order,
    ...place,
    size: fc.constantFrom("1", "0.00000003"),
    pair_id: fc.constantFrom("P", "Q"),
  }),
  fc.record({
    type: fc.constant("opportunity"),
    opportunity_id: fc.nat(60).map((n) => `p${n}`),
    action: fc.constantFrom("detected", "approved", "executed", "rejected"),
    pair_id: fc.constantFrom("P", "Q"),
    reason: fc.constantFrom("too_small", "=sum"),
  }),
  fc.record({
    type: fc.constant("book"),
    ...place,
    bids: fc.constant([["0.4", "2"]]),
    asks: fc.constant([["0.5", "1"]]),
  }),
  fc.record({ type: fc.constantFrom("bot.started", "bot.stopped"), reason: text }),
);

function eventOf(said: Row, index: number): Row {
  const bot = ["a", "b", "c"][index % 3];
  const envelope = {
    bot,
    mode: index % 5 === 0 ? "paper" : "live",
    ts: new Date(START_MS + index * 1_000).toISOString(),
  };
  const price = "0.45";
  switch (said["type"]) {
    case "order.placed":
      return { ...said, ...envelope, symbol: "A", side: "buy", price };
    case "fill":
      return { ...said, ...envelope, fill_id: `f${index}`, side: index % 2 === 0 ? "buy" : "sell", price };
    case "opportunity":
      return { ...said, ...envelope, edge_bps: index };
    default:
      return { ...said, ...envelope };
  }
}

const get = (url: string) => app.inject({ url });

/** Every row of the JSON pages, and what else the last of them says. */
async function jsonRows(name: string, url: string, limit: number): Promise<{ rows: Row[]; seqs: unknown[] }> {
  const rows: Row[] = [];
  const seqs: unknown[] = [];
  for (let cursor: unknown; ; ) {
    const answer = await get(`${url}&limit=${limit}${cursor === undefined ? "" : `&cursor=${cursor}`}`);
    expect(answer.statusCode).toBe(200);
    const body: Body = answer.json();
    rows.push(...(body[name] as Row[]));
    seqs.push(body["as_of_seq"]);
    cursor = body["next_cursor"];
    if (cursor === undefined) return { rows, seqs };
  }
}

const ndjsonRows = async (url: string): Promise<Row[]> =>
  (await get(`${url}&format=ndjson`)).body
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row);

async function csvTexts(url: string): Promise<{ columns: readonly string[]; lines: (readonly string[])[] }> {
  const answer = await get(`${url}&format=csv`);
  expect(answer.headers["content-type"]).toContain("text/csv");
  expect(answer.headers["x-as-of-seq"]).toBe(String(hub.query.asOf().as_of_seq));
  async function* chunks() {
    yield answer.body;
  }
  const lines: (readonly string[])[] = [];
  for await (const record of csvRecords(chunks())) lines.push("fields" in record ? record.fields : [record.problem]);
  const [columns = [], ...rest] = lines;
  return { columns, lines: rest };
}

/** A cell as a reader that knows of the apostrophe in front of formulas sees it. */
const plain = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const cellOf = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

const asked: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  events: {
    bot: ["a"],
    type: ["fill", "opportunity"],
    mode: ["paper", "all"],
    symbol: ['=B"x'],
    venue: ["poly,market"],
  },
  fills: {
    bot: ["b"],
    mode: ["paper", "all"],
    symbol: ["A"],
    venue: ["kalshi"],
    order_id: ["o1", "o2"],
    pair_id: ["P"],
  },
  orders: {
    bot: ["c"],
    mode: ["paper", "all"],
    venue: ["kalshi"],
    status: ["open", "partially_filled", "filled", "cancelled", "rejected", "unknown"],
    strategy: ['=1+1,"x"', "plain"],
    order_id: ["o3"],
    to: ["2026-02-24T12:05:00Z"],
  },
  opportunities: {
    bot: ["a"],
    mode: ["paper", "all"],
    action: ["detected", "rejected"],
    pair_id: ["Q"],
    from: ["2026-02-24T12:03:00Z"],
  },
  positions: { bot: ["a"], mode: ["paper", "all"], venue: ["kalshi"], symbol: ["A"] },
  orderbooks: { bot: ["a"], mode: ["all"], venue: ["kalshi"], levels: ["1"] },
  sessions: { bot: ["b"], mode: ["live", "paper"], to: ["2026-02-24T12:08:00Z"] },
  rejected: {},
};

const filtersOf = (choices: Readonly<Record<string, readonly string[]>>) =>
  fc.record(
    Object.fromEntries(
      Object.entries(choices).map(([name, values]) => [
        name,
        fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 }),
      ]),
    ),
  );

describe("rows", () => {
  test.each(Object.keys(asked))("of %s are the same in JSON pages, NDJSON and CSV, whatever is asked", async (name) => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(filtersOf(asked[name] ?? {}), fc.integer({ min: 1, max: 60 }), async (filters, limit) => {
        const given = Object.entries(filters).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
        const url = `/api/v1/${name}?${new URLSearchParams(given)}`;
        const { rows, seqs } = await jsonRows(name, url, limit);
        found += rows.length;
        expect(new Set(seqs)).toEqual(new Set([hub.query.asOf().as_of_seq]));
        expect(await ndjsonRows(url)).toEqual(rows);
        const { columns, lines } = await csvTexts(url);
        const wanted = rows.map((row) => columns.map((column) => (column === "body" ? "" : cellOf(row[column]))));
        const shown = lines.map((line) => line.map((cell, at) => (columns[at] === "body" ? "" : plain(cell))));
        expect(shown).toEqual(wanted);
        for (const [index, row] of rows.entries())
          for (const field of Object.keys(row))
            if (name !== "events") expect(columns, `${name} ${index}`).toContain(field);
      }),
      { numRuns: 12 },
    );
    expect(found).toBeGreaterThan(0);
  });

  test("of a filter hold nothing that does not fit, and none of another mode when none is asked for", async () => {
    const { rows } = await jsonRows("orders", "/api/v1/orders?bot=c", 50);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ bot, mode }) => bot === "c" && mode === "live")).toBe(true);
    const fills = await ndjsonRows("/api/v1/fills?pair_id=P&mode=all");
    expect(new Set(fills.map(({ mode }) => mode))).toEqual(new Set(["live", "paper"]));
    expect(new Set(fills.map(({ pair_id }) => pair_id))).toEqual(new Set(["P"]));
    const { rows: everything } = await jsonRows("fills", "/api/v1/fills?mode=all", 1_000);
    expect(fills).toEqual(everything.filter(({ pair_id }) => pair_id === "P"));
  });

  test("add up to the exposure at the same moment when positions are read", async () => {
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    let read = 0;
    for (const mode of ["live", "paper"]) {
      const { positions, as_of_seq } = (await get(`/api/v1/positions?mode=${mode}`)).json() as {
        positions: Row[];
        as_of_seq: number;
      };
      const exposure = (await get(`/api/v1/exposure?mode=${mode}`)).json() as {
        by_currency: { gross: number }[];
        as_of_seq: number;
      };
      expect(as_of_seq).toBe(exposure.as_of_seq);
      expect(total(positions.map(({ notional }) => Number(notional)))).toBeCloseTo(
        total(exposure.by_currency.map(({ gross }) => gross)),
        9,
      );
      read += positions.length;
    }
    expect(read).toBeGreaterThan(0);
  });
});

describe("reports of imports", () => {
  const report = (import_id: string, accepted: number) => ({
    ...{
      import_id,
      via: "follow",
      started_at: "2026-02-24T12:00:00Z",
      took_s: 1,
      files: [],
      events: { fill: accepted },
    },
    ...{ accepted, sampled: 0, duplicates: 0, merged: 0, contradictions: 0, refused: 0, reasons: [], refusals: [] },
  });
  const post = (payload: object) => app.inject({ method: "POST", url: "/api/v1/imports", payload });

  test("are kept, the newest of each id, and refused with a path when they are malformed", async () => {
    for (const [id, accepted] of [
      ["one", 1],
      ["two", 2],
      ["one", 3],
    ] as const)
      expect((await post(report(id, accepted))).statusCode).toBe(201);
    const { imports } = (await get("/api/v1/imports")).json() as { imports: Row[] };
    expect(imports).toMatchObject([{ ...report("one", 3), received_at: expect.any(String) }, { import_id: "two" }]);
    expect((await get("/api/v1/imports?format=csv")).body.split("\r\n")).toHaveLength(4);
    const refused = await post({ ...report("three", 1), accepted: -1 });
    expect(refused.json()).toMatchObject({ status: 400, code: "invalid_request", errors: [{ path: "accepted" }] });
    expect((await post({ ...report("big", 1), error: "x".repeat(300_000) })).statusCode).toBe(413);
  });

  test("are bounded in number, as the clock stands still", async () => {
    const answers = [];
    for (let n = 0; n < 40; n++) answers.push((await post(report("flood", n))).statusCode);
    expect(answers).toContain(429);
    expect(answers[0]).toBe(201);
  });
});

test("the desk says which it is, and how its demo stands", async () => {
  expect((await get("/api/v1/desk")).json()).toMatchObject({
    kind: "live",
    mode: "live",
    demo: { state: "live", seed: 7 },
  });
});
