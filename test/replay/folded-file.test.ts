import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { nowOf } from "../../src/domain/ledger/holding.ts";
import { micros } from "../../src/base/time.ts";
import { registerReplay } from "../../src/app/commands/replay.ts";
import { foldedFile } from "../../src/app/replay/folded-file.ts";
import { fileSource, staleLedgers } from "../../src/app/replay/replay-source.ts";
import { emptyState, reduce, type State } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { withoutReceipts } from "../../src/engine/without-receipts.ts";
import type { ImportReport } from "../../src/imports/import-report.ts";
import type { Standing } from "../../src/protocol/recorded.ts";
import { DAY_MS, randomLines } from "../support/random-lines.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { typed } from "../support/typed-command.ts";

const clock = { now: () => micros(DAY_MS * 1000 + 86_400_000_000) };

function fileOf(lines: readonly string[]): string {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const folded = (file: string, rowsMax?: number, besideBytes?: number) =>
  foldedFile({
    file,
    id: "r",
    exposureLimits: { low_usd: 20, high_usd: 50 },
    onBytes: () => undefined,
    clock,
    ...(rowsMax === undefined ? {} : { rowsMax }),
    ...(besideBytes === undefined ? {} : { besideBytes }),
  });

interface Stored {
  readonly state: State;
  readonly standings: Readonly<Record<Standing, number>>;
  readonly report: ImportReport | undefined;
}

/** Batches for a store are answered in any order, so which of the refusals are shown may differ. */
const countsOf = (report: ImportReport | undefined) => ({ ...report, refused: { ...report?.refused, first: [] } });

/** The file through ingest into a store, and the fold of that store's log. */
async function throughStore(file: string): Promise<Stored> {
  const source = await fileSource(file, () => undefined, clock);
  onTestFinished(() => source.close());
  const state = emptyState();
  const standings = { fact: 0, merge: 0, contradiction: 0 };
  await source.store.replay(0, (events) => {
    for (const recorded of events) {
      standings[recorded.standing]++;
      reduce(state, recorded);
    }
  });
  return { state, standings, report: source.report };
}

describe("foldedFile", () => {
  test.each([1, 2, 3, 4])("comes to what the log of a store comes to, with the same report (%i)", async (seed) => {
    const file = fileOf(randomLines(seed, 1_500));
    const [direct, stored] = [await folded(file), await throughStore(file)];
    expect(countsOf(direct?.report)).toEqual(countsOf(stored.report));
    const [here, there] = [direct?.played.state ?? emptyState(), stored.state].map(withoutReceipts);
    expect(fingerprint(here ?? emptyState())).toBe(fingerprint(there ?? emptyState()));
    expect(Math.min(...Object.values(stored.standings))).toBeGreaterThan(20);
    expect(direct?.report.outcomes.duplicates).toBeGreaterThan(20);
  });

  test("comes to the same, with the same report, when another thread reads the file", async () => {
    const file = fileOf([...randomLines(9, 1_500), "nonsense", '{"type":"fill","bot":"@hub"}']);
    const [here, beside] = [await folded(file), await folded(file, undefined, 0)];
    expect(beside?.report).toEqual(here?.report);
    expect(here === undefined ? "" : fingerprint(here.played.state)).toBe(
      fingerprint(beside?.played.state ?? emptyState()),
    );
    expect(here?.report.refused.total).toBeGreaterThan(2);
  });

  test("leaves a file to a store when a fact came so late that a ledger must be made again, which is then right", async () => {
    const fill = { type: "fill", bot: "mm", venue: "x", symbol: "S", side: "buy", price: 10, size: 1 };
    const at = (n: number): string => new Date(DAY_MS + n * 1000).toISOString();
    const onTime = Array.from({ length: 3_000 }, (_, n) =>
      JSON.stringify({ ...fill, fill_id: `f${n}`, ts: at(n + 1) }),
    );
    const late = JSON.stringify({ ...fill, fill_id: "late", side: "sell", size: 5, price: 20, ts: at(0) });
    const [inOrder, asWritten] = [fileOf([late, ...onTime]), fileOf([...onTime, late])];
    expect(await folded(asWritten)).toBeUndefined();
    const [right, made] = [await folded(inOrder), await throughStore(asWritten)];
    expect(staleLedgers(made.state)).toBe(0);
    const ledgerOf = (state: State | undefined) => {
      const [ledger] = state?.bots.get("mm")?.ledgers.values() ?? [];
      const now = ledger && nowOf(ledger.holding);
      return [now?.open, now?.all];
    };
    expect(ledgerOf(made.state)).toEqual(ledgerOf(right?.played.state));
  });

  test("leaves a file to a store when it has more facts than there is room for", async () => {
    const file = fileOf(randomLines(5, 300));
    expect(await folded(file, 100)).toBeUndefined();
    expect(await folded(file, 300)).toBeDefined();
  });
});

test("fileSource keeps the newest mark of each batch, after the facts of it and before those of the next", async () => {
  const [rows, perBatch] = [5_000, 1_000];
  const lines = Array.from({ length: rows }, (_, n) => {
    const of = { bot: "mm", venue: "kalshi", symbol: "S", ts: new Date(DAY_MS + n * 5).toISOString() };
    if (n % perBatch > 0) return { ...of, type: "mark", price: String(n) };
    return { ...of, type: "annotation", title: `t${n}` };
  });
  const source = await fileSource(fileOf(lines.map((line) => JSON.stringify(line))), () => undefined, clock);
  onTestFinished(() => source.close());
  const samples = (await source.store.samples({ receivedAt: micros(0) })).rows.filter(({ type }) => type === "mark");
  const order = samples.map(({ body, receivedAt }) => ({ what: JSON.parse(body).price, receivedAt }));
  await source.store.replay(0, (events) => {
    for (const { event, receivedAt } of events)
      if (event.type === "annotation") order.push({ what: event.title, receivedAt: micros(receivedAt - 0.5) });
  });
  const told = order.toSorted((a, b) => a.receivedAt - b.receivedAt).map(({ what }) => what);
  const each = [0, 1, 2, 3, 4].flatMap((batch) => [`t${batch * perBatch}`, String((batch + 1) * perBatch - 1)]);
  expect(told).toEqual(each);
});

test("deskwatch replay tells of a file at full speed what it tells of it through a store", async () => {
  // A store has only the newest marks of a batch, and hears them after the facts of the batch: their ages differ.
  const file = fileOf(randomLines(6, 800).filter((line) => !line.includes('"mark"')));
  const tell = async (...args: string[]) =>
    JSON.parse((await typed([registerReplay], ["replay", file, "--json", ...args])).out) as Record<string, unknown>;
  const [direct, stored] = [await tell(), await tell("--from", "2000-01-01T00:00:00Z")];
  for (const part of ["at_seq", "counts", "bots", "positions", "exposure"])
    expect([part, direct[part]]).toEqual([part, stored[part]]);
  const { replay: _, ...rest } = direct;
  expect(Object.keys(rest)).toEqual(Object.keys(stored).filter((name) => name !== "replay"));
});
