import { packRows } from "../../src/hub/packed-rows.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Micros } from "../../src/base/time.ts";
import { decimal, decimalText } from "../../src/domain/decimal.ts";
import type { LedgerFill } from "../../src/domain/ledger/entries.ts";
import { NO_FILLS, withEntry } from "../../src/domain/ledger/holding.ts";
import { UNKNOWN_TERMS } from "../../src/domain/ledger/terms.ts";
import { fillEntry, type FullFill } from "../../src/engine/ledgers.ts";
import { FINEST, type Grain } from "../../src/engine/rollup/buckets.ts";
import { type RolledOf, rolledFrom, type RolledKind } from "../../src/engine/rollup/rolled.ts";
import type { AppendRow, Store } from "../../src/hub/ports.ts";
import type { RolledPast, RollupProgress } from "../../src/hub/rollup-port.ts";
import { at, fill, fills, RECEIVED_AT, row, type Said } from "./rows.ts";
import { storeForEach, type StorePlace, storeKinds } from "./store-kinds.ts";

const KINDS: readonly RolledKind[] = ["ledger", "cash", "reported", "equity", "mark"];

/** Takes everything in that there is. */
async function rollAll(store: Store, grain: Grain = FINEST): Promise<RollupProgress> {
  for (;;) {
    const progress = await store.rollups.advance(grain);
    if (progress.isDone) return progress;
  }
}

const rolledAt = <K extends RolledKind>(past: RolledPast | undefined, moment: number): RolledOf<K> | undefined => {
  const point = past?.points[past.byMoment[moment] ?? -1];
  if (past === undefined || point === undefined) return undefined;
  return rolledFrom({ kind: past.kind, ...point, at: point.at as Micros }) as RolledOf<K>;
};

const everyRow = `SELECT k.kind, k.mode, k.bot, k.parts, k.terms, r.at, r.seq, r.body
  FROM rollups AS r JOIN rollup_keys AS k ON k.id = r.key ORDER BY k.kind, k.mode, k.bot, k.parts, r.at`;

for (const kind of storeKinds())
  kind.suite(`rollups of a store on ${kind.name}`, () => {
    let place: StorePlace;
    let store: Store;
    const newPlace = storeForEach(kind, {
      take: (opened, at) => {
        store = opened;
        place = at;
      },
      current: () => store,
    });

    const append = (...said: readonly Said[]) =>
      store.append(packRows(said.map((each) => (each["type"] ? row(each) : fill(each)))));

    const ledgerAt = async (...moments: readonly string[]) => {
      const reading = await store.rollups.read({ kinds: ["ledger"], moments: moments.map(at) });
      return moments.map((_, index) => {
        const point = rolledAt<"ledger">(reading.pasts[0], index)?.point;
        return point && [decimalText(point.open.position.quantity), decimalText(point.all.realized), point.all.fills];
      });
    };

    test("tell what a ledger held and made before any moment, also within a minute", async () => {
      await append(
        { fill_id: "a", ts: "2026-03-01T09:00:10Z", price: "100", size: "2" },
        { fill_id: "b", ts: "2026-03-01T09:00:40Z", price: "110", size: "1", side: "sell" },
        { fill_id: "c", ts: "2026-03-01T11:30:00Z", price: "120", size: "1", side: "sell" },
      );
      expect(await rollAll(store)).toEqual({ seq: 3, isWhole: true, isDone: true });
      const told = await ledgerAt(
        "2026-03-01T09:00:10Z",
        "2026-03-01T09:00:40Z",
        "2026-03-01T09:00:41Z",
        "2026-03-01T11:30:00Z",
        "2026-03-02T00:00:00Z",
      );
      expect(told).toEqual([undefined, ["2", "0", 1], ["1", "10", 2], ["1", "10", 2], ["0", "30", 3]]);
    });

    test("are made again from a fill on that comes late, is taken back, or is told more of", async () => {
      await append({ fill_id: "b", ts: "2026-03-01T09:30:00Z", price: "110", size: "1", side: "sell" });
      await rollAll(store);
      await append({ fill_id: "a", ts: "2026-03-01T09:00:00Z", price: "100", size: "1" });
      expect(await rollAll(store)).toMatchObject({ isWhole: true });
      expect(await ledgerAt("2026-03-01T09:30:00Z", "2026-03-01T10:00:00Z")).toEqual([
        ["1", "0", 1],
        ["0", "10", 2],
      ]);
      await append({ fill_id: "b", ts: "2026-03-01T09:30:00Z", price: "110", size: "1", side: "sell", fee: "0.5" });
      await append({ type: "fill.voided", fill_id: "a", venue: "v", reason: "failed" });
      await rollAll(store);
      expect(await ledgerAt("2026-03-01T10:00:00Z")).toEqual([["-1", "0", 1]]);
      const { pasts } = await store.rollups.read({ kinds: ["ledger"], moments: [at("2026-03-01T10:00:00Z")] });
      expect(decimalText(rolledAt<"ledger">(pasts[0], 0)?.point.all.fees.paid ?? decimal("0"))).toBe("0.5");
    });

    test("count money anew when an instrument turns out to be another", async () => {
      await append({ ts: "2026-03-01T09:00:00Z", price: "100" }, { fill_id: "f2", side: "sell", price: "101" });
      await rollAll(store);
      await append({
        type: "instrument",
        venue: "v",
        symbol: "BTC-USD",
        kind: "linear",
        multiplier: "10",
        quote: "USD",
      });
      await rollAll(store);
      expect(await ledgerAt("2026-03-01T12:00:01Z")).toEqual([["0", "10", 2]]);
    });

    test("close what is held at a settlement, also where a fill of before comes after it", async () => {
      await append(
        { ts: "2026-03-01T09:00:00Z", price: "0.4", size: "10" },
        { type: "settlement", ts: "2026-03-01T10:00:00Z", venue: "v", symbol: "BTC-USD", payout_per_unit: "1" },
      );
      await rollAll(store);
      await append({ fill_id: "f2", ts: "2026-03-01T09:30:00Z", price: "0.5", size: "10" });
      await append({ bot: "beta", fill_id: "f3", ts: "2026-03-01T09:30:00Z", price: "0.5", size: "10" });
      await rollAll(store);
      const { pasts } = await store.rollups.read({ kinds: ["ledger"], moments: [at("2026-03-01T10:00:01Z")] });
      const made = pasts.map((past) => [
        past.bot,
        decimalText(rolledAt<"ledger">(past, 0)?.point.all.realized ?? decimal("0")),
      ]);
      expect(made).toEqual([
        ["alpha", "11"],
        ["beta", "5"],
      ]);
    });

    test("find a fill whose clock was ahead where it took effect", async () => {
      await store.append(
        packRows([
          fill({ fill_id: "a", ts: "2026-03-01T11:00:00Z" }),
          fill({ fill_id: "b", ts: "2026-03-04T00:00:00Z" }),
        ]),
      );
      await append({ fill_id: "c", ts: "2026-03-01T10:00:00Z" });
      await rollAll(store);
      expect(await ledgerAt("2026-03-01T12:00:06Z", "2026-03-01T12:00:06.5Z")).toEqual([
        ["2", "0", 2],
        ["3", "0", 3],
      ]);
      await append({ fill_id: "d", ts: "2026-03-01T09:00:00Z" });
      await rollAll(store);
      expect(await ledgerAt("2026-03-01T12:00:06Z", "2026-03-01T12:00:06.5Z")).toEqual([
        ["3", "0", 3],
        ["4", "0", 4],
      ]);
    });

    test("are kept by the hour and by the day where they are older, and tell the same", async () => {
      const said = Array.from({ length: 300 }, (_, index) => ({
        fill_id: `f${index}`,
        ts: new Date(Date.UTC(2026, 1, 1) + index * 7_000_000).toISOString(),
        price: String(100 + (index % 7)),
        side: index % 2 === 0 ? "buy" : "sell",
      }));
      await append(...said);
      await rollAll(store);
      const moments = ["2026-02-03T05:17:00Z", "2026-02-10T00:00:00Z", "2026-02-17T01:00:30Z"];
      const before = await ledgerAt(...moments);
      const rows = (await place.read(everyRow)).length;
      const grain = { minutesFrom: at("2026-02-16T00:00:00Z"), hoursFrom: at("2026-02-12T00:00:00Z") };
      await rollAll(store, grain);
      expect(await ledgerAt(...moments)).toEqual(before);
      const thinned = await place.read(everyRow);
      expect(thinned.length).toBeLessThan(rows);
      const atOnce = await newPlace();
      const other = await atOnce.open();
      await other.append(packRows(said.map((each) => fill(each))));
      await rollAll(other, grain);
      await other.close();
      expect(await atOnce.read(everyRow)).toEqual(thinned);
      await append({ fill_id: "late", ts: "2026-02-01T00:00:01Z" });
      await rollAll(store, grain);
      expect((await ledgerAt(...moments)).map((told) => told?.[2])).toEqual(
        before.map((told) => Number(told?.[2]) + 1),
      );
    });

    test("are made right and kept more coarsely also while new facts never cease to come", async () => {
      await append({ fill_id: "b", ts: "2026-03-01T09:30:00Z" }, { fill_id: "c", ts: "2026-03-01T09:45:00Z" });
      await rollAll(store);
      await append({ fill_id: "a", ts: "2026-03-01T09:00:00Z" });
      const grain = { minutesFrom: at("2026-03-02T00:00:00Z"), hoursFrom: at("2026-03-01T00:00:00Z") };
      const steps: RollupProgress[] = [];
      while (steps.length < 8) {
        await append({ fill_id: `n${steps.length}`, ts: "2026-03-03T09:00:00Z", symbol: "OTHER" });
        steps.push(await store.rollups.advance(grain));
      }
      expect(steps.filter(({ isWhole }) => isWhole)).not.toEqual([]);
      expect(steps.filter(({ isDone }) => isDone)).not.toEqual([]);
      const kept = (await place.read(everyRow)).filter((row) => !String(row["parts"]).includes("OTHER"));
      expect(kept.map((row) => Number(row["at"]))).toEqual([at("2026-03-01T09:45:00Z")]);
      expect(await ledgerAt("2026-03-01T10:00:00Z")).toEqual([["3", "0", 3]]);
    });

    test("are begun anew when what is rolled has another version, and not known until they are whole", async () => {
      await append({});
      expect(await store.rollups.read({ kinds: KINDS, moments: [] })).toMatchObject({ seq: 0 });
      const first = await store.rollups.advance(FINEST);
      expect(first).toEqual({ seq: 0, isWhole: false, isDone: false });
      await rollAll(store);
      await append({ fill_id: "f2", ts: "2026-03-01T08:00:00Z" });
      const taken = await store.rollups.advance(FINEST);
      expect(taken).toMatchObject({ seq: 2, isWhole: false });
      expect(await store.rollups.read({ kinds: KINDS, moments: [] })).toMatchObject({ isWhole: false, pasts: [] });
    });

    test("are, kept as facts come and through restarts, what all facts at once make, and what the fills add up to", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
          const rows = steps.flatMap((each, index) => (typeof each === "string" ? [] : [rowOf(each, index)]));
          const grown = await newPlace();
          const one = await grow(grown, steps, rows);
          const atOnce = await newPlace();
          const other = await atOnce.open();
          await other.append(packRows(rows));
          await rollAll(other);
          expect(await grown.read(everyRow)).toEqual(await atOnce.read(everyRow));
          await expectFills(one, steps);
          await one.close();
          await other.close();
        }),
        { numRuns: 4 },
      );
    }, 300_000);
  });

/** A store that facts come to one by one, while rollups are made and it is opened again. */
async function grow(place: StorePlace, steps: readonly Step[], rows: readonly AppendRow[]): Promise<Store> {
  let store = await place.open();
  let next = 0;
  for (const each of steps) {
    if (each === "some") await store.rollups.advance(FINEST);
    else if (each === "all") await rollAll(store);
    else if (each === "reopen") {
      await store.close();
      store = await place.open();
    } else await store.append(packRows(rows.slice(next, ++next)));
  }
  await rollAll(store);
  return store;
}

/** What the ledgers of a store held and made at some moments, by its own fills. */
async function expectFills(store: Store, steps: readonly unknown[]): Promise<void> {
  const views = (await fills(store)) as unknown as (FullFill & { seq: number; voided: boolean; timestamp: string })[];
  const moments = [3, 17, 40, 77, 120].map(
    (minutes) => (at("2026-02-27T00:00:00Z") + minutes * 1_000_000 * 31) as Micros,
  );
  const { pasts } = await store.rollups.read({ kinds: ["ledger"], moments });
  for (const past of pasts) {
    const [, venue, symbol] = past.parts;
    const own = views
      .filter((view) => !view.voided && view.venue === venue && view.symbol === symbol && view.bot === past.bot)
      .flatMap((view): LedgerFill[] => {
        const ts = Math.min(at(view.timestamp), RECEIVED_AT + 5_000_000) as Micros;
        const recorded = { seq: view.seq, ts, receivedAt: RECEIVED_AT };
        const entry = fillEntry(view, { terms: UNKNOWN_TERMS, recorded, startedAt: undefined });
        return entry === undefined ? [] : [entry];
      })
      .sort((a, b) => a.at - b.at || a.seq - b.seq);
    for (const [index, moment] of moments.entries()) {
      const point = own.filter((entry) => entry.at < moment).reduce(withEntry, NO_FILLS);
      const told = rolledAt<"ledger">(past, index)?.point ?? NO_FILLS;
      expect([told.open.position, told.all], JSON.stringify(steps)).toEqual([point.open.position, point.all]);
    }
  }
}

type Step = "some" | "all" | "reopen" | { readonly what: string; readonly n: number; readonly minute: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Step>("some", "all", "some", "all", "reopen") },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom(
        "fill",
        "fill",
        "fill",
        "sell",
        "fee",
        "void",
        "order",
        "income",
        "balance",
        "closed",
        "mark",
        "pair",
      ),
      n: fc.integer({ min: 0, max: 7 }),
      minute: fc.integer({ min: 0, max: 150 }),
    }),
  },
);

function rowOf({ what, n, minute }: Exclude<Step, string>, index: number) {
  const ts = new Date(Date.UTC(2026, 1, 27) + minute * 31_000).toISOString();
  const symbol = n % 2 === 0 ? "A" : "B";
  switch (what) {
    case "sell":
      return fill({
        fill_id: `s${index}`,
        ts,
        symbol,
        side: "sell",
        price: String(90 + n),
        size: "1.5",
        order_id: `o${n}`,
      });
    case "fee":
      return fill({ fill_id: `g${n}`, ts: "2026-02-27T00:20:00Z", symbol, price: "95", fee: "0.25" });
    case "void":
      return row({ type: "fill.voided", fill_id: `g${n}`, venue: "v", reason: "r", ts });
    case "order":
      return row({
        type: "order.placed",
        order_id: `o${n}`,
        venue: "v",
        symbol,
        side: "buy",
        size: "2",
        arrival_mid: "97",
        ts,
      });
    case "income":
      return row({
        type: "income",
        income_type: "FUNDING_FEE",
        amount: "-0.5",
        currency: "USD",
        venue: "v",
        transaction_id: `t${index}`,
        ts,
      });
    case "balance":
      return row({ type: "balance", venue: "v", balances: [], equity: String(1_000 + n), id: `b${index}`, ts });
    case "closed":
      return row({
        type: "position.closed",
        position_id: `p${index}`,
        venue: "v",
        symbol,
        side: "long",
        size: "1",
        entry_price: "1",
        realized_pnl: "2",
        ts,
      });
    case "mark":
      return row({ type: "mark", venue: "v", symbol, price: String(100 + n), id: `m${index}`, ts });
    case "pair":
      return row({ type: "fill", fill_id: `q${n}`, pair_id: "p", size_usd: 10, pnl_cents: 3, ts });
    default:
      return fill({
        fill_id: n < 4 ? `g${n}` : `f${index}`,
        ts: n < 4 ? "2026-02-27T00:20:00Z" : ts,
        symbol,
        price: n < 4 ? "95" : String(100 + n),
        order_id: `o${n}`,
      });
  }
}
