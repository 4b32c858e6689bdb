import { isoFromMicros } from "../../src/base/time.ts";
import { at, FoldedDesk } from "../support/folded-desk.ts";

const iso = (seconds: number): string => isoFromMicros(at(seconds));

/** A bot of which everything is known: an hour of a day, in USD, each number by hand. */
export function toldDesk(): FoldedDesk {
  const fill = (id: string, side: string, size: number, price: number, more: object = {}) => ({
    ...{ type: "fill", fill_id: id, venue: "v", symbol: "A", side, size, price },
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
      // Bought 10 at 100 against a mid of 99.9: (100 − 99.9) ÷ 99.9 = 10.01001 bps of cost.
      .fact(600, fill("f1", "buy", 10, 100, { fee: 1, is_maker: true, order_id: "o1", arrival_mid: 99.9 }))
      // Sold at 103 against a mid of 103: no slippage. Made 30, less fees of 1.5 in all: 28.5 net in 600 s.
      .fact(1_200, fill("f2", "sell", 10, 103, { fee: 0.5, is_maker: false, arrival_mid: 103, funding: "0.25" }))
      // A loss: 4 × (99 − 100) = −4, with a rebate of 0.2 on the entry: −3.8 net in 300 s.
      .fact(1_800, fill("f3", "buy", 4, 100, { fee: -0.2, is_maker: true, funding: "-0.1" }))
      .fact(2_100, fill("f4", "sell", 4, 99))
      // Held: 2 at 100, now at 101.
      .fact(2_400, fill("f5", "buy", 2, 100))
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
