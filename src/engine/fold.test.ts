import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Micros, micros } from "../base/time.ts";
import { decimalText } from "../domain/decimal.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { emptyState, foldedSeq, reduce, reduceTail, type State } from "./fold.ts";
import { isHeld, positionOf } from "./ledgers.ts";
import { copyState } from "./state-copy.ts";
import { botSlice, DESK_SLICE, fingerprint, type Slice, slicesOf, stateFromSlices } from "./snapshot.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

function event(input: Record<string, unknown>): DeskEvent {
  const parsed = parseEvent({ bot: "mm", ts: "2026-02-24T00:00:00Z", ...input }, "hub");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const recorded = (seq: number, said: DeskEvent, more: Partial<Recorded> = {}): Recorded => ({
  seq,
  ts: micros(START + seq) as Micros,
  receivedAt: micros(START + seq),
  standing: "fact",
  ofSeq: undefined,
  event: said,
  ...more,
});

const fold = (events: readonly Recorded[], take = reduce, state: State = emptyState()): State => {
  for (const one of events) take(state, one);
  return state;
};

const fill = (more: Record<string, unknown> = {}) =>
  event({ type: "fill", fill_id: "f", venue: "k", symbol: "A", side: "buy", price: "10", size: "2", ...more });

const heldBy = (state: State, bot = "mm"): [string, string][] =>
  [...(state.bots.get(bot)?.ledgers ?? [])]
    .filter(([, ledger]) => isHeld(ledger))
    .map(([key, ledger]) => [key, decimalText(positionOf(ledger).quantity)]);

const anyEvent: fc.Arbitrary<DeskEvent> = fc
  .tuple(
    fc.constantFrom("a", "b", "c"),
    fc.nat({ max: 30 }),
    fc.constantFrom("buy", "sell"),
    fc.integer({ min: 1, max: 500 }),
    fc.constantFrom(
      "fill",
      "pair",
      "placed",
      "exit",
      "slipped",
      "voided",
      "cancelled",
      "elsewhere",
      "acknowledged",
      "part",
      "state",
      "instrument",
      "settlement",
      "feed",
      "edge",
      "snapshot",
      "started",
      "income",
      "closed",
      "inverse",
    ),
  )
  .map(([bot, n, side, size, kind]) => {
    const order = { bot, order_id: `o${n}`, venue: "k", symbol: `S${n % 4}` };
    const elsewhere = { ...order, venue: n % 2 === 0 ? "k" : "l", mode: n % 3 === 0 ? "paper" : "live" };
    const bodies: Record<string, Record<string, unknown>> = {
      fill: { ...order, type: "fill", fill_id: `f${n}`, side, price: size / 7, size },
      pair: { bot, type: "fill", fill_id: `p${n}`, pair_id: `q${n % 3}`, size_usd: size },
      placed: { ...order, type: "order.placed", side, size },
      exit: { ...order, type: "order.placed", side, size, intent: "exit", arrival_mid: size / 3 },
      slipped: { ...order, type: "order.filled", fill_id: `g${n}`, side, price: size / 7, size, arrival_mid: size / 8 },
      voided: { bot, type: "fill.voided", fill_id: `f${n}`, venue: "k", reason: "FAILED" },
      cancelled: { ...order, type: "order.cancelled" },
      elsewhere: { ...elsewhere, type: "order.placed", side, size: 500, sent_at: "2026-02-24T00:00:00Z" },
      acknowledged: { ...elsewhere, type: "order.acknowledged" },
      part: { ...elsewhere, type: "fill", fill_id: `h${n}`, side, price: size / 7, size: 400, mid: size / 6, fee: 1 },
      state: { bot, type: "bot.state", status: "running", reason: `r${n}` },
      instrument: { bot, type: "instrument", venue: "k", symbol: `S${n % 4}`, kind: "spot", quote: "USD" },
      settlement: { bot, type: "settlement", venue: "k", symbol: `S${n % 4}`, payout_per_unit: 1 },
      feed: { bot, type: "feed", venue: "k", kind: n % 2 === 0 ? "gap" : "connected" },
      edge: { bot, type: "edge", pair_id: `q${n % 3}`, primary_market: "x", hedge_market: "y", net_edge_cents: size },
      started: { bot, type: "bot.started" },
      income: { bot, type: "income", income_type: "FUNDING_FEE", amount: size / 3, currency: "USD", venue: "k" },
      closed: {
        ...order,
        type: "position.closed",
        position_id: `x${n}`,
        side: "long",
        size: 1,
        entry_price: 2,
        realized_pnl: size / 9,
      },
      inverse: { bot, type: "instrument", venue: "k", symbol: `S${n % 4}`, kind: "inverse", base: "BTC" },
      snapshot: { bot, type: "orders.snapshot", orders: [{ ...order, side, size }] },
    };
    return event(bodies[kind] ?? {});
  });

const logs = fc
  .array(fc.tuple(anyEvent, fc.integer({ min: 1, max: 3 }), fc.constantFrom("fact", "fact", "fact", "contradiction")))
  .map((items) => {
    let seq = 0;
    return items.map(([said, step, standing]) => {
      seq += step;
      return recorded(seq, said, { standing: standing as Recorded["standing"] });
    });
  });

describe("fold", () => {
  test("gives the same state when it is cut into a snapshot part by part and goes on from there", () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.nat(), (log, first, second) => {
        const cuts = [first, second]
          .map((cut) => (log.length === 0 ? 0 : cut % (log.length + 1)))
          .sort((a, b) => a - b);
        const [early = 0, late = 0] = cuts;
        const atEarly = fold(log.slice(0, early));
        const slices: Slice[] = [...slicesOf(DESK_SLICE, atEarly.desk)];
        const roundSeq = foldedSeq(atEarly);
        fold(log.slice(early, late), reduce, atEarly);
        for (const [name, bot] of atEarly.bots) slices.push(...slicesOf(botSlice(name), bot));
        const restored = stateFromSlices(slices);
        fold(
          log.filter(({ seq }) => seq > roundSeq),
          reduceTail,
          restored,
        );
        expect(fingerprint(restored)).toBe(fingerprint(fold(log)));
      }),
    );
  });

  test("slices are of the moment of the first of them, whatever is folded until the last", () => {
    const begun = (name: string, part: Parameters<typeof slicesOf>[1]) => {
      const slices = slicesOf(name, part);
      const first = slices.next();
      return () => [first.value, ...slices];
    };
    fc.assert(
      fc.property(logs, fc.nat({ max: 20 }), (log, cut) => {
        const state = fold(log.slice(0, cut));
        const parts = [
          [DESK_SLICE, state.desk] as const,
          ...[...state.bots].map(([n, bot]) => [botSlice(n), bot] as const),
        ];
        const atOnce = parts.map(([name, part]) => [...slicesOf(name, part)]);
        const later = parts.map(([name, part]) => begun(name, part));
        fold(log.slice(cut), reduce, state);
        expect(later.map((rest) => rest())).toEqual(atOnce);
      }),
    );
  });

  test("a slice is short however much a bot holds, and all of them together are the state", () => {
    const fills = Array.from({ length: 2_000 }, (_, index) => {
      const market = { venue: "kalshi", symbol: `MARKET-${index % 400}`, side: "buy", price: "0.5", size: "2" };
      return recorded(index + 1, event({ type: "fill", fill_id: `f-${index}`, ...market }));
    });
    const state = fold(fills);
    const slices = [...state.bots].flatMap(([name, bot]) => [...slicesOf(botSlice(name), bot)]);
    expect(slices.reduce((sum, { body }) => sum + body.length, 0)).toBeGreaterThan(1_000_000);
    expect(Math.max(...slices.map(({ body }) => body.length))).toBeLessThan(200_000);
    const restored = stateFromSlices([...slicesOf(DESK_SLICE, state.desk), ...slices]);
    expect(fingerprint(restored)).toBe(fingerprint(state));
  });

  test("a copy stays as it was while the original goes on", () => {
    fc.assert(
      fc.property(logs, fc.nat({ max: 20 }), (log, cut) => {
        const state = fold(log.slice(0, cut));
        const copying = copyState(state);
        let step = copying.next();
        while (step.done !== true) step = copying.next();
        const copy = step.value.state;
        const before = fingerprint(state);
        fold(log.slice(cut), reduce, state);
        expect(fingerprint(copy)).toBe(before);
        fold(log.slice(cut), reduce, copy);
        expect(fingerprint(copy)).toBe(fingerprint(state));
      }),
    );
  });

  test("refuses to go back when a seq is not above the last", () => {
    expect(() => fold([recorded(2, fill()), recorded(2, fill())])).toThrow(/folded after/);
  });

  test("leaves the position alone when a statement is merged or contradicts", () => {
    const state = fold([
      recorded(1, fill()),
      recorded(2, fill({ fee: 1 }), { standing: "merge", ofSeq: 1 }),
      recorded(3, fill({ size: 9 }), { standing: "contradiction", ofSeq: 1 }),
    ]);
    const bot = state.bots.get("mm");
    expect([bot?.fills, bot?.merges, bot?.contradictions]).toEqual([1, 1, 1]);
    expect(heldBy(state)).toEqual([["live\tmm\tk\tA", "2"]]);
  });

  test("takes a fill back when it is voided, before or after it comes", () => {
    const voids = event({ type: "fill.voided", fill_id: "f", venue: "k", reason: "FAILED", voids: fill() });
    expect(heldBy(fold([recorded(1, fill()), recorded(2, voids)]))).toEqual([]);
    const ahead = event({ type: "fill.voided", fill_id: "f", venue: "k", reason: "FAILED" });
    expect(heldBy(fold([recorded(1, ahead), recorded(2, fill())]))).toEqual([]);
  });

  test("forgets an order when it is filled, ended, or not in the bot's own list", () => {
    const placed = (id: string) =>
      event({ type: "order.placed", order_id: id, venue: "k", symbol: "A", side: "buy", size: 2 });
    const open = (events: DeskEvent[]) =>
      fold(events.map((said, index) => recorded(index + 1, said))).bots.get("mm")?.openOrders.size;
    expect(open([placed("1"), placed("2")])).toBe(2);
    expect(open([placed("1"), fill({ order_id: "1", size: 1 })])).toBe(1);
    expect(open([placed("1"), fill({ order_id: "1", size: 1 }), fill({ fill_id: "g", order_id: "1", size: 1 })])).toBe(
      0,
    );
    expect(open([placed("1"), event({ type: "order.cancelled", order_id: "1", venue: "k" })])).toBe(0);
    expect(open([placed("1"), event({ type: "orders.snapshot", orders: [] })])).toBe(0);
  });

  test("keeps the modes apart", () => {
    const state = fold([recorded(1, fill()), recorded(2, fill({ mode: "paper", side: "sell" }))]);
    expect(heldBy(state)).toEqual([
      ["live\tmm\tk\tA", "2"],
      ["paper\tmm\tk\tA", "-2"],
    ]);
  });
});
