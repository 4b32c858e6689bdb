import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FoldedDesk } from "../../test/support/folded-desk.ts";
import { decimalText } from "../domain/decimal.ts";
import { orderCountsOf } from "./activity.ts";
import type { BotState } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { knowsOrder, openOrderOf } from "./orders.ts";
import { copyState } from "./state-copy.ts";

const botOf = (state: State): BotState => {
  const bot = state.bots.get("mm");
  if (bot === undefined) throw new Error("the bot said nothing");
  return bot;
};

const order = (id: string, more: object = {}) => ({ order_id: id, venue: "v", symbol: "A", ...more });
const placed = (id: string, more: object = {}) => ({
  ...order(id, more),
  ...{ type: "order.placed", side: "buy", size: 2, price: 10, arrival_mid: 10 },
});
const fill = (id: string, more: object = {}) => ({
  ...order(id),
  ...{ type: "fill", fill_id: `f-${id}`, side: "buy", size: 1, price: 11 },
  ...more,
});

/** Whether its fills are counted as those of an order that was placed. */
const filledOf = (desk: FoldedDesk): number => orderCountsOf(botOf(desk.state), "live", "all").ordersFilled;

describe("orders", () => {
  test("of one id are told apart by venue and mode, whichever of them ends first", () => {
    const desk = new FoldedDesk()
      .fact(1, placed("1"))
      .fact(2, placed("1", { venue: "w" }))
      .fact(3, placed("1", { mode: "paper" }))
      .fact(4, { ...order("1"), type: "order.cancelled" })
      .fact(5, fill("1", { venue: "w" }));
    const names = [...botOf(desk.state).openOrders.values()].map(({ mode, venue, filled }) => [
      ...[mode, venue, decimalText(filled)],
    ]);
    expect(names).toEqual([
      ["live", "w", "1"],
      ["paper", "v", "0"],
    ]);
    desk.fact(6, placed("1")).fact(7, { ...order("1"), mode: "paper", type: "order.expired" });
    const known = (mode: "live" | "paper", venue: string): boolean =>
      openOrderOf(botOf(desk.state), { mode, venue, orderId: "1" }) !== undefined;
    expect([known("live", "v"), known("live", "w"), known("paper", "v"), known("paper", "w")]).toEqual([
      ...[true, true, false, false],
    ]);
    expect(knowsOrder(botOf(desk.state), { mode: "paper", venue: "v", orderId: "1" })).toBe(true);
  });

  test("are remembered for their fills until a thousand ended after them, and forgotten after twice as many", () => {
    const desk = new FoldedDesk().fact(1, placed("kept")).fact(2, { ...order("kept"), type: "order.cancelled" });
    const end = (count: number, prefix: string): void => {
      for (let n = 0; n < count; n++)
        desk.fact(3, placed(`${prefix}${n}`)).fact(3, { ...order(`${prefix}${n}`), type: "order.cancelled" });
    };
    end(1_000, "a");
    desk.fact(4, fill("kept"));
    expect(filledOf(desk)).toBe(1);
    desk.fact(5, fill("kept", { fill_id: "g" }));
    expect(filledOf(desk)).toBe(1);
    end(1_000, "b");
    expect(knowsOrder(botOf(desk.state), { mode: "live", venue: "v", orderId: "kept" })).toBe(false);
    const { endedOrders, endedBefore } = botOf(desk.state);
    expect(endedOrders.size + endedBefore.size).toBeLessThanOrEqual(2_000);
  });

  test("beyond twenty thousand are forgotten, the oldest first, and so once each", () => {
    const desk = new FoldedDesk();
    for (let n = 0; n < 20_003; n++) desk.fact(1, placed(`o${n}`));
    const bot = botOf(desk.state);
    expect([bot.openOrders.size, bot.forgottenOrders]).toEqual([20_000, 3]);
    const rests = (id: string): boolean => openOrderOf(bot, { mode: "live", venue: "v", orderId: id }) !== undefined;
    expect(["o0", "o2", "o3", "o20002"].map(rests)).toEqual([false, false, true, true]);
    expect(knowsOrder(bot, { mode: "live", venue: "v", orderId: "o0" })).toBe(true);
  });

  test("of a copy stay as they were while the original goes on", () => {
    const desk = new FoldedDesk().fact(1, placed("1")).fact(2, { ...order("1"), type: "order.acknowledged" });
    const copying = copyState(desk.state);
    let step = copying.next();
    while (step.done !== true) step = copying.next();
    const copy = botOf(step.value.state);
    const before = JSON.stringify([[...copy.openOrders.values()].map(({ placed }) => placed), copy.told]);
    desk.fact(3, fill("1")).fact(4, placed("2"));
    expect(JSON.stringify([[...copy.openOrders.values()].map(({ placed }) => placed), copy.told])).toBe(before);
  });
});

const PLACES = [
  { mode: "live", venue: "v" },
  { mode: "live", venue: "w" },
  { mode: "paper", venue: "v" },
] as const;

interface Step {
  readonly id: string;
  readonly place: (typeof PLACES)[number];
  readonly what: "placed" | "acknowledged" | "cancelled" | "part" | "whole" | "listed";
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    id: fc.constantFrom("1", "2", "3"),
    place: fc.constantFrom(...PLACES),
    what: fc.constantFrom("placed", "acknowledged", "cancelled", "part", "whole", "listed"),
  }),
  { maxLength: 60 },
);

/** What rests by whole names, and how much of it is filled. */
class Model {
  readonly resting = new Map<string, number>();

  take({ id, place, what }: Step): void {
    const key = `${place.mode} ${place.venue} ${id}`;
    const filled = this.resting.get(key);
    if (what === "placed") this.resting.set(key, 0);
    if (what === "cancelled" || what === "whole") this.resting.delete(key);
    if (what === "part" && filled === 1) this.resting.delete(key);
    if (what === "part" && filled === 0) this.resting.set(key, 1);
    if (what !== "listed") return;
    for (const other of [...this.resting.keys()])
      if (other.startsWith(`${place.mode} ${place.venue} `)) this.resting.delete(other);
    this.resting.set(key, 0);
  }
}

function eventOf({ id, place, what }: Step, index: number): Record<string, unknown> {
  const at = { ...order(id), ...place };
  switch (what) {
    case "placed":
      return { ...placed(id), ...place };
    case "acknowledged":
    case "cancelled":
      return { ...at, type: `order.${what}` };
    case "part":
    case "whole":
      return { ...fill(id), ...place, fill_id: `f-${index}`, size: what === "part" ? 1 : 2 };
    case "listed":
      return { type: "orders.snapshot", ...place, orders: [{ ...at, side: "buy", size: 2 }] };
  }
}

test("what rests is what a map by whole names has, however ids are shared", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const desk = new FoldedDesk();
      const model = new Model();
      for (const [index, step] of all.entries()) {
        desk.fact(index, eventOf(step, index));
        model.take(step);
        const resting = [...botOf(desk.state).openOrders.values()].map(
          ({ mode, venue, orderId, filled }) => [`${mode} ${venue} ${orderId}`, Number(decimalText(filled))] as const,
        );
        expect(new Map(resting)).toEqual(model.resting);
        expect(resting.length).toBe(model.resting.size);
      }
    }),
  );
});
