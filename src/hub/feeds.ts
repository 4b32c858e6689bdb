import type { RejectedRow } from "../protocol/api.ts";
import type { PerformanceAnswer } from "../protocol/api-money.ts";
import type { ImportView } from "../protocol/api-sessions.ts";
import type { OpportunityView, OrderbookView } from "../protocol/api-trading.ts";
import { type LoggedFact, type TextFact, textFact, wireEvent } from "../protocol/recorded.ts";
import { recordedFrom } from "../protocol/stored-event.ts";
import { BOOKS_PREFIX, type BookTopic, type Topic } from "../protocol/stream.ts";
import type { Changes } from "./changes.ts";
import { type Channel, FactChannel, type FactFeed, StateChannel } from "./channel.ts";
import { FactLog, factBytes, roughBytes } from "./fact-log.ts";
import { FillFeed } from "./fill-feed.ts";
import type { Schedule } from "./outlet.ts";
import type { Query } from "./query.ts";
import { Refreshed } from "./refreshed.ts";
import { eventsSnapshot, fillsSnapshot, rejectedSnapshot, retried } from "./snapshot-frames.ts";
import { StateFeed, type StateFeedOptions } from "./state-feed.ts";

export interface FeedsOptions {
  readonly query: Query;
  readonly schedule: Schedule;
  readonly onError: (error: unknown, topic: string) => void;
  /** Asks for a round soon. */
  readonly wake: () => void;
  readonly limits: FeedLimits;
}

/** Bounds of each topic. */
export interface FeedLimits {
  /** Facts kept in memory for resuming, and about how many bytes they may hold. */
  readonly factsKept: number;
  readonly factBytesKept: number;
  /** Facts that a subscriber may be behind before it gets a gap in their place. */
  readonly factsBehind: number;
  /** At least this long between two deltas of a state topic. */
  readonly conflateMs: number;
  /** Rows in the snapshots of `fills` and `rejected`, and live edges. */
  readonly rows: number;
}

const STATE_TOPICS = [
  "bots",
  "edges",
  "exposure",
  "positions",
  "performance",
  "orderbooks",
  "opportunities",
  "imports",
  "controls",
  "health",
] as const satisfies readonly Topic[];
type StateTopic = (typeof STATE_TOPICS)[number];
type FactTopic = "fills" | "events" | "rejected";

/** What changes with every mark, or has to be read from the store, comes twice a second. */
const SLOW_MS = 500;
/** What looks at every ledger comes once a second. */
const SLOWEST_MS = 1_000;
/** Of what is kept of facts, the part that is while nobody listens: whoever comes back soon goes on without a gap. */
const UNHEARD_PART = 0.1;
const OPPORTUNITIES_SHOWN = 50;
const IMPORTS_SHOWN = 20;
/** The proof of a command is watched live. */
const CONTROLS_MS = 250;
const COMMANDS_SHOWN = 50;
const BOOKS_SHOWN = 500;
const BOOK_LEVELS_SHOWN = 5;

/** What every topic of the stream has to say, made once for all subscribers. */
export class Feeds {
  readonly #state: Readonly<Record<StateTopic, StateFeed>>;
  readonly #facts: Readonly<Record<FactTopic, FactFeed>>;
  readonly #fills: FillFeed;
  readonly #events: FactLog<TextFact>;
  readonly #rejected: FactLog<RejectedRow>;
  readonly #asOfSeq: () => number;
  readonly #options: FeedsOptions;
  /** Feeds of single books, while somebody listens to them. */
  readonly #books = new Map<string, StateFeed>();
  readonly #stored: StoredTopics;
  #hearing = 0;

  constructor(options: FeedsOptions) {
    this.#options = options;
    const { query, limits, wake, onError } = options;
    this.#asOfSeq = () => query.asOf().as_of_seq;
    const kept = { capacity: limits.factsKept, maxBytes: limits.factBytesKept, startSeq: this.#asOfSeq() };
    this.#fills = new FillFeed({ ...kept, query, wake, onError });
    this.#events = new FactLog({
      ...kept,
      topic: "events",
      data: (fact) => JSON.stringify(wireEvent(recordedFrom(fact))),
    });
    this.#rejected = new FactLog({ ...kept, topic: "rejected", data: (row) => JSON.stringify(row) });
    this.#stored = storedTopics(options, (topic) => this.#state[topic]);
    this.#state = stateFeeds(options, this.#asOfSeq, this.#stored);
    this.#facts = this.#factFeeds(options);
    this.#hear(0);
  }

  #hear(change: 0 | 1 | -1): void {
    this.#hearing += change;
    for (const log of [this.#events, this.#fills.log])
      if (this.#hearing > 0) log.hear();
      else log.rest(Math.ceil(this.#options.limits.factsKept * UNHEARD_PART));
  }

  /** O(changes): notes what changed, makes no text. */
  take(changes: Changes): void {
    for (const fact of changes.facts) {
      // What nobody hears is gone before it is old: then the fact itself will do.
      const text = this.#hearing > 0 ? textFact(fact) : fact;
      this.#events.append(fact.seq, text, factBytes(text));
      this.#fills.take(fact, text);
    }
    if (changes.rejected.length > 0) {
      const seq = this.#asOfSeq();
      for (const row of changes.rejected) this.#rejected.append(seq, row, roughBytes(row));
    }
    if (changes.bots.size > 0) this.#state.bots.mark(changes.bots);
    if (changes.edges) this.#state.edges.mark();
    if (changes.exposure) this.#state.exposure.mark();
    if (changes.health) this.#state.health.mark();
    if (changes.looked === true || changes.facts.some(movesControls)) this.#state.controls.mark();
    this.#takeTrading(changes);
  }

  #takeTrading({ facts, bots, exposure, marks = false, books, imports = false }: Changes): void {
    const moved = books !== undefined && books.size > 0;
    if (exposure || marks || moved) this.#state.positions.mark();
    // A bot that is heard counts too: at 00:00 UTC another day begins, whether it trades or not.
    if (exposure || marks || moved || facts.length > 0 || bots.size > 0) this.#state.performance.mark();
    if (moved) {
      this.#state.orderbooks.mark(books);
      if (this.#books.size > 0) for (const key of books) this.#books.get(bookName(key))?.mark();
    }
    if (this.#listened("opportunities") && facts.some(({ event }) => event.type === "opportunity"))
      this.#stored.opportunities.refresh();
    if (imports && this.#listened("imports")) this.#stored.imports.refresh();
  }

  #listened(topic: keyof StoredTopics): boolean {
    return this.#state[topic].subscribers > 0;
  }

  /** A subscriber's channel of the topic, to be given back with `close`. */
  open(topic: Topic, since: number | undefined): Channel {
    if (isFactTopic(topic)) {
      this.#hear(1);
      return new FactChannel(this.#facts[topic], since);
    }
    const feed = isBookTopic(topic) ? this.#bookFeed(topic) : this.#state[topic];
    if (feed.subscribers === 0 && isStoredTopic(topic)) {
      this.#stored[topic].forget();
      this.#stored[topic].refresh();
    }
    feed.subscribers++;
    return new StateChannel(feed.snapshotFrame);
  }

  close(topic: Topic): void {
    if (isFactTopic(topic)) return this.#hear(-1);
    const feed = isBookTopic(topic) ? this.#books.get(topic) : this.#state[topic];
    if (feed === undefined) return;
    feed.subscribers--;
    if (feed.subscribers === 0) this.#books.delete(topic);
  }

  #bookFeed(topic: BookTopic): StateFeed {
    const known = this.#books.get(topic);
    if (known !== undefined) return known;
    const { query, limits, schedule, wake, onError } = this.#options;
    const feed = new StateFeed({
      topic,
      whole: () => query.orderbook(topic.slice(BOOKS_PREFIX.length)) ?? null,
      asOfSeq: this.#asOfSeq,
      schedule,
      conflateMs: limits.conflateMs,
      wake,
      onError,
    });
    this.#books.set(topic, feed);
    return feed;
  }

  /** The deltas that are due now, each as one frame for all subscribers. */
  takeDeltas(): (readonly [Topic, string])[] {
    const deltas: (readonly [Topic, string])[] = [];
    for (const topic of STATE_TOPICS) addDelta(deltas, topic, this.#state[topic]);
    for (const [topic, feed] of this.#books) if (isBookTopic(topic)) addDelta(deltas, topic, feed);
    return deltas;
  }

  #factFeeds({ query, limits, wake, schedule, onError }: FeedsOptions): Record<FactTopic, FactFeed> {
    const each = { lastSeq: this.#asOfSeq, maxBehind: limits.factsBehind, wake };
    const retry = { schedule, onError };
    const [fills, events, rejected] = [this.#fills.log, this.#events, this.#rejected];
    return {
      fills: {
        ...each,
        topic: "fills",
        log: fills,
        resumable: true,
        snapshot: retried("fills", () => fillsSnapshot(query, fills, limits.rows), retry),
      },
      events: {
        ...each,
        topic: "events",
        log: events,
        resumable: true,
        snapshot: () => Promise.resolve(eventsSnapshot(this.#asOfSeq(), events)),
      },
      rejected: {
        ...each,
        topic: "rejected",
        log: rejected,
        resumable: false,
        snapshot: retried("rejected", () => rejectedSnapshot(query, rejected, limits.rows), retry),
      },
    };
  }
}

/** Whether a fact changes at once what the controls show; the rest comes with the next look, each second. */
const movesControls = ({ event: { type } }: LoggedFact): boolean =>
  type.startsWith("command.") || type.startsWith("bot.") || type === "orders.snapshot";

function addDelta(deltas: (readonly [Topic, string])[], topic: Topic, feed: StateFeed): void {
  const frame = feed.takeDelta();
  if (frame !== undefined) deltas.push([topic, frame]);
}

/** The topic of a book, by the key of its instrument. */
const bookName = (key: string): string => `${BOOKS_PREFIX}${key.replace("\t", ":")}`;

const isBookTopic = (topic: string): topic is BookTopic => topic.startsWith(BOOKS_PREFIX);

const isStoredTopic = (topic: Topic): topic is keyof StoredTopics => topic === "opportunities" || topic === "imports";

/** Topics whose state is read from the store. */
interface StoredTopics {
  readonly opportunities: Refreshed<OpportunityView[]>;
  readonly imports: Refreshed<ImportView[]>;
}

function storedTopics(options: FeedsOptions, feedOf: (topic: keyof StoredTopics) => StateFeed): StoredTopics {
  const { query, schedule, onError } = options;
  const each = (topic: keyof StoredTopics) => ({
    schedule,
    restMs: SLOW_MS,
    wanted: () => feedOf(topic).subscribers > 0,
    changed: () => feedOf(topic).mark(),
  });
  const newest = async (): Promise<OpportunityView[]> => {
    const page = await query.opportunities({ mode: EVERY_MODE }).page(OPPORTUNITIES_SHOWN);
    return page.events.map((text) => JSON.parse(text) as OpportunityView);
  };
  const reports = async (): Promise<ImportView[]> => (await query.imports(IMPORTS_SHOWN)).imports;
  return {
    opportunities: new Refreshed({
      ...each("opportunities"),
      read: retried("opportunities", newest, { schedule, onError }),
    }),
    imports: new Refreshed({
      ...each("imports"),
      read: retried("imports", reports, { schedule, onError }),
    }),
  };
}

const isFactTopic = (topic: Topic): topic is FactTopic =>
  topic === "fills" || topic === "events" || topic === "rejected";

function stateFeeds(options: FeedsOptions, asOfSeq: () => number, stored: StoredTopics): Record<StateTopic, StateFeed> {
  const { query, schedule, wake, onError, limits } = options;
  const each = { asOfSeq, schedule, conflateMs: limits.conflateMs, wake, onError };
  return {
    bots: new StateFeed({
      ...each,
      topic: "bots",
      whole: () => query.bots().bots,
      changed: (names) => [...names].map((name) => query.bot(name)).filter((bot) => bot !== undefined),
    }),
    edges: new StateFeed({ ...each, topic: "edges", whole: () => query.edges(limits.rows, EVERY_MODE).edges }),
    exposure: new StateFeed({ ...each, topic: "exposure", whole: () => query.exposure() }),
    ...tradingFeeds(options, each, stored),
    health: new StateFeed({ ...each, topic: "health", whole: () => query.health() }),
  };
}

type Each = Omit<StateFeedOptions, "topic" | "whole" | "changed">;

function tradingFeeds({ query }: FeedsOptions, each: Each, stored: StoredTopics) {
  const slow = { ...each, conflateMs: Math.max(SLOW_MS, each.conflateMs) };
  const shown = { mode: EVERY_MODE, levels: BOOK_LEVELS_SHOWN };
  return {
    positions: new StateFeed({ ...slow, topic: "positions", whole: () => query.positions() }),
    performance: new StateFeed({
      ...each,
      conflateMs: Math.max(SLOWEST_MS, each.conflateMs),
      topic: "performance",
      whole: () => todayOf(query),
    }),
    orderbooks: new StateFeed({
      ...each,
      topic: "orderbooks",
      whole: () => newestBooks(query.orderbooks(shown).orderbooks),
      changed: (keys) => query.orderbooks({ ...shown, keys: [...keys] }).orderbooks,
    }),
    opportunities: new StateFeed({ ...slow, topic: "opportunities", whole: () => stored.opportunities.value }),
    controls: new StateFeed({
      ...each,
      conflateMs: Math.max(CONTROLS_MS, each.conflateMs),
      topic: "controls",
      whole: () => query.controls({ limit: COMMANDS_SHOWN }),
    }),
    imports: new StateFeed({ ...slow, topic: "imports", whole: () => stored.imports.value }),
  };
}

/** Money of different modes is never summed; a list may show them side by side. */
function todayOf(query: Query): PerformanceAnswer {
  const { rows, equity } = query.performance({ window: "today", mode: EVERY_MODE });
  return { ...query.performance({ window: "today" }), rows, equity };
}

const newestBooks = (books: readonly OrderbookView[]): OrderbookView[] =>
  books.length <= BOOKS_SHOWN ? [...books] : books.toSorted((a, b) => a.age_ms - b.age_ms).slice(0, BOOKS_SHOWN);

/** Lists show every mode, each row with its own; what is summed keeps to the mode of the store. */
const EVERY_MODE = "all";
