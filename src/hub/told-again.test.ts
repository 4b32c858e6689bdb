import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { micros } from "../base/time.ts";

const START = Date.UTC(2026, 1, 24) * 1000;
/** Well before what the hub's clock shows. */
const at = (seconds: number): string => new Date(START / 1000 - 3_600_000 + seconds * 1000).toISOString();

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

async function send(...events: Record<string, unknown>[]): Promise<readonly string[]> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot: "mm", ...value } })));
  if (done?.ok !== true) throw new Error(`not taken: ${JSON.stringify(done)}`);
  return done.value.items.map(({ kind }) => kind);
}

const state = (seconds: number, status: string, more: object = {}) => ({
  type: "bot.state",
  id: `state:${seconds}`,
  ts: at(seconds),
  status,
  counters: { trades: seconds },
  ...more,
});
const risk = (seconds: number, equity: number, more: object = {}) => ({
  type: "risk",
  id: `risk:${seconds}`,
  ts: at(seconds),
  equity_quote: equity,
  ...more,
});
const tick = (seconds: number) => ({ type: "tick", ts: at(seconds), duration_s: seconds });
const metric = (seconds: number) => ({ type: "metric", ts: at(seconds), name: "depth", value: seconds });
const mark = (seconds: number) => ({ type: "mark", ts: at(seconds), venue: "k", symbol: "A", price: seconds });

const shown = () => {
  const samples = bench.hub?.state.samples;
  const bot = bench.hub?.query.bot("mm");
  return {
    seq: bench.hub?.state.desk.seq,
    status: bot?.status,
    trades: bot?.counters["trades"],
    risk: bot?.risk,
    tick: [...(samples?.ticks.values() ?? [])].map(({ event }) => event.duration_s),
    metric: [...(samples?.metrics.values() ?? [])].map(({ event }) => event.value),
    mark: [...(samples?.marks.values() ?? [])].map(({ event }) => event.price),
  };
};

const file = { origin: "import" };

describe("what was told before changes nothing when it is told again", () => {
  const rows = [
    ...[state(0, "halted", file), state(10, "halted", file), state(20, "running", file)],
    ...[risk(0, 100, file), risk(10, 200, file), risk(60, 300, file)],
    ...[tick(1), tick(2), metric(1), metric(2), mark(1), mark(2)],
  ];

  test("in the same order, after a restart, and in part", async () => {
    await send(...rows);
    const before = shown();
    expect(before).toMatchObject({ status: "running", trades: 20, risk: { equity_quote: 300 } });
    expect(before).toMatchObject({ tick: [2], metric: [2], mark: ["2"] });
    await send(...rows);
    expect(shown()).toEqual(before);
    await bench.time.advance(2_000);
    await bench.stop();
    await bench.start();
    expect(shown()).toEqual(before);
    await send(...rows);
    expect(shown()).toEqual(before);
    // Facts are other rows now, but nothing that is shown.
    await send(...rows.filter((_, index) => index % 2 === 1));
    expect({ ...shown(), seq: before.seq }).toEqual(before);
  });

  test("by a file whose states and risk of before the log does not have", async () => {
    await send(...rows, { type: "position.snapshot", id: "p", ts: at(70), positions: [], ...file });
    const held = [{ venue: "k", symbol: "A", size: 1 }];
    const older = { type: "position.snapshot", id: "o", ts: at(5), positions: held, ...file };
    expect(await send(state(5, "error", file), risk(-60, 1, file), older)).toEqual(Array(3).fill("accepted"));
    expect(shown()).toMatchObject({ status: "running", risk: { equity_quote: 300 } });
    expect(bench.hub?.state.bots.get("mm")?.snapshot).toMatchObject({ id: "p" });
  });
});

describe("a bot whose clock was set back", () => {
  test("is heard at once where it says something new, and of its figures once its clock has come to where it was", async () => {
    await send(state(0, "running"), state(100, "running"));
    bench.now = micros(START + 1e6);
    expect(await send(state(90, "running"), state(91, "halted"))).toEqual(["sampled", "accepted"]);
    expect(shown()).toMatchObject({ status: "halted", trades: 91 });
    await send(state(80, "halted"));
    expect(shown()).toMatchObject({ trades: 91 });
    await send(state(92, "halted"));
    expect(shown()).toMatchObject({ trades: 92 });
  });

  test("is heard at once when it was ahead of the hub's", async () => {
    await send(risk(0, 1), risk(7_200, 2), { ...risk(7_201, 3), id: "s" });
    expect(await send(risk(3_600, 4), risk(3_601, 5))).toEqual(["accepted", "sampled"]);
    expect(shown()).toMatchObject({ risk: { equity_quote: 5 } });
  });
});
