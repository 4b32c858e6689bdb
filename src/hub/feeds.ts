import type { RejectedRow } from "../protocol/api.ts";
import { recordedFrom, type TextFact, textFact, wireEvent } from "../protocol/recorded.ts";
import type { Topic } from "../protocol/stream.ts";
import type { Changes } from "./changes.ts";
import { type Channel, FactChannel, type FactFeed, StateChannel } from "./channel.ts";
import { FactLog, factBytes, roughBytes } from "./fact-log.ts";
import { FillFeed } from "./fill-feed.ts";
import type { Schedule } from "./outlet.ts";
import type { Query } from "./query.ts";
import { eventsSnapshot, fillsSnapshot, rejectedSnapshot, retried } from "./snapshot-frames.ts";
import { StateFeed } from "./state-feed.ts";

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

const STATE_TOPICS = ["bots", "edges", "exposure", "health"] as const satisfies readonly Topic[];
type StateTopic = (typeof STATE_TOPICS)[number];
type FactTopic = Exclude<Topic, StateTopic>;

/** What every topic of the stream has to say, made once for all subscribers. */
export class Feeds {
  readonly #state: Readonly<Record<StateTopic, StateFeed>>;
  readonly #facts: Readonly<Record<FactTopic, FactFeed>>;
  readonly #fills: FillFeed;
  readonly #events: FactLog<TextFact>;
  readonly #rejected: FactLog<RejectedRow>;
  readonly #asOfSeq: () => number;

  constructor(options: FeedsOptions) {
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
    this.#state = stateFeeds(options, this.#asOfSeq);
    this.#facts = this.#factFeeds(options);
  }

  /** O(changes): notes what changed, makes no text. */
  take(changes: Changes): void {
    for (const fact of changes.facts) {
      const text = textFact(fact);
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
  }

  /** A subscriber's channel of the topic, to be given back with `close`. */
  open(topic: Topic, since: number | undefined): Channel {
    if (isFactTopic(topic)) return new FactChannel(this.#facts[topic], since);
    const feed = this.#state[topic];
    feed.subscribers++;
    return new StateChannel(feed.snapshotFrame);
  }

  close(topic: Topic): void {
    if (!isFactTopic(topic)) this.#state[topic].subscribers--;
  }

  /** The deltas that are due now, each as one frame for all subscribers. */
  takeDeltas(): (readonly [Topic, string])[] {
    return STATE_TOPICS.flatMap((topic) => {
      const frame = this.#state[topic].takeDelta();
      return frame === undefined ? [] : [[topic, frame] as const];
    });
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

const isFactTopic = (topic: Topic): topic is FactTopic =>
  topic === "fills" || topic === "events" || topic === "rejected";

function stateFeeds(options: FeedsOptions, asOfSeq: () => number): Record<StateTopic, StateFeed> {
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
    health: new StateFeed({ ...each, topic: "health", whole: () => query.health() }),
  };
}

/** Lists show every mode, each row with its own; what is summed keeps to the mode of the store. */
const EVERY_MODE = "all";
