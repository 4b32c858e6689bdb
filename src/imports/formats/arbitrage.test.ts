import { describe, expect, test } from "vitest";
import { naturalKey } from "../../protocol/natural-key.ts";
import { countTypes, importText, inChunks } from "../../../test/imports/items-of.ts";
import { arbitrageAttempts } from "./arbitrage-attempts.ts";
import { arbitrageEvents } from "./arbitrage-events.ts";
import { arbitrageSettlements } from "./arbitrage-settlements.ts";

const START = Date.UTC(2026, 4, 4, 3, 15) / 1000;
const T = (START + 100) * 1000;
const ID = `exec_${T.toString(36)}_abc`;

const ATTEMPT: Readonly<Record<string, string | number>> = {
  decision_ts: T,
  execution_id: ID,
  status: "success",
  dry_run: 0,
  interval_start_ts: START,
  interval_end_ts: START + 900,
  time_to_expiry_ms: 800_000,
  poly_yes_bid: 0.4,
  poly_yes_ask: 0.42,
  poly_yes_bid_size: 10,
  poly_yes_ask_size: 20,
  poly_no_bid: 0.58,
  poly_no_ask: 0.6,
  poly_no_bid_size: 20,
  poly_no_ask_size: 10,
  poly_ts_exchange: T - 30,
  poly_ts_local: T - 10,
  kalshi_yes_bid: 0.5,
  kalshi_yes_ask: 0.52,
  kalshi_yes_bid_size: 7,
  kalshi_yes_ask_size: 8,
  kalshi_no_bid: 0.48,
  kalshi_no_ask: 0.5,
  kalshi_no_bid_size: 8,
  kalshi_no_ask_size: 7,
  kalshi_ts_exchange: T - 60,
  kalshi_ts_local: T - 15,
  poly_quote_age_ms: 10,
  kalshi_quote_age_ms: 15,
  opp_cost: 0.92,
  opp_edge_gross: 0.08,
  opp_edge_net: 0.04489999999999996,
  opp_qty: 10,
  leg_a_venue: "polymarket",
  leg_a_side: "yes",
  leg_a_limit_price: 0.42,
  leg_a_qty: 10,
  leg_a_tif: "IOC",
  leg_a_market_id: "777",
  leg_a_filled: 1,
  leg_a_fill_price: 0.41,
  leg_a_fill_qty: 10,
  leg_a_submit_ts: T + 1,
  leg_a_fill_ts: T + 500,
  leg_b_venue: "kalshi",
  leg_b_side: "no",
  leg_b_limit_price: 0.5,
  leg_b_qty: 10,
  leg_b_filled: 1,
  leg_b_fill_price: 0.5,
  leg_b_fill_qty: 10,
  leg_b_submit_ts: T + 500,
  leg_b_fill_ts: T + 600,
  had_unwind: 0,
  unwind_realized_loss: "",
  unwind_reason: "",
  realized_pnl: 0.8,
  expected_edge_net: 0.04489999999999996,
  execution_start_ts: T + 1,
  execution_end_ts: T + 600,
};
const REFUSED = 'createOrder failed (409): {"error":{"code":"no_volume","message":"no volume"}}';
const UNWOUND = {
  status: "unwound",
  leg_b_filled: 0,
  leg_b_fill_price: 0,
  leg_b_fill_qty: 0,
  leg_b_fill_ts: "",
  had_unwind: 1,
  unwind_realized_loss: 0.2,
  unwind_reason: `FOK failed: ${REFUSED.replaceAll(",", ";")}`,
  realized_pnl: -0.2,
};
const NOT_FILLED = {
  status: "leg_a_failed",
  leg_a_filled: 0,
  leg_a_fill_price: 0,
  leg_a_fill_qty: 0,
  leg_a_fill_ts: "",
  leg_b_submit_ts: "",
  leg_b_filled: 0,
  leg_b_fill_price: "",
  leg_b_fill_qty: "",
  leg_b_fill_ts: "",
  realized_pnl: 0,
};

function attempts(...changes: Partial<Record<string, string | number>>[]) {
  const rows = changes.map((change) => Object.values({ ...ATTEMPT, ...change }).join(","));
  return importText(arbitrageAttempts, inChunks([Object.keys(ATTEMPT).join(","), ...rows, ""].join("\n")));
}

describe("arbitrageAttempts", () => {
  test("tells the opportunity, both orders and both fills when both legs filled", async () => {
    const { events, invalid } = await attempts({});
    expect(invalid).toEqual([]);
    expect(countTypes(events)).toEqual({ instrument: 4, pair: 1, mark: 4, opportunity: 3, "order.placed": 2, fill: 2 });
    const fills = events.flatMap(({ event }) => (event.type === "fill" ? [event] : []));
    expect(fills).toMatchObject([
      {
        bot: "pm-kalshi-arbitrage",
        mode: "live",
        fill_id: `${ID}:A`,
        venue: "polymarket",
        symbol: "BTC-15M-20260504T0315Z-YES",
        side: "buy",
        price: "0.41",
        size: "10",
        is_maker: false,
        arrival_mid: "0.41",
        entry_edge_cents: 4.49,
      },
      { fill_id: `${ID}:B`, venue: "kalshi", symbol: "BTC-15M-20260504T0315Z-NO", price: "0.5", arrival_mid: "0.49" },
    ]);
    const actions = events.flatMap(({ event }) =>
      event.type === "opportunity" ? [[event.action, event.edge_cents]] : [],
    );
    expect(actions).toEqual([
      ["detected", 4.49],
      ["approved", 4.49],
      ["executed", 4.49],
    ]);
    expect(events[0]?.event).toMatchObject({
      kind: "binary",
      quote: "USDC",
      payout: "1",
      outcome: "yes",
      token_id: "777",
    });
  });

  test("never calls the locked edge a profit", async () => {
    const { events } = await attempts({});
    const keys = events.flatMap(({ event }) => Object.keys(event));
    expect(keys).toContain("realized_pnl_reported");
    expect(keys).not.toContain("realized_pnl");
    expect(keys).not.toContain("pnl_cents");
  });

  test("tells a cancelled order when leg A found nothing", async () => {
    const { events, refused } = await attempts(NOT_FILLED);
    expect(refused).toEqual([]);
    expect(events.filter(({ event }) => event.type === "order.cancelled").map(({ event }) => event)).toMatchObject([
      { order_id: `${ID}:A`, filled_size: "0" },
    ]);
    expect(events.at(-1)?.event).toMatchObject({ action: "rejected", reason: "leg_a_failed" });
  });

  test("tells what is left of an order when it filled in part", async () => {
    const { events } = await attempts({ leg_a_fill_qty: 9.5 });
    expect(events.find(({ event }) => event.type === "order.cancelled")?.event).toMatchObject({ filled_size: "9.5" });
  });

  test("tells the refused leg and the unwind, and says that its sale is not in the file", async () => {
    const { events, leftOut } = await attempts(UNWOUND);
    expect(events.find(({ event }) => event.type === "order.rejected")?.event).toMatchObject({
      order_id: `${ID}:B`,
      reason: REFUSED,
    });
    expect(events.find(({ event }) => event.type === "error")?.event).toMatchObject({
      code: "unwind",
      message: `FOK failed: ${REFUSED}`,
      unwind_realized_loss: "0.2",
    });
    expect(leftOut).toEqual([expect.stringContaining("an unwind's sale")]);
  });

  test("leaves out an age that is a missing time subtracted, and the missing time", async () => {
    const { events, leftOut } = await attempts({ kalshi_quote_age_ms: T, kalshi_ts_exchange: 0 });
    expect(leftOut).toEqual(["a quote age that is a missing time subtracted"]);
    const detected = events.find(({ event }) => event.type === "opportunity")?.event;
    expect(detected).toMatchObject({ poly_quote_age_ms: 10 });
    expect(detected).not.toHaveProperty("kalshi_quote_age_ms");
  });

  test("gives no mid when a side of the quote is empty", async () => {
    const { events, leftOut } = await attempts({ kalshi_no_bid_size: 0 });
    expect(leftOut).toEqual(["a quote with one side only has no mid"]);
    const placed = events.find(({ event }) => event.type === "order.placed" && event.order_id === `${ID}:B`);
    expect(placed?.event).not.toHaveProperty("arrival_mid");
  });

  test("is paper when the row is a dry run", async () => {
    const { events } = await attempts({ dry_run: 1 });
    expect(new Set(events.map(({ event }) => event.mode))).toEqual(new Set(["paper"]));
  });

  test.each([
    ["status", "perhaps", "the status is unknown"],
    ["leg_a_side", "maybe", "the side is neither yes nor no"],
    ["leg_b_venue", "elsewhere", "the venue is neither polymarket nor kalshi"],
    ["leg_a_fill_price", "", "no leg_a_fill_price"],
  ])("refuses the row when %s is %s", async (column, value, reason) => {
    const { refused, events } = await attempts({ [column]: value });
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([[2, reason]]);
    expect(events).toEqual([]);
  });
});

type Data = Record<string, unknown>;
const line = (event: string, afterMs: number, data: Data, log = "run-1.txt") =>
  JSON.stringify({ ts: new Date(T + afterMs).toISOString(), event, log, data });
const begin = line("EXECUTION_START", 500, {
  executionId: ID,
  intervalKey: "03:15-03:30 UTC",
  expectedEdgeNet: 0.04489999999999996,
  legA: { venue: "polymarket", side: "yes", price: 0.42 },
  legB: { venue: "kalshi", side: "no", price: 0.5 },
});
const submit = (leg: string, venue: string, price: number) =>
  line("LEG_SUBMIT", 500, { executionId: ID, leg, venue, side: "yes", price, qty: 10, clientOrderId: `c-${leg}` });
const filled = (leg: string, venue: string, fillPrice: number, afterMs: number) =>
  line("LEG_FILL", afterMs, {
    executionId: ID,
    leg,
    venue,
    orderId: `v-${leg}`,
    fillQty: 10,
    fillPrice,
    latencyMs: 499,
  });
const failed = (leg: string, reason: string, error?: string) =>
  line("LEG_FAIL", 600, { executionId: ID, leg, venue: "kalshi", reason, error });
const complete = (status: string, realizedPnl: number) =>
  line("EXECUTION_COMPLETE", 601, { executionId: ID, status, success: status === "success", realizedPnl });
const unwind = (result: Data) => [
  line("UNWIND_START", 600, {
    executionId: ID,
    reason: `FOK failed: ${REFUSED}`,
    legToUnwind: { venue: "polymarket", side: "yes", fillPrice: 0.41 },
  }),
  line("UNWIND_RESULT", 700, { executionId: ID, ...result }),
];

const [SUBMIT_A, SUBMIT_B] = [submit("A", "polymarket", 0.42), submit("B", "kalshi", 0.5)];
const [FILL_A, FILL_B] = [filled("A", "polymarket", 0.41, 500), filled("B", "kalshi", 0.5, 600)];
const SUCCESS = [begin, SUBMIT_A, FILL_A, SUBMIT_B, FILL_B, complete("success", 0.8)];

const logged = (...lines: string[]) => importText(arbitrageEvents, inChunks(`${lines.join("\n")}\n`));
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

const SETTLED = "interval_start_ts,interval_end_ts,btc_spot_at_close,kalshi_resolution,poly_resolution,checked_at";
const settled = (kalshi: string, poly: string, atS: number) =>
  `${START},${START + 900},70000.5,${kalshi},${poly},${(START + atS) * 1000}`;
const settlements = (...rows: string[]) =>
  importText(arbitrageSettlements, inChunks([SETTLED, ...rows, ""].join("\n")));

describe("arbitrageSettlements", () => {
  test("pays the winner 1 and the loser 0 on a venue that has resolved", async () => {
    const { events, leftOut, invalid } = await settlements(settled("no", "unknown", 1000));
    expect(invalid).toEqual([]);
    const paid = events.flatMap(({ event }) =>
      event.type === "settlement" ? [[event.venue, event.symbol.slice(-3), event.payout_per_unit]] : [],
    );
    expect(paid).toEqual([
      ["kalshi", "YES", "0"],
      ["kalshi", "-NO", "1"],
    ]);
    expect(leftOut).toEqual(["a settlement on polymarket: not resolved when it was looked at"]);
  });

  test("says each venue's own outcome when they disagree", async () => {
    const { events } = await settlements(settled("yes", "no", 1000));
    const outcomes = events.flatMap(({ event }) =>
      event.type === "settlement" ? [`${event.venue} ${event.outcome}`] : [],
    );
    expect(outcomes).toEqual(["kalshi yes", "kalshi yes", "polymarket no", "polymarket no"]);
  });

  test("refuses a row when neither venue had resolved", async () => {
    const { refused, events } = await settlements(settled("unknown", "unknown", 1000));
    expect(refused).toMatchObject([{ line: 2, refused: "neither venue had resolved when it was looked at" }]);
    expect(events).toEqual([]);
  });

  test("has the same keys when it is looked at twice", async () => {
    const { events } = await settlements(settled("yes", "unknown", 1000), settled("yes", "unknown", 2000));
    const keys = events.flatMap(({ event }) => (event.type === "settlement" ? [event.id] : []));
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(2);
  });
});
