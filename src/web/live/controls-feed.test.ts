import { expect, test } from "vitest";
import { sampleCommand, sampleControls, sampleCourse } from "../../../test/support/fake-hub/sample-controls.ts";
import type { ControlsAnswer } from "../../protocol/api-control.ts";
import { ControlsFeed } from "./controls-feed.ts";

const NOW_MS = Date.parse("2026-11-21T14:03:22.000Z");

/** A feed whose answers and timers the test has in its hands. */
function handDriven() {
  const waits: { ms: number; run: () => void }[] = [];
  const asked: ((told: ControlsAnswer | Error) => void)[] = [];
  const feed = new ControlsFeed({
    read: () =>
      new Promise((resolve, reject) => asked.push((told) => (told instanceof Error ? reject(told) : resolve(told)))),
    nowMs: () => NOW_MS,
    after: (ms, run) => {
      const wait = { ms, run };
      waits.push(wait);
      return () => void waits.splice(waits.indexOf(wait), 1);
    },
  });
  const answer = async (told: ControlsAnswer | Error): Promise<void> => {
    asked.shift()?.(told);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { feed, waits, asked, answer };
}

const calm: ControlsAnswer = { ...sampleControls(NOW_MS), commands: [] };
const busy: ControlsAnswer = {
  ...calm,
  commands: [sampleCommand("h", NOW_MS - 500, { bots: [sampleCourse("mm-btc", NOW_MS - 500, { delivered: 9 })] })],
};

test("reads soon while a command is under way, and at leisure otherwise", async () => {
  const { feed, waits, answer } = handDriven();
  feed.start();
  await answer(busy);
  expect(feed.cell.get().data).toBe(busy);
  const [soon] = waits.splice(0);
  soon?.run();
  await answer(calm);
  expect(waits[0]?.ms).toBeGreaterThan(5 * (soon?.ms ?? Number.NaN));
});

test("makes one read at a time, and one more when it was asked for meanwhile", async () => {
  const { feed, asked, answer } = handDriven();
  feed.start();
  feed.refresh();
  feed.refresh();
  expect(asked).toHaveLength(1);
  await answer(calm);
  expect(asked).toHaveLength(1);
  await answer(calm);
  expect(asked).toHaveLength(0);
});

test("keeps what it knew while it cannot read, says why, and goes on", async () => {
  const { feed, waits, answer } = handDriven();
  feed.start();
  await answer(calm);
  waits.splice(0)[0]?.run();
  await answer(new Error("The hub does not answer."));
  expect(feed.cell.get()).toEqual({ data: calm, atMs: NOW_MS, trouble: "The hub does not answer." });
  waits.splice(0)[0]?.run();
  await answer(busy);
  expect(feed.cell.get().trouble).toBeUndefined();
});

test("reads nothing more once it was stopped", async () => {
  const { feed, waits, asked, answer } = handDriven();
  const stop = feed.start();
  stop();
  await answer(calm);
  feed.refresh();
  expect([waits, asked, feed.cell.get().data]).toEqual([[], [], undefined]);
});
