import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { micros } from "../base/time.ts";

const START = Date.UTC(2026, 1, 24) * 1000;
const MINUTE = 60_000_000;

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START + 20 * MINUTE);
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const at = (minute: number): string => new Date(START / 1000 + minute * 60_000).toISOString();

const balance = (bot: string, minute: number, equity: number) => ({
  ...{ type: "balance", bot, venue: "k", balances: [], equity: String(equity), equity_currency: "USD", ts: at(minute) },
});

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value })));
  if (done?.ok !== true) throw new Error("not taken");
}

/** The points of a series of five minutes each, from the start until now. */
async function points(name: string, bot?: string) {
  const from = micros(START);
  const told = await bench.hub?.query.series(name, { from, step: 5 * MINUTE, bot, mode: undefined });
  if (told === undefined || typeof told === "string") throw new Error(`no series: ${told}`);
  return told.points;
}

describe("equity over time", () => {
  test("is what was last reported until something else is, of the desk the sum of it, and ends where it is now", async () => {
    await send(balance("a", 6, 1_000), balance("b", 7, 500), balance("a", 16, 1_100));
    expect((await points("equity")).map(({ value }) => value)).toEqual([null, 1_500, 1_500, 1_600]);
    expect((await points("equity", "b")).map(({ value }) => value)).toEqual([null, 500, 500, 500]);
    expect(await bench.hub?.query.metric("equity", {})).toMatchObject({ value: 1_600 });
  });

  test("is not known before the first report", async () => {
    await send(balance("a", 12, 1_000));
    const [first] = await points("equity");
    expect(first).toMatchObject({ value: null, reason: "no equity was reported", n: 0 });
  });
});
