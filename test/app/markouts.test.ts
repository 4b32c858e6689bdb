import { expect, test } from "vitest";
import { registerMarkouts } from "../../src/app/commands/markouts.ts";
import { markoutsAnswer } from "../../src/protocol/api-execution.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { type Ran, typed } from "../support/typed-command.ts";

const run = (url: string, ...args: string[]): Promise<Ran> =>
  typed([registerMarkouts], ["markouts", ...args], { environment: { DASHBOARD_API_URL: url } });

const START_MS = Date.now() - 600_000;
const at = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();
const PLACE = { bot: "maker-1", venue: "v", symbol: "A", origin: "import" };
const mark = (seconds: number, price: number) => ({ type: "mark", ...PLACE, ts: at(seconds), price });
const fill = (id: string, seconds: number, more: object) => ({
  ...{ type: "fill", ...PLACE, fill_id: id, ts: at(seconds), price: 100, size: 1, is_maker: true, fee: 0 },
  ...more,
});

async function deskWithFills() {
  const desk = await scratchHub();
  await sendTo(desk.url, [
    mark(0, 100),
    fill("a", 1, { side: "buy" }),
    fill("b", 1, { side: "sell", adverse_drift_30s: -0.001 }),
    fill("c", 2, { side: "sell", symbol: "B" }),
    ...[1.5, 4, 20, 50, 200].map((seconds, index) => mark(seconds, 100 + index + 1)),
  ]);
  return desk;
}

test("markouts prints a line for all fills and one for each part, and what is not in them", async () => {
  const { url } = await deskWithFills();
  const { out, code, err } = await run(url, "--bot", "maker-1", "--by", "side");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^FILLS OF +FILLS +SPREAD +1s +5s +30s +1m +5m$/m);
  expect(out).toMatch(/^buy +1 +0\.00 +100\.00 +200\.00 +300\.00 +400\.00 +—$/m);
  expect(out).toMatch(/^sell +2 +0\.00 +-100\.00 /m);
  expect(out).toMatch(/^all +3 +0\.00 +0\.00 /m);
  expect(out).toMatch(/^pending: 5m 2$/m);
  expect(out).toMatch(/^no marks of the instrument: 1s 1, 5s 1, 30s 1, 1m 1, 5m 1$/m);
  expect(out).toMatch(/^adverse drift 30 s: computed 0\.0000 %, reported -0\.1000 %$/m);
});

test("markouts --json prints the body of the API, and says which bot it does not know", async () => {
  const { url } = await deskWithFills();
  const { out } = await run(url, "--json", "--asset", "A");
  expect(markoutsAnswer.parse(JSON.parse(out))).toMatchObject({ bot: null, all: { fills: 2 } });
  const unknown = await run(url, "--bot", "nobody");
  expect([unknown.code, unknown.err]).toEqual([1, "deskwatch: No bot called nobody has spoken here.\n"]);
});
