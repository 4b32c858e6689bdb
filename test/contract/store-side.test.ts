import { expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { KeyRow, RejectionRow, SampleRow, Store } from "../../src/hub/ports.ts";
import { REJECTIONS_KEPT } from "../../src/store/bounds.ts";
import { storeForEach, type StorePlace, storeKinds } from "./store-kinds.ts";

const sample = (key: string, receivedAt: number, said: Partial<SampleRow> = {}): SampleRow => ({
  key,
  type: "heartbeat",
  bot: "alpha",
  ts: micros(receivedAt - 1),
  receivedAt: micros(receivedAt),
  body: JSON.stringify({ type: "heartbeat", progress: receivedAt }),
  ...said,
});

const rejection = (at: number, said: Partial<RejectionRow> = {}): RejectionRow => ({
  at: micros(at),
  bot: "alpha",
  code: "invalid_event",
  path: "price",
  message: "expected a decimal",
  sample: '{"price":"x"}',
  ...said,
});

const key: KeyRow = {
  prefix: "abcd1234",
  sha256: "0".repeat(64),
  name: "the bot's key",
  scopes: ["ingest", "read"],
  bot: "alpha",
  createdAt: micros(1),
  lastUsedAt: undefined,
  revokedAt: undefined,
  expiresAt: micros(1_000),
};

for (const kind of storeKinds())
  kind.suite(`what a store on ${kind.name} keeps beside the log`, () => {
    let place: StorePlace;
    let store: Store;
    storeForEach(kind, {
      take: (opened, at) => {
        store = opened;
        place = at;
      },
      current: () => store,
    });

    test("has the newest sample of every stream but logs when it is opened again", async () => {
      const odd = sample("live\tbook\tv\tS\u0001\u001e", 15, { body: '{"a":"\\u0000"}' });
      await store.saveSamples([sample("a", 10), sample("b", 11), sample("a", 12), odd]);
      await store.saveSamples([sample("a", 20), sample("log\t1", 20, { type: "log" })]);
      await store.close();
      store = await place.open();
      const latest = await store.latestSamples();
      expect(latest.sort((x, y) => x.receivedAt - y.receivedAt)).toEqual([sample("b", 11), odd, sample("a", 20)]);
    });

    test("keeps the newest sample of a stream by its own time, unless that lies in the future", async () => {
      await store.saveSamples([sample("a", 20), sample("b", 20, { ts: micros(20 + 5_000_001) })]);
      await store.saveSamples([sample("a", 30, { ts: micros(10) }), sample("b", 30, { ts: micros(10) })]);
      const latest = await store.latestSamples();
      expect(latest.toSorted((x, y) => x.key.localeCompare(y.key))).toEqual([
        sample("a", 20),
        sample("b", 20, { ts: micros(20 + 5_000_001) }),
      ]);
      await store.saveSamples([sample("b", 19, { ts: micros(10) })]);
      const after = await store.latestSamples();
      expect(after.find(({ key: name }) => name === "b")).toEqual(sample("b", 19, { ts: micros(10) }));
    });

    test("deletes samples received before a moment, and says how many, when they are old", async () => {
      await store.saveSamples(Array.from({ length: 12_000 }, (_, n) => sample(`k${n % 3}`, n)));
      expect(await store.forgetSamples(micros(11_999))).toBe(11_999);
      expect((await store.latestSamples()).map(({ receivedAt }) => receivedAt)).toEqual([11_999]);
      expect(await store.forgetSamples(micros(11_999))).toBe(0);
    });

    test("replaces a slice by its name, and loads those of one fold version, when snapshots are saved", async () => {
      const slice = (name: string, seq: number, foldVersion = 1) => ({
        name,
        seq,
        foldVersion,
        body: `{"seq":${seq}}`,
      });
      await store.saveSlices([slice("desk", 5), slice("bot:a", 5)]);
      await store.saveSlices([slice("desk", 9), slice("bot:b", 7, 2)]);
      expect(await store.loadSlices(1)).toEqual([slice("bot:a", 5), slice("desk", 9)]);
      expect(await store.loadSlices(2)).toEqual([slice("bot:b", 7, 2)]);
      await store.saveSlices([slice("desk", 12, 2)]);
      expect(await store.loadSlices(1)).toEqual([slice("bot:a", 5), slice("desk", 9)]);
      expect(await store.loadSlices(2)).toEqual([slice("bot:b", 7, 2), slice("desk", 12, 2)]);
      expect(await store.loadSlices(3)).toEqual([]);
    });

    test("shows the newest refusals and counts them all when they are read", async () => {
      await store.saveRejections([
        rejection(1),
        rejection(2, { bot: undefined, sample: "\u0000nul" }),
        rejection(3, { code: "unknown_type" }),
      ]);
      await store.saveRejections([rejection(4)]);
      const { rows, counts } = await store.rejections(2);
      expect(rows).toEqual([rejection(4), rejection(3, { code: "unknown_type" })]);
      expect(counts).toHaveLength(3);
      expect(counts).toContainEqual({ bot: "alpha", code: "invalid_event", count: 2 });
      expect(counts).toContainEqual({ bot: undefined, code: "invalid_event", count: 1 });
      expect(counts).toContainEqual({ bot: "alpha", code: "unknown_type", count: 1 });
    });

    test("keeps only the newest refusals when there are too many", async () => {
      const rows = Array.from({ length: REJECTIONS_KEPT + 100 }, (_, n) => rejection(n));
      await store.saveRejections(rows);
      const kept = await store.rejections(REJECTIONS_KEPT * 2);
      expect(kept.rows).toHaveLength(REJECTIONS_KEPT);
      expect(kept.rows.at(-1)).toEqual(rejection(100));
      expect(kept.counts).toEqual([{ bot: "alpha", code: "invalid_event", count: REJECTIONS_KEPT + 100 }]);
    });

    test("adds, finds, touches and revokes a key once when asked", async () => {
      await store.keys.add(key);
      expect(await store.keys.byPrefix("abcd1234")).toEqual(key);
      expect(await store.keys.byPrefix("nothing")).toBeUndefined();
      await store.keys.touch("abcd1234", micros(7));
      expect(await store.keys.revoke("abcd1234", micros(8))).toBe(true);
      expect(await store.keys.revoke("abcd1234", micros(9))).toBe(false);
      expect(await store.keys.revoke("nothing", micros(9))).toBe(false);
      expect(await store.keys.list()).toEqual([{ ...key, lastUsedAt: 7, revokedAt: 8 }]);
    });

    test("refuses a key whose prefix is taken when it is added", async () => {
      await store.keys.add(key);
      await expect(store.keys.add({ ...key, name: "another" })).rejects.toThrow();
      expect(await store.keys.list()).toEqual([key]);
    });
  });
