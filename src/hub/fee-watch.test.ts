import { afterEach, beforeEach, expect, test } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { waitUntil } from "../../test/support/wait-until.ts";
import { ensure } from "../base/assert.ts";
import { isoFromMicros, micros } from "../base/time.ts";

const DAY_S = 86_400;
const START = Date.UTC(2026, 1, 24) * 1000;
const ETH = { venue: "binance", symbol: "ETHUSDT" };

let bench: HandDrivenHub;

const hub = () => ensure(bench.hub, "a hub");

beforeEach(async () => {
  bench = new HandDrivenHub(START);
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

async function say(seconds: number, ...events: Record<string, unknown>[]): Promise<void> {
  const at = micros(START + seconds * 1e6);
  if (at > bench.now) bench.now = at;
  const ts = isoFromMicros(at);
  const done = await hub().ingest.submit(events.map((value) => ({ value: { bot: "mm", mode: "live", ts, ...value } })));
  if (!done.ok || done.value.items.some(({ kind }) => kind === "rejected")) throw new Error(JSON.stringify(done));
}

const fill = (id: string, fee: string) => ({
  ...{ type: "fill", fill_id: id, ...ETH, side: "buy", size: 1, price: "100", fee },
});
const row = (id: string, amount: string) => ({
  ...{ type: "income", income_type: "COMMISSION", transaction_id: id, amount, currency: "USDT", venue: "binance" },
  origin: "import",
});

/** As long as the watch rests, so many times. */
async function looks(count: number): Promise<void> {
  for (let look = 0; look < count; look++) {
    await bench.time.advance(60_000);
    // It lets other work in between.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

const fees = () => hub().query.reconciliation({ kind: "fees" }).reconciliation;
const told = async (): Promise<unknown[]> => {
  const { events } = await hub().query.events({ type: "reconciliation", limit: 100 });
  return events.map((text) => JSON.parse(text));
};
const differences = (): number => hub().state.desk.differences.size;

test("fees that the venue's income says otherwise are told of their day, shown, kept over a restart, and over once they agree", async () => {
  await say(
    0,
    { type: "bot.started", status: "running" },
    { type: "instrument", ...ETH, kind: "linear", quote: "USDT" },
  );
  await say(3_600, fill("a", "0.04"), row("1", "-0.04"));
  // Of the 25th the bot says 0.04 and 0.04, which is 0.08; the venue took 0.04 and 0.05, which is 0.09.
  await say(DAY_S + 60, fill("b", "0.04"), fill("c", "0.04"), row("2", "-0.04"), row("3", "-0.05"));
  await say(2 * DAY_S + 60, fill("d", "0.04"), row("4", "-0.04"));
  bench.now = micros(START + (2 * DAY_S + 7_200) * 1e6);
  const before = hub().query.performance({ window: "all" });
  await looks(1);
  expect(fees()).toMatchObject([{ date: "2026-02-25", state: "settling", difference: "0.01" }]);
  expect(differences()).toBe(0);
  await looks(1);
  await waitUntil("the difference is told", () => differences() === 1);
  expect(fees()).toMatchObject([
    {
      ...{ kind: "fees", bots: ["mm"], venue: "binance", account: "mm", symbol: null, currency: "USDT" },
      ...{ date: "2026-02-25", ours: "0.08", theirs: "0.09", difference: "0.01", state: "differs", reported: null },
      ...{ since: isoFromMicros(bench.now), read_at: "2026-02-26T00:00:00.000Z" },
    },
  ]);
  expect(await told()).toMatchObject([
    {
      ...{ bot: "deskwatch", kind: "fees", of_bots: ["mm"], account: "mm", date: "2026-02-25", currency: "USDT" },
      ...{ ours: "0.08", theirs: "0.09", difference: "0.01", detail: "2 fills, 2 rows of commission" },
    },
  ]);
  const after = hub().query.performance({ window: "all" });
  expect({ ...after, as_of: 0, as_of_seq: 0 }).toEqual({ ...before, as_of: 0, as_of_seq: 0 });
  await bench.stop();
  await bench.start();
  await looks(3);
  expect(await told()).toHaveLength(1);
  // The venue gives back what it took too much.
  await say(DAY_S + 120, row("5", "0.01"));
  await looks(3);
  await waitUntil("it is over", () => differences() === 0);
  expect(fees()).toMatchObject([{ date: "2026-02-25", state: "agrees", ours: "0.08", theirs: "0.08" }]);
  expect(await told()).toMatchObject([{}, { date: "2026-02-25", difference: "0", ours: "0.08", theirs: "0.08" }]);
});

test("a day whose rows are still being sent is not told", async () => {
  await say(0, { type: "instrument", ...ETH, kind: "linear", quote: "USDT" });
  await say(3_600, fill("a", "0.04"), row("1", "-0.04"));
  await say(DAY_S + 60, fill("b", "0.3"));
  await say(2 * DAY_S + 60, fill("d", "0.04"), row("4", "-0.04"));
  bench.now = micros(START + (2 * DAY_S + 7_200) * 1e6);
  for (const id of ["x", "y", "z"]) {
    await looks(1);
    expect(fees()).toMatchObject([{ state: "settling" }]);
    await say(DAY_S + 60, row(id, "-0.1"));
  }
  await looks(3);
  expect(fees()).toMatchObject([{ state: "agrees", ours: "0.3", theirs: "0.3" }]);
  expect(await told()).toEqual([]);
});
