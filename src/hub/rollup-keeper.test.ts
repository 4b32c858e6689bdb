import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { Overloaded } from "./explain.ts";
import { RollupKeeper } from "./rollup-keeper.ts";
import type { RollupProgress } from "./rollup-port.ts";

/** A store whose rollups come `perStep` facts further with each part; a part takes a second. */
function keeperOf({ facts, perStep, isBusy = false }: { facts: number; perStep: number; isBusy?: boolean }) {
  const desk = { now: 0, seq: 0, steps: 0, atOnce: 0, rests: [] as number[] };
  const advance = async (): Promise<RollupProgress> => {
    desk.atOnce++;
    expect(desk.atOnce).toBe(1);
    await Promise.resolve();
    const isDone = desk.seq >= facts;
    desk.seq = Math.min(facts, desk.seq + perStep);
    desk.steps++;
    desk.now += 1_000_000;
    desk.atOnce--;
    return { seq: desk.seq, isWhole: true, isDone };
  };
  const read = async () => ({ seq: desk.seq, isWhole: true, pasts: [] });
  const keeper = new RollupKeeper({
    store: { rollups: { advance, read } },
    clock: { now: () => micros(desk.now) },
    timers: {
      breathe: async () => undefined,
      after: (run, ms) => {
        desk.rests.push(ms);
        queueMicrotask(run);
        return () => undefined;
      },
    },
    isBusy: () => isBusy,
  });
  return { keeper, desk };
}

describe("who keeps rollups", () => {
  test("takes in part by part until nothing is left, without rest when nobody waits", async () => {
    const { keeper, desk } = keeperOf({ facts: 5, perStep: 2 });
    await keeper.round();
    expect(desk).toMatchObject({ seq: 5, steps: 4, rests: [] });
  });

  test("rests nine times as long as it worked while events wait to be stored", async () => {
    const { keeper, desk } = keeperOf({ facts: 4, perStep: 2, isBusy: true });
    await keeper.round();
    expect(desk.rests).toEqual([9_000, 9_000]);
  });

  test("never asks for two parts at once, whoever waits", async () => {
    const { keeper, desk } = keeperOf({ facts: 6, perStep: 1 });
    await Promise.all([keeper.round(), keeper.upTo(3), keeper.upTo(5), keeper.upTo(1)]);
    expect(desk.seq).toBe(6);
  });

  test("refuses a reader when rollups lie too far behind, and says how far", async () => {
    const { keeper } = keeperOf({ facts: 1_000, perStep: 1 });
    await expect(keeper.upTo(1_000)).rejects.toThrow(Overloaded);
    await expect(keeper.upTo(1_000)).rejects.toThrow(/of 1000 facts; try again/);
  });

  test("begins no other part in the background once it is stopped", async () => {
    const { keeper, desk } = keeperOf({ facts: 1_000, perStep: 1 });
    const round = keeper.round();
    await keeper.stop();
    await round;
    expect(desk.steps).toBeLessThan(3);
  });
});
