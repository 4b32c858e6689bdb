import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ImportDesk, startImportDesk } from "./import-desk.ts";

let desk: ImportDesk;

beforeEach(async () => {
  desk = await startImportDesk();
});

afterEach(() => desk.close());

/** Writes a file anew, as its bot does, and imports that version. */
async function version(name: string, value: unknown) {
  const file = join(desk.directory, name);
  await writeFile(file, JSON.stringify(value));
  return desk.importAll([file]);
}

const AT = Date.UTC(2026, 4, 4, 10) / 1000;
const ACTIONS = ["detected", "approved", "executed"];

test("an opportunity counts once for each action when 50 versions of the file have it, and nothing contradicts", async () => {
  for (let n = 0; n < 50; n++) {
    const action = ACTIONS[Math.min(2, Math.floor(n / 10))];
    const followed = { timestamp: AT, event_id: "E", edge_bps: 120, confidence: "high", action, age_s: n };
    const newer = Array.from({ length: Math.min(n, 5) }, (_, k) => ({
      ...followed,
      timestamp: AT + 1 + k,
      action: "rejected",
    }));
    const report = await version("recent_opportunities.json", [followed, ...newer]);
    expect([report.refused.total, report.outcomes.contradictions, report.outcomes.merged]).toEqual([0, 0, 0]);
  }
  const opportunities = await desk.facts("opportunity");
  const first = opportunities.filter((event) => event.ts.startsWith("2026-05-04T10:00:00"));
  expect(first.map((event) => event["action"]).sort()).toEqual(["approved", "detected", "executed"]);
  expect(opportunities).toHaveLength(3 + 5 * 2);
});

test("positions are told when they change, also back to what they were, and not when they are only written again", async () => {
  const book = (size: number) => ({ positions: { E1: { kalshi_size: size, polymarket_size: -size } } });
  for (const size of [5, 5, 8, 8, 5, 5]) await version("positions.json", book(size));
  const told = (await desk.facts("position.snapshot")).map((event) => JSON.stringify(event["positions"]));
  expect(told.map((positions) => /"size":"(\d)"/.exec(positions)?.[1])).toEqual(["5", "8", "5"]);
});

test("a bot's state is told when it changes, and not with every count", async () => {
  const state = (status: string, trades: number) => ({ status, execution_mode: "taker", uptime_s: trades, trades });
  for (const [status, trades] of [
    ["RUNNING", 1],
    ["RUNNING", 2],
    ["HALTED", 3],
    ["RUNNING", 4],
  ] as const)
    await version("bot_state.json", state(status, trades));
  expect((await desk.facts("bot.state")).map((event) => event["status"])).toEqual(["running", "halted", "running"]);
});

test("calibrations of a file that says no time are told once, though the file is written again", async () => {
  for (const factor of [0.4, 0.4, 0.5]) await version("fill_factor_calibration.json", { realized_fill_factor: factor });
  expect((await desk.facts("calibration")).map((event) => event["realized_fill_factor"])).toEqual([0.4, 0.5]);
});
