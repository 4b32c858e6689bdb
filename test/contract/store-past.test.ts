import { packRows } from "../../src/hub/packed-rows.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { SamplesFrom } from "../../src/hub/past-reads.ts";
import type { SampleRow, Store } from "../../src/hub/ports.ts";
import { fill, row } from "./rows.ts";
import { storeKinds } from "./store-kinds.ts";

const sample = (key: string, receivedAt: number): SampleRow => ({
  key,
  type: "heartbeat",
  bot: "alpha",
  ts: micros(receivedAt - 1),
  receivedAt: micros(receivedAt),
  body: JSON.stringify({ type: "heartbeat", progress: receivedAt }),
});

/** All samples from a moment on, page by page. */
async function samplesFrom(store: Store, receivedAt: number): Promise<SampleRow[]> {
  const found: SampleRow[] = [];
  let from: SamplesFrom | undefined = { receivedAt: micros(receivedAt) };
  while (from !== undefined) {
    const { rows, next } = await store.samples(from);
    found.push(...rows);
    from = next === undefined ? undefined : { cursor: next };
  }
  return found;
}

for (const kind of storeKinds())
  kind.suite(`what a store on ${kind.name} tells of the past`, () => {
    let newStore: () => Promise<Store>;
    let store: Store;

    beforeAll(async () => {
      const newPlace = await kind.start();
      newStore = async () => (await newPlace()).open();
    });
    afterAll(() => kind.stop());
    beforeEach(async () => {
      store = await newStore();
    });
    afterEach(() => store.close());

    test("is every sample once, in the order of receipt, from a moment on", async () => {
      expect(await samplesFrom(store, 0)).toEqual([]);
      const day = 86_400_000_000;
      const rows = Array.from({ length: 2_600 }, (_, n) =>
        sample(`k${n % 7}`, day + Math.floor(n / 900) * day + n * 10),
      );
      for (let start = 0; start < rows.length; start += 700) await store.saveSamples(rows.slice(start, start + 700));
      expect(await samplesFrom(store, 0)).toEqual(rows);
      for (const index of [0, 1, 899, 900, 2_599])
        expect(await samplesFrom(store, rows[index]?.receivedAt ?? 0)).toEqual(rows.slice(index));
      expect(await samplesFrom(store, 9 * day)).toEqual([]);
    });

    test("is every sample once when more than a page was received at one time", async () => {
      const rows = Array.from({ length: 1_700 }, (_, n) => sample(`k${String(n).padStart(5, "0")}`, 5_000));
      await store.saveSamples(rows);
      expect(await samplesFrom(store, 5_000)).toEqual(rows);
    });

    test("is what remains when old samples were deleted", async () => {
      await store.saveSamples(Array.from({ length: 50 }, (_, n) => sample("k", 1_000 + n)));
      await store.forgetSamples(micros(1_040));
      expect((await samplesFrom(store, 0)).map(({ receivedAt }) => receivedAt - 1_000)).toEqual([
        40, 41, 42, 43, 44, 45, 46, 47, 48, 49,
      ]);
    });

    test("is each statement of the facts that are asked for, in order", async () => {
      await store.append(packRows([fill({ fill_id: "a" }), fill({ fill_id: "b" }), fill({ fill_id: "c" })]));
      await store.append(packRows([fill({ fill_id: "a", fee: "0.1" }), fill({ fill_id: "b", price: "7" })]));
      await store.append(packRows([row({ type: "fill.voided", venue: "v", fill_id: "a", reason: "bust" })]));
      const seqs = (await store.fills({ limit: 9, order: "oldest" })).events.map((text) => JSON.parse(text).seq);
      const [a, b, c] = seqs;
      const said = async (asked: readonly number[]) =>
        (await store.statementsOf(asked)).map(({ event, standing, ofSeq }) => [event.type, standing, ofSeq]);
      expect(await said([a])).toEqual([
        ["fill", "fact", undefined],
        ["fill", "merge", a],
        ["fill.voided", "fact", a],
      ]);
      expect(await said([c, b])).toEqual([
        ["fill", "fact", undefined],
        ["fill", "fact", undefined],
        ["fill", "contradiction", b],
      ]);
      expect(await said([])).toEqual([]);
      expect(await said([999_999])).toEqual([]);
    });
  });
