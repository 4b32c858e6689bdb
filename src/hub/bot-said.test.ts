import { afterEach, beforeEach, expect, test } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START);
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const at = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function send(...events: Record<string, unknown>[]): Promise<readonly string[]> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot: "mm", ...value } })));
  if (done?.ok !== true) throw new Error(`not taken: ${JSON.stringify(done)}`);
  return done.value.items.map(({ kind }) => kind);
}

const view = () => bench.hub?.query.bot("mm");

async function restart(): Promise<void> {
  await bench.stop();
  await bench.start();
}

const state = (seconds: number, more: object = {}) => ({
  type: "bot.state",
  ts: at(seconds),
  status: "running",
  ...more,
});

test("what a bot said of itself stands while its states leave it out, live and after a restart", async () => {
  const said = { version: "1.4.0", execution_mode: "maker_hedge", config_hash: "c0ffee" };
  await send({ type: "bot.started", ts: at(0), ...said, venues: [{ venue: "kalshi", connected: true }] });
  expect(await send(state(1, { uptime_s: 1 }), state(2, { uptime_s: 2 }), state(3, { uptime_s: 3 }))).toEqual([
    "accepted",
    "sampled",
    "sampled",
  ]);
  const shown = { ...said, venues: [{ venue: "kalshi", connected: true }], uptime_s: 3 };
  expect(view()).toMatchObject(shown);
  await restart();
  expect(view()).toMatchObject(shown);
  expect(await send(state(4, { uptime_s: 4 }))).toEqual(["accepted"]);
  expect(await send(state(5, { uptime_s: 5 }))).toEqual(["sampled"]);
  expect(view()).toMatchObject({ ...shown, uptime_s: 5 });
});

test("the first state after a start is kept, though it says what the last one before it said", async () => {
  const told = state(1, { version: "1.4.0", makes_markets: true });
  await send({ type: "bot.started", ts: at(0) }, told);
  await send({ type: "bot.stopped", ts: at(2) }, { type: "bot.started", ts: at(3) });
  expect(await send({ ...told, ts: at(4) })).toEqual(["accepted"]);
  expect(await send({ ...told, ts: at(5) })).toEqual(["sampled"]);
  const facts = () => bench.hub?.state.bots.get("mm")?.said;
  expect(facts()).toMatchObject({ version: "1.4.0", makesMarkets: true });
  await restart();
  expect(facts()).toMatchObject({ version: "1.4.0", makesMarkets: true });
});
