import type { Micros } from "../base/time.ts";
import type { MetricWindow } from "../metrics/definition.ts";
import { unknown } from "../metrics/measure.ts";
import type {
  DailyReading,
  HistoryReading,
  MarkoutReading,
  NowReading,
  QualityReading,
  Reading,
  ScopeReading,
  SpanReading,
} from "../metrics/scope-reading.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { readExposure } from "./read-exposure.ts";
import { HUB_BOT } from "./read-bots.ts";
import { type Exposure, readNow } from "./read-now.ts";
import { readQuality } from "./quality/read.ts";
import { readSpan, type Scope } from "./read-span.ts";

/** Reads a scope as of one moment, each window once. What is not asked for is not read. */
export function scopeReader(
  state: State,
  asOf: Micros,
  scope: Scope,
  { exposure, history = NOT_READ, markouts = NO_MARKOUTS, daily = NO_DAYS, quality: told }: ReadAlready = {},
): (window: MetricWindow) => ScopeReading {
  const spans = new Map<MetricWindow, SpanReading>();
  let now: NowReading | undefined;
  const spanOf = (window: MetricWindow): SpanReading => {
    // What holds now has no window of its own: what is not realised is the same in each.
    const chosen = window === "now" ? "all" : window;
    const span = spans.get(chosen) ?? readSpan(state, asOf, scope, chosen);
    spans.set(chosen, span);
    return span;
  };
  const readings = new Map<MetricWindow, ScopeReading>();
  const readingOf = (window: MetricWindow, quality?: QualityReading): ScopeReading => ({
    get now() {
      now ??= readNow(state, asOf, scope, exposure);
      return now;
    },
    span: spanOf(window),
    history,
    get quality() {
      quality ??= told?.() ?? readQuality(state, scope, { window: window === "now" ? "all" : window, asOf });
      return quality;
    },
    markouts,
    daily,
  });
  return (window) => {
    const reading = readings.get(window) ?? readingOf(window);
    readings.set(window, reading);
    return reading;
  };
}

/** What was made beforehand. */
interface ReadAlready {
  /** Made once for many bots. */
  readonly exposure?: () => Exposure;
  /** Of the scope's bot and the window that is asked for. */
  readonly history?: HistoryReading | undefined;
  readonly markouts?: MarkoutReading | undefined;
  /** Of other facts than the fold has. */
  readonly quality?: (() => QualityReading) | undefined;
  readonly daily?: DailyReading | undefined;
}

const UNREAD: Reading = unknown("is made from the stored fills of one bot, when it is asked for alone");

const UNMARKED: Reading = unknown("is made from stored fills and marks, when it is asked for alone");

/** Of no stored marks. */
export const NO_MARKOUTS: MarkoutReading = { meanBps: () => UNMARKED, drift30s: UNMARKED };

const NOT_DAILY: Reading = unknown("is made from the equity of days, when it is asked for alone");

/** Of no days. */
export const NO_DAYS: DailyReading = () => NOT_DAILY;

/** Of no stored fills. */
export const NOT_READ: HistoryReading = {
  streak: UNREAD,
  longestWins: UNREAD,
  longestLosses: UNREAD,
  largestWin: UNREAD,
  largestLoss: UNREAD,
  medianHoldingHours: UNREAD,
  inventoryAvg: UNREAD,
  inventoryNetAvg: UNREAD,
  inventoryMax: UNREAD,
  inventoryTurnover: UNREAD,
};

/** A bot in one of the modes it spoke in. */
export interface BotReading {
  readonly bot: string;
  readonly mode: Mode;
  /** Facts of the bot: what it told most of comes first where not all can be shown. */
  readonly facts: number;
  readonly reading: (window: MetricWindow) => ScopeReading;
  /** Of all bots of its mode together. */
  readonly exposure: () => Exposure;
}

/** Every bot in every mode that it spoke in, as of one moment. */
export function readEachBot(state: State, asOf: Micros): BotReading[] {
  const exposures = new Map<Mode, Exposure>();
  const exposureOf = (mode: Mode): Exposure => {
    const exposure = exposures.get(mode) ?? readExposure(state, mode);
    exposures.set(mode, exposure);
    return exposure;
  };
  return [...state.bots.values()]
    .filter(({ bot }) => bot !== HUB_BOT)
    .flatMap((bot) =>
      modesOf(bot).map((mode) => ({
        bot: bot.bot,
        mode,
        facts: bot.facts,
        reading: scopeReader(state, asOf, { bot: bot.bot, mode }, { exposure: () => exposureOf(mode) }),
        exposure: () => exposureOf(mode),
      })),
    );
}

function modesOf(bot: BotState): Mode[] {
  const modes = new Set<Mode>([bot.mode, ...bot.told.map((told) => told.mode)]);
  for (const part of [bot.ledgers, bot.reported, bot.cash, bot.equity, bot.pairs])
    for (const { mode } of part.values()) modes.add(mode);
  return [...modes];
}

/** A gauge of a bot's own, its labels in its name. */
export interface OwnMetricReading {
  readonly bot: string;
  readonly name: string;
  readonly value: number;
}

/** The gauges that bots report of their own, those without labels first: they are the summaries. */
export function readOwnMetrics({ samples }: State): OwnMetricReading[] {
  const plain: OwnMetricReading[] = [];
  const labelled: OwnMetricReading[] = [];
  for (const { event } of samples.metrics.values()) {
    const { bot, name, value, labels = {} } = event;
    if (!Number.isFinite(value)) continue;
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
    if (pairs.length === 0) plain.push({ bot, name, value });
    else labelled.push({ bot, name: `${name}{${pairs.sort().join(",")}}`, value });
  }
  return [...plain, ...labelled];
}
