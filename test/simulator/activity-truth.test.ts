import { expect, test } from "vitest";
import { micros, parseTime } from "../../src/base/time.ts";
import { BOT_NAMES, simulate } from "../../src/bots/simulator/model/simulation.ts";
import type { SimulatedEvent } from "../../src/bots/simulator/model/truth.ts";
import { activityOf } from "../../src/engine/activity.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { eventTypes } from "../../src/protocol/event-types.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";

const FROM_MS = Date.UTC(2026, 2, 4, 7);
const EVENTS = 20_000;

interface Counted {
  readonly entries: Set<unknown>;
  readonly met: Set<unknown>;
  /** Basis points of every fill that has a mid at its arrival. */
  readonly slippage: number[];
}

/** What the simulator says that its bots did, counted from its own words. */
function counted(events: readonly SimulatedEvent[]): Map<string, Counted> {
  const bots = new Map<string, Counted>();
  const mids = new Map<unknown, unknown>();
  for (const event of events) {
    const bot = bots.get(event.bot) ?? { entries: new Set(), met: new Set(), slippage: [] };
    bots.set(event.bot, bot);
    const { type } = event;
    const order = event["order_id"];
    if (type === "order.placed") mids.set(order, event["arrival_mid"]);
    if (type === "order.placed" && isEntry(event)) bot.entries.add(order);
    if (type === "fill" && event["price"] !== undefined) takeFill(bot, event, mids.get(order));
  }
  return bots;
}

const isEntry = (order: SimulatedEvent): boolean => order["reduce_only"] !== true && order["intent"] !== "exit";

function takeFill({ entries, met, slippage }: Counted, fill: SimulatedEvent, orderMid: unknown): void {
  const order = fill["order_id"];
  if (entries.has(order)) met.add(order);
  const mid = Number(fill["arrival_mid"] ?? orderMid);
  const sign = fill["side"] === "buy" ? 1 : -1;
  if (mid > 0) slippage.push((sign * (Number(fill["price"]) - mid) * 10_000) / mid);
}

test("orders placed and filled, and slippage, are those of the simulator, bot by bot", () => {
  const simulation = simulate({ seed: 20, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: BOT_NAMES });
  const events: SimulatedEvent[] = [];
  while (events.length < EVENTS) {
    const event = simulation.next(Number.POSITIVE_INFINITY);
    if (event !== undefined) events.push(event);
  }
  const state = emptyState();
  events.forEach((event, index) => {
    const parsed = parseEvent(event);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    if (eventTypes[parsed.value.type].class !== "fact") return;
    const ts = parseTime(event.ts) ?? micros(0);
    reduce(state, { seq: index + 1, ts, receivedAt: ts, standing: "fact", ofSeq: undefined, event: parsed.value });
  });
  let [placed, filled] = [0, 0];
  for (const [name, truth] of counted(events)) {
    const bot = state.bots.get(name);
    if (bot === undefined) throw new Error(`${name} is not known`);
    const read = activityOf(bot, "simulate", "all", bot.lastTs);
    expect([name, read.ordersPlaced, read.ordersFilled]).toEqual([name, truth.entries.size, truth.met.size]);
    expect([name, read.avgSlippageBps.n]).toEqual([name, truth.slippage.length]);
    const mean = truth.slippage.reduce((sum, bps) => sum + bps, 0) / truth.slippage.length;
    if (truth.slippage.length > 0) expect(read.avgSlippageBps.value).toBeCloseTo(mean, 6);
    placed += read.ordersPlaced;
    filled += read.ordersFilled;
  }
  expect([placed > 1_000, filled > 100]).toEqual([true, true]);
});
