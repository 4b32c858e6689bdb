import { putBounded } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { type DeskEquityState, noteQuote, takeDeskEquity } from "./desk-equity.ts";
import { isSignOfLife } from "./contacts.ts";
import { type ControlFacts, emptyControlFacts } from "./control/control-state.ts";
import { reduceControl } from "./control/reduce-control.ts";
import { tradingOf } from "./trading-events.ts";
import { takeReconciliation, type ToldDifference } from "./reconcile/told-differences.ts";
import { type RuleFacts, takeRule } from "./rules/rule.ts";
import {
  type DeclaredState,
  takeDeclared,
  takeDeclaredLimit,
  takeDeclaredRate,
  takeTold,
  takeWithdrawn,
} from "./declared.ts";

export interface FeedState {
  readonly venue: string;
  readonly kind: EventOf<"feed">["kind"];
  readonly connected: boolean | undefined;
  readonly at: Micros;
  /** The bot whose file told it; undefined where a bot told it as it was. */
  readonly importedFor: string | undefined;
  readonly lastGapAt: Micros | undefined;
  readonly detail: string | undefined;
}

export interface OpenAlert {
  readonly alertId: string;
  readonly rule: string;
  readonly severity: EventOf<"alert.raised">["severity"];
  readonly scope: Readonly<Record<string, string>>;
  readonly message: string;
  readonly at: Micros;
  /** Of the fact that raised it. */
  readonly seq: number;
}

/** A UTC day whose end was marked, with what its summary was made with. */
export interface ClosedDay {
  readonly seq: number;
  /** Of the summary as it was written. */
  readonly digest: string | undefined;
  /** Currency → USD for one unit. */
  readonly usdRates: Readonly<Record<string, string>>;
  /** Bots that said that they make markets. */
  readonly marketMakers: readonly string[];
}

export interface KeptEdge {
  readonly event: EventOf<"edge">;
  readonly seq: number;
  readonly receivedAt: Micros;
}

/** What the facts of the whole desk add up to, besides those of each bot. */
export interface DeskState extends DeclaredState, DeskEquityState, ControlFacts, RuleFacts {
  seq: number;
  facts: number;
  readonly pairs: Map<string, EventOf<"pair">>;
  /** `currency\tper` → units of `per` for one of `currency`, as text. */
  readonly rates: Map<string, string>;
  /** `bot\tpair_id` → the newest edge said as a fact; the oldest go when there are too many. */
  readonly edges: Map<string, KeptEdge>;
  readonly feeds: Map<string, FeedState>;
  /** `mode\tvenue\tsymbol` → when the instrument settled; the oldest go when there are too many. */
  readonly settled: Map<string, Micros>;
  /** `rule\tscope` → an alert that was raised and is not resolved. */
  readonly alerts: Map<string, OpenAlert>;
  /** Days by their date; the newest of them. */
  readonly closedDays: Map<string, ClosedDay>;
  /** Differences between bots, ledger and venue that last. */
  readonly differences: Map<string, ToldDifference>;
}

export const emptyDeskState = (): DeskState => ({
  ...emptyControlFacts(),
  seq: 0,
  facts: 0,
  instruments: new Map(),
  declared: new Map(),
  told: new Map(),
  declaredRates: new Map(),
  limits: new Map(),
  quotes: new Map(),
  equities: new Map(),
  deskEquity: new Map(),
  pairs: new Map(),
  rates: new Map(),
  edges: new Map(),
  feeds: new Map(),
  settled: new Map(),
  alerts: new Map(),
  closedDays: new Map(),
  differences: new Map(),
  rules: new Map(),
});

const EDGES_MAX = 2_000;
const CLOSED_DAYS_MAX = 1_000;
const SETTLED_MAX = 20_000;

export const instrumentKey = (venue: string, symbol: string): string => `${venue}\t${symbol}`;

/** The key of an instrument as one mode has it: what settled on paper may still be traded. */
export const settledKey = ({ mode, venue, symbol }: EventOf<"book"> | EventOf<"settlement">): string =>
  `${mode ?? "live"}\t${instrumentKey(venue, symbol)}`;

export const alertKey = (rule: string, scope: Readonly<Record<string, string>>): string =>
  `${rule}\t${JSON.stringify(Object.entries(scope).sort())}`;

/** Takes one fact into the desk's state, in place; in order of `seq`. `trading`: its event where it is of trading. */
export function reduceDesk(state: DeskState, recorded: Recorded, trading = tradingOf(recorded.event)): void {
  state.seq = recorded.seq;
  state.facts++;
  if (recorded.standing === "contradiction") return;
  const { event } = recorded;
  if (trading !== undefined) {
    if (state.heldBots.size > 0) reduceControl(state, event, recorded);
    return;
  }
  switch (event.type) {
    case "instrument":
      noteQuote(state, event);
      return takeTold(state, event);
    case "risk":
    case "balance":
      return takeDeskEquity(state, event, recorded);
    case "limit.declared":
      return takeDeclaredLimit(state, event);
    case "rule.declared":
      return takeRule(state, event, recorded);
    case "rule.withdrawn":
      state.rules.delete(event.name);
      return;
    case "instrument.declared":
      return takeDeclared(state, event);
    case "instrument.withdrawn":
      return takeWithdrawn(state, event);
    case "rate.declared":
      return takeDeclaredRate(state, event);
    case "pair":
      state.pairs.set(event.pair_id, { ...state.pairs.get(event.pair_id), ...event });
      return;
    case "rate":
      state.rates.set(`${event.currency}\t${event.per}`, event.price);
      return;
    case "edge":
      return keepEdge(state, event, recorded);
    case "feed":
      state.feeds.set(event.venue, feedAfter(state.feeds.get(event.venue), event, recorded.receivedAt));
      return;
    case "settlement":
      putBounded(state.settled, settledKey(event), recorded.ts, SETTLED_MAX);
      return;
    case "alert.raised":
      state.alerts.set(alertKey(event.rule, event.scope), {
        alertId: event.alert_id,
        rule: event.rule,
        severity: event.severity,
        scope: event.scope,
        message: event.message,
        at: recorded.ts,
        seq: recorded.seq,
      });
      return;
    case "alert.resolved":
      state.alerts.delete(alertKey(event.rule, event.scope));
      return;
    case "reconciliation":
      return takeReconciliation(state.differences, event, recorded);
    case "day.closed":
      return keepClosedDay(state, event, recorded.seq);
    default:
      return reduceControl(state, event, recorded);
  }
}

function keepClosedDay(state: DeskState, event: EventOf<"day.closed">, seq: number): void {
  const { date, digest, usd_rates: usdRates = {}, market_makers: marketMakers = [] } = event;
  putBounded(state.closedDays, date, { seq, digest, usdRates, marketMakers }, CLOSED_DAYS_MAX);
}

function keepEdge(state: DeskState, event: EventOf<"edge">, recorded: Recorded): void {
  const key = `${event.bot}\t${event.pair_id}`;
  const kept = { event, seq: recorded.seq, receivedAt: recorded.receivedAt };
  putBounded(state.edges, key, kept, EDGES_MAX);
}

const CONNECTED: Partial<Record<EventOf<"feed">["kind"], boolean>> = {
  connected: true,
  resynced: true,
  stale: true,
  gap: true,
  disconnected: false,
  reconnecting: false,
};

const isTraffic = (kind: EventOf<"feed">["kind"]): boolean =>
  kind === "request" || kind === "error" || kind === "latency";

function feedAfter(before: FeedState | undefined, event: EventOf<"feed">, at: Micros): FeedState {
  return {
    venue: event.venue,
    kind: isTraffic(event.kind) ? (before?.kind ?? event.kind) : event.kind,
    connected: CONNECTED[event.kind] ?? before?.connected,
    at,
    importedFor: isSignOfLife(event) ? undefined : event.bot,
    lastGapAt: event.kind === "gap" ? at : before?.lastGapAt,
    detail: event.detail ?? (isTraffic(event.kind) ? before?.detail : undefined),
  };
}
