import { expect, test } from "vitest";
import { isoFromMicros, micros } from "../../src/base/time.ts";
import { seededRandom } from "../../src/base/random.ts";
import { packRows } from "../../src/hub/packed-rows.ts";
import type { AppendRow, ByTimeFilter, Store, TimePlace } from "../../src/hub/ports.ts";
import { effectiveTs } from "../../src/protocol/recorded.ts";
import { at, parsed, row, type Said } from "./rows.ts";
import { storeForEach, storeKinds } from "./store-kinds.ts";

const START = at("2026-03-01T12:00:00Z");
/** The moment that many seconds after the first. */
const second = (seconds: number) => micros(START + seconds * 1_000_000);

const LOT = { type: "fill", venue: "v", symbol: "BTC-USD", side: "buy", price: "100", size: "1" };

/** Of more blocks than are read one by one. */
const LONG_LOG = 36_000;

/** A fill of that moment, received then or when it is said. */
const filled = (name: string, seconds: number, said: Said = {}, receivedAt = seconds): AppendRow =>
  row({ ...LOT, fill_id: name, ts: isoFromMicros(second(seconds)), ...said }, second(receivedAt));

for (const kind of storeKinds())
  kind.suite(`fills by time on ${kind.name}`, () => {
    let store: Store;
    storeForEach(kind, {
      take: (opened) => {
        store = opened;
      },
      current: () => store,
    });

    const append = (...rows: AppendRow[]) => store.append(packRows(rows));
    const read = async (filter: Partial<ByTimeFilter> = {}): Promise<readonly [string[], TimePlace | undefined]> => {
      const { events, last } = await store.fillsByTime({ limit: 100, ...filter });
      return [parsed({ events, lastSeq: undefined, complete: true }).map((row) => String(row["fill_id"])), last];
    };
    const names = async (filter: Partial<ByTimeFilter> = {}): Promise<string> => (await read(filter))[0].join(" ");

    test("come after newer ones when they are of older times, and those said last first when of the same", async () => {
      await append(filled("b", 20), filled("d", 40));
      await append(filled("a", 10, {}, 900), filled("c", 20, {}, 900));
      expect(await names()).toBe("d c b a");
      expect(await names({ beforeSeq: 4 })).toBe("d b a");
    });

    test("count a fast clock by when they were received", async () => {
      await append(filled("fast", 5_000, {}, 10), filled("later", 20), filled("before", 12));
      expect(await names()).toBe("later fast before");
      expect(await names({ from: second(15), to: second(20) })).toBe("fast");
      expect(await names({ from: second(20) })).toBe("later");
    });

    test("are of the bot, mode, market and order that is asked for, of every mode without one", async () => {
      await append(
        filled("paper", 10, { mode: "paper", order_id: "o1" }),
        filled("live", 5, { order_id: "o1", pair_id: "p" }),
        filled("beta", 7, { bot: "beta", mode: "demo", venue: "w" }),
        filled("eth", 1, { symbol: "ETH", mode: "simulate" }),
      );
      expect(await names()).toBe("paper beta live eth");
      expect(await names({ mode: "live" })).toBe("live");
      expect(await names({ bot: "alpha" })).toBe("paper live eth");
      expect(await names({ bot: "beta", mode: "live" })).toBe("");
      expect(await names({ bot: "beta", mode: "demo" })).toBe("beta");
      expect(await names({ orderId: "o1" })).toBe("paper live");
      expect(await names({ pairId: "p" })).toBe("live");
      expect(await names({ venue: "w" })).toBe("beta");
      expect(await names({ symbol: "ETH", mode: "simulate" })).toBe("eth");
    });

    test("are found alike for a bot of a few facts and one of very many", async () => {
      await append(filled("old", 10), filled("rare", 20, { bot: "rare" }));
      for (let made = 0; made < LONG_LOG; made += 2_000)
        await append(
          ...Array.from({ length: 2_000 }, (_, n) => row({ type: "error", code: "E", message: String(made + n) })),
        );
      await append(
        filled("a", 5),
        filled("c", 30),
        filled("b", 15, { mode: "paper" }),
        filled("z", 1, { bot: "rare" }),
      );
      expect(await names({ bot: "alpha" })).toBe("c b old a");
      expect(await names({ bot: "alpha", mode: "live", limit: 2 })).toBe("c old");
      expect(await names({ bot: "alpha", after: { at: second(15), seq: 9_999_999 } })).toBe("b old a");
      expect(await names({ bot: "rare" })).toBe("rare z");
    });

    test("say where the next page goes on when there is one", async () => {
      await append(filled("a", 1), filled("b", 2), filled("c", 3));
      expect(await read({ limit: 2 })).toEqual([["c", "b"], { at: second(2), seq: 2 }]);
      expect(await read({ limit: 2, after: { at: second(2), seq: 2 } })).toEqual([["a"], undefined]);
      expect((await read({ limit: 3 }))[1]).toBeUndefined();
    });

    test("are each on one page when newer and older ones come while one pages", async () => {
      const random = seededRandom(7);
      let made = 0;
      const some = (count: number): AppendRow[] =>
        Array.from({ length: count }, () => {
          const seconds = random.below(30);
          const mode = random.pick(["live", "paper", "simulate", "demo"]);
          const said = { mode, bot: random.pick(["alpha", "beta"]) };
          return filled(`f${made++}`, seconds, said, random.below(60));
        });
      const rows = some(300);
      await append(...rows);
      const wanted = rows
        .map(({ event, ts, receivedAt }, index) => ({ event, seq: index + 1, time: effectiveTs(ts, receivedAt) }))
        .sort((a, b) => b.time - a.time || b.seq - a.seq);
      for (const filter of [{}, { mode: "paper" }, { bot: "beta" }, { bot: "alpha", mode: "demo" }]) {
        const matching = wanted.filter(
          ({ event }) =>
            (filter.mode === undefined || event.mode === filter.mode) &&
            (filter.bot === undefined || event.bot === filter.bot),
        );
        const found: string[] = [];
        for (let after: TimePlace | undefined; ; ) {
          const place = after === undefined ? {} : { after };
          const [page, last] = await read({ ...filter, ...place, beforeSeq: rows.length + 1, limit: 7 });
          found.push(...page);
          if (last === undefined) break;
          after = last;
          await append(...some(3));
        }
        expect(found).toEqual(matching.map(({ event }) => (event as { fill_id?: string }).fill_id));
      }
    });
  });
