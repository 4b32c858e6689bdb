import { isoFromMicros } from "../../src/base/time.ts";
import { FillTable } from "../../src/engine/markouts/fill-table.ts";
import { at, FoldedDesk } from "../support/folded-desk.ts";

const iso = (seconds: number): string => isoFromMicros(at(seconds));

/** A bot of which everything is known: an hour of a day, in USD, each number by hand. */
export function toldDesk(): FoldedDesk {
  const fill = (id: string, side: string, size: number, price: number, more: object = {}) => ({
    ...{ type: "fill", fill_id: id, venue: "v", symbol: "A", side, size, price },
    ...more,
  });
  const ended = (id: string, outcome: string, more: object = {}) => ({
    ...{ type: "quote.ended", quote_id: id, venue: "v", symbol: "A", outcome },
    ...more,
  });
  const order = (id: string, more: object = {}) => ({
    ...{ type: "order.placed", order_id: id, venue: "v", symbol: "A", side: "buy", price: 100, size: 10 },
    ...more,
  });
  return (
    new FoldedDesk()
      .fact(0, { type: "bot.started", status: "running", risk_stats: { approval_rate: 0.75, consecutive_losses: 2 } })
      .fact(0, { type: "instrument", venue: "v", symbol: "A", kind: "spot", quote: "USD" })
      // Decided, sent 0.04 s later, acknowledged 0.06 s after that, filled a second later.
      .fact(599, order("o1", { decided_at: iso(598.9), sent_at: iso(598.94) }))
      .fact(599, { type: "order.acknowledged", order_id: "o1", venue: "v" })
      .fact(600, order("o2"))
      // Its maker quote was hit, of 20 that traded at its price; another was not, of 5; a taker's was not; one was refused.
      .fact(598, {
        type: "quote",
        quote_id: "q1",
        venue: "v",
        symbol: "A",
        side: "buy",
        price: 100,
        size: 10,
        intent: "maker",
      })
      .fact(600, ended("q1", "filled", { filled_size: 10, eligible_size: 20 }))
      .fact(601, ended("q2", "cancelled", { intent: "maker", filled_size: 0, eligible_size: 5 }))
      .fact(602, ended("q3", "expired", { intent: "taker" }))
      .fact(603, ended("q4", "rejected", { intent: "maker" }))
      // Bought 10 at 100 against a mid of 99.9: (100 − 99.9) ÷ 99.9 = 10.01001 bps of cost.
      .fact(600, fill("f1", "buy", 10, 100, { ...MADE, order_id: "o1", arrival_mid: 99.9 }))
      // Sold at 103 against a mid of 103: no slippage. Made 30, less fees of 1.5 in all: 28.5 net in 600 s.
      .fact(1_200, fill("f2", "sell", 10, 103, { ...TOOK, arrival_mid: 103, funding: "0.25" }))
      // A loss: 4 × (99 − 100) = −4, with a rebate of 0.2 on the entry: −3.8 net in 300 s.
      .fact(1_800, fill("f3", "buy", 4, 100, { ...REBATED, funding: "-0.1" }))
      .fact(2_100, fill("f4", "sell", 4, 99, { adverse_drift_30s: -0.0001 }))
      // Held: 2 at 100, now at 101.
      .fact(2_400, fill("f5", "buy", 2, 100))
      // The venue has it holding 2.5.
      .fact(2_400, {
        ...{ type: "position.snapshot", venue: "v", source: "venue", read_by: "hub" },
        positions: [{ venue: "v", symbol: "A", size: 2.5 }],
      })
      .fact(2_400, { type: "feed", venue: "v", kind: "reconnecting" })
      .fact(2_400, { type: "calibration", kind: "edge_report", avg_capture_bps: 4.5 })
      .fact(2_401, {
        ...{ type: "calibration", kind: "fill_factor", configured_fill_factor: 0.4, realized_fill_factor: 0.35 },
      })
      .sample(2_500, { type: "mark", venue: "v", symbol: "A", price: 101 })
      .sample(3_500, { type: "tick", duration_s: 0.02, indicator_s: 0.005, connector_io_s: 0.012 })
      .sample(2_500, { type: "metric", name: "queue_depth", value: 7 })
      .fact(2_600, { type: "risk", equity_quote: 1_000, base_pct: 0.2 })
      .fact(2_700, { type: "risk", ...RISK })
  );
}

/** What fills are held against: a reference price, else the mid. */
const MADE = { fee: 1, is_maker: true, mid: 100.2, reference_price: 100.5 };
const TOOK = { fee: 0.5, is_maker: false, reference_price: 102.9, adverse_drift_30s: 0.0003 };
const REBATED = { fee: -0.2, is_maker: true, mid: 99.95 };

/** The first fill of the bot with the marks that it is held against, as the log tells them. */
export function toldTable(): FillTable {
  const table = new FillTable();
  const said = { bot: "mm", venue: "v", symbol: "A", ts: iso(600) };
  table.takeFill(
    {
      ...said,
      type: "fill",
      fill_id: "f1",
      side: "buy",
      size: "10",
      price: "100",
      mid: "100.2",
      fee: "1",
      is_maker: true,
    },
    { seq: 1, ts: at(600) },
  );
  for (const [from, until, price] of TOLD_MARKS)
    table.takeMark({ ...said, type: "mark", price, ts: iso(from), stood_until: iso(until) }, at(from));
  return table;
}

/** From when until when a mark stood, in seconds, and its price. */
const TOLD_MARKS = [
  [590, 603, "100.3"],
  [603, 625, "100.5"],
  [625, 655, "100.6"],
  [655, 890, "100.7"],
  [890, 1_000, "100.8"],
] as const;

/** The last thing that the bot says of its risk. */
export const RISK = {
  position_drift_pct: 0.01,
  margin_ratio: 0.8,
  funding_rate: 0.0001,
  daily_loss_pct: 0.02,
  drawdown_pct: 0.03,
  realized_pnl_today_quote: 25.5,
  equity_quote: 960,
  base_pct: 0.21,
  adverse_drift_30s: 0.0004,
  order_book_stale: true,
  risk_reasons: ["daily_loss", "stale_book"],
};

/** Seconds after the beginning of the day at which the desk is read. */
export const READ_AT_S = 3_600;
