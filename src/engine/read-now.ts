import { MICROS_PER_DAY, type Micros, parseTime } from "../base/time.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import { percentilesOf, SHOWN_QUANTILES } from "../metrics/percentiles.ts";
import { QuantileSketch } from "../metrics/quantile-sketch.ts";
import type { NowReading, Reading, RiskField } from "../metrics/scope-reading.ts";
import type { ExposureRow } from "../protocol/api.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { isHeld } from "./ledgers.ts";
import { botsOf } from "./made.ts";
import { deskDrawdowns, drawdownsOf, readEquity } from "./read-equity.ts";
import { readConcentration } from "./read-concentration.ts";
import { readExposure } from "./read-exposure.ts";
import { limitsOf } from "./read-limits.ts";
import { finite, type Scope } from "./read-span.ts";
import { readOpportunities } from "./tallies.ts";
import { calibrationKey, NOTHING_TOLD, type Told } from "./told.ts";

/** Exposure of one mode: made once for many bots. */
export type Exposure = ReturnType<typeof readExposure>;

/** What holds at a moment, of one bot or of the desk. */
export function readNow(state: State, asOf: Micros, scope: Scope, exposure?: Exposure): NowReading {
  const bots = botsOf(state, scope.bot);
  const bot = scope.bot === undefined ? undefined : state.bots.get(scope.bot);
  const today = Math.floor(asOf / MICROS_PER_DAY);
  return {
    equity: readEquity(state, bots, scope.mode),
    ...(scope.bot === undefined ? deskDrawdowns(state, scope.mode, today) : drawdownsOf(bot, scope.mode, today)),
    limits: limitsOf(state),
    ...exposureOf(bots, scope, exposure ?? readExposure(state, scope.mode)),
    ...(tradesIn(bots, scope.mode) ? readConcentration(state, bots, scope.mode) : NOT_TRADED),
    ...countsOf(bots, scope.mode),
    ...riskOf(state, scope, asOf),
    ...ticksOf(state, scope),
    tickTimes: tickTimesOf(state, bots, { mode: scope.mode, asOf }),
    ...calibrationsOf(bot, scope.mode),
    ...statsOf(state, scope, asOf),
  };
}

const NOTHING = "nothing was traded";
const NOT_TRADED = { concentration: unknown(NOTHING), effectivePositions: unknown(NOTHING) };

const tradesIn = (bots: readonly BotState[], mode: Mode): boolean =>
  bots.some(({ ledgers, pairs }) => [...ledgers.values(), ...pairs.values()].some((each) => each.mode === mode));

function exposureOf(
  bots: readonly BotState[],
  { bot, mode }: Scope,
  exposure: Exposure,
): Pick<NowReading, "exposureGross" | "exposureNet"> {
  const flat: ExposureRow = { gross_usd: 0, net_usd: 0, positions: 0 };
  const row = bot === undefined ? exposure.total : (exposure.by_bot.find((each) => each.bot === bot) ?? flat);
  if (!tradesIn(bots, mode)) return { exposureGross: unknown(NOTHING), exposureNet: unknown(NOTHING) };
  const shown = (usd: number | null): Measure =>
    usd === null ? unknown(row.reason ?? "not known in USD", row.positions) : finite(usd, row.positions);
  return { exposureGross: shown(row.gross_usd), exposureNet: shown(row.net_usd) };
}

function countsOf(
  bots: readonly BotState[],
  mode: Mode,
): Pick<NowReading, "openOrders" | "positions" | "fillsTold" | "reconnects"> {
  const inMode = (each: { readonly mode: Mode }): boolean => each.mode === mode;
  const total = (of: (bot: BotState) => number): number => bots.reduce((sum, bot) => sum + of(bot), 0);
  const told = (of: keyof Told): number => total((bot) => (bot.told.get(mode) ?? NOTHING_TOLD)[of]);
  const held = total(
    ({ ledgers, pairs }) => countIf(ledgers, (ledger) => inMode(ledger) && isHeld(ledger)) + countIf(pairs, inMode),
  );
  const count = (value: number): Measure => measured(value, value);
  return {
    openOrders:
      told("orders") > 0 ? count(total(({ openOrders }) => countIf(openOrders, inMode))) : unknown("no order was told"),
    positions: tradesIn(bots, mode) ? count(held) : unknown(NOTHING),
    fillsTold: bots.length > 0 ? count(told("fills")) : unknown("no fact was told"),
    reconnects: told("feeds") > 0 ? count(told("reconnects")) : unknown("the bot does not report feeds"),
  };
}

function countIf<T>(map: ReadonlyMap<string, T>, fits: (value: T) => boolean): number {
  let count = 0;
  for (const value of map.values()) if (fits(value)) count++;
  return count;
}

const FIELDS: readonly RiskField[] = [
  "position_drift_pct",
  "margin_ratio",
  "funding_rate",
  "daily_loss_pct",
  "drawdown_pct",
  "realized_pnl_today_quote",
  "equity_quote",
  "base_pct",
  "adverse_drift_30s",
  "order_book_stale",
];
const OF_A_DAY: ReadonlySet<RiskField> = new Set(["daily_loss_pct", "realized_pnl_today_quote"]);

/** What the bot last said; a loss or profit of a day that is over is none of today's. */
function riskOf(state: State, { bot, mode }: Scope, asOf: Micros): Pick<NowReading, "risk" | "riskReasons"> {
  const event = bot === undefined ? undefined : (state.samples.risk.get(bot)?.event ?? state.bots.get(bot)?.risk);
  if (event === undefined || (event.mode ?? "live") !== mode) return { risk: {}, riskReasons: undefined };
  const at = parseTime(event.ts);
  const isToday = at !== undefined && Math.floor(at / MICROS_PER_DAY) === Math.floor(asOf / MICROS_PER_DAY);
  const risk: Partial<Record<RiskField, number>> = {};
  for (const field of FIELDS) {
    const value = event[field];
    if (value === undefined || (OF_A_DAY.has(field) && !isToday)) continue;
    if (Number.isFinite(Number(value))) risk[field] = Number(value);
  }
  return { risk, riskReasons: event.risk_reasons };
}

function ticksOf(
  state: State,
  { bot, mode }: Scope,
): Pick<NowReading, "tickDurationS" | "tickIndicatorS" | "tickConnectorIoS"> {
  const event = bot === undefined ? undefined : state.samples.ticks.get(bot)?.event;
  const tick = event !== undefined && (event.mode ?? "live") === mode ? event : undefined;
  return {
    tickDurationS: saidNumber(tick?.duration_s, "the bot does not report ticks"),
    tickIndicatorS: saidNumber(tick?.indicator_s, "the bot does not report indicator_s"),
    tickConnectorIoS: saidNumber(tick?.connector_io_s, "the bot does not report connector_io_s"),
  };
}

/** Of the whole desk: the ticks of all its bots as one. */
function tickTimesOf(
  state: State,
  bots: readonly BotState[],
  { mode, asOf }: { readonly mode: Mode; readonly asOf: Micros },
): NowReading["tickTimes"] {
  const read = () => {
    const seconds = new QuantileSketch();
    for (const { bot } of bots) {
      const window = state.samples.tickTimes.get(`${bot}\t${mode}`);
      if (window !== undefined) seconds.merge(window.read(asOf));
    }
    return { quantiles: SHOWN_QUANTILES.map((q) => seconds.quantile(q)), n: seconds.count };
  };
  return percentilesOf(read, "the bot does not report ticks");
}

function calibrationsOf(
  bot: BotState | undefined,
  mode: Mode,
): Pick<NowReading, "avgCaptureBps" | "realizedFillFactor" | "configuredFillFactor"> {
  const of = (kind: EventOf<"calibration">["kind"]) => bot?.calibrations.get(calibrationKey(mode, kind));
  const [edges, factors] = [of("edge_report"), of("fill_factor")];
  return {
    avgCaptureBps: saidNumber(edges?.avg_capture_bps, "the bot does not report avg_capture_bps"),
    realizedFillFactor: saidNumber(factors?.realized_fill_factor, "the bot does not report realized_fill_factor"),
    configuredFillFactor: saidNumber(factors?.configured_fill_factor, "the bot does not report configured_fill_factor"),
  };
}

function statsOf(
  state: State,
  { bot, mode }: Scope,
  asOf: Micros,
): Pick<NowReading, "approvalRate" | "consecutiveLosses"> {
  const facts = bot === undefined ? undefined : state.bots.get(bot);
  const said = bot === undefined ? undefined : (state.samples.said.get(bot) ?? facts?.said);
  const stats = facts?.mode === mode ? said?.riskStats : undefined;
  const reported = saidNumber(stats?.["approval_rate"], NO_APPROVALS);
  return {
    approvalRate: reported.value === undefined && facts !== undefined ? approvalRateOf(facts, mode, asOf) : reported,
    consecutiveLosses: saidNumber(stats?.["consecutive_losses"], "the bot does not report consecutive_losses"),
  };
}

const NO_APPROVALS = "the bot does not report approval_rate, nor what became of opportunities";

/** Of the opportunities told since the session began; one that is only said to be executed was approved too. */
function approvalRateOf(bot: BotState, mode: Mode, asOf: Micros): Reading {
  const { approved, executed, rejected } = readOpportunities([bot], mode, { window: "session", asOf });
  const passed = Math.max(approved, executed);
  const decided = passed + rejected;
  return decided === 0 ? unknown(NO_APPROVALS) : { ...measured(passed / decided, decided), source: "computed" };
}

const saidNumber = (value: unknown, reason: string) =>
  typeof value === "number" && Number.isFinite(value)
    ? ({ ...measured(value, 1), source: "reported" } as const)
    : unknown(reason);
