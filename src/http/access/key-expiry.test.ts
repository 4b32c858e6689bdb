import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ManualClock } from "../../../test/support/guarded-hub.ts";
import { micros } from "../../base/time.ts";
import { KeyExpiry } from "./key-expiry.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const key = (prefix: string, expiresAt: number | undefined) =>
  ({
    kind: "key",
    prefix,
    name: prefix,
    scopes: new Set<never>(),
    bot: undefined,
    expiresAt: expiresAt === undefined ? undefined : micros(expiresAt),
  }) as const;

test("a key that opened a stream is told of once, when it is over", () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const expiry = new KeyExpiry(clock, (prefix) => told.push(prefix));
  expiry.watch(key("short", clock.now() + 60_000_000));
  expiry.watch(key("short", clock.now() + 60_000_000));
  expiry.watch(key("long", clock.now() + 3_600_000_000));
  expiry.watch(key("endless", undefined));
  expiry.watch({ kind: "nobody" });
  clock.advanceS(59);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  clock.advanceS(1);
  vi.advanceTimersByTime(10_000);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(["short"]);
  expiry.stop();
  clock.advanceS(3_600);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(["short"]);
});
