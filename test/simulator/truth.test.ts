import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nowOf } from "../../src/domain/ledger/holding.ts";
import { seededRandom } from "../../src/base/random.ts";
import { type Clock, microsFromMs } from "../../src/base/time.ts";
import { BOT_NAMES, simulate } from "../../src/bots/simulator/model/simulation.ts";
import type { SimulatedEvent, TruthReport } from "../../src/bots/simulator/model/truth.ts";
import { type Decimal, decimalText, decimalToNumber } from "../../src/domain/decimal.ts";
import { isHeld, positionOf } from "../../src/engine/ledgers.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import type { Store } from "../../src/hub/ports.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";

const FROM_MS = Date.UTC(2026, 2, 4, 7);
const EVENTS = 20_000;
const BATCH = 500;

let dataDir: string;
let store: Store;
let hub: Hub;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "deskwatch-truth-"));
  const clock: Clock = { now: () => microsFromMs(FROM_MS + 24 * 3_600_000) };
  store = await openSqliteStore({ dataDir });
  const timers = { every: () => () => undefined, after: () => () => undefined, breathe: () => Promise.resolve() };
  hub = await startHub({
    ...{ store, clock, timers, version: "test" },
    newId: () => "id",
    onProblem: (what, error) => expect.unreachable(`${what}: ${String(error)}`),
  });
});

afterEach(async () => {
  await hub.stop();
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function desk(): { readonly events: SimulatedEvent[]; readonly truth: TruthReport } {
  const simulation = simulate({ seed: 20, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: BOT_NAMES });
  const events: SimulatedEvent[] = [];
  while (events.length < EVENTS) {
    const event = simulation.next(Number.POSITIVE_INFINITY);
    if (event !== undefined) events.push(event);
  }
  return { events, truth: simulation.truth.report() };
}

/** Sends in batches, and says what became of the events. */
async function send(events: readonly SimulatedEvent[]): Promise<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (let begin = 0; begin < events.length; begin += BATCH) {
    const batch = events.slice(begin, begin + BATCH).map((value) => ({ line: JSON.stringify(value) }));
    const answer = await hub.ingest.submit(batch);
    if (!answer.ok) throw new Error(answer.error.message);
    for (const { kind } of answer.value.items) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** Money to a millionth: the hub rounds what it allocates at the eighteenth decimal, and sums that. */
const shown = (value: Decimal): string => decimalToNumber(value).toFixed(6);

/** What the hub knows of each bot, in the words of the truth. */
const known = () =>
  Object.fromEntries(
    [...hub.state.bots.values()].map((bot) => [
      bot.bot,
      {
        fills: bot.fills,
        open_orders: [...bot.openOrders.values()].map(({ orderId }) => orderId).sort(),
        positions: [...bot.ledgers.values()]
          .filter(isHeld)
          .map((ledger) => `${ledger.venue} ${ledger.symbol} ${decimalText(positionOf(ledger).quantity)}`)
          .sort(),
        money: [...bot.ledgers.values()]
          .map(({ venue, symbol, holding }) => {
            const now = nowOf(holding);
            const { realized, fees, volume, fills } = now.all;
            return [venue, symbol, ...[realized, fees.paid, fees.received, volume].map(shown), String(fills)];
          })
          .sort(),
      },
    ]),
  );

const expected = (truth: TruthReport) =>
  Object.fromEntries(
    Object.entries(truth.bots).map(([name, bot]) => [
      name,
      {
        fills: bot.fills,
        open_orders: bot.open_orders,
        positions: bot.instruments
          .filter(({ position }) => position !== "0")
          .map(({ venue, symbol, position }) => `${venue} ${symbol} ${position}`)
          .sort(),
        money: bot.instruments
          .filter(({ fills }) => fills > 0)
          .map(({ venue, symbol, realized_pnl, fees_paid, rebates, volume, fills }) => [
            venue,
            symbol,
            ...[realized_pnl, fees_paid, rebates, volume].map((text) => Number(text).toFixed(6)),
            String(fills),
          ])
          .sort(),
      },
    ]),
  );

const withoutRealized = (bots: Record<string, { readonly money: readonly unknown[][] }>) =>
  Object.fromEntries(
    Object.entries(bots).map(([name, { money, ...bot }]) => [
      name,
      { ...bot, money: money.map(([venue, symbol, , ...fees]) => [venue, symbol, ...fees]) },
    ]),
  );

/** How many facts of a type the log holds, by what `field` says in them. */
async function counted(type: string, field: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let afterSeq = 0; ; ) {
    const page = await store.events({ type, afterSeq, limit: 1_000 });
    for (const line of page.events) {
      const said = String(JSON.parse(line)[field]);
      counts[said] = (counts[said] ?? 0) + 1;
    }
    if (page.complete || page.lastSeq === undefined) return counts;
    afterSeq = page.lastSeq;
  }
}

describe("the truth of a simulated desk", () => {
  test("is what the hub shows after the same events, and after all of them once more", async () => {
    const { events, truth } = desk();
    const kinds = await send(events);
    expect(kinds["rejected"] ?? 0).toBe(0);
    expect(truth.events).toBe(EVENTS);
    expect(known()).toEqual(expected(truth));
    const arbitrage = truth.bots["arb-1"];
    expect(await counted("opportunity", "action")).toEqual(arbitrage?.opportunities.by_action);
    const outcomes: Record<string, number> = {};
    for (const bot of Object.values(truth.bots))
      for (const [name, count] of Object.entries(bot.quotes.by_outcome)) outcomes[name] = (outcomes[name] ?? 0) + count;
    expect(await counted("quote.ended", "outcome")).toEqual(outcomes);

    const before = fingerprint(hub.state);
    const again = await send(events.filter(({ type }) => type === "fill" || type.startsWith("order.")));
    expect(Object.keys(again)).toEqual(["duplicate"]);
    expect(fingerprint(hub.state)).toBe(before);
  });

  test("keeps its counts and positions when events arrive in another order within a second", async () => {
    const { events, truth } = desk();
    const random = seededRandom(4);
    const placed = new Set(["order.placed", "settlement"]);
    const shaken = events
      .map((event) => ({ event, atMs: Date.parse(event.ts) + (placed.has(event.type) ? 0 : random.next() * 1_000) }))
      .toSorted((a, b) => a.atMs - b.atMs)
      .map(({ event }) => event);
    expect(shaken).not.toEqual(events);
    await send(shaken);
    // Fills of one moment have no order but that of their arrival: what was realised by then may be another part of the same profit.
    expect(withoutRealized(known())).toEqual(withoutRealized(expected(truth)));
    expect(await counted("opportunity", "action")).toEqual(truth.bots["arb-1"]?.opportunities.by_action);
  });

  test("adds up: equity is what it began with and what was earned, and maker fills are fills", () => {
    const { truth } = desk();
    for (const bot of Object.values(truth.bots)) {
      const sum = (of: (instrument: (typeof bot.instruments)[number]) => number) =>
        bot.instruments.reduce((total, instrument) => total + of(instrument), 0);
      const held = sum(({ position, cost, mark }) => Number(position) * Number(mark ?? 0) - Number(cost));
      const earned = sum((one) => Number(one.realized_pnl) - Number(one.fees_paid) + Number(one.rebates));
      const funding = sum(({ funding: received }) => Number(received));
      const equity = Number(bot.start_equity) + Number(bot.transfers) + earned + held + funding;
      expect(bot.equity).toBeCloseTo(equity, 4);
      expect(
        sum(({ bought, sold, position, settled }) => (settled ? 0 : Number(bought) - Number(sold) - Number(position))),
      ).toBeCloseTo(0, 6);
      expect(bot.maker_fills).toBeLessThanOrEqual(bot.fills);
      expect(bot.quotes.hits).toBeLessThanOrEqual(bot.quotes.ended);
    }
    expect(truth.bots["mm-majors"]?.maker_fills).toBeGreaterThan(0);
  });
});
