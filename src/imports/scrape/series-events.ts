import { isoFromMicros, type Micros, microsFromMs } from "../../base/time.ts";
import type { ImportMode } from "../format.ts";
import type { SeriesSample } from "./exposition.ts";

const PREFIX = "hbot_bot_";

/** Gauges that are fields of `risk` under the same name. Ratios stay ratios. */
const RISK = new Set([
  "position_drift_pct",
  "margin_ratio",
  "funding_rate",
  "daily_loss_pct",
  "drawdown_pct",
  "realized_pnl_today_quote",
  "equity_quote",
  "base_pct",
  "adverse_drift_30s",
]);

/** Gauges of a tick: the field, and how much of a second one is. */
const TICK: Readonly<Record<string, readonly [field: string, seconds: number]>> = {
  tick_duration_seconds: ["duration_s", 1],
  tick_indicator_seconds: ["indicator_s", 1],
  tick_connector_io_seconds: ["connector_io_s", 1],
  tick_duration_ms: ["duration_s", 0.001],
  indicator_duration_ms: ["indicator_s", 0.001],
  connector_io_duration_ms: ["connector_io_s", 0.001],
};

const STATES: Readonly<Record<string, string>> = {
  running: "running",
  paused: "paused",
  soft_pause: "paused",
  halted: "halted",
  hard_stop: "halted",
  reducing: "reducing",
  stopped: "stopped",
  error: "error",
};

const UNITS: readonly (readonly [suffix: string, unit: string])[] = [
  ["_seconds", "s"],
  ["_ms", "ms"],
  ["_bps", "bps"],
  ["_pct", "ratio"],
  ["_ratio", "ratio"],
  ["_quote", "quote"],
  ["_base", "base"],
  ["_total", "1"],
  ["_count", "1"],
];

const AGES = new Set(["minute_last_age_seconds", "snapshot_age_seconds"]);
const STALE_S = 180;

const LABELS_MAX = 5;
const SERIES_MAX = 20_000;
/** What has not changed is told again after this long, so that a hub that forgot samples has them. */
const UNCHANGED_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;
type Envelope = Fields & { readonly bot: string };

interface Told {
  readonly value: number | string;
  readonly atMs: number;
}

/** Turns scrapes into events. Remembers, for each series, what was told last; bounded. */
export class SeriesEvents {
  readonly #mode: ImportMode | undefined;
  readonly #runId: string;
  readonly #told = new Map<string, Told>();
  readonly #counters = new Map<string, number>();
  #scrapes = 0;

  /** `runId` makes the ids of facts: different for every run. */
  constructor(mode: ImportMode | undefined, runId: string) {
    this.#mode = mode;
    this.#runId = runId;
  }

  /** What one scrape says of a bot, as JSON texts: signs of its life, unless it is stale. */
  of(bot: string, series: readonly SeriesSample[], nowMs: number): string[] {
    this.#scrapes++;
    const origin = isStale(series) ? "import" : undefined;
    const base: Envelope = { bot, ts: isoFromMicros(microsFromMs(nowMs)), mode: this.#mode, origin };
    const { risk, used } = this.#risk(series, base);
    const events = [
      ...risk,
      ...tickOf(series, base),
      ...this.#state(series, base, nowMs),
      ...this.#reconnects(series, base),
      ...series.filter((sample) => !used.has(sample)).flatMap((sample) => this.#metric(sample, base, nowMs)),
    ];
    return events.map((event) => JSON.stringify(event));
  }

  /** One `risk` event of the bot, and the series that are in it; of several for one field, the first. */
  #risk(series: readonly SeriesSample[], base: Envelope) {
    const fields = new Map<string, unknown>();
    const used = new Set<SeriesSample>();
    for (const sample of series) {
      const field = shortName(sample);
      const isRisk = RISK.has(field) || field === "order_book_stale";
      if (!isRisk || fields.has(field) || !Number.isFinite(sample.value)) continue;
      fields.set(field, field === "order_book_stale" ? Number(sample.value !== 0) : sample.value);
      used.add(sample);
    }
    const reasons = series.filter((sample) => shortName(sample) === "risk_reasons_info");
    for (const sample of reasons) used.add(sample);
    if (reasons.length > 0) this.#remember(`reasons ${base.bot}`, { value: 1, atMs: 0 });
    // An info series without an active flag vanishes from the page: then there is no reason any more.
    if (this.#told.has(`reasons ${base.bot}`)) fields.set("risk_reasons", reasons.flatMap(reasonsOf).slice(0, 64));
    const risk = fields.size === 0 ? [] : [{ type: "risk", ...base, ...Object.fromEntries(fields) }];
    return { risk, used };
  }

  #state(series: readonly SeriesSample[], base: Envelope, nowMs: number): Fields[] {
    const active = series.find((sample) => sample.value === 1 && stateOf(sample) !== undefined);
    const status = active === undefined ? undefined : stateOf(active);
    if (status === undefined || !this.#isNews(`state ${base.bot}`, status, nowMs)) return [];
    return [{ type: "bot.state", ...base, status }];
  }

  #reconnects(series: readonly SeriesSample[], base: Envelope): Fields[] {
    return series.flatMap((sample, index) => {
      if (shortName(sample) !== "ws_reconnect_total" || !Number.isFinite(sample.value)) return [];
      const count = this.#increment(keyOf(sample, base.bot), sample.value);
      if (count <= 0) return [];
      const venue = sample.labels["exchange"] ?? sample.labels["venue"];
      // It counts for the bot, which is told by the counter itself.
      if (venue === undefined || venue === "") return [];
      const detail = `${count} since the last scrape`;
      const id = `${this.#runId}:${this.#scrapes}:${index}`;
      return [{ type: "feed", ...base, id, venue, kind: "reconnecting", detail }];
    });
  }

  /** By how much a counter grew. One that fell began anew at 0; the first value seen is no growth. */
  #increment(key: string, value: number): number {
    const last = this.#counters.get(key);
    if (last === undefined && this.#counters.size >= SERIES_MAX) return 0;
    this.#counters.set(key, value);
    if (last === undefined) return 0;
    return value >= last ? value - last : value;
  }

  #metric(sample: SeriesSample, base: Envelope, nowMs: number): Fields[] {
    const { name, labels, value, timestampMs } = sample;
    if (!Number.isFinite(value)) return [];
    const rest = Object.entries(labels).filter(([label, text]) => label !== "bot" && text !== "");
    if (name.length > 128 || rest.length > LABELS_MAX) return [];
    if (rest.some(([label, text]) => label.length > 64 || text.length > 128)) return [];
    if (!this.#isNews(keyOf(sample, base.bot), value, nowMs)) return [];
    const ts = timestampMs === undefined ? undefined : timeOf(timestampMs);
    const unit = UNITS.find(([suffix]) => name.endsWith(suffix))?.[1];
    const own = {
      ...(ts === undefined ? {} : { ts }),
      ...(rest.length === 0 ? {} : { labels: Object.fromEntries(rest) }),
    };
    return [{ type: "metric", ...base, ...own, name, value, unit }];
  }

  #isNews(key: string, value: number | string, nowMs: number): boolean {
    const told = this.#told.get(key);
    if (told !== undefined && told.value === value && nowMs - told.atMs < UNCHANGED_MS) return false;
    this.#remember(key, { value, atMs: nowMs });
    return true;
  }

  #remember(key: string, told: Told): void {
    if (this.#told.has(key) || this.#told.size < SERIES_MAX) this.#told.set(key, told);
  }
}

/** Undefined when it is beyond all calendars. */
function timeOf(ms: number): string | undefined {
  const at: Micros = microsFromMs(ms);
  return ms > 0 && ms < 8e15 ? isoFromMicros(at) : undefined;
}

const keyOf = ({ name, labels }: SeriesSample, bot: string): string =>
  JSON.stringify([bot, name, Object.entries(labels).toSorted()]);

/**
 * Whether the page itself says that its bot is silent: an exporter beside a bot answers on, with old values, when the bot
 * has died.
 */
export function isStale(series: readonly SeriesSample[]): boolean {
  return series.some((sample) => {
    const name = shortName(sample);
    return name === "running_fresh" ? sample.value === 0 : AGES.has(name) && sample.value > STALE_S;
  });
}

function tickOf(series: readonly SeriesSample[], base: Envelope): Fields[] {
  const values = new Map(series.map((sample) => [shortName(sample), sample.value]));
  const tick = new Map<string, number>();
  for (const [name, [field, seconds]] of Object.entries(TICK)) {
    const value = values.get(name);
    if (value !== undefined && Number.isFinite(value) && value >= 0 && !tick.has(field))
      tick.set(field, value * seconds);
  }
  return tick.has("duration_s") ? [{ type: "tick", ...base, ...Object.fromEntries(tick) }] : [];
}

/** Without the prefix of a bot's own metrics; of another metric its whole name. */
const shortName = ({ name }: SeriesSample): string => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);

/** `hbot_bot_state{state="running"} 1`: one series for each state, the active one is 1. */
const stateOf = ({ name, labels }: SeriesSample): string | undefined =>
  name === `${PREFIX}state` ? STATES[(labels["state"] ?? labels["status"] ?? "").toLowerCase()] : undefined;

function reasonsOf({ labels, value }: SeriesSample): string[] {
  if (value !== 1) return [];
  const text = labels["reason"] ?? labels["reasons"] ?? labels["risk_reasons"] ?? "";
  return text
    .split(/[|,]/)
    .map((reason) => reason.trim().slice(0, 128))
    .filter((reason) => reason !== "" && reason !== "none");
}
