import { packRows } from "../../src/hub/packed-rows.ts";
import { expect, test } from "vitest";
import type { AppendOutcome, Store } from "../../src/hub/ports.ts";
import { StoreRefused } from "../../src/store/migration.ts";
import { fill, fills, parsed, RECEIVED_AT, row, wholeLog } from "./rows.ts";
import { storeForEach, type StorePlace, storeKinds } from "./store-kinds.ts";

const error = (id: string, said = {}) => row({ type: "error", id, code: "E", message: "m", ...said });
const standings = (outcomes: readonly AppendOutcome[]) => outcomes.map(({ standing }) => standing);

for (const kind of storeKinds())
  kind.suite(`a store on ${kind.name}`, () => {
    let place: StorePlace;
    let store: Store;
    storeForEach(kind, {
      take: (opened, at) => {
        store = opened;
        place = at;
      },
      current: () => store,
    });

    const one = async (given: ReturnType<typeof row>): Promise<AppendOutcome> => {
      const [outcome] = await store.append(packRows([given]));
      if (outcome === undefined) throw new Error("no outcome");
      return outcome;
    };
    const reopen = async () => {
      await store.close();
      store = await place.open();
    };

    test("gives strictly increasing seq in the order of the calls when they are made at once", async () => {
      const calls = Array.from({ length: 40 }, (_, call) =>
        store.append(packRows(Array.from({ length: 7 }, (_, index) => error(`${call}-${index}`)))),
      );
      const outcomes = (await Promise.all(calls)).flat();
      const seqs = outcomes.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      expect((await wholeLog(store)).map(({ seq, event }) => [seq, event.id])).toEqual(
        outcomes.map(({ seq }, index) => [seq, `${Math.floor(index / 7)}-${index % 7}`]),
      );
      expect(await store.lastSeq()).toBe(seqs.at(-1));
    });

    test("answers an empty append with nothing when there are no rows", async () => {
      expect(await store.append(packRows([]))).toEqual([]);
      expect(await store.lastSeq()).toBe(0);
    });

    test("replays what was said, as it was said, when it is opened again", async () => {
      const rows = [fill({ tags: { k: "ü\u2028😀" }, extra: { nested: [1, "two\u0000"] } }), error("e1")];
      await store.append(packRows(rows));
      await reopen();
      const log = await wholeLog(store);
      expect(log.map(({ event }) => event)).toEqual(rows.map(({ event }) => event));
      expect(log[0]).toMatchObject({ seq: 1, ts: rows[0]?.ts, receivedAt: RECEIVED_AT, standing: "fact" });
      expect(log[0]?.ofSeq).toBeUndefined();
    });

    test("replays only what comes after a seq, in batches, when asked from the middle", async () => {
      await store.append(packRows(Array.from({ length: 2_500 }, (_, index) => error(`e${index}`))));
      const batches: number[][] = [];
      await store.replay(300, async (events) => {
        batches.push(events.map(({ seq }) => seq));
      });
      expect(batches.length).toBeGreaterThan(1);
      expect(batches.flat()).toEqual(Array.from({ length: 2_200 }, (_, index) => 301 + index));
    });

    test("passes on what a consumer of the replay throws when it fails", async () => {
      await store.append(packRows(Array.from({ length: 2_500 }, (_, index) => error(`e${index}`))));
      await expect(
        store.replay(0, () => {
          throw new Error("the consumer failed");
        }),
      ).rejects.toThrow("the consumer failed");
      expect(await store.lastSeq()).toBe(2_500);
    });

    test("takes an event in once when its id is said again, in the same batch, later, or after a restart", async () => {
      expect(await store.append(packRows([error("x"), error("x"), error("y")]))).toEqual([
        { seq: 1, standing: "fact" },
        { seq: 1, standing: "duplicate" },
        { seq: 2, standing: "fact" },
      ]);
      expect(await one(error("x"))).toEqual({ seq: 1, standing: "duplicate" });
      await reopen();
      expect(await one(error("x", { ts: "2026-03-01T13:00:00Z" }))).toEqual({ seq: 1, standing: "duplicate" });
      expect(await one(error("x", { bot: "beta" }))).toEqual({ seq: 3, standing: "fact" });
      expect((await wholeLog(store)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    });

    test("takes every event in when it has neither id nor natural key", async () => {
      const nameless = row({ type: "error", code: "E", message: "same" });
      expect(standings(await store.append(packRows([nameless, nameless])))).toEqual(["fact", "fact"]);
      expect(parsed(await store.events({ limit: 10 })).map(({ id }) => id)).toEqual(["h-1", "h-2"]);
    });

    test("takes a fill in once when another source says it by its natural key, as order.filled, or with another id", async () => {
      await store.append(packRows([fill({ id: "a", order_id: "o1" })]));
      expect(await one(fill({ id: "b", order_id: "o1", strategy: undefined, ts: "2026-03-01T12:00:02Z" }))).toEqual({
        seq: 1,
        standing: "duplicate",
      });
      expect(await one(fill({ type: "order.filled", order_id: "o1" }))).toEqual({ seq: 1, standing: "duplicate" });
      expect(await one(fill({ account: "alpha", order_id: "o1" }))).toEqual({ seq: 1, standing: "duplicate" });
      expect(await one(fill({ mode: "paper", order_id: "o1" }))).toEqual({ seq: 2, standing: "fact" });
      expect(await fills(store)).toHaveLength(2);
    });

    test("stores what a later statement adds, and only that, when it merges", async () => {
      await store.append(packRows([fill({ id: "a" })]));
      const outcome = await one(fill({ type: "order.filled", id: "b", order_id: "o1", fee: "0.1", strategy: "mm" }));
      const event = {
        type: "order.filled",
        bot: "alpha",
        ts: "2026-03-01T12:00:00.000Z",
        id: "b",
        mode: "live",
        venue: "v",
        symbol: "BTC-USD",
        fill_id: "f1",
        order_id: "o1",
        fee: "0.1",
        strategy: "mm",
      };
      expect(outcome).toEqual({ seq: 2, standing: "merge", ofSeq: 1, event });
      await reopen();
      expect((await wholeLog(store))[1]).toMatchObject({ seq: 2, standing: "merge", ofSeq: 1, event });
      expect(await fills(store)).toMatchObject([{ seq: 1, id: "a", order_id: "o1", fee: "0.1", strategy: "mm" }]);
      expect(await one(fill({ type: "order.filled", order_id: "o1", fee: "0.1" }))).toEqual({
        seq: 1,
        standing: "duplicate",
      });
      expect(await one(fill({ fee_currency: "USD", fee: "0.1" }))).toMatchObject({
        seq: 3,
        standing: "merge",
        ofSeq: 1,
      });
      expect(await one(error("b"))).toMatchObject({ standing: "contradiction", ofSeq: 1 });
    });

    test("merges within a batch when a later row adds to an earlier one", async () => {
      const outcomes = await store.append(
        packRows([fill(), error("e"), fill({ fee: "1" }), fill({ fee: "1" }), fill({ mid: "99" })]),
      );
      expect(outcomes).toMatchObject([
        { seq: 1, standing: "fact" },
        { seq: 2, standing: "fact" },
        { seq: 3, standing: "merge", ofSeq: 1 },
        { seq: 1, standing: "duplicate" },
        { seq: 4, standing: "merge", ofSeq: 1 },
      ]);
      expect(await fills(store)).toMatchObject([{ fee: "1" }]);
    });

    test("keeps and flags a contradiction, once, without effect, when a statement says otherwise", async () => {
      await store.append(packRows([fill({ id: "a" }), fill({ fee: "1" })]));
      const other = fill({ id: "b", price: "101", symbol: "ETH-USD" });
      expect(await one(other)).toEqual({ seq: 3, standing: "contradiction", ofSeq: 1 });
      expect(await one(other)).toEqual({ seq: 1, standing: "duplicate" });
      expect(await one(fill({ id: "c", price: "101", symbol: "ETH-USD", tags: { a: "b" } }))).toEqual({
        seq: 1,
        standing: "duplicate",
      });
      expect(await one(fill({ fee: "2" }))).toMatchObject({ seq: 4, standing: "contradiction", ofSeq: 1 });
      expect((await wholeLog(store))[2]).toMatchObject({ standing: "contradiction", ofSeq: 1, event: other.event });
      expect(await fills(store)).toMatchObject([{ price: "100", fee: "1", contradicted: true, voided: false }]);
    });

    test("keeps at most 16 contradictions of one fact when a source never stops", async () => {
      const outcomes = await store.append(
        packRows([fill(), ...Array.from({ length: 20 }, (_, n) => fill({ price: String(200 + n) }))]),
      );
      expect(standings(outcomes)).toEqual(["fact", ...Array(16).fill("contradiction"), ...Array(4).fill("duplicate")]);
    });

    test("holds an id against another event when a bot uses it twice", async () => {
      await store.append(packRows([error("x")]));
      expect(await one(row({ type: "annotation", id: "x", title: "t" }))).toMatchObject({
        standing: "contradiction",
        ofSeq: 1,
      });
      expect(await one(error("x", { message: "other" }))).toMatchObject({
        seq: 3,
        standing: "contradiction",
        ofSeq: 1,
      });
      expect(await one(error("x", { message: "other" }))).toEqual({ seq: 1, standing: "duplicate" });
    });

    test("compares fields by their own names when those are names of JavaScript too", async () => {
      const strange = JSON.parse('{"constructor":1,"__proto__":{"a":1},"toString":"x"}') as Record<string, unknown>;
      await store.append(packRows([fill()]));
      expect(await one(fill({ ...strange }))).toMatchObject({ standing: "merge" });
      expect(await one(fill({ ...strange }))).toMatchObject({ standing: "duplicate" });
    });

    test("puts the fill beside its void, with what merges added, when it is taken back", async () => {
      await store.append(packRows([fill({ id: "a" }), fill({ fee: "1" })]));
      const voided = row({ type: "fill.voided", fill_id: "f1", venue: "v", reason: "FAILED", voids: "a lie" });
      const outcome = await one(voided);
      const voids = { ...fill({ id: "a" }).event, fee: "1" };
      expect(outcome).toEqual({ seq: 3, standing: "fact", ofSeq: 1, event: { ...voided.event, voids } });
      expect((await wholeLog(store))[2]).toMatchObject({ ofSeq: 1, event: { type: "fill.voided", voids } });
      expect(await fills(store)).toMatchObject([{ fill_id: "f1", voided: true }]);
      const again = row({ type: "fill.voided", id: "v2", fill_id: "f1", venue: "v", reason: "another word" });
      expect(await one(again)).toEqual({ seq: 3, standing: "duplicate" });
    });

    test("voids within a batch when the fill came in the same one", async () => {
      const voided = row({ type: "fill.voided", fill_id: "f1", venue: "v", reason: "r" });
      const outcomes = await store.append(packRows([fill(), error("e"), voided, fill()]));
      expect(outcomes).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3, ofSeq: 1 }, { seq: 1, standing: "duplicate" }]);
      expect(await fills(store)).toMatchObject([{ voided: true }]);
    });

    test("shows a fill as voided when it comes after its void", async () => {
      const voided = row({ type: "fill.voided", fill_id: "f1", venue: "v", reason: "r", voids: { price: "a lie" } });
      const { voids: _, ...said } = { ...voided.event } as Record<string, unknown>;
      const outcome = await one(voided);
      expect(outcome).toEqual({ seq: 1, standing: "fact", event: said });
      await reopen();
      await store.append(packRows([fill({ fill_id: "f2" }), fill()]));
      expect(await fills(store)).toMatchObject([
        { fill_id: "f2", voided: false },
        { fill_id: "f1", voided: true },
      ]);
    });

    test("puts the fill beside a correction, and lets it stand, when one names it", async () => {
      await store.append(packRows([fill()]));
      const correction = row({ type: "correction", id: "c", fill_id: "f1", venue: "v", reason: "r" });
      expect(await one(correction)).toMatchObject({
        seq: 2,
        standing: "fact",
        ofSeq: 1,
        event: { voids: { fill_id: "f1" } },
      });
      expect(await one(row({ type: "correction", fill_id: "f9", venue: "v", reason: "r" }))).toEqual({
        seq: 3,
        standing: "fact",
      });
      expect(await fills(store)).toMatchObject([{ voided: false }]);
    });

    test("refuses a second hub with words that name the place when one is open", async () => {
      const refusal = await place.open().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(refusal).toBeInstanceOf(StoreRefused);
      expect(String(refusal)).toMatch(
        kind.name === "sqlite" ? /data directory .*deskwatch-store-/ : /127\.0\.0\.1:\d+\/test_/,
      );
      await reopen();
      expect((await one(error("x"))).seq).toBe(1);
    });

    test("answers a check when it can write, and nothing more when it is closed", async () => {
      await store.check();
      await store.close();
      await expect(store.append(packRows([error("x")]))).rejects.toThrow("closed");
      await expect(store.lastSeq()).rejects.toThrow("closed");
      await store.close();
    });
  });
