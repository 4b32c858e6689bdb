import { contentId } from "./content-id.ts";
import { type RunEnvelope, runMarket } from "./fill-quality.ts";
import { type ImportItem, told } from "./format.ts";
import type { Fields, Names } from "./json-fields.ts";

/** The run's totals under the names that Deskwatch shows, with the spellings of its two files. */
const COUNTERS: Readonly<Record<string, Names>> = {
  fills: ["fills_total", "fills"],
  resting_orders: "resting_orders",
  pending_orders: "pending_orders",
  reconnects: ["reconnects_total", "reconnects"],
  seq_gaps: ["seq_gaps_total", "seq_gaps"],
  decode_errors: ["decode_errors_total", "decode_errors"],
  stale_events: "stale_events_total",
  crossed_books: ["crossed_books_total", "crossed_books"],
};

const GAUGES: Readonly<Record<string, string>> = {
  net_delta_usd: "USD",
  gross_exposure_usd: "USD",
  msg_rate: "1/s",
  utilisation: "ratio",
  loop_lag_p50_ms: "ms",
  loop_lag_p99_ms: "ms",
  loop_lag_max_ms: "ms",
  queue_depth_max: "1",
};

const AGES: Readonly<Record<string, Names>> = {
  spot: ["spot_age_s", "spot_age_seconds"],
  fut: ["fut_age_s", "futures_age_seconds"],
};

/** A look of the run at itself: a sign of life, its state with its feeds and totals, and its gauges. */
export function healthItems(row: Fields, envelope: RunEnvelope, time: string): ImportItem[] {
  const base = { ...envelope, ts: row.needIso(time) };
  const id = contentId(JSON.stringify(row.value));
  const ages = Object.entries(AGES).map(([name, names]) => ({ ...runMarket(name), age: row.number(names) }));
  const counters = Object.entries(COUNTERS).flatMap(([name, names]) => {
    const value = row.number(names);
    return value === undefined ? [] : [[name, value] as const];
  });
  const gauges = Object.entries(GAUGES).flatMap(([name, unit]) => {
    const value = row.number(name);
    return value === undefined ? [] : [{ name, value, unit, key: name }];
  });
  const feedAges = ages.flatMap(({ venue, age }) =>
    age === undefined ? [] : [{ name: "feed_age_s", value: age, unit: "s", labels: { venue }, key: `age:${venue}` }],
  );
  return [
    told(row.line, { type: "heartbeat", ...base, id: `heartbeat:${id}` }),
    told(row.line, {
      type: "bot.state",
      ...base,
      id: `state:${id}`,
      status: "running",
      // A feed without an age has not said anything yet.
      venues: ages.map(({ venue, age }) => ({ venue, connected: age !== undefined })),
      counters: Object.fromEntries(counters),
      makes_markets: true,
      position_open: row.get("position_open"),
    }),
    ...[...gauges, ...feedAges].map(({ key, ...gauge }) =>
      told(row.line, { type: "metric", ...base, id: `${key}:${id}`, ...gauge }),
    ),
  ];
}
