import type { Micros } from "../base/time.ts";
import type { Decimal } from "../domain/decimal.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { ModeActivity, OrderCounts } from "./activity.ts";
import type { EquityCurve } from "./equity.ts";
import type { CashEntry, ReportedEntry } from "./cash.ts";
import type { CommissionDay } from "./commissions.ts";
import type { Ledger } from "./ledgers.ts";
import type { OpenOrder, PlacedOrder } from "./orders.ts";
import type { MarketTime, Presence } from "./presence.ts";
import type { InstrumentQuality, QualityVenue } from "./quality/tally.ts";
import type { OpenSession, Session } from "./sessions.ts";
import type { ModeTally, TallyMark } from "./tallies.ts";
import type { Told } from "./told.ts";
import type { VenueRead } from "./venue-readings.ts";

export type Mode = "live" | "paper" | "simulate" | "demo";
export type BotStatus = EventOf<"bot.state">["status"];

/** Money put into a pair by document 2's fills, which have neither side nor price. */
export interface PairHolding {
  readonly mode: Mode;
  readonly pairId: string;
  readonly grossUsd: Decimal;
  readonly fills: number;
  /** Those of the fills that said no size: what they put in is unknown. */
  readonly unsized: number;
}

/** What the bot last said of itself, in `bot.started`, `bot.state` or `bot.stopped`. */
export interface Said {
  readonly status: BotStatus;
  readonly executionMode: string | undefined;
  readonly version: string | undefined;
  readonly configHash: string | undefined;
  readonly venues: NonNullable<EventOf<"bot.state">["venues"]>;
  readonly counters: Readonly<Record<string, number>>;
  readonly riskStats: Readonly<Record<string, unknown>>;
  readonly makesMarkets: boolean | undefined;
  readonly reason: string | undefined;
  readonly uptimeS: number | undefined;
  readonly at: Micros;
}

/** What the facts of one bot add up to. Depends on nothing but them, in order of `seq`. */
export interface BotState {
  readonly bot: string;
  /** The last fact taken in. */
  seq: number;
  mode: Mode;
  strategy: string | undefined;
  said: Said | undefined;
  startedAt: Micros | undefined;
  /** When the hub received the last `bot.stopped`; 0 before any. */
  stoppedAt: Micros;
  /** True once it said `bot.started` or `bot.state`: from then on its silence is an alarm. */
  declared: boolean;
  lastFactAt: Micros;
  /** Receipt of the last fact that was a sign of life; 0 when only files told of the bot. */
  lastLiveAt: Micros;
  lastTs: Micros;
  facts: number;
  fills: number;
  merges: number;
  contradictions: number;
  oddTimes: number;
  lastError: { readonly code: string; readonly message: string; readonly at: Micros } | undefined;
  risk: EventOf<"risk"> | undefined;
  snapshot: EventOf<"position.snapshot"> | undefined;
  /** What the hub read of its accounts at venues, by mode and venue. */
  readonly venueReads: Map<string, VenueRead>;
  /** By id; by mode, venue and id where the bot uses one at several places. */
  readonly openOrders: Map<string, OpenOrder>;
  /** Whether it used an id at several places at once. */
  sharesOrderIds: boolean;
  /** Orders forgotten because more than the limit were open at once. */
  forgottenOrders: number;
  /** The newest orders that ended without being filled whole: their fills may come after that. By key as the open ones. */
  endedOrders: Map<string, PlacedOrder>;
  /** Those that ended before them. */
  endedBefore: Map<string, PlacedOrder>;
  /** What was done with orders in each mode: changed in place. */
  readonly activity: ModeActivity[];
  /** The same of days before the newest, by mode and day. */
  readonly activityDays: Map<string, OrderCounts>;
  /** Mode → whether anything is held. */
  readonly presence: Map<Mode, Presence>;
  /** Time with a position open, by mode and span. */
  readonly marketTime: Map<string, MarketTime>;
  /** Ledgers of instruments, those that are flat included. */
  readonly ledgers: Map<string, Ledger>;
  /** Ledgers that have to be made again, since the `seq` of the event that they could not take in. */
  readonly staleLedgers: Map<string, number>;
  /** Ledgers forgotten because there were more than the limit. */
  forgottenLedgers: number;
  /** Money besides the ledgers, by mode, currency and span. */
  readonly cash: Map<string, CashEntry>;
  /** Commissions of income rows by mode, account, venue, currency and day. */
  readonly commissions: Map<string, CommissionDay>;
  /** Closed positions as the bot reports them, by mode, instrument and span. */
  readonly reported: Map<string, ReportedEntry>;
  /** The equity that was reported, by mode and venue. */
  readonly equity: Map<string, EquityCurve>;
  readonly pairs: Map<string, PairHolding>;
  /** How often it told of something in each mode: changed in place. */
  readonly told: Told[];
  /** The newest calibration, by mode and kind. */
  readonly calibrations: Map<string, EventOf<"calibration">>;
  /** Voids that came before their fill: the fill will have no effect. */
  readonly voidsAhead: Map<string, number>;
  /** What was counted in each mode since the beginning: changed in place. */
  readonly tallies: ModeTally[];
  /** What each was when a day began, by mode and day. */
  readonly tallyMarks: Map<string, TallyMark>;
  /** Instruments that quotes and fills are added up of; the sums of each, one after the other: changed in place. */
  readonly quality: InstrumentQuality[];
  readonly qualitySums: number[];
  readonly qualityHeads: number[];
  readonly qualityVenues: QualityVenue[];
  /** Symbol → the place in `quality` of its newest instrument. */
  readonly qualityPlaces: Map<string, number>;
  /** What the sums of a place were when a day began. */
  readonly qualityMarks: Map<string, readonly number[]>;
  /** Quotes and fills of instruments beyond those that are told apart. */
  uncounted: number;
  /** What is remembered of a quote, by mode, venue and id. */
  readonly quotes: Map<string, number>;
  /** `seq` of a fill without a fee → what its fee counts for when another source tells it. */
  readonly feeless: Map<string, string>;
  /** `seq` of a fill → what another source told of it later. */
  readonly lateFields: Map<string, string>;
  /** Sessions that may go on: one for each mode and kind at most. */
  readonly openSessions: OpenSession[];
  /** `seq` of its first fact → a session that is over; the newest 200. */
  readonly sessions: Map<string, Session>;
}

export const emptyBotState = (bot: string): BotState => ({
  bot,
  seq: 0,
  mode: "live",
  strategy: undefined,
  said: undefined,
  startedAt: undefined,
  stoppedAt: 0 as Micros,
  declared: false,
  lastFactAt: 0 as Micros,
  lastLiveAt: 0 as Micros,
  lastTs: 0 as Micros,
  facts: 0,
  fills: 0,
  merges: 0,
  contradictions: 0,
  oddTimes: 0,
  lastError: undefined,
  risk: undefined,
  snapshot: undefined,
  venueReads: new Map(),
  openOrders: new Map(),
  sharesOrderIds: false,
  forgottenOrders: 0,
  endedOrders: new Map(),
  endedBefore: new Map(),
  activity: [],
  activityDays: new Map(),
  presence: new Map(),
  marketTime: new Map(),
  ledgers: new Map(),
  staleLedgers: new Map(),
  forgottenLedgers: 0,
  cash: new Map(),
  commissions: new Map(),
  reported: new Map(),
  equity: new Map(),
  pairs: new Map(),
  told: [],
  calibrations: new Map(),
  voidsAhead: new Map(),
  tallies: [],
  tallyMarks: new Map(),
  quality: [],
  qualitySums: [],
  qualityHeads: [],
  qualityVenues: [],
  qualityPlaces: new Map(),
  qualityMarks: new Map(),
  uncounted: 0,
  quotes: new Map(),
  feeless: new Map(),
  lateFields: new Map(),
  openSessions: [],
  sessions: new Map(),
});

/** What a fact says of the bot itself; what is left out stays as it was, except the reason. */
export function saidBy(
  event: EventOf<"bot.started"> | EventOf<"bot.state"> | EventOf<"bot.stopped">,
  at: Micros,
  before: Said | undefined,
): Said {
  return {
    status: event.status ?? (event.type === "bot.stopped" ? "stopped" : "running"),
    executionMode: event.execution_mode ?? before?.executionMode,
    version: event.version ?? before?.version,
    configHash: event.config_hash ?? before?.configHash,
    venues: event.venues ?? before?.venues ?? [],
    counters: event.counters ?? before?.counters ?? {},
    riskStats: event.risk_stats ?? before?.riskStats ?? {},
    makesMarkets: event.makes_markets ?? before?.makesMarkets,
    reason: event.reason,
    uptimeS: event.uptime_s,
    at,
  };
}
