import { expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import { at, ReplayDesk, START_MS } from "../support/replay-desk.ts";

const PLACE = { venue: "v", symbol: "A" };
const from = micros((START_MS - 3_600_000) * 1_000);

test("a replay has the markouts that the hub had at the same fact, and knows nothing of later", async () => {
  const desk = await ReplayDesk.open();
  const random = seededRandom(5);
  const seen: { readonly seq: number; readonly curve: unknown }[] = [];
  const read = async () => (await desk.hub.query.markouts({ bot: "mm", from, by: "side" })).groups;
  let heardAt = 0;
  for (let second = 0; second < 330; second += 1 + random.below(3)) {
    await desk.time.advance((second - heardAt) * 1_000);
    heardAt = second;
    await desk.send({ type: "mark", ts: at(second), ...PLACE, price: 100 + random.below(100) / 100 });
    if (random.below(4) > 0) continue;
    const side = random.pick(["buy", "sell"]);
    await desk.send({
      type: "fill",
      fill_id: `f${second}`,
      ts: at(second),
      ...PLACE,
      side,
      price: 100,
      size: 1,
      fee: 0.1,
    });
    if (random.below(5) === 0)
      await desk.send({ type: "fill.voided", fill_id: `f${second}`, ts: at(second), venue: "v", reason: "bust" });
  }
  seen.push({ seq: desk.hub.state.desk.seq, curve: await read() });
  const half = Math.floor(desk.hub.state.desk.seq / 2);
  const replay = await desk.replay({ speed: "max" });
  await replay.control({ action: "play" });
  await desk.play(replay, 0.2);
  const whole = seen[0]?.curve;
  expect(known((await replay.query.markouts({ bot: "mm", from, by: "side" })).groups)).toEqual(known(whole));
  await replay.control({ action: "seek_seq", seq: half });
  const earlier = await replay.query.markouts({ bot: "mm", from, by: "side" });
  expect(earlier.as_of_seq).toBe(half);
  expect(earlier.all.fills).toBeGreaterThan(5);
  expect(earlier.all.curve[4]?.n).toBeLessThan(earlier.all.fills);
});

/** What is known: what is pending at one clock may be expired at another. */
const known = (groups: unknown): unknown =>
  JSON.parse(JSON.stringify(groups, (name, value: unknown) => (name === "pending" || name === "expired" ? 0 : value)));
