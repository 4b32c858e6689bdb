import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Micros, micros } from "../../src/base/time.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import type { MarkoutsQuery } from "../../src/hub/execution-query.ts";
import type { Store } from "../../src/hub/ports.ts";
import { MARKOUT_HORIZONS_S } from "../../src/protocol/api-execution.ts";
import { type StorePlace, storeKinds } from "../contract/store-kinds.ts";
import { HandTime } from "../support/hand-time.ts";
import { seededRandom } from "../../src/base/random.ts";

const HOUR_MS = 3_600_000;
/** When a test begins, on the hour, and the venue of its fills: no two have anything in common. */
let [beginsMs, venue] = [Date.UTC(2026, 10, 2), "v"];
const at = (seconds: number): string => new Date(beginsMs + Math.round(seconds * 1_000)).toISOString();
const moment = (seconds: number): Micros => micros((beginsMs + Math.round(seconds * 1_000)) * 1_000);

const BEAT_MICROS = 30_000_000;
const mark = (seconds: number, price: number, more: object = {}) => ({
  ...{ type: "mark", bot: "mm", ts: at(seconds), venue, symbol: "A", price: String(price) },
  ...more,
});
const fill = (id: string, seconds: number, more: object = {}) => ({
  ...{
    type: "fill",
    bot: "mm",
    fill_id: id,
    ts: at(seconds),
    venue,
    symbol: "A",
    side: "buy",
    price: "100",
    size: "2",
  },
  ...{ is_maker: true, fee: "0.1" },
  ...more,
});

for (const kind of storeKinds())
  kind.suite(`markouts of a hub on ${kind.name}`, () => {
    let place: StorePlace;
    let store: Store;
    let hub: Hub;
    let now: Micros;
    const problems: string[] = [];

    const start = async (): Promise<void> => {
      store = await place.open();
      const time = new HandTime();
      hub = await startHub({
        store,
        clock: { now: () => now },
        timers: {
          every: () => () => undefined,
          after: time.schedule,
          breathe: () => new Promise((resolve) => setImmediate(resolve)),
        },
        version: "test",
        onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
      });
    };
    const stop = async (): Promise<void> => {
      await hub.stop();
      await store.close();
    };

    beforeAll(async () => {
      now = moment(0);
      place = await (await kind.start())();
      await start();
    });
    beforeEach(() => {
      beginsMs = Math.ceil(now / 1_000 / HOUR_MS + 1) * HOUR_MS;
      venue = `v${beginsMs / HOUR_MS}`;
      now = moment(0);
    });
    afterEach(() => expect(problems).toEqual([]));
    afterAll(async () => {
      await stop();
      await kind.stop();
    });

    const submit = async (event: object): Promise<void> => {
      const done = await hub.ingest.submit([{ value: event }]);
      if (!done.ok || done.value.items[0]?.kind === "rejected") throw new Error(JSON.stringify(done));
    };
    /** Each is heard at its own time, and the bot's heart meanwhile. */
    const tell = async (...events: readonly { readonly ts: string }[]): Promise<void> => {
      for (const event of events) {
        const heardAt = Math.max(now, Date.parse(event.ts) * 1_000);
        while (heardAt - now > BEAT_MICROS) {
          now = micros(now + BEAT_MICROS);
          await submit({ type: "heartbeat", bot: "mm", ts: new Date(now / 1_000).toISOString(), interval_s: 30 });
        }
        now = micros(heardAt);
        await submit(event);
      }
    };
    const read = (query: MarkoutsQuery = {}) => hub.query.markouts({ bot: "mm", from: moment(0), ...query });
    const means = async (query: MarkoutsQuery = {}) =>
      (await read(query)).all.curve.map(({ mean_bps: { value } }) => value);
    const bps = (price: number, mid: number): number => ((price - 100) / mid) * 1e4;
    const near = (value: number) => expect.closeTo(value, 9);

    test("are those of the marks that stood, whatever comes between", async () => {
      await tell(mark(0, 100.2), fill("a", 1));
      await tell(mark(1.5, 100.3), mark(4, 100.4), mark(20, 100.6), mark(50, 100.7), mark(70, 100.8), mark(320, 101));
      expect(await means()).toEqual([100.3, 100.4, 100.6, 100.7, 100.8].map((price) => near(bps(price, 100.2))));
      const { all } = await read();
      expect(all.spread_capture.mean_bps).toMatchObject({ value: near(bps(100.2, 100.2)), n: 1 });
      for (const { mean_bps: markout, mean_drift_bps: drift, n } of all.curve) {
        expect(n).toBe(1);
        expect(markout.value).toBeCloseTo(Number(all.spread_capture.mean_bps.value) + Number(drift.value), 9);
      }
      expect(all.curve[0]?.net).toMatchObject({ value: near(0.3 * 2 - 0.1) });
    });

    test("of an inverse contract add up in what it settles in", async () => {
      const inverse = { symbol: "I" };
      await tell({
        ...{ type: "instrument", bot: "mm", ts: at(0), venue, ...inverse },
        ...{ kind: "inverse", base: "BTC", quote: "USD", settle: "BTC", multiplier: "100" },
      } as { readonly ts: string });
      await tell(mark(0, 40_000, inverse));
      await tell(fill("i", 1, { ...inverse, price: "40000", size: "10", fee: "0.0001", fee_currency: "BTC" }));
      await tell(mark(1.5, 50_000, inverse), mark(4, 50_000, inverse));
      const { all } = await read();
      expect(all.currency).toBe("BTC");
      expect(all.spread_capture.total).toEqual({ value: 0, n: 1 });
      // 10 · 100 · (1 ÷ 40,000 − 1 ÷ 50,000) = 0.005; less 0.0001. It was worth 0.025 at the mid: 40 bps of fee.
      expect(all.curve[0]).toMatchObject({
        mean_bps: { value: near(2_500), n: 1 },
        weighted_bps: { value: near(2_500), n: 1 },
        mean_net_bps: { value: near(2_460), n: 1 },
        gross: { value: expect.closeTo(0.005, 15), n: 1 },
        net: { value: expect.closeTo(0.0049, 15), n: 1 },
      });
    });

    test("are pending until their mark has come, then known, or expired where it never will be", async () => {
      await tell(mark(0, 100), fill("a", 1), mark(10, 101));
      const counts = async () =>
        (await read()).all.curve.map(({ n, pending, expired, unmarked }) => [n, pending, expired, unmarked]);
      expect(await counts()).toEqual([
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 1, 0, 0],
        [0, 1, 0, 0],
      ]);
      now = moment(4_000);
      expect(await counts()).toEqual([
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 0],
      ]);
      expect((await read()).all.curve[2]?.mean_bps).toMatchObject({ value: null, reason: expect.any(String) });
    });

    test("without marks are no number", async () => {
      await tell(fill("a", 1), fill("b", 2, { mid: "100.1" }));
      const { all } = await read();
      expect(all.curve.map(({ n, unmarked }) => [n, unmarked])).toEqual(MARKOUT_HORIZONS_S.map(() => [0, 2]));
      expect(all.spread_capture).toMatchObject({ mean_bps: { n: 1, value: near(bps(100.1, 100.1)) }, unmarked: 1 });
    });

    test("are found for a fill that comes late, and corrected by a mark that does", async () => {
      await tell(mark(0, 100), fill("early", 0.5), mark(1, 101), mark(2, 102), mark(7, 103));
      await tell(fill("late", 1.2));
      expect((await read({ from: moment(1) })).all.curve.slice(0, 2)).toMatchObject([
        { n: 1, mean_price: { value: near(2) } },
        { n: 1, mean_price: { value: near(2) } },
      ]);
      await tell(fill("c", 9), mark(8, 104), mark(20, 105));
      expect((await read({ from: moment(8.5) })).all.spread_capture.total.value).toBeCloseTo(4 * 2, 9);
    });

    test("leave out a fill that is taken back, and take in the fee that another source tells", async () => {
      await tell(mark(0, 100.5), fill("a", 1), fill("b", 1, { fee: undefined }), mark(100, 101));
      const net = async () => (await read()).all.curve[0]?.net;
      expect(await net()).toMatchObject({ value: null, n: 2 });
      await tell(fill("b", 1, { fee: "0.2" }));
      expect(await net()).toMatchObject({ value: near(2 * 0.5 * 2 - 0.3), n: 2 });
      await tell({ type: "fill.voided", bot: "mm", ts: at(101), venue, fill_id: "b", reason: "bust" } as never);
      expect(await net()).toMatchObject({ value: near(0.5 * 2 - 0.1), n: 1 });
      expect((await read()).all.fills).toBe(1);
    });

    test("go on after a restart in the middle of them, and claim nothing of the time between", async () => {
      await tell(mark(0, 100), fill("a", 1), mark(3, 101));
      await stop();
      now = moment(20);
      await start();
      await tell(mark(25, 102), mark(40, 103), mark(90, 104), mark(400, 105));
      const { all } = await read();
      expect(all.curve.map(({ n, expired }) => [n, expired])).toEqual([
        [1, 0],
        [0, 1],
        [1, 0],
        [1, 0],
        [1, 0],
      ]);
      expect(all.curve.map(({ mean_price: { value } }) => value)).toEqual([near(0), null, near(2), near(3), near(4)]);
    });

    test("are cut by side, liquidity, size, hour and instrument, and add up to all", async () => {
      await tell({
        type: "instrument",
        bot: "mm",
        ts: at(0),
        venue,
        symbol: "A",
        kind: "spot",
        quote: "USD",
        title: "Apples",
      } as never);
      await tell(mark(0, 100), mark(0, 50, { symbol: "B" }));
      await tell(
        fill("a", 1),
        fill("b", 2, { side: "sell", size: "20", is_maker: false }),
        fill("c", 3, { symbol: "B", price: "50" }),
      );
      await tell(mark(400, 101), mark(400, 51, { symbol: "B" }));
      const keys = async (by: NonNullable<MarkoutsQuery["by"]>) =>
        (await read({ by })).groups.map(({ key, label, fills }) => [key, label, fills]);
      expect(await keys("side")).toEqual([
        ["buy", undefined, 2],
        ["sell", undefined, 1],
      ]);
      expect(await keys("liquidity")).toEqual([
        ["maker", undefined, 2],
        ["taker", undefined, 1],
      ]);
      expect(await keys("size")).toEqual([
        ["2", "100 to 1,000", 2],
        ["3", "1,000 to 10,000", 1],
      ]);
      const hour = at(0).slice(11, 13);
      expect(await keys("hour")).toEqual([[hour, `${hour}:00 UTC`, 3]]);
      expect(await keys("asset")).toEqual([
        [`${venue}:A`, "Apples", 2],
        [`${venue}:B`, undefined, 1],
      ]);
      expect(await keys("bot")).toEqual([["mm", undefined, 3]]);
      expect((await read({ asset: "B" })).all).toMatchObject({ fills: 1, currency: "quote of B" });
      expect((await read()).all).toMatchObject({ fills: 3, currency: null });
      expect((await read()).all.curve[0]?.gross).toMatchObject({
        reason: "money of several currencies does not add up",
      });
      expect((await read({ side: "sell", liquidity: "taker" })).all.fills).toBe(1);
    });

    test("are the same however they are read: as they come, or at once after a restart", async () => {
      const random = seededRandom(11);
      const events: { readonly ts: string }[] = [];
      for (let second = 0; second < 400; second += 1 + random.below(4)) {
        events.push(mark(second, 100 + random.below(100) / 100));
        if (random.below(3) === 0)
          events.push(fill(`f${second}`, second + random.below(6) - 3, { side: random.pick(["buy", "sell"]) }));
      }
      for (const [index, event] of events.entries()) {
        await tell(event);
        if (index % 20 === 0) await read();
      }
      const live = await read({ by: "side" });
      expect(live.all.curve.map(({ n }) => n).every((n) => n > 5)).toBe(true);
      const seqs = { ...live, as_of: "", as_of_seq: 0, to: "" };
      await stop();
      await start();
      const again = await read({ by: "side" });
      expect({ ...again, as_of: "", as_of_seq: 0, to: "" }).toEqual(seqs);
    });
  });
