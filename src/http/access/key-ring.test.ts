import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ManualClock, MemoryKeyStore } from "../../../test/support/guarded-hub.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import { keyPrefix, makeKey } from "./api-key.ts";
import { equalInConstantTime } from "./constant-time.ts";
import { KeyRing } from "./key-ring.ts";

async function ringWithKey(maxEntries?: number) {
  const keys = new MemoryKeyStore();
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const ring = new KeyRing({
    keys,
    clock,
    onError: (error) => errors.push(error),
    ...(maxEntries === undefined ? {} : { maxEntries }),
  });
  const { key, row } = makeKey({ name: "k", scopes: ["read"], bot: undefined }, clock);
  await keys.add(row);
  return { keys, clock, errors, ring, key, row };
}

describe("makeKey", () => {
  test("gives another key of the same form each time", () => {
    const made = Array.from({ length: 200 }, () =>
      makeKey({ name: "k", scopes: ["read"], bot: undefined }, new ManualClock()),
    );
    expect(new Set(made.map(({ key }) => key)).size).toBe(200);
    for (const { key, row } of made) {
      expect(keyPrefix(key)).toBe(row.prefix);
      expect(row.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(JSON.stringify(row)).not.toContain(key.slice(11));
    }
  });
});

describe("KeyRing", () => {
  test("asks the store once for a key that is used often", async () => {
    const { ring, keys, key, row } = await ringWithKey();
    expect(ring.recall(key)).toBeUndefined();
    expect(await ring.verify(key)).toEqual(row);
    for (let count = 0; count < 100; count++) expect(ring.recall(key)).toEqual(row);
    expect(keys.lookUps).toBe(1);
  });

  test("notes the last use at most once a minute", async () => {
    const { ring, keys, clock, key, row } = await ringWithKey();
    await ring.verify(key);
    for (let count = 0; count < 10; count++) ring.recall(key);
    expect(keys.touches).toBe(1);
    clock.advanceS(60);
    await ring.verify(key);
    expect([keys.touches, keys.rows.get(row.prefix)?.lastUsedAt]).toEqual([2, clock.now()]);
  });

  test("looks a key up again after a minute, and sees that another hub revoked it", async () => {
    const { ring, keys, clock, key, row } = await ringWithKey();
    await ring.verify(key);
    await keys.revoke(row.prefix, clock.now());
    expect(ring.recall(key)).toBeDefined();
    clock.advanceS(60);
    expect(ring.recall(key)).toBeUndefined();
    expect(await ring.verify(key)).toBeUndefined();
  });

  test("forgets a key that was revoked here at once, also when a look-up was under way", async () => {
    const { ring, keys, clock, key, row } = await ringWithKey();
    await ring.verify(key);
    clock.advanceS(60);
    const underWay = ring.verify(key);
    await keys.revoke(row.prefix, clock.now());
    ring.forget(row.prefix);
    await underWay;
    expect(ring.recall(key)).toBeUndefined();
  });

  test("remembers no more keys than it may", async () => {
    const { ring, keys, clock, key } = await ringWithKey(2);
    const others = [1, 2].map(() => makeKey({ name: "o", scopes: ["read"], bot: undefined }, clock));
    await ring.verify(key);
    for (const other of others) {
      await keys.add(other.row);
      await ring.verify(other.key);
    }
    expect(ring.recall(key)).toBeUndefined();
    for (const other of others) expect(ring.recall(other.key)).toBeDefined();
  });

  test("lets a key that held go on holding while the store is away, and no other", async () => {
    const { ring, keys, clock, key, row } = await ringWithKey();
    await ring.verify(key);
    clock.advanceS(3600);
    keys.away = new StoreUnavailable("gone");
    expect(await ring.verify(key)).toEqual(row);
    const { key: other } = makeKey({ name: "o", scopes: ["read"], bot: undefined }, clock);
    await expect(ring.verify(other)).rejects.toThrow(StoreUnavailable);
  });

  test("goes on when the last use cannot be noted, and says so", async () => {
    const { ring, keys, errors, key, row } = await ringWithKey();
    keys.touch = async () => {
      throw new StoreUnavailable("full");
    };
    expect(await ring.verify(key)).toEqual(row);
    await Promise.resolve();
    expect(errors).toHaveLength(1);
  });
});

describe("secrets", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  test("are compared in constant time when a key is checked", async () => {
    const { ring, key } = await ringWithKey();
    const compare = vi.spyOn(crypto, "timingSafeEqual");
    syncBuiltinESMExports();
    const wrong = `${key.slice(0, -2)}zz`;
    expect(await ring.verify(wrong === key ? `${key.slice(0, -2)}yy` : wrong)).toBeUndefined();
    expect(compare).toHaveBeenCalledOnce();
    expect(await ring.verify(key)).toBeDefined();
    expect(compare).toHaveBeenCalledTimes(2);
  });

  test("of any length are compared in constant time", () => {
    const compare = vi.spyOn(crypto, "timingSafeEqual");
    syncBuiltinESMExports();
    expect([equalInConstantTime("", "secret"), equalInConstantTime("secret", "secret")]).toEqual([false, true]);
    expect(compare).toHaveBeenCalledTimes(2);
  });
});
