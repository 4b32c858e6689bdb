import { describe, expect, test } from "vitest";
import {
  attempts,
  begin,
  complete,
  FILL_A,
  failed,
  ID,
  line,
  logged,
  NOT_FILLED,
  REFUSED,
  SUBMIT_A,
  SUBMIT_B,
  SUCCESS,
  UNWOUND,
  unwind,
} from "../../../test/imports/invented-attempt.ts";
import { countTypes } from "../../../test/imports/items-of.ts";
import { naturalKey } from "../../protocol/natural-key.ts";

const keysOf = ({ events }: Awaited<ReturnType<typeof logged>>) => events.map(({ event }) => naturalKey(event)).sort();

describe("arbitrageEvents", () => {
  test("tells orders, fills and outcome of an attempt", async () => {
    const { events, invalid, refused } = await logged(...SUCCESS);
    expect([invalid, refused]).toEqual([[], []]);
    expect(countTypes(events)).toEqual({
      instrument: 4,
      pair: 1,
      "bot.started": 1,
      opportunity: 2,
      "order.placed": 2,
      fill: 2,
    });
  });

  test("says the same when the log wrote the lines in another order, with every order before its fill", async () => {
    const orderly = await logged(...SUCCESS);
    const jumbled = await logged(...SUCCESS.toReversed());
    expect(keysOf(jumbled)).toEqual(keysOf(orderly));
    expect(jumbled.refused).toEqual([]);
    const legA = jumbled.events.flatMap(({ event }) =>
      "order_id" in event && event.order_id === `${ID}:A` ? [event.type] : [],
    );
    expect(legA).toEqual(["order.placed", "fill"]);
  });

  test.each([
    ["filled", {}, SUCCESS],
    [
      "not filled",
      NOT_FILLED,
      [begin, SUBMIT_A, failed("A", "rejected", "Order not filled"), complete("leg_a_failed", 0)],
    ],
    [
      "unwound",
      UNWOUND,
      [
        begin,
        SUBMIT_A,
        FILL_A,
        SUBMIT_B,
        failed("B", "rejected", REFUSED),
        ...unwind({ success: true, unwindPrice: 0.39, realizedLoss: 0.2 }),
        complete("unwound", -0.2),
      ],
    ],
  ])("agrees with the table of attempts when the attempt was %s", async (_, change, lines) => {
    const table = new Map((await attempts(change)).events.map(({ event }) => [naturalKey(event) ?? event.id, event]));
    const log = (await logged(...lines)).events.filter(({ event }) => table.has(naturalKey(event) ?? event.id));
    expect(log.length).toBeGreaterThanOrEqual(9);
    for (const { event } of log) {
      const there = Object.entries(table.get(naturalKey(event) ?? event.id) ?? {});
      const said: Record<string, unknown> = { ...event, ts: undefined, id: undefined };
      const differ = there.filter(
        ([name, value]) => said[name] !== undefined && JSON.stringify(said[name]) !== JSON.stringify(value),
      );
      expect([event.type, differ]).toEqual([event.type, []]);
    }
  });

  test("tells the sale of an unwind with its size from the loss", async () => {
    const { events } = await logged(
      begin,
      SUBMIT_A,
      FILL_A,
      ...unwind({ success: true, unwindPrice: 0.39, realizedLoss: 0.198 }),
    );
    // 0.198 ÷ (0.41 − 0.39) = 9.9
    expect(events.at(-1)?.event).toMatchObject({
      type: "fill",
      fill_id: `${ID}:U`,
      side: "sell",
      price: "0.39",
      size: "9.9",
    });
  });

  test("tells an error when an unwind failed", async () => {
    const { events } = await logged(
      begin,
      SUBMIT_A,
      FILL_A,
      ...unwind({ success: false, unwindPrice: 0, realizedLoss: 4.1, error: "no taker" }),
    );
    expect(events.at(-1)?.event).toMatchObject({ code: "unwind_failed", message: "no taker", severity: "high" });
  });

  test("tells an error, no end of the order, when what the order did is not known", async () => {
    const { events } = await logged(begin, SUBMIT_A, failed("A", "timeout", "Order timeout"));
    expect(events.at(-1)?.event).toMatchObject({ type: "error", code: "leg_unclear" });
  });

  test("refuses lines with their reason when their market was never said", async () => {
    const { refused, events } = await logged(SUBMIT_A, FILL_A);
    expect(refused.map(({ line: at, refused: why }) => [at, why.slice(0, 35)])).toEqual([
      [1, "the log does not say the market of "],
      [2, "the log does not say the market of "],
    ]);
    expect(countTypes(events)).toEqual({ "bot.started": 1 });
  });

  test("halts at a kill switch, and runs again at a new log or a later attempt", async () => {
    const kill = (afterMs: number, dailyLoss: number) =>
      line("KILL_SWITCH", afterMs, { dailyLoss, maxDailyLoss: 10, trigger: "loss" });
    const price = line("BTC_PRICE", 900, { price: 70_000.5 }, "run-2.txt");
    const { events } = await logged(line("BTC_PRICE", 0, { price: 70_000 }), kill(-5, 4), begin, kill(800, 12), price);
    const told = events.filter(({ event }) => !["instrument", "pair", "opportunity"].includes(event.type));
    expect(told.map(({ event }) => ("status" in event ? `${event.type} ${event.status}` : event.type))).toEqual([
      "bot.started running",
      "metric",
      "bot.state halted",
      "bot.state running",
      "bot.state halted",
      "threshold_breach",
      "bot.started running",
      "metric",
    ]);
  });

  test("tells opportunities that were only seen, and pauses", async () => {
    const legs = [
      { venue: "polymarket", side: "yes", price: 0.42, size: 5 },
      { venue: "kalshi", side: "no", price: 0.5, size: 9 },
    ];
    const seen = line("OPPORTUNITY", 0, {
      intervalKey: "03:15-03:30 UTC",
      edgeGross: 0.08,
      edgeNet: 0.045,
      cost: 0.92,
      legs,
    });
    const { events, invalid } = await logged(seen, seen, line("COOLDOWN", 9, { reason: "loss", durationMs: 3000 }));
    expect(invalid).toEqual([]);
    expect(countTypes(events)).toMatchObject({ opportunity: 2, annotation: 1 });
    expect(new Set(events.map(({ event }) => event.id)).size).toBe(events.length);
  });

  test("refuses a line with its reason when it is not of the log", async () => {
    const { refused } = await logged(
      "nonsense",
      line("NEW_THING", 0, {}),
      line("BTC_PRICE", 0, { price: "high" }),
      line("BTC_PRICE", 0, { price: 1 }).replace(/"ts":"[^"]*"/, '"ts":"soon"'),
      begin.replace("03:15-03:30 UTC", "now"),
    );
    expect(refused.map(({ refused: why }) => why)).toEqual([
      "not JSON",
      "the event has no mapping",
      "data.price is not as expected",
      "ts is not a time",
      "intervalKey is not HH:MM-HH:MM UTC",
    ]);
  });
});
