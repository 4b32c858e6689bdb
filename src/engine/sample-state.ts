import { putBounded } from "../base/bounded-map.ts";
import { type Micros, parseTime } from "../base/time.ts";
import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import { isLate, type Recorded } from "../protocol/recorded.ts";
import { type BotState, type Said, saidBy } from "./bot-state.ts";
import { type Contact, heard, isSignOfLife, touch } from "./contacts.ts";
import { FeedWindow } from "./feed-window.ts";
import { isReadByHub } from "./read-by-hub.ts";
import { type ReportedCounters, takeCounter } from "./reported-counters.ts";
import { TickWindow } from "./tick-window.ts";

/** A sample with its own time, that of its receipt, and the moment that it tells of: never after its receipt. */
export interface Latest<E> {
  readonly event: E;
  readonly ts: Micros;
  readonly receivedAt: Micros;
  readonly at: Micros;
}

/** What a bot says of itself with the time of its receipt; its own is `at`. */
type SampledSaid = Said & Pick<Latest<unknown>, "receivedAt">;

/** The strategy that a bot named, and the one that the log knew of it then. */
export interface DeclaredStrategy {
  readonly strategy: string;
  readonly instead: string | undefined;
}

/**
 * The newest value of every stream. Outside the guarantees of order and once: rebuilt from what comes in, and warmed
 * after a start with the samples that were kept. Every map is bounded; the stream that was silent longest goes first.
 */
export interface SampleState {
  readonly contacts: Map<string, Contact>;
  readonly said: Map<string, SampledSaid>;
  /** What bots said of their strategy when they asked for commands: newer than the log, until that says otherwise. */
  readonly strategies: Map<string, DeclaredStrategy>;
  readonly risk: Map<string, Latest<EventOf<"risk">>>;
  readonly edges: Map<string, Latest<EventOf<"edge">>>;
  readonly marks: Map<string, Latest<EventOf<"mark">>>;
  readonly books: Map<string, Latest<EventOf<"book">>>;
  readonly rates: Map<string, Latest<EventOf<"rate">>>;
  readonly ticks: Map<string, Latest<EventOf<"tick">>>;
  /** `bot\tmode` → how long ticks took. */
  readonly tickTimes: Map<string, TickWindow>;
  readonly metrics: Map<string, Latest<EventOf<"metric">>>;
  /** Those of the metrics that are counters which bots report themselves. */
  readonly counters: ReportedCounters;
  readonly feeds: Map<string, FeedWindow>;
}

export const emptySampleState = (): SampleState => ({
  contacts: new Map(),
  said: new Map(),
  strategies: new Map(),
  risk: new Map(),
  edges: new Map(),
  marks: new Map(),
  books: new Map(),
  rates: new Map(),
  ticks: new Map(),
  tickTimes: new Map(),
  metrics: new Map(),
  counters: new Map(),
  feeds: new Map(),
});

export const STREAMS_MAX = 20_000;
const BOOKS_MAX = 2_000;
const FEEDS_MAX = 1_000;
const TICKS_MAX = 2_000;

/** A sign of life of the bot, whatever it said and whatever became of it. */
export function noteContact(state: SampleState, event: DeskEvent, at: Micros): void {
  if (!isSignOfLife(event) || isReadByHub(event)) return;
  const contact = touch(state.contacts, event.bot, at);
  if (event.type === "heartbeat") heard(contact, event, at);
}

/** What facts and samples tell of the traffic of a venue. */
export function noteTraffic(state: SampleState, event: DeskEvent, at: Micros): void {
  if (!isSignOfLife(event)) return;
  if (event.type === "book" || event.type === "mark") feedOf(state, event.venue).message(at);
  if (event.type !== "feed") return;
  const window = feedOf(state, event.venue);
  if (event.kind === "request") window.request(at);
  if (event.kind === "error") window.error(at);
  if (event.kind !== "latency") return;
  window.message(at);
  if (event.latency_ms !== undefined) window.latency(at, event.latency_ms);
}

/** The newest samples, and what facts say of the same matters. */
interface Known {
  readonly samples: SampleState;
  readonly bots: ReadonlyMap<string, Pick<BotState, "said" | "risk">>;
}

/** Takes one sample in, in place: unless it `isLate`, and a newer one, or a newer fact of the same matter, is known. */
export function reduceSample(known: Known, event: DeskEvent, receivedAt: Micros, ts: Micros): void {
  const state = known.samples;
  const latest = { event, ts, receivedAt, at: momentOf(event, receivedAt, ts) };
  switch (event.type) {
    case "bot.state":
      return putSaid(known, { ...latest, event });
    case "risk":
      if (isLate(ts, parseTime(known.bots.get(event.bot)?.risk?.ts), receivedAt)) return;
      return put(state.risk, event.bot, { ...latest, event });
    case "edge":
      return put(state.edges, `${event.bot}\t${event.pair_id}`, { ...latest, event });
    case "mark":
      return put(state.marks, `${event.venue}\t${event.symbol}`, { ...latest, event });
    case "book":
      return put(state.books, `${event.venue}\t${event.symbol}`, { ...latest, event }, BOOKS_MAX);
    case "rate":
      return put(state.rates, `${event.currency}\t${event.per}`, { ...latest, event });
    case "tick":
      if (isLate(ts, state.ticks.get(event.bot)?.ts, receivedAt)) return;
      windowOf(state, event).add(receivedAt, event.duration_s);
      return put(state.ticks, event.bot, { ...latest, event });
    case "metric":
      takeCounter(state.counters, event, latest);
      return put(state.metrics, `${event.bot}\t${event.name}\t${JSON.stringify(event.labels ?? {})}`, {
        ...latest,
        event,
      });
    default:
      return;
  }
}

/** The venue's own time where it is told, else the bot's; a clock that is ahead does not make anything newer than its receipt. */
function momentOf(event: DeskEvent, receivedAt: Micros, ts: Micros): Micros {
  const own = event.type === "book" ? (parseTime(event.venue_ts) ?? ts) : ts;
  return own < receivedAt ? own : receivedAt;
}

function putSaid({ samples, bots }: Known, { event, ts, receivedAt }: Latest<EventOf<"bot.state">>): void {
  const before = samples.said.get(event.bot);
  const byFact = bots.get(event.bot)?.said;
  if (isLate(ts, before?.at, receivedAt) || isLate(ts, byFact?.at, receivedAt)) return;
  samples.said.set(event.bot, { ...saidBy(event, ts, before ?? byFact), receivedAt });
}

/**
 * A fact of the same matter takes the place of every sample up to its time; one said after it may be known before it. What
 * a bot says itself takes the place of all that came before, too: its clock may have been set back.
 */
export function supersede(state: SampleState, { event: fact, ts, receivedAt }: Recorded): void {
  const { strategy } = fact;
  if (strategy !== undefined && state.strategies.size > 0 && state.strategies.get(fact.bot)?.instead !== strategy)
    state.strategies.delete(fact.bot);
  if (state.said.size === 0 && state.risk.size === 0) return;
  const isReplaced = (at: Micros | undefined, cameAt: Micros | undefined): boolean =>
    (at ?? ts) <= ts || (fact.origin === undefined && (cameAt ?? receivedAt) < receivedAt);
  switch (fact.type) {
    case "bot.started":
    case "bot.state":
    case "bot.stopped": {
      const said = state.said.get(fact.bot);
      if (isReplaced(said?.at, said?.receivedAt)) state.said.delete(fact.bot);
      return;
    }
    case "risk": {
      const risk = state.risk.get(fact.bot);
      if (isReplaced(risk?.ts, risk?.receivedAt)) state.risk.delete(fact.bot);
      return;
    }
    default:
      return;
  }
}

function put<E>(map: Map<string, Latest<E>>, key: string, latest: Latest<E>, max = STREAMS_MAX): void {
  if (!isLate(latest.ts, map.get(key)?.ts, latest.receivedAt)) putBounded(map, key, latest, max);
}

function windowOf({ tickTimes }: SampleState, { bot, mode = "live" }: EventOf<"tick">): TickWindow {
  const key = `${bot}\t${mode}`;
  let window = tickTimes.get(key);
  if (window === undefined) {
    window = new TickWindow();
    putBounded(tickTimes, key, window, TICKS_MAX);
  }
  return window;
}

function feedOf(state: SampleState, venue: string): FeedWindow {
  let window = state.feeds.get(venue);
  if (window === undefined) {
    window = new FeedWindow();
    putBounded(state.feeds, venue, window, FEEDS_MAX);
  }
  return window;
}
