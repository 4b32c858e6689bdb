import { type Clock, type Micros, isoFromMicros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { type State, foldedSeq } from "../engine/fold.ts";
import { readCommandNamed } from "../engine/control/read-command.ts";
import { type Reach, readControls } from "../engine/control/read-controls.ts";
import { botNames, readBot, readBots } from "../engine/read-bots.ts";
import type { Compared } from "../engine/reconcile/compared.ts";
import { readEdges } from "../engine/read-edges.ts";
import { readEventPositions } from "../engine/read-event-positions.ts";
import { readExposure } from "../engine/read-exposure.ts";
import { isPartial } from "../engine/part.ts";
import { readPerformance } from "../engine/read-performance.ts";
import {
  catalogueEntries,
  dailyWindowOf,
  historyOf,
  markoutWindowOf,
  readMetricNamed,
} from "../engine/read-metrics.ts";
import { readOrderbookNamed, readOrderbooks } from "../engine/read-orderbooks.ts";
import { readPairs, readPositions } from "../engine/read-positions.ts";
import { readDays } from "../engine/read-day.ts";
import { readSessions } from "../engine/read-sessions.ts";
import { readVenues } from "../engine/read-venues.ts";
import { metricNamed } from "../metrics/catalogue.ts";
import type { BotView, HealthAnswer, HubHealth, VenueHealth } from "../protocol/api.ts";
import type { ImportReportBody, ImportView } from "../protocol/api-sessions.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";
import type { PositionsAnswer } from "../protocol/api-trading.ts";
import { analysisReads } from "./analysis/analysis-query.ts";
import { readDailyMetrics, readDailySeries } from "./analysis/daily-metrics.ts";
import { Statistics } from "./analysis/statistics.ts";
import { summaryOfDay } from "./day-summaries.ts";
import type { EdgeHistory } from "./edge-history.ts";
import { executionReads } from "./execution-query.ts";
import { logMetricOf, readExecutionMetric, readExecutionSeries } from "./execution-series.ts";
import { explainPnl, inTurn, NoPast } from "./explain.ts";
import { Histories } from "./histories.ts";
import { readMarkoutMetrics } from "./markout-metrics.ts";
import { Markouts } from "./markouts.ts";
import { readMetricOfPart, readPartPerformance } from "./part-reads.ts";
import { readRangePerformance } from "./range-performance.ts";
import type { RollupKeeper } from "./rollup-keeper.ts";
import { readEdgeHistory } from "./read-edge-history.ts";
import { readSeries } from "./series.ts";
import { opportunitiesListing, ordersListing } from "./listings.ts";
import type { ImportRow, Store } from "./ports.ts";
import type { AsOf, Query } from "./query.ts";
import type { AccountStatus } from "./account-reader.ts";
import { reconciliation } from "./reconciliation.ts";
import { type Rejections, rejectedRow } from "./rejections.ts";
import type { Timers } from "./timers.ts";

export interface QueryParts {
  readonly state: State;
  readonly store: Pick<
    Store,
    | "events"
    | "fills"
    | "fillsByTime"
    | "orders"
    | "opportunities"
    | "imports"
    | "rejections"
    | "replay"
    | "samples"
    | "statementsOf"
  >;
  readonly timers: Pick<Timers, "breathe">;
  readonly clock: Clock;
  readonly rejections: Rejections;
  readonly defaultMode: Mode;
  /** USD of gross exposure below which an event or venue is green, and above which it is red. */
  readonly exposureLimits: PositionsAnswer["limits"];
  readonly hub: () => HubHealth;
  readonly haltRules?: () => HaltRuleView[];
  /** The accounts that are read at venues; none in a replay. */
  readonly accounts?: () => readonly AccountStatus[];
  /** Fees as they were last held against the venues' income; none in a replay. */
  readonly fees?: () => readonly Compared[];
  /** How a bot hears of commands; nobody does in a replay. */
  readonly reach?: (bot: string) => Reach;
  /** How edges went of late; absent in a replay. */
  readonly edges?: EdgeHistory;
  /** Absent in a replay: rollups know all facts, and so what is to come there. */
  readonly rollups?: Pick<RollupKeeper, "upTo" | "read">;
}

const UNREACHED = (): Reach => ({ linked: false, lastAskedAt: undefined });

/** The read path over the fold in memory and the store. */
export function createQuery(parts: QueryParts): Query {
  const { state, store, clock, rejections } = parts;
  const modeOf = (mode: string | undefined): string | undefined =>
    mode === "all" ? undefined : (mode ?? parts.defaultMode);
  const asOf = (now: Micros = clock.now()): AsOf => ({ as_of: isoFromMicros(now), as_of_seq: foldedSeq(state) });
  const withMode = <Q extends { readonly mode?: string }>(query: Q): Moded<Q> => inMode(query, modeOf(query.mode));
  const histories = new Histories(parts);
  const tables = new Markouts(parts);
  const execution = executionReads({ ...parts, tables });
  const { rollups } = parts;
  const statistics = rollups && new Statistics({ ...parts, rollups });
  return {
    ...tradingReads({ ...parts, asOf, withMode }),
    ...logReads({ store, asOf, withMode }),
    ...moneyReads({ ...parts, asOf, modeOf, histories, tables, statistics }),
    ...metricReads({ ...parts, asOf, modeOf, histories, tables, statistics }),
    ...analysisReads({ ...parts, histories, execution, statistics, tables }),
    ...execution,
    asOf,
    desk: () => ({
      kind: parts.defaultMode === "demo" ? "demo" : "live",
      mode: parts.defaultMode,
      version: parts.hub().version,
      ...asOf(),
    }),
    bots: (mode) => {
      const now = clock.now();
      const bots = readBots(state, now, rejections.byBot);
      return {
        bots: mode === undefined || mode === "all" ? bots : bots.filter((bot) => bot.mode === mode),
        ...asOf(now),
      };
    },
    bot: (bot) =>
      botNames(state).has(bot) ? readBot(state, bot, clock.now(), rejections.byBot.get(bot) ?? 0) : undefined,
    edges: (limit, mode) => {
      const now = clock.now();
      return { edges: readEdges(state, now, modeOf(mode)).slice(0, limit), ...asOf(now) };
    },
    summary: (date) => {
      const now = clock.now();
      const summary = summaryOfDay(date, { state, asOf: now, mode: parts.defaultMode });
      return summary && { summary, ...asOf(now) };
    },
    summaries: (limit) => ({ days: readDays(state, limit), ...asOf() }),
    exposure: (mode) => ({ ...readExposure(state, modeOf(mode)), ...asOf() }),
    controls: (filter) => {
      const now = clock.now();
      return { ...readControls(state, filter, { asOf: now, reach: parts.reach ?? UNREACHED }), ...asOf(now) };
    },
    command: (id) => readCommandNamed(state.desk, id),
    haltRules: () => ({ rules: parts.haltRules?.() ?? [], ...asOf() }),
    health: () => {
      const now = clock.now();
      return { ...healthOf(readBots(state, now, rejections.byBot), readVenues(state, now), parts.hub()), ...asOf(now) };
    },
    rejected: async (limit) => {
      const { rows, counts } = await store.rejections(limit);
      return {
        rejected: rows.map(rejectedRow),
        counts: counts.map(({ bot, code, count }) => ({ bot: bot ?? null, code, count })),
        ...asOf(),
      };
    },
    imports: async (limit) => ({ imports: (await store.imports(limit)).map(importView), ...asOf() }),
    orders: (query) => ordersListing({ state, store, asOf: asOf() }, withMode(query)),
    opportunities: (query) => opportunitiesListing({ state, store, asOf: asOf() }, withMode(query)),
  };
}

/** A report as it is shown. What is kept was checked when it came. */
export const importView = ({ body, receivedAt }: ImportRow): ImportView => ({
  ...(JSON.parse(body) as ImportReportBody),
  received_at: isoFromMicros(receivedAt),
});

type Moded<Q> = Omit<Q, "mode"> & { readonly mode?: string };

function inMode<Q extends { readonly mode?: string }>({ mode: _, ...query }: Q, mode: string | undefined): Moded<Q> {
  return mode === undefined ? query : { ...query, mode };
}

interface TradingParts
  extends Pick<QueryParts, "state" | "store" | "clock" | "exposureLimits" | "accounts" | "fees" | "edges"> {
  readonly asOf: (now: Micros) => AsOf;
  readonly withMode: <Q extends { readonly mode?: string }>(query: Q) => Moded<Q>;
}

/** Pages of the log and of its fills. */
const logReads = ({
  store,
  asOf,
  withMode,
}: Pick<TradingParts, "store" | "withMode"> & { readonly asOf: () => AsOf }): Pick<
  Query,
  "fills" | "fillsByTime" | "events"
> => ({
  fills: async (filter) => ({ ...(await store.fills(withMode(filter))), ...asOf() }),
  fillsByTime: async (filter) => ({ ...(await store.fillsByTime(withMode(filter))), ...asOf() }),
  events: async (filter) => ({ ...(await store.events(withMode(filter))), ...asOf() }),
});

/** What is held and offered, and the bots' sessions, from the fold in memory. */
function tradingReads(
  parts: TradingParts,
): Pick<Query, "positions" | "reconciliation" | "orderbooks" | "orderbook" | "sessions" | "edgeHistory"> {
  const { state, clock, exposureLimits: limits, asOf, withMode, accounts = () => [], fees = () => [] } = parts;
  return {
    positions: (filter = {}) => {
      const now = clock.now();
      const chosen = withMode(filter);
      const positions = readPositions(state, now, chosen);
      return {
        positions: positions.map(({ view }) => view),
        by_event: readEventPositions(state, positions, readPairs(state, chosen)),
        limits,
        ...asOf(now),
      };
    },
    reconciliation: (filter = {}) => {
      const now = clock.now();
      return { ...reconciliation({ state, accounts: accounts(), fees: fees(), now }, withMode(filter)), ...asOf(now) };
    },
    orderbooks: ({ levels, ...filter }) => {
      const now = clock.now();
      return { orderbooks: readOrderbooks(state, now, { ...withMode(filter), levels }), ...asOf(now) };
    },
    orderbook: (name) => readOrderbookNamed(state, clock.now(), name),
    edgeHistory: async ({ mode, ...filter }) =>
      parts.edges === undefined
        ? "no past"
        : readEdgeHistory(
            { ...parts, history: parts.edges },
            { ...filter, ...withMode(mode === undefined ? {} : { mode }) },
          ),
    sessions: ({ mode, ...filter } = {}) => {
      const now = clock.now();
      const chosen = mode === undefined || mode === "all" ? filter : { ...filter, mode };
      return { sessions: readSessions(state, now, chosen), ...asOf(now) };
    },
  };
}

interface MoneyParts extends Pick<QueryParts, "state" | "store" | "clock" | "timers" | "defaultMode" | "rollups"> {
  readonly asOf: (now?: Micros) => AsOf;
  readonly modeOf: (mode: string | undefined) => string | undefined;
  readonly histories: Histories;
  readonly tables: Markouts;
  readonly statistics: Statistics | undefined;
}

/** What trading made: from the fold in memory, and what needs each fill from the store. */
function moneyReads(
  parts: MoneyParts,
): Pick<Query, "performance" | "partPerformance" | "fifoPerformance" | "explain" | "rangePerformance"> {
  const { state, clock, asOf, modeOf, histories } = parts;
  const explainInTurn = inTurn();
  return {
    performance: ({ mode, ...filter }) => {
      const now = clock.now();
      return { ...readPerformance(state, now, { ...filter, mode: modeOf(mode) }), ...asOf(now) };
    },
    partPerformance: async ({ mode, ...filter }) => {
      const past = { ...parts, rollups: rollupsOf(parts) };
      return { ...(await readPartPerformance(past, { ...filter, mode: modeOf(mode) })), ...asOf() };
    },
    fifoPerformance: ({ mode, ...filter }) => histories.fifo({ ...filter, mode: modeOf(mode) }),
    rangePerformance: async ({ mode, ...filter }) => {
      const past = { ...parts, rollups: rollupsOf(parts) };
      return { ...(await readRangePerformance(past, { ...filter, mode: modeOf(mode) })), ...asOf() };
    },
    explain: async ({ mode, ...filter }) => {
      const past = { ...parts, rollups: rollupsOf(parts) };
      return { ...(await explainInTurn(() => explainPnl(past, { ...filter, mode: modeOf(mode) }))), ...asOf() };
    },
  };
}

/** Every metric: from the fold in memory, and what needs each fill, mark or day from the store. */
function metricReads(parts: MoneyParts): Pick<Query, "catalogue" | "metric" | "series"> {
  const { state, clock, asOf, histories, tables, statistics } = parts;
  const curvesInTurn = inTurn();
  return {
    catalogue: () => ({ metrics: catalogueEntries(), ...asOf() }),
    metric: async (name, { mode = parts.defaultMode, ...filter }) => {
      const asked = { ...filter, mode };
      const ofLog = isPartial(asked) ? logMetricOf(name, asked.window) : undefined;
      if (ofLog !== undefined) return { ...(await readExecutionMetric(parts, tables, ofLog, asked)), ...asOf() };
      if (isPartial(asked)) {
        const told = await readMetricOfPart({ ...parts, rollups: rollupsOf(parts) }, name, asked);
        return typeof told === "string" ? told : { ...told, ...asOf() };
      }
      const wanted = historyOf(name, asked);
      const told = wanted && (await histories.read(wanted));
      const window = markoutWindowOf(name, asked);
      const marked = window && (await readMarkoutMetrics(parts, tables, { ...asked, window }));
      const now = clock.now();
      const days = dailyWindowOf(name, asked);
      const whole = days && statistics && (await readDailyMetrics(statistics, { ...asked, window: days, now }));
      const made = { ...marked, history: told?.history, daily: whole?.daily };
      const answer = readMetricNamed(state, now, name, { ...asked, ...made });
      return typeof answer === "string"
        ? answer
        : { ...answer, ...(told?.asOf ?? marked?.asOf ?? whole?.asOf ?? asOf(now)) };
    },
    series: async (name, { mode = parts.defaultMode, ...filter }) => {
      const definition = metricNamed(name);
      if (definition?.past === "log") {
        const told = await readExecutionSeries(parts, tables, definition, { ...filter, mode });
        return typeof told === "string" ? told : { ...told, ...asOf() };
      }
      if (parts.rollups === undefined) return "no past";
      if (statistics !== undefined && definition?.reads === "days")
        return readDailySeries(statistics, name, { ...filter, mode, now: clock.now() });
      const told = await readSeries({ ...parts, rollups: parts.rollups, inTurn: curvesInTurn }, name, {
        ...filter,
        mode,
      });
      return typeof told === "string" ? told : { ...told, ...asOf() };
    },
  };
}

function rollupsOf({ rollups }: MoneyParts): NonNullable<QueryParts["rollups"]> {
  if (rollups === undefined) throw new NoPast();
  return rollups;
}

function healthOf(
  bots: readonly BotView[],
  venues: VenueHealth[],
  hub: HubHealth,
): Omit<HealthAnswer, "as_of" | "as_of_seq"> {
  const unwell = bots.some(
    (bot) => bot.status === "error" || bot.stuck || bot.liveness === "stale" || bot.liveness === "offline",
  );
  const degraded = unwell || venues.some((venue) => venue.status === "degraded" || venue.status === "down");
  return {
    status: hub.store_ok ? (degraded ? "degraded" : "healthy") : "down",
    venues,
    bots: bots.map(({ bot, mode, liveness, status, last_seen_age_s }) => ({
      bot,
      mode,
      liveness,
      status,
      last_seen_age_s,
    })),
    halted: {
      bots: bots.filter(({ control, liveness }) => control?.state === "halted" && liveness !== "stopped").length,
      venues: venues.filter(({ halted }) => halted).length,
    },
    hub,
  };
}
