import { packRows } from "../../src/hub/packed-rows.ts";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { EventPage, ImportRow, OpportunityFilter, OrderFilter, Store } from "../../src/hub/ports.ts";
import type { OrderStatus } from "../../src/protocol/api-trading.ts";
import { IMPORTS_KEPT } from "../../src/store/bounds.ts";
import { at, fill, parsed, row, type Said } from "./rows.ts";
import { type StorePlace, storeKinds } from "./store-kinds.ts";

const ORDER = { venue: "v", symbol: "S", side: "buy", size: "10", price: "0.5" };
const second = (n: number): string => new Date(Date.UTC(2026, 2, 1, 12, 0, n)).toISOString();

const placed = (id: string, n: number, said: Said = {}) =>
  row({ type: "order.placed", order_id: id, ts: second(n), ...ORDER, ...said });
const updated = (state: string, id: string, n: number, said: Said = {}) =>
  row({ type: `order.${state}`, order_id: id, venue: "v", ts: second(n), ...said });
const filledBy = (id: string, n: number, said: Said = {}) =>
  fill({ order_id: id, fill_id: `${id}-${n}`, symbol: "S", price: "0.5", ts: second(n), ...said });
const opportunity = (id: string, action: string, n: number, said: Said = {}) =>
  row({ type: "opportunity", opportunity_id: id, action, ts: second(n), edge_bps: 10, ...said });

const END = 1_000_000;

const orders = async (store: Store, filter: Partial<OrderFilter> = {}) =>
  parsed(await store.orders({ upTo: END, open: [], limit: 100, ...filter }));
const opportunities = async (store: Store, filter: Partial<OpportunityFilter> = {}) =>
  parsed(await store.opportunities({ upTo: END, limit: 100, ...filter }));

const idsOf = (rows: readonly Said[]): unknown[] => rows.map((each) => each["order_id"] ?? each["opportunity_id"]);

/** All rows, page after page of at most `limit`. */
async function everyRow<F extends { readonly limit: number }>(
  read: (filter: F) => Promise<EventPage>,
  filter: F,
): Promise<Said[]> {
  const rows: Said[] = [];
  for (let beforeSeq: number | undefined; ; ) {
    const page = await read(beforeSeq === undefined ? filter : { ...filter, beforeSeq });
    expect(page.events.length).toBeLessThanOrEqual(filter.limit);
    rows.push(...parsed(page));
    if (page.complete) return rows;
    expect(page.lastSeq).toBeLessThan(beforeSeq ?? Number.MAX_SAFE_INTEGER);
    beforeSeq = page.lastSeq;
  }
}

for (const kind of storeKinds())
  kind.suite(`what a store on ${kind.name} puts together from its log`, () => {
    let newPlace: () => Promise<StorePlace>;
    let store: Store;

    beforeAll(async () => {
      newPlace = await kind.start();
    });
    afterAll(() => kind.stop());
    beforeEach(async () => {
      const opened = await (await newPlace()).open();
      store = opened;
      onTestFinished(() => opened.close());
    });

    test("tells of each order what became of it, newest first, when orders are read", async () => {
      await store.append(
        packRows([
          placed("whole", 1, { strategy: "mm", order_type: "limit", intent: "entry", pair_id: "p" }),
          updated("acknowledged", "whole", 2),
          filledBy("whole", 3, { size: "4", price: "0.4" }),
          filledBy("whole", 5, { size: "6" }),
          updated("cancelled", "whole", 6),
          placed("part", 7, { account: "main" }),
          filledBy("part", 8, { size: "4", account: "main" }),
          updated("cancelled", "part", 9, { account: "main", reason: "requoted" }),
          placed("rests", 10),
          placed("refused", 11),
          updated("rejected", "refused", 12, { reason: "post_only" }),
          placed("forgotten", 13),
          updated("expired", "nobody placed it", 14),
        ]),
      );
      expect(await orders(store, { open: [9] })).toEqual([
        expect.objectContaining({ seq: 12, order_id: "forgotten", status: "unknown", filled_size: "0" }),
        {
          ...{ seq: 10, order_id: "refused", bot: "alpha", mode: "live", ...ORDER, filled_size: "0" },
          ...{ status: "rejected", reason: "post_only", placed_at: second(11), ended_at: second(12) },
        },
        {
          seq: 9,
          order_id: "rests",
          bot: "alpha",
          mode: "live",
          ...ORDER,
          filled_size: "0",
          status: "open",
          placed_at: second(10),
        },
        expect.objectContaining({
          ...{ order_id: "part", account: "main", filled_size: "4", avg_price: "0.5" },
          ...{ status: "cancelled", reason: "requoted", ended_at: second(9) },
        }),
        {
          ...{ seq: 1, order_id: "whole", bot: "alpha", mode: "live", ...ORDER, strategy: "mm", order_type: "limit" },
          ...{ intent: "entry", pair_id: "p", filled_size: "10", avg_price: "0.46", status: "filled" },
          ...{ placed_at: second(1), acknowledged_at: second(2), ended_at: second(5) },
        },
      ]);
    });

    test("counts a fill for its order whoever said it and whenever, and not once it is taken back, when it is summed", async () => {
      await store.append(
        packRows([
          filledBy("o", 1, { size: "2", account: "alpha", bot: "feed" }),
          placed("o", 2, { size: "5" }),
          filledBy("o", 3, { size: "3", fill_id: "back" }),
          filledBy("o", 4, { size: "9", mode: "paper" }),
          filledBy("o", 5, { size: "9", venue: "w" }),
          filledBy("o", 6, { size: "9", account: "other" }),
          row({ type: "fill.voided", fill_id: "back", venue: "v", reason: "FAILED" }),
        ]),
      );
      expect(await orders(store, { upTo: 2 })).toMatchObject([{ filled_size: "2", status: "unknown" }]);
      expect(await orders(store, { upTo: 6 })).toMatchObject([{ filled_size: "5", status: "filled" }]);
      expect(await orders(store)).toMatchObject([{ filled_size: "2", status: "unknown" }]);
      expect(await orders(store, { open: [2] })).toMatchObject([{ status: "partially_filled" }]);
      expect(await orders(store, { upTo: 1 })).toEqual([]);
    });

    test("has what later statements added, and nothing of what they contradict, when orders are read", async () => {
      await store.append(
        packRows([
          placed("o", 1),
          placed("o", 1, { strategy: "late" }),
          placed("o", 1, { price: "0.9" }),
          updated("cancelled", "o", 2),
          updated("cancelled", "o", 2, { reason: "why" }),
        ]),
      );
      expect(await orders(store)).toMatchObject([{ price: "0.5", strategy: "late", reason: "why" }]);
      expect(await orders(store, { strategy: "late" })).toHaveLength(1);
      expect(await orders(store, { upTo: 1, strategy: "late" })).toEqual([]);
    });

    test("keeps to its filters when orders are read", async () => {
      await store.append(
        packRows([
          placed("a", 1),
          placed("b", 2, { bot: "beta", symbol: 'T"x' }),
          placed("c", 3, { venue: "w", mode: "paper", strategy: "mm" }),
          updated("cancelled", "a", 4),
        ]),
      );
      const found = async (filter: Partial<OrderFilter>) => idsOf(await orders(store, { open: [2], ...filter }));
      expect(await found({})).toEqual(["c", "b", "a"]);
      expect(await found({ bot: "beta" })).toEqual(["b"]);
      expect(await found({ symbol: 'T"x' })).toEqual(["b"]);
      expect(await found({ venue: "w" })).toEqual(["c"]);
      expect(await found({ mode: "live" })).toEqual(["b", "a"]);
      expect(await found({ orderId: "a" })).toEqual(["a"]);
      expect(await found({ strategy: "mm" })).toEqual(["c"]);
      expect(await found({ from: at(second(2)), to: at(second(3)) })).toEqual(["b"]);
      expect(await found({ status: "open" })).toEqual(["b"]);
      expect(await found({ status: "open", bot: "alpha" })).toEqual([]);
      expect(await found({ status: "cancelled" })).toEqual(["a"]);
      expect(await found({ status: "unknown" })).toEqual(["c"]);
      expect(await found({ status: "open", open: [1, 2] })).toEqual(["b"]);
    });

    test("looks on from where it was when few of many orders match", async () => {
      const many = Array.from({ length: 1_300 }, (_, n) => placed(`o${n}`, 1));
      await store.append(packRows([...many, updated("cancelled", "o3", 2), updated("cancelled", "o1200", 2)]));
      const filter = { upTo: END, open: [], limit: 1, status: "cancelled" as const };
      expect(idsOf(await everyRow(store.orders, filter))).toEqual(["o1200", "o3"]);
      expect(await everyRow(store.orders, { upTo: END, open: [], limit: 700 })).toHaveLength(1_300);
      const open = many.map((_, index) => index + 1);
      const resting = await everyRow(store.orders, { upTo: END, open, limit: 600, status: "open" });
      expect(resting).toHaveLength(1_298);
    });

    test("shows an opportunity once, at its latest statement, with all that was said of it, when they are read", async () => {
      await store.append(
        packRows([
          opportunity("p", "detected", 1, { event_id: "E", edge_bps: 12, confidence: "high" }),
          opportunity("q", "detected", 2, { pair_id: "P" }),
          opportunity("p", "approved", 3, { detail: "looks good" }),
          opportunity("p", "rejected", 4, { edge_bps: 9, reason: "too_small" }),
          opportunity("p", "rejected", 4, { edge_bps: 9, detail: "after fees" }),
          opportunity("p", "detected", 5, { bot: "beta" }),
        ]),
      );
      expect(await opportunities(store, { bot: "alpha" })).toEqual([
        {
          ...{
            seq: 4,
            opportunity_id: "p",
            bot: "alpha",
            mode: "live",
            timestamp: second(1),
            event_id: "E",
            edge_bps: 9,
          },
          ...{ confidence: "high", action: "rejected", reason: "too_small", detail: "after fees" },
          steps: [
            { action: "detected", at: second(1) },
            { action: "approved", at: second(3) },
            { action: "rejected", at: second(4), reason: "too_small" },
          ],
        },
        expect.objectContaining({ seq: 2, opportunity_id: "q", action: "detected", pair_id: "P" }),
      ]);
      expect((await opportunities(store)).map(({ seq }) => seq)).toEqual([6, 4, 2]);
      expect(await opportunities(store, { upTo: 3 })).toMatchObject([{ seq: 3, action: "approved" }, { seq: 2 }]);
      expect(idsOf(await opportunities(store, { eventId: "E" }))).toEqual(["p"]);
      expect(idsOf(await opportunities(store, { pairId: "P" }))).toEqual(["q"]);
      expect(idsOf(await opportunities(store, { action: "detected" }))).toEqual(["p", "q"]);
      expect(idsOf(await opportunities(store, { action: "approved" }))).toEqual([]);
      expect(idsOf(await opportunities(store, { from: at(second(2)), to: at(second(3)) }))).toEqual(["q"]);
    });

    test("gives the same orders and opportunities in pages of any size as a plain list does, when random ones are read", async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), filters, async (steps, filter) => {
          const bot = `run-${++run}`;
          const before = await store.lastSeq();
          const log: Logged[] = [];
          for (const [index, said] of steps.entries()) {
            const event = { ...eventOf(said, index), bot };
            const [outcome] = await store.append(packRows([row(event)]));
            if (outcome?.standing === "fact") log.push({ seq: outcome.seq, said: event });
          }
          const upTo = before + filter.upTo;
          const open = log.filter(({ said }) => said["type"] === "order.placed" && said["order_id"] === "o1");
          const each = { bot, upTo, limit: filter.limit };
          const asked = { ...each, open: open.map(({ seq }) => seq), ...(filter.status && { status: filter.status }) };
          const rows = await everyRow(store.orders, asked);
          const wanted = plainOrders(log, asked).filter(({ status }) => !filter.status || status === filter.status);
          expect(rows).toMatchObject(wanted);
          expect(rows).toHaveLength(wanted.length);
          const seen = await everyRow(store.opportunities, each);
          expect(seen.map(({ seq }) => seq)).toEqual(plainOpportunities(log, upTo));
        }),
        { numRuns: 40 },
      );
    });

    test("keeps the newest reports of imports, one for each id, when they are handed in", async () => {
      const report = (importId: string, receivedAt: number): ImportRow => ({
        importId,
        receivedAt: micros(receivedAt),
        body: `{"at":${receivedAt},"odd":"\\u0000"}`,
      });
      await store.saveImport(report("a", 1));
      await store.saveImport(report("b", 2));
      await store.saveImport(report("a", 3));
      expect(await store.imports(10)).toEqual([report("a", 3), report("b", 2)]);
      expect(await store.imports(1)).toEqual([report("a", 3)]);
      for (let n = 0; n < IMPORTS_KEPT; n++) await store.saveImport(report(`c${n}`, 10 + n));
      const kept = await store.imports(IMPORTS_KEPT * 2);
      expect(kept).toHaveLength(IMPORTS_KEPT);
      expect(kept.map(({ importId }) => importId)).not.toContain("a");
    });
  });

interface Logged {
  readonly seq: number;
  readonly said: Said;
}

const orderId = fc.constantFrom("o1", "o2", "o3");
const step = fc.oneof(
  fc.record({ type: fc.constant("order.placed"), order_id: orderId }),
  fc.record({ type: fc.constantFrom("order.acknowledged", "order.cancelled", "order.rejected"), order_id: orderId }),
  fc.record({ type: fc.constant("fill"), order_id: orderId, size: fc.constantFrom("1", "4", "10") }),
  fc.record({
    type: fc.constant("opportunity"),
    opportunity_id: fc.constantFrom("p1", "p2"),
    action: fc.constantFrom("detected", "approved", "executed", "rejected"),
  }),
);
const filters = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  upTo: fc.integer({ min: 0, max: 45 }),
  status: fc.option(fc.constantFrom<OrderStatus>("open", "partially_filled", "filled", "cancelled", "unknown"), {
    nil: undefined,
  }),
});

function eventOf(said: Said, index: number): Said {
  const ts = second(index);
  if (said["type"] === "fill")
    return { ...said, ts, fill_id: `f${index}`, venue: "v", symbol: "S", side: "buy", price: "0.5" };
  if (said["type"] === "opportunity") return { ...said, ts, edge_bps: 1 };
  return said["type"] === "order.placed" ? { ...said, ts, ...ORDER } : { ...said, ts, venue: "v" };
}

/** What must be read of the orders of a log of first statements, in the plainest words. */
function plainOrders(log: readonly Logged[], { upTo, open }: { upTo: number; open: readonly number[] }): Said[] {
  const said = log.filter(({ seq }) => seq <= upTo);
  const placings = said.filter(({ said: each }) => each["type"] === "order.placed").toReversed();
  return placings.map(({ seq, said: order }) => {
    const of = (type: string) =>
      said.filter(({ said: each }) => each["type"] === type && each["order_id"] === order["order_id"]);
    const filled = of("fill").reduce((sum, { said: each }) => sum + Number(each["size"]), 0);
    const [end] = [...of("order.cancelled"), ...of("order.rejected")].sort((a, b) => a.seq - b.seq);
    const resting = open.includes(seq) ? (filled > 0 ? "partially_filled" : "open") : "unknown";
    const ended = end === undefined ? resting : String(end.said["type"]).slice("order.".length);
    const status = filled >= 10 ? "filled" : ended;
    return { seq, order_id: order["order_id"], filled_size: String(filled), status };
  });
}

function plainOpportunities(log: readonly Logged[], upTo: number): number[] {
  const latest = new Map<unknown, number>();
  for (const { seq, said } of log)
    if (said["type"] === "opportunity" && seq <= upTo) latest.set(said["opportunity_id"], seq);
  return [...latest.values()].sort((a, b) => b - a);
}
