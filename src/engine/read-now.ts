import { MICROS_PER_DAY, type Micros, parseTime } from "../base/time.ts";
import { finite, type Measure, measured, unknown } from "../metrics/measure.ts";
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
import { reportedPositions } from "./reported-positions.ts";
import { limitsOf } from "./read-limits.ts";
import type { Scope } from "./read-span.ts";
import { venueDrift, venueMargin } from "./reconcile/read-venue-risk.ts";
import { readOpportunities } from "./tallies.ts";
import { type ReportedCounter, reportedCounter } from "./reported-counters.ts";
import { calibrationKey, type Told, toldOf } from "./told.ts";

/** Exposure of one mode: made once for many bots. */
export type Exposure = ReturnType<typeof readExposure>;

/** What holds at a moment, of one bot or of the desk. Each part is made when it is first asked for. */
export function readNow(state: State, asOf: Micros, scope: Scope, exposure?: () => Exposure): NowReading {
  return new LazyNow({ state, asOf, scope, exposure });
}

interface NowParts {
  readonly state: State;
  readonly asOf: Micros;
  readonly scope: Scope;
  readonly exposure: (() => Exposure) | undefined;
}

class LazyNow implements NowReading {
  readonly #parts: NowParts;
  readonly #bots: readonly BotState[];
  #madeLosses: Losses | undefined;
  #madeExposure: ExposureReading | undefined;
  #madeConcentration: ConcentrationReading | undefined;
  #madeCounts: CountsReading | undefined;
  #madeRisk: RiskReading | undefined;
  #madeTicks: TicksReading | undefined;
  #madeTickTimes: NowReading["tickTimes"] | undefined;
  #madeCalibrations: CalibrationsReading | undefined;
  #madeStats: StatsReading | undefined;

  constructor(parts: NowParts) {
    this.#parts = parts;
    this.#bots = botsOf(parts.state, parts.scope.bot);
  }

  get equity(): Reading {
    return readEquity(this.#parts.state, this.#bots, this.#mode);
  }
  get drawdown(): Reading {
    return this.#losses.drawdown;
  }
  get maxDrawdown(): Reading {
    return this.#losses.maxDrawdown;
  }
  get dailyLoss(): Reading {
    return this.#losses.dailyLoss;
  }
  get limits(): NowReading["limits"] {
    return limitsOf(this.#parts.state);
  }
  get exposureGross(): Reading {
    return this.#exposure.exposureGross;
  }
  get exposureNet(): Reading {
    return this.#exposure.exposureNet;
  }
  get concentration(): Reading {
    return this.#concentration.concentration;
  }
  get effectivePositions(): Reading {
    return this.#concentration.effectivePositions;
  }
  get openOrders(): Reading {
    return this.#counts.openOrders;
  }
  get positions(): Reading {
    return this.#counts.positions;
  }
  get fillsTold(): Reading {
    return this.#counts.fillsTold;
  }
  get reconnects(): Reading {
    return this.#counts.reconnects;
  }
  get risk(): NowReading["risk"] {
    return this.#risk.risk;
  }
  get venueDrift(): Reading {
    return venueDrift(this.#parts.state, this.#bot, this.#mode);
  }
  get venueMargin(): Reading {
    return venueMargin(this.#bot, this.#mode);
  }
  get riskReasons(): NowReading["riskReasons"] {
    return this.#risk.riskReasons;
  }
  get tickDurationS(): Reading {
    return this.#ticks.tickDurationS;
  }
  get tickIndicatorS(): Reading {
    return this.#ticks.tickIndicatorS;
  }
  get tickConnectorIoS(): Reading {
    return this.#ticks.tickConnectorIoS;
  }
  get tickTimes(): NowReading["tickTimes"] {
    const { state, asOf } = this.#parts;
    this.#madeTickTimes ??= tickTimesOf(state, this.#bots, { mode: this.#mode, asOf });
    return this.#madeTickTimes;
  }
  get avgCaptureBps(): Reading {
    return this.#calibrations.avgCaptureBps;
  }
  get realizedFillFactor(): Reading {
    return this.#calibrations.realizedFillFactor;
  }
  get configuredFillFactor(): Reading {
    return this.#calibrations.configuredFillFactor;
  }
  get approvalRate(): Reading {
    return this.#stats.approvalRate;
  }
  get consecutiveLosses(): Reading {
    return this.#stats.consecutiveLosses;
  }

  get #mode(): Mode {
    return this.#parts.scope.mode;
  }

  get #bot(): BotState | undefined {
    const { state, scope } = this.#parts;
    return scope.bot === undefined ? undefined : state.bots.get(scope.bot);
  }

  get #losses(): Losses {
    const { state, asOf, scope } = this.#parts;
    const today = Math.floor(asOf / MICROS_PER_DAY);
    this.#madeLosses ??=
      scope.bot === undefined ? deskDrawdowns(state, this.#mode, today) : drawdownsOf(this.#bot, this.#mode, today);
    return this.#madeLosses;
  }

  get #exposure(): ExposureReading {
    const { state, scope, exposure } = this.#parts;
    this.#madeExposure ??= exposureOf(state, this.#bots, scope, () => exposure?.() ?? readExposure(state, this.#mode));
    return this.#madeExposure;
  }

  get #concentration(): ConcentrationReading {
    this.#madeConcentration ??= holdsIn(this.#parts.state, this.#bots, this.#mode)
      ? readConcentration(this.#parts.state, this.#bots, this.#mode)
      : NOT_TRADED;
    return this.#madeConcentration;
  }

  get #counts(): CountsReading {
    this.#madeCounts ??= countsOf(this.#parts.state, this.#bots, this.#mode);
    return this.#madeCounts;
  }

  get #risk(): RiskReading {
    const { state, scope, asOf } = this.#parts;
    this.#madeRisk ??= riskOf(state, scope, asOf);
    return this.#madeRisk;
  }

  get #ticks(): TicksReading {
    this.#madeTicks ??= ticksOf(this.#parts.state, this.#parts.scope);
    return this.#madeTicks;
  }

  get #calibrations(): CalibrationsReading {
    this.#madeCalibrations ??= calibrationsOf(this.#bot, this.#mode);
    return this.#madeCalibrations;
  }

  get #stats(): StatsReading {
    const { state, scope, asOf } = this.#parts;
    this.#madeStats ??= statsOf(state, scope, asOf);
    return this.#madeStats;
  }
}

type Losses = Pick<NowReading, "drawdown" | "maxDrawdown" | "dailyLoss">;
type ExposureReading = Pick<NowReading, "exposureGross" | "exposureNet">;
type ConcentrationReading = Pick<NowReading, "concentration" | "effectivePositions">;
type CountsReading = Pick<NowReading, "openOrders" | "positions" | "fillsTold" | "reconnects">;
type RiskReading = Pick<NowReading, "risk" | "riskReasons">;
type TicksReading = Pick<NowReading, "tickDurationS" | "tickIndicatorS" | "tickConnectorIoS">;
type CalibrationsReading = Pick<NowReading, "avgCaptureBps" | "realizedFillFactor" | "configuredFillFactor">;
type StatsReading = Pick<NowReading, "approvalRate" | "consecutiveLosses">;

const NOTHING = "nothing was traded";
const NOT_TRADED = { concentration: unknown(NOTHING), effectivePositions: unknown(NOTHING) };

const tradesIn = (bots: readonly BotState[], mode: Mode): boolean =>
  bots.some(({ ledgers, pairs }) => anyIn(ledgers, mode) || anyIn(pairs, mode));

/** Whether anything was traded there, or is reported to be held. */
const holdsIn = (state: State, bots: readonly BotState[], mode: Mode): boolean =>
  tradesIn(bots, mode) || reportedIn(state, bots, mode) > 0;

const reportedIn = ({ desk }: State, bots: readonly BotState[], mode: Mode): number =>
  bots.reduce(
    (sum, bot) => sum + ((bot.snapshot?.mode ?? "live") === mode ? reportedPositions(desk, bot).length : 0),
    0,
  );

function anyIn(map: ReadonlyMap<string, { readonly mode: Mode }>, mode: Mode): boolean {
  for (const each of map.values()) if (each.mode === mode) return true;
  return false;
}

function exposureOf(
  state: State,
  bots: readonly BotState[],
  { bot, mode }: Scope,
  read: () => Exposure,
): ExposureReading {
  if (!holdsIn(state, bots, mode)) return { exposureGross: unknown(NOTHING), exposureNet: unknown(NOTHING) };
  const exposure = read();
  const flat: ExposureRow = { gross_usd: 0, net_usd: 0, positions: 0 };
  const row = bot === undefined ? exposure.total : (exposure.by_bot.find((each) => each.bot === bot) ?? flat);
  const shown = (usd: number | null): Measure =>
    usd === null ? unknown(row.reason ?? "not known in USD", row.positions) : finite(usd, row.positions);
  return { exposureGross: shown(row.gross_usd), exposureNet: shown(row.net_usd) };
}

function countsOf(state: State, bots: readonly BotState[], mode: Mode): CountsReading {
  const inMode = (each: { readonly mode: Mode }): boolean => each.mode === mode;
  const total = (of: (bot: BotState) => number): number => bots.reduce((sum, bot) => sum + of(bot), 0);
  const told = (of: Exclude<keyof Told, "mode">): number => total((bot) => toldOf(bot, mode)[of]);
  const traded = total(
    ({ ledgers, pairs }) => countIf(ledgers, (ledger) => inMode(ledger) && isHeld(ledger)) + countIf(pairs, inMode),
  );
  const held = traded + reportedIn(state, bots, mode);
  const count = (value: number): Measure => measured(value, value);
  const reported = ({ bot }: BotState, name: ReportedCounter) =>
    reportedCounter(state.samples.counters, { bot, mode, name });
  const counted = (name: ReportedCounter, of: "fills" | "reconnects"): Reading => {
    const sum = count(total((bot) => reported(bot, name) ?? toldOf(bot, mode)[of]));
    return bots.some((bot) => reported(bot, name) !== undefined) ? { ...sum, source: "reported" } : sum;
  };
  const reconnects = counted("hbot_bot_ws_reconnect_total", "reconnects");
  return {
    openOrders: told("orders") > 0 ? count(total((bot) => openOrdersOf(bot, mode))) : unknown("no order was told"),
    positions: holdsIn(state, bots, mode) ? count(held) : unknown(NOTHING),
    fillsTold: bots.length > 0 ? counted("hbot_bot_fills_total", "fills") : unknown("no fact was told"),
    reconnects:
      told("feeds") > 0 || reconnects.source === "reported" ? reconnects : unknown("the bot does not report feeds"),
  };
}

/** They are many: where the bot told orders in this mode alone, they need not be looked at. */
function openOrdersOf({ openOrders, told }: BotState, mode: Mode): number {
  for (const { mode: other, orders } of told)
    if (other !== mode && orders > 0) return countIf(openOrders, (order) => order.mode === mode);
  return openOrders.size;
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
function riskOf(state: State, { bot, mode }: Scope, asOf: Micros): RiskReading {
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

function ticksOf(state: State, { bot, mode }: Scope): TicksReading {
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

function calibrationsOf(bot: BotState | undefined, mode: Mode): CalibrationsReading {
  const of = (kind: EventOf<"calibration">["kind"]) => bot?.calibrations.get(calibrationKey(mode, kind));
  const [edges, factors] = [of("edge_report"), of("fill_factor")];
  return {
    avgCaptureBps: saidNumber(edges?.avg_capture_bps, "the bot does not report avg_capture_bps"),
    realizedFillFactor: saidNumber(factors?.realized_fill_factor, "the bot does not report realized_fill_factor"),
    configuredFillFactor: saidNumber(factors?.configured_fill_factor, "the bot does not report configured_fill_factor"),
  };
}

function statsOf(state: State, { bot, mode }: Scope, asOf: Micros): StatsReading {
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
