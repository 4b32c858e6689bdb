import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FlushTimer } from "./flush-timer.ts";

const EVERY_MS = 100;

/** A timer, the times of its flushes in ms, and whether anything waits after each. */
function timed({ tends = false } = {}) {
  const flushes: number[] = [];
  const state = { busy: false };
  const flush = (): void => void flushes.push(Date.now());
  const timer = new FlushTimer({ everyMs: EVERY_MS, tends, flush, isBusy: () => state.busy });
  return { timer, flushes, state };
}

describe("FlushTimer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("flushes soon after a pause, then once an interval while it is asked", () => {
    const { timer, flushes } = timed();
    for (let ms = 0; ms < 300; ms++) {
      timer.ask();
      vi.advanceTimersByTime(1);
    }
    expect(flushes).toEqual([5, 105, 205]);
  });

  test("does nothing while nobody asks", () => {
    const { timer, flushes } = timed();
    timer.ask();
    vi.advanceTimersByTime(10_000);
    timer.ask();
    vi.advanceTimersByTime(10_000);
    expect(flushes).toEqual([5, 10_005]);
  });

  test("comes again while something is under way", () => {
    const { timer, flushes, state } = timed();
    state.busy = true;
    timer.ask();
    vi.advanceTimersByTime(250);
    state.busy = false;
    vi.advanceTimersByTime(1000);
    expect(flushes).toEqual([5, 105, 205]);
  });

  test("lets an event that comes soon after a flush wait for the interval, and then pauses", () => {
    const { timer, flushes } = timed();
    timer.ask();
    vi.advanceTimersByTime(20);
    timer.ask();
    vi.advanceTimersByTime(1000);
    timer.ask();
    vi.advanceTimersByTime(1000);
    expect(flushes).toEqual([5, 105, 1025]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("goes on after a flush that throws", () => {
    const flush = vi.fn<() => void>().mockImplementationOnce(() => {
      throw new Error("no");
    });
    const timer = new FlushTimer({ everyMs: EVERY_MS, tends: false, flush, isBusy: () => false });
    timer.ask();
    expect(() => vi.advanceTimersByTime(10)).toThrow("no");
    timer.ask();
    vi.advanceTimersByTime(200);
    expect(flush).toHaveBeenCalledTimes(2);
  });

  test("looks after a disk now and then", () => {
    const { flushes } = timed({ tends: true });
    vi.advanceTimersByTime(2500);
    expect(flushes).toEqual([5, 1005, 2005]);
  });

  test("ends", () => {
    const { timer, flushes } = timed({ tends: true });
    timer.ask();
    timer.stop();
    timer.ask();
    vi.advanceTimersByTime(5000);
    expect(flushes).toEqual([]);
  });
});
