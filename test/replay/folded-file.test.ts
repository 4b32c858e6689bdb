import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { nowOf } from "../../src/domain/ledger/holding.ts";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import { registerReplay } from "../../src/app/commands/replay.ts";
import { foldedFile } from "../../src/app/replay/folded-file.ts";
import { fileSource, staleLedgers } from "../../src/app/replay/replay-source.ts";
import { emptyState, reduce, type State } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import type { ImportReport } from "../../src/imports/import-report.ts";
import type { Standing } from "../../src/protocol/recorded.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { typed } from "../support/typed-command.ts";

const DAY_MS = Date.UTC(2026, 2, 1);
const clock = { now: () => micros(DAY_MS * 1000 + 86_400_000_000) };

type Said = Record<string, unknown>;
type Say = (n: number, which: Said, before: Said, random: Random) => Said;

const ORDER_FIRST = 9_000_000_000_000_000;

const newFill: Say = (n, which, _, random) => ({
  type: "fill",
  ...which,
  fill_id: random.below(5) > 0 ? `f${n}` : n,
  side: "buy",
  price: 10 + random.below(5),
  size: "1.50",
  ...(random.below(2) > 0 ? { id: `e${n}` } : {}),
});
const again: Say = (_n, _which, before) => before;
const withFee: Say = (_n, _which, before, random) => ({
  ...before,
  fee: "0.01",
  fee_currency: "USD",
  id: `again-${random.below(40)}`,
});
const otherwise: Say = (n, _, before, random) => ({ ...before, price: 20 + random.below(5), id: `c${n}` });
const voided: Say = (n, which, before) => ({
  type: "fill.voided",
  bot: before["bot"],
  ts: which["ts"],
  venue: "x",
  fill_id: before["fill_id"],
  reason: `r${n}`,
});
const voidedAhead: Say = (n, { bot, ts }, _, random) => ({
  type: "fill.voided",
  bot,
  ts,
  venue: "x",
  fill_id: `f${n + random.below(40)}`,
  reason: "never was",
});
const mark: Say = (n, which) => ({ type: "mark", ...which, price: "11.5", id: `m${n}` });
const placed: Say = (n, which) => ({
  type: "order.placed",
  ...which,
  order_id: ORDER_FIRST + n,
  side: "sell",
  price: 1,
  size: 2,
  order_type: "limit",
});
const cancelled: Say = (n, { bot, ts }, _, random) => ({
  type: "order.cancelled",
  bot,
  ts,
  order_id: ORDER_FIRST + n - random.below(9),
});
const notWhole: Say = (_, { bot, ts }) => ({ type: "fill", bot, ts });
const income: Say = (_n, { bot, ts }, _before, random) => ({
  type: "income",
  bot,
  ts,
  venue: "x",
  income_type: "FEE",
  amount: "-0.1",
  currency: "USD",
  transaction_id: `t${random.below(30)}`,
});
const SAID: readonly [Say, ...Say[]] = [
  again,
  withFee,
  otherwise,
  voided,
  voidedAhead,
  mark,
  placed,
  cancelled,
  notWhole,
  income,
];

/** Statements that meet: again, with more, otherwise, taken back before and after; some of them are no events at all. */
function randomLines(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const fills: Said[] = [];
  const ahead = new Set<unknown>();
  return Array.from({ length: count }, (_, n) => {
    const ts = new Date(DAY_MS + n * 1000).toISOString();
    const which = { bot: `mm-${random.below(3)}`, ts, venue: "x", symbol: `S${random.below(3)}` };
    const before = fills.at(-1 - random.below(8));
    const say = before === undefined || random.below(3) === 0 ? newFill : random.pick(SAID);
    const event = say(n, which, before ?? {}, random);
    if (say === voidedAhead) ahead.add(event["fill_id"]);
    if (say === newFill && !ahead.has(event["fill_id"])) fills.push(event);
    // More that is said of a fill that was taken back makes its ledger anew.
    if (say === voided) fills.splice(fills.lastIndexOf(before ?? {}), 1);
    return JSON.stringify(event);
  });
}

function fileOf(lines: readonly string[]): string {
  const file = join(scratchDirectory(), "events.ndjson");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

const folded = (file: string, rowsMax?: number) =>
  foldedFile({
    file,
    id: "r",
    exposureLimits: { low_usd: 20, high_usd: 50 },
    onBytes: () => undefined,
    clock,
    ...(rowsMax === undefined ? {} : { rowsMax }),
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
    expect(direct === undefined ? "" : fingerprint(direct.played.state)).toBe(fingerprint(stored.state));
    expect(Math.min(...Object.values(stored.standings))).toBeGreaterThan(20);
    expect(direct?.report.outcomes.duplicates).toBeGreaterThan(20);
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

test("deskwatch replay tells of a file at full speed what it tells of it through a store", async () => {
  // Of a store the marks that came with its last batch are not played: no fact comes after them.
  const file = fileOf(randomLines(6, 800).filter((line) => !line.includes('"mark"')));
  const tell = async (...args: string[]) =>
    JSON.parse((await typed([registerReplay], ["replay", file, "--json", ...args])).out) as Record<string, unknown>;
  const [direct, stored] = [await tell(), await tell("--from", "2000-01-01T00:00:00Z")];
  for (const part of ["at_seq", "counts", "bots", "positions", "exposure"])
    expect([part, direct[part]]).toEqual([part, stored[part]]);
  const { replay: _, ...rest } = direct;
  expect(Object.keys(rest)).toEqual(Object.keys(stored).filter((name) => name !== "replay"));
});
