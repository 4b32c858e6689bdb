import { z } from "zod";
import { event } from "../define.ts";
import { count, nonNegativeNumber, number, prose, seconds, severity, text, venue } from "../fields.ts";

const status = z.enum(["running", "paused", "halted", "reducing", "stopped", "error"]);

const stateShape = {
  execution_mode: text(64).optional(),
  uptime_s: nonNegativeNumber.optional(),
  version: text(128).optional(),
  config_hash: text(128).optional(),
  venues: z
    .array(
      z.looseObject({
        venue,
        connected: z.boolean(),
        subscriptions: count.optional(),
        messages: count.optional(),
        reconnects: count.optional(),
      }),
    )
    .max(64)
    .optional(),
  counters: z.record(text(64), number).optional(),
  risk_stats: z
    .looseObject({
      approval_rate: number.optional(),
      daily_pnl: number.optional(),
      consecutive_losses: count.optional(),
    })
    .optional(),
  makes_markets: z.boolean().optional(),
  reason: prose(1024).optional(),
};

export const botStarted = event("bot.started", { status: status.optional(), ...stateShape });
export const botState = event("bot.state", { status, ...stateShape });
export const botStopped = event("bot.stopped", { status: status.optional(), ...stateShape });

export const heartbeat = event("heartbeat", {
  progress: number.optional(),
  interval_s: seconds.optional(),
  client: z
    .looseObject({ sent: count, dropped: count, spooled: count, queued: count.optional(), retries: count.optional() })
    .optional(),
});

export const tick = event("tick", {
  duration_s: nonNegativeNumber,
  indicator_s: nonNegativeNumber.optional(),
  connector_io_s: nonNegativeNumber.optional(),
});

export const error = event("error", { code: text(128), message: prose(4096), severity: severity.optional() });

export const thresholdBreach = event("threshold_breach", {
  metric: text(128),
  value: number,
  limit: number.optional(),
  severity: severity.optional(),
});

export const metric = event("metric", {
  name: text(128),
  value: number,
  unit: text(32).optional(),
  labels: z
    .record(text(64), z.string().max(128))
    .refine((labels) => Object.keys(labels).length <= 5, { error: "expected at most 5 labels" })
    .optional(),
});

export const log = event("log", { level: text(16), message: prose(8192) });
export const annotation = event("annotation", { title: prose(256), text: prose(4096).optional() });

export const calibration = event("calibration", {
  kind: z.enum(["edge_report", "fill_factor"]),
  avg_capture_bps: number.optional(),
  configured_fill_factor: number.optional(),
  realized_fill_factor: number.optional(),
});

export const risk = event("risk", {
  position_drift_pct: number.optional(),
  margin_ratio: number.optional(),
  funding_rate: number.optional(),
  daily_loss_pct: number.optional(),
  drawdown_pct: number.optional(),
  realized_pnl_today_quote: number.optional(),
  equity_quote: number.optional(),
  base_pct: number.optional(),
  adverse_drift_30s: number.optional(),
  order_book_stale: z.union([z.boolean(), z.literal(0), z.literal(1)]).optional(),
  risk_reasons: z.array(text(128)).max(64).optional(),
});
