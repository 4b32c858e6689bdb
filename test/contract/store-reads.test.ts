import { packRows } from "../../src/hub/packed-rows.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { AppendRow, Store } from "../../src/hub/ports.ts";
import { eventTypes } from "../../src/protocol/event-types.ts";
import { naturalKey } from "../../src/protocol/natural-key.ts";
import { wireEvent } from "../../src/protocol/recorded.ts";
import { at, fill, parsed, row, type Said, wholeLog } from "./rows.ts";
import { type StorePlace, storeKinds } from "./store-kinds.ts";

/** A row of an event that the hub alone says. */
function hubRow(type: keyof typeof eventTypes, said: Said): AppendRow {
  const event = eventTypes[type].schema.parse({
    type,
    bot: "deskwatch",
    ts: "2026-03-01T12:00:00Z",
    mode: "live",
    ...said,
  });
  return { ...error("as-it-is"), event, body: JSON.stringify(event), key: naturalKey(event) };
}

const error = (id: string, said = {}) => row({ type: "error", id, code: "E", message: "m", ...said });

for (const kind of storeKinds())
  kind.suite(`reads of a store on ${kind.name}`, () => {
    let newPlace: () => Promise<StorePlace>;
    let store: Store;

    beforeAll(async () => {
      newPlace = await kind.start();
    });
    afterAll(() => kind.stop());
    beforeEach(async () => {
      store = await (await newPlace()).open();
    });
    afterEach(() => store.close());

    test("reads events as wire events, filtered and page by page, when asked", async () => {
      await store.append(
        packRows([
          fill({ id: "a" }),
          fill({ bot: "beta", fill_id: "f2", symbol: 'ETH"-USD', seq: 99, flags: ["mine"], note: { id: "x" } }),
          row({
            type: "pair",
            pair_id: "p",
            legs: [
              { venue: "v", symbol: "BTC-USD" },
              { venue: "w", symbol: "X" },
            ],
          }),
          error("late", { ts: "2030-01-01T00:00:00Z" }),
          fill({ fill_id: "f3", mode: "paper", tags: { t: "\u0000".replace("\u0000", "nul") } }),
        ]),
      );
      const wire = (await wholeLog(store)).map(wireEvent);
      const seqs = async (filter: object) => parsed(await store.events({ limit: 10, ...filter })).map(({ seq }) => seq);
      expect(parsed(await store.events({ limit: 10 }))).toEqual(JSON.parse(JSON.stringify(wire)));
      expect(await seqs({ bot: "beta" })).toEqual([2]);
      expect(await seqs({ type: "fill" })).toEqual([1, 2, 5]);
      expect(await seqs({ type: "fill", order: "newest" })).toEqual([5, 2, 1]);
      expect(await seqs({ type: "fill", bot: "alpha" })).toEqual([1, 5]);
      expect(await seqs({ symbol: "BTC-USD" })).toEqual([1, 5]);
      expect(await seqs({ symbol: 'ETH"-USD', venue: "v" })).toEqual([2]);
      expect(await seqs({ mode: "paper" })).toEqual([5]);
      expect(await seqs({ from: at("2027-01-01T00:00:00Z") })).toEqual([4]);
      expect(await seqs({ to: at("2027-01-01T00:00:00Z"), order: "newest" })).toEqual([5, 3, 2, 1]);
      expect(await seqs({ from: at("2031-01-01T00:00:00Z") })).toEqual([]);
      expect(await seqs({ from: at("2026-03-01T12:00:00Z"), to: at("2026-03-01T12:00:00Z") })).toEqual([]);
      expect(await seqs({ bot: "nobody" })).toEqual([]);
      expect(await seqs({ afterSeq: 1, beforeSeq: 4 })).toEqual([2, 3]);
    });

    test("says where the next page begins when there is one", async () => {
      await store.append(packRows(Array.from({ length: 5 }, (_, n) => error(`e${n}`))));
      expect(await store.events({ limit: 2 })).toMatchObject({ lastSeq: 2, complete: false });
      expect(await store.events({ limit: 2, afterSeq: 3 })).toMatchObject({ complete: true });
      expect((await store.events({ limit: 5 })).lastSeq).toBeUndefined();
      expect(await store.events({ limit: 2, order: "newest" })).toMatchObject({ lastSeq: 4, complete: false });
      expect(await store.events({ limit: 2, order: "newest", beforeSeq: 1 })).toEqual({
        events: [],
        lastSeq: undefined,
        complete: true,
      });
    });

    test("finds the same events block by block when the log is long", async () => {
      const rows = Array.from({ length: 3_000 }, (_, n) =>
        error(`e${n}`, {
          bot: n === 1_500 ? "rare" : "alpha",
          ts: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
        }),
      );
      await store.append(packRows(rows.slice(0, 1_000)));
      await store.append(packRows(rows.slice(1_000)));
      const page = parsed(await store.events({ limit: 10, bot: "rare" }));
      expect(page.map(({ seq }) => seq)).toEqual([1_501]);
      const from = at("2026-01-01T00:30:00Z");
      const to = micros(from + 3_000_000);
      const seqs = async (more: object) =>
        parsed(await store.events({ limit: 10, from, to, ...more })).map(({ seq }) => seq);
      expect(await seqs({})).toEqual([1_801, 1_802, 1_803]);
      expect(await seqs({ order: "newest" })).toEqual([1_803, 1_802, 1_801]);
      expect(await seqs({ type: "error", bot: "alpha", afterSeq: 1_801 })).toEqual([1_802, 1_803]);
      const newest = await store.events({ limit: 2, type: "error", order: "newest", beforeSeq: 2_049 });
      expect(parsed(newest).map(({ seq }) => seq)).toEqual([2_048, 2_047]);
    });

    test("hands over a long log whole and in order, from wherever that is asked", async () => {
      const count = 2_300;
      await store.append(packRows(Array.from({ length: count }, (_, n) => error(`e${n}`))));
      for (const after of [0, 249, 250, 999, 1_000, 1_299, 1_300, 2_299, 2_300]) {
        const seqs: number[] = [];
        await store.replay(after, (events) => void seqs.push(...events.map(({ seq }) => seq)));
        expect(seqs).toEqual(Array.from({ length: count - after }, (_, n) => after + 1 + n));
      }
    });

    test("finds all that tells of a command, in order and page by page, wherever it is in a long log", async () => {
      const told = (command_id: string) => [
        hubRow("command.issued", {
          command_id,
          action: "halt",
          target: { all: true },
          by: "ada",
          via: "api",
          reason: "r",
        }),
        ...["ann", "ben", "cid"].flatMap((bot) => [
          hubRow("command.delivered", { command_id, bot }),
          hubRow("command.late", { command_id, bot, step: "acknowledged" }),
          hubRow("command.acknowledged", { command_id, bot }),
          hubRow("command.verified", { command_id, bot, evidence: "reported", open_orders: 0 }),
          hubRow("command.expired", { command_id, bot }),
        ]),
      ];
      const [asked, other] = [told('h"1'), told("h")];
      const between = Array.from({ length: 1_100 }, (_, n) => error(`e${n}`, { message: 'of "command_id":"h"' }));
      const half = asked.length / 2;
      await store.append(packRows([...asked.slice(0, half), ...other]));
      await store.append(packRows(between));
      await store.append(packRows(asked.slice(half)));
      const wanted = { commandId: 'h"1', limit: 100 };
      const whole = parsed(await store.events(wanted));
      expect(whole.map(({ type, bot }) => [type, bot])).toEqual(asked.map(({ event }) => [event.type, event.bot]));
      expect(whole.at(-1)?.["seq"]).toBe(asked.length + other.length + between.length);
      const newest = parsed(await store.events({ ...wanted, order: "newest" }));
      expect(newest).toEqual(whole.toReversed());
      const { lastSeq, ...first } = await store.events({ ...wanted, limit: 10 });
      const rest = await store.events({ ...wanted, afterSeq: lastSeq ?? 0 });
      expect([first.complete, [...parsed({ ...first, lastSeq }), ...parsed(rest)]]).toEqual([false, whole]);
      expect(parsed(await store.events({ ...wanted, type: "command.late", bot: "ben" }))).toMatchObject([
        { type: "command.late", bot: "ben", command_id: 'h"1' },
      ]);
      expect(parsed(await store.events({ ...wanted, type: "error" }))).toEqual([]);
      expect(parsed(await store.events({ commandId: "h", limit: 100 }))).toHaveLength(other.length);
      expect(parsed(await store.events({ commandId: "nobody's", limit: 100 }))).toEqual([]);
    });

    test("shows full fills and pair fills with their own fields when fills are read", async () => {
      await store.append(
        packRows([
          fill({
            id: "a",
            is_maker: false,
            fee: "-0.05",
            fee_currency: "USD",
            order_id: 7,
            account: "main",
            strategy: "s",
          }),
          row({
            type: "fill",
            fill_id: "p1",
            size_usd: 12.5,
            pnl_cents: -3,
            pair_id: "p",
            entry_edge_cents: 0.1,
            quote_id: { not: "a text" },
            funding: 5,
          }),
        ]),
      );
      expect(parsed(await store.fills({ limit: 10, order: "newest" }))).toEqual([
        {
          seq: 2,
          id: "h-2",
          fill_id: "p1",
          bot: "alpha",
          mode: "live",
          timestamp: "2026-03-01T12:00:00.000Z",
          received_at: "2026-03-01T12:00:01.000Z",
          voided: false,
          contradicted: false,
          pair_id: "p",
          entry_edge_cents: 0.1,
          size_usd: 12.5,
          pnl_cents: -3,
        },
        {
          seq: 1,
          id: "a",
          fill_id: "f1",
          bot: "alpha",
          mode: "live",
          timestamp: "2026-03-01T12:00:00.000Z",
          received_at: "2026-03-01T12:00:01.000Z",
          voided: false,
          contradicted: false,
          account: "main",
          strategy: "s",
          venue: "v",
          symbol: "BTC-USD",
          side: "buy",
          price: "100",
          size: "1",
          order_id: "7",
          is_maker: false,
          fee: "-0.05",
          fee_currency: "USD",
        },
      ]);
      expect(parsed(await store.fills({ limit: 10, bot: "alpha", symbol: "BTC-USD", venue: "v" }))).toHaveLength(1);
      expect(parsed(await store.fills({ limit: 10, bot: "beta" }))).toHaveLength(0);
    });
  });
