import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { ensure } from "../base/assert.ts";
import { micros } from "../base/time.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import type { ReplayRequest } from "../protocol/api-sessions.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const START = Date.UTC(2026, 1, 24) * 1000;
const DAILY: HaltRuleTerms = {
  ...{ name: "daily", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", of: [], mode: "live" },
  ...{ action: "halt", resume: "never", enabled: true },
};
const ROW: HaltRuleTerms = {
  ...{ ...DAILY, name: "row", metric: "consecutive_losses", unit: "count", limit: 3, action: "pause" },
};

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START, { haltRules: [DAILY, ROW] });
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const hub = () => ensure(bench.hub, "a hub that runs");

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const ts = new Date(bench.now / 1000).toISOString();
  const done = await hub().ingest.submit(events.map((value) => ({ value: { bot: "mm", ts, ...value } })));
  if (!done.ok || done.value.items.some(({ kind }) => kind === "rejected")) throw new Error(JSON.stringify(done));
}

/** Lets time pass until what happens in the background has come about. */
const eventually = (look: () => void): Promise<void> =>
  vi.waitFor(async () => {
    bench.now = micros(bench.now + 1_000_000);
    await bench.time.advance(1_000);
    look();
  }, 120_000);

const commands = () => [...hub().state.desk.commands.values()];
const rule = (name: string): HaltRuleView =>
  ensure(
    hub()
      .query.haltRules()
      .rules.find((each) => each.name === name),
    "a rule of that name",
  );

const begin = () => send({ type: "bot.started", status: "running", mode: "live" });

test("a breach is in the log before its command, which names rule, value and limit; a restart asks for nothing again", async () => {
  await begin();
  await send({ type: "risk", daily_loss_pct: 0.042 });
  await eventually(() => expect(commands()).toHaveLength(1));
  expect(commands()).toMatchObject([
    {
      ...{ action: "halt", target: { bot: "mm" }, by: "rule:daily", via: "rule", bots: ["mm"] },
      reason: "Daily loss of mm is 4.2 %, at or over its limit of 3 % (rule daily)",
    },
  ]);
  const [alert] = [...hub().state.desk.alerts.values()];
  expect(alert).toMatchObject({ rule: "rule:daily", scope: { bot: "mm" }, severity: "critical" });
  expect(alert?.at).toBeLessThanOrEqual(commands()[0]?.issuedAt ?? 0);
  await eventually(() =>
    expect(rule("daily").readings).toMatchObject([{ state: "breached", value: 0.042, bot: "mm" }]),
  );
  expect(rule("daily").readings[0]?.command_id).toBe(commands()[0]?.commandId);
  await bench.stop();
  await bench.start();
  await bench.time.advance(20_000);
  expect(commands()).toHaveLength(1);
});

test("what a bot said between two values that are stored is known after a restart, whatever else it said since", async () => {
  await begin();
  await send({ type: "risk", daily_loss_pct: 0.01 });
  await send({ type: "risk", daily_loss_pct: 0.042 });
  await eventually(() => expect(commands()).toHaveLength(1));
  await send({ type: "fill", fill_id: "f", venue: "k", symbol: "A", side: "buy", size: "1", price: "10" });
  await bench.stop();
  await bench.start();
  expect(rule("daily").readings).toMatchObject([{ state: "breached", value: 0.042 }]);
  await send({ type: "risk", daily_loss_pct: 0.02 });
  await eventually(() => expect(rule("daily").readings).toMatchObject([{ state: "within", value: 0.02, since: null }]));
  expect(commands()).toHaveLength(1);
});

test("losses in a row are counted from stored fills where the bot does not report them", async () => {
  await begin();
  expect(rule("row").readings).toMatchObject([{ state: "no_data", value: null }]);
  for (let trade = 0; trade < 3; trade++)
    await send(
      { type: "fill", fill_id: `b${trade}`, venue: "k", symbol: "A", side: "buy", size: "1", price: "10" },
      { type: "fill", fill_id: `s${trade}`, venue: "k", symbol: "A", side: "sell", size: "1", price: "9" },
    );
  await eventually(() => expect(commands()).toMatchObject([{ action: "pause", by: "rule:row" }]));
  expect(commands()[0]?.reason).toBe("Losses in a row of mm is 3, at or over its limit of 3 (rule row)");
});

test("a replay of the same breach asks for nothing, and has no rules", async () => {
  await begin();
  await send({ type: "risk", daily_loss_pct: 0.042 });
  await eventually(() => expect(commands()).toHaveLength(1));
  const opened = hub().replays.create({ speed: "max" } as ReplayRequest);
  const replay = ensure(opened.ok ? opened.value : undefined, "a replay");
  await replay.control({ action: "seek_seq", seq: 1 });
  await replay.control({ action: "play" });
  await eventually(() => expect(replay.view.state).toBe("ended"));
  await bench.time.advance(5_000);
  expect(replay.query.haltRules().rules).toEqual([]);
  expect(commands()).toHaveLength(1);
  const issued = await ensure(bench.store, "a store").events({ limit: 1000, type: "command.issued" });
  expect(issued.events).toHaveLength(1);
});
