import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEvent } from "../../../protocol/parse-event.ts";
import type { BotOrdersState } from "./leave.ts";
import { BOT_NAMES, type Simulation, simulate } from "./simulation.ts";
import type { SimulatedEvent } from "./truth.ts";

const FROM_MS = Date.UTC(2026, 2, 4, 7, 31);
const MINUTE_MS = 60_000;
const WARM_MS = 8 * MINUTE_MS;

const start = (seed: number): Simulation =>
  simulate({ seed, fromMs: FROM_MS, mode: "simulate", activity: 1, bots: BOT_NAMES });

function until(simulation: Simulation, untilMs: number): SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  for (let event = simulation.next(untilMs); event !== undefined; event = simulation.next(untilMs)) events.push(event);
  return events;
}

/** Tells every bot the same at `atMs`, and reads on for as long. */
function told(simulation: Simulation, state: BotOrdersState, { atMs, forMs = 4 * MINUTE_MS }: Span): SimulatedEvent[] {
  for (const bot of simulation.bots) bot.obey(atMs, { state, venues: {}, reason: "a test" });
  return until(simulation, atMs + forMs);
}

interface Span {
  readonly atMs: number;
  readonly forMs?: number;
}

const placed = (events: readonly SimulatedEvent[]) => events.filter(({ type }) => type === "order.placed");
const isExit = (event: SimulatedEvent): boolean => event["intent"] === "exit" && event["reduce_only"] === true;
const seeds = fc.integer({ min: 0, max: 4_294_967_295 });
const forSeeds = (holds: (seed: number) => void): void =>
  fc.assert(fc.property(seeds, holds), { numRuns: 3, endOnFailure: true });

test("places no order while it is halted, leaves none resting, and goes on when it is resumed", () => {
  forSeeds((seed) => {
    const simulation = start(seed);
    until(simulation, FROM_MS + WARM_MS);
    const halted = told(simulation, "halted", { atMs: FROM_MS + WARM_MS });
    expect(placed(halted)).toEqual([]);
    expect(halted.filter(({ type }) => type === "fill")).toEqual([]);
    const snapshots = halted.filter(({ type }) => type === "orders.snapshot");
    expect(snapshots.map(({ bot, orders }) => [bot, orders]).sort()).toEqual(
      [...BOT_NAMES].sort().map((bot) => [bot, []]),
    );
    const states = halted.filter(({ type }) => type === "bot.state");
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(["halted"]));
    const { bots } = simulation.truth.report();
    expect(Object.values(bots).flatMap(({ open_orders }) => open_orders)).toEqual([]);
    const resumed = told(simulation, "running", { atMs: FROM_MS + WARM_MS + 4 * MINUTE_MS });
    expect(new Set(placed(resumed).map(({ bot }) => bot)).has("mm-majors")).toBe(true);
  });
});

test("only reduces what it holds while it is paused", () => {
  forSeeds((seed) => {
    const simulation = start(seed);
    until(simulation, FROM_MS + WARM_MS);
    const before = new Map(simulation.bots.map(({ bot, positions }) => [bot, positions()]));
    const paused = told(simulation, "paused", { atMs: FROM_MS + WARM_MS, forMs: 10 * MINUTE_MS });
    expect(placed(paused).filter((order) => !isExit(order))).toEqual([]);
    for (const { bot, positions } of simulation.bots) {
      // What an arbitrage had under way may still be answered.
      if (bot === "arb-1") continue;
      for (const { symbol, size } of positions()) {
        const old = before.get(bot)?.find((position) => position.symbol === symbol)?.size ?? 0;
        expect(Math.abs(size)).toBeLessThanOrEqual(Math.abs(old));
        expect(Math.sign(size)).toBe(Math.sign(old));
      }
    }
  });
});

test("closes all that it holds when it is told to flatten, and enters nothing more", () => {
  forSeeds((seed) => {
    const simulation = start(seed);
    until(simulation, FROM_MS + WARM_MS);
    const flattened = told(simulation, "reducing", { atMs: FROM_MS + WARM_MS });
    expect(placed(flattened).filter((order) => !isExit(order))).toEqual([]);
    for (const bot of simulation.bots)
      if (bot.isRunning()) expect([bot.bot, bot.positions(), bot.openOrders()]).toEqual([bot.bot, [], []]);
  });
});

test("is held at one venue alone when a command is of one", () => {
  const simulation = start(3);
  until(simulation, FROM_MS + WARM_MS);
  const atMs = FROM_MS + WARM_MS;
  for (const bot of simulation.bots)
    bot.obey(atMs, { state: "running", venues: { bitget: "halted", kalshi: "halted" } });
  const events = until(simulation, atMs + 10 * MINUTE_MS);
  expect(placed(events).filter(({ venue }) => venue === "bitget" || venue === "kalshi")).toEqual([]);
  expect(placed(events).some(({ venue }) => venue === "kucoin")).toBe(true);
  const refused = events.filter(({ type, action }) => type === "opportunity" && action === "rejected");
  expect(new Set(refused.filter(({ reason }) => reason === "halted").map(({ detail }) => detail))).toEqual(
    new Set(["kalshi is held"]),
  );
});

test("tells nothing that a hub would refuse, and ends each order once, whatever it is told", () => {
  const states = fc.array(fc.constantFrom<BotOrdersState>("running", "paused", "reducing", "halted"), { maxLength: 8 });
  fc.assert(
    fc.property(seeds, states, (seed, orders) => {
      const simulation = start(seed);
      const events = until(simulation, FROM_MS + WARM_MS);
      orders.forEach((state, index) => {
        const atMs = FROM_MS + WARM_MS + index * 20_000;
        events.push(...told(simulation, state, { atMs, forMs: 19_000 }));
      });
      expect(events.map((event) => parseEvent({ ...event })).filter(({ ok }) => !ok)).toEqual([]);
      const ends = events.filter(({ type }) => ["order.cancelled", "order.rejected", "order.expired"].includes(type));
      const ids = ends.map(({ order_id }) => order_id);
      expect(new Set(ids).size).toBe(ids.length);
      const quotes = events.filter(({ type }) => type === "quote.ended").map(({ quote_id }) => quote_id);
      expect(new Set(quotes).size).toBe(quotes.length);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

test("tells the same as ever when it is told what holds already", () => {
  const [plain, told] = [start(11), start(11)];
  for (const bot of told.bots) bot.obey(FROM_MS + MINUTE_MS, { state: "running", venues: {} });
  const untilMs = FROM_MS + 3 * MINUTE_MS;
  expect(until(told, untilMs)).toEqual(until(plain, untilMs));
});
