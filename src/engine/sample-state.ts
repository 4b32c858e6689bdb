import { putBounded } from "../base/bounded-map.ts";
import { type Micros, parseTime } from "../base/time.ts";
import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import { type Said, saidBy } from "./bot-state.ts";
import { type Contact, heard, isSignOfLife, touch } from "./contacts.ts";
import { FeedWindow } from "./feed-window.ts";
import { isReadByHub } from "./read-by-hub.ts";
import { TickWindow } from "./tick-window.ts";

/** A sample with the time of its receipt, and the moment that it tells of: never after its receipt. */
export interface Latest<E> {
  readonly event: E;
  readonly receivedAt: Micros;
  readonly at: Micros;
}

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
  readonly said: Map<string, Said>;
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

/** Takes one sample in, in place. */
export function reduceSample(state: SampleState, event: DeskEvent, receivedAt: Micros, ts: Micros): void {
  const latest = { event, receivedAt, at: momentOf(event, receivedAt, ts) };
  switch (event.type) {
    case "bot.state":
      state.said.set(event.bot, saidBy(event, ts, state.said.get(event.bot)));
      return;
    case "risk":
      return put(state.risk, event.bot, { ...latest, event });
    case "edge":
      return put(state.edges, `${event.bot}\t${event.pair_id}`, { ...latest, event });
    case "mark":
      return putNewer(state.marks, `${event.venue}\t${event.symbol}`, { ...latest, event });
    case "book":
      return putNewer(state.books, `${event.venue}\t${event.symbol}`, { ...latest, event }, BOOKS_MAX);
    case "rate":
      return put(state.rates, `${event.currency}\t${event.per}`, { ...latest, event });
    case "tick":
      windowOf(state, event).add(receivedAt, event.duration_s);
      return put(state.ticks, event.bot, { ...latest, event });
    case "metric":
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

/** What a file tells of the past does not take the place of what is newer. */
function putNewer<E extends DeskEvent>(
  map: Map<string, Latest<E>>,
  key: string,
  latest: Latest<E>,
  max?: number,
): void {
  const before = map.get(key);
  if (before !== undefined && latest.event.origin !== undefined && before.at > latest.at) return;
  put(map, key, latest, max);
}

/** A fact of the same matter takes the place of every sample up to its time; one said after it may be known before it. */
export function supersede(state: SampleState, fact: DeskEvent, ts: Micros): void {
  const { strategy } = fact;
  if (strategy !== undefined && state.strategies.size > 0 && state.strategies.get(fact.bot)?.instead !== strategy)
    state.strategies.delete(fact.bot);
  if (state.said.size === 0 && state.risk.size === 0) return;
  switch (fact.type) {
    case "bot.started":
    case "bot.state":
    case "bot.stopped":
      if ((state.said.get(fact.bot)?.at ?? ts) <= ts) state.said.delete(fact.bot);
      return;
    case "risk":
      if ((parseTime(state.risk.get(fact.bot)?.event.ts) ?? ts) <= ts) state.risk.delete(fact.bot);
      return;
    default:
      return;
  }
}

const put = <T>(map: Map<string, T>, key: string, value: T, max = STREAMS_MAX): void =>
  putBounded(map, key, value, max);

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
    put(state.feeds, venue, window, FEEDS_MAX);
  }
  return window;
}
