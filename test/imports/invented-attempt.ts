import { arbitrageAttempts } from "../../src/imports/formats/arbitrage-attempts.ts";
import { arbitrageEvents } from "../../src/imports/formats/arbitrage-events.ts";
import { importText, inChunks } from "./items-of.ts";

/** An invented attempt of the arbitrage bot, as its table and as its log tell it. */
export const START = Date.UTC(2026, 4, 4, 3, 15) / 1000;
export const T = (START + 100) * 1000;
export const ID = `exec_${T.toString(36)}_abc`;

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
export const REFUSED = 'createOrder failed (409): {"error":{"code":"no_volume","message":"no volume"}}';
export const UNWOUND = {
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
export const NOT_FILLED = {
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

export function attempts(...changes: Partial<Record<string, string | number>>[]) {
  const rows = changes.map((change) => Object.values({ ...ATTEMPT, ...change }).join(","));
  return importText(arbitrageAttempts, inChunks([Object.keys(ATTEMPT).join(","), ...rows, ""].join("\n")));
}

type Data = Record<string, unknown>;
export const line = (event: string, afterMs: number, data: Data, log = "run-1.txt") =>
  JSON.stringify({ ts: new Date(T + afterMs).toISOString(), event, log, data });
export const begin = line("EXECUTION_START", 500, {
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
export const failed = (leg: string, reason: string, error?: string) =>
  line("LEG_FAIL", 600, { executionId: ID, leg, venue: "kalshi", reason, error });
export const complete = (status: string, realizedPnl: number) =>
  line("EXECUTION_COMPLETE", 601, { executionId: ID, status, success: status === "success", realizedPnl });
export const unwind = (result: Data) => [
  line("UNWIND_START", 600, {
    executionId: ID,
    reason: `FOK failed: ${REFUSED}`,
    legToUnwind: { venue: "polymarket", side: "yes", fillPrice: 0.41 },
  }),
  line("UNWIND_RESULT", 700, { executionId: ID, ...result }),
];

export const SUBMIT_A = submit("A", "polymarket", 0.42);
export const SUBMIT_B = submit("B", "kalshi", 0.5);
export const FILL_A = filled("A", "polymarket", 0.41, 500);
const FILL_B = filled("B", "kalshi", 0.5, 600);
export const SUCCESS = [begin, SUBMIT_A, FILL_A, SUBMIT_B, FILL_B, complete("success", 0.8)];

export const logged = (...lines: string[]) => importText(arbitrageEvents, inChunks(`${lines.join("\n")}\n`));
