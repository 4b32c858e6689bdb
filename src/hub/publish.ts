import { BOOKS_PREFIX, type BookTopic, type Topic, topics as topicNames } from "../protocol/stream.ts";
import type { Changes } from "./changes.ts";
import type { Channel } from "./channel.ts";
import { type FeedLimits, Feeds } from "./feeds.ts";
import { Outlet, type OutletEnd, type Schedule } from "./outlet.ts";
import type { Query } from "./query.ts";
import { createRound } from "./round.ts";

export interface PublisherOptions {
  readonly query: Query;
  readonly schedule: Schedule;
  /** Told of a state or a store that could not be read; the topic goes on with its next change. */
  readonly onError: (error: unknown, topic: string) => void;
  readonly limits?: Partial<PublisherLimits>;
}

export interface PublisherLimits extends FeedLimits {
  /** What a subscriber's transport may hold before nothing more is sent to it. */
  readonly bufferedBytes: number;
  /** A subscriber whose transport is full for this long is given up. */
  readonly stallMs: number;
}

const LIMITS: PublisherLimits = {
  factsKept: 10_000,
  factBytesKept: 16 * 1024 * 1024,
  factsBehind: 5_000,
  conflateMs: 50,
  rows: 100,
  bufferedBytes: 1024 * 1024,
  stallMs: 30_000,
};

export interface SubscribeOptions {
  readonly topics: readonly Topic[];
  /** Topics of facts go on after this `seq`, without a snapshot, when all facts since then are in memory. */
  readonly since?: number;
  readonly send: (frameText: string) => void;
  /** Bytes that the transport still holds. */
  readonly buffered: () => number;
  /** The publisher gave the subscriber up: close its connection. Not called after `close`. */
  readonly end: (reason: OutletEnd) => void;
}

export interface Subscription {
  /** Begins topics; those that are there already begin anew. False when there are too many: those left over are not begun. */
  readonly add: (topics: readonly Topic[], since?: number) => boolean;
  readonly remove: (topics: readonly Topic[]) => void;
  readonly close: () => void;
}

export interface Publisher {
  /** Takes in what one step of the hub changed: O(changes), sends nothing itself, waits for nobody. */
  readonly publish: (changes: Changes) => void;
  readonly subscribe: (options: SubscribeOptions) => Subscription;
  readonly subscribers: () => number;
  /** Subscribers given up so far because they did not read. */
  readonly givenUp: () => number;
  /** Gives all subscribers up. */
  readonly close: () => void;
}

/** The topic of that name; undefined when there is none. */
export const topicOf = (name: string): Topic | undefined =>
  topicNames.find((topic) => topic === name) ?? (isBookName(name) ? name : undefined);

const isBookName = (name: string): name is BookTopic =>
  name.startsWith(BOOKS_PREFIX) && /.:./.test(name.slice(BOOKS_PREFIX.length));

/**
 * Hands changes to subscribers (PROTOCOL.md, Stream): state conflated, facts each once and in order. Nothing that a
 * subscriber does or leaves undone delays `publish` or another subscriber.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const limits = { ...LIMITS, ...options.limits };
  const subscribers = new Set<Subscriber>();
  const round = createRound(options.schedule, () => sendRound(feeds, subscribers));
  const feeds = new Feeds({ ...options, wake: round, limits });
  let givenUp = 0;
  return {
    publish: (changes) => {
      feeds.take(changes);
      if (subscribers.size > 0) round();
    },
    subscribe: ({ topics, since, send, buffered, end }) => {
      const outlet = new Outlet({
        send,
        buffered,
        end: (reason) => {
          if (reason === "slow") givenUp++;
          subscriber.close();
          end(reason);
        },
        schedule: options.schedule,
        maxBufferedBytes: limits.bufferedBytes,
        stallMs: limits.stallMs,
      });
      const subscriber = new Subscriber(outlet, { feeds, round, subscribers });
      subscribers.add(subscriber);
      subscriber.add(topics, since);
      return subscriber;
    },
    subscribers: () => subscribers.size,
    givenUp: () => givenUp,
    close: () => {
      for (const subscriber of [...subscribers]) subscriber.outlet.end();
    },
  };
}

interface Desk {
  readonly feeds: Feeds;
  readonly round: () => void;
  readonly subscribers: Set<Subscriber>;
}

/** Topics of one subscriber: each order book is one. */
export const TOPICS_MAX = 200;

class Subscriber implements Subscription {
  readonly outlet: Outlet;
  readonly channels = new Map<Topic, Channel>();
  readonly #desk: Desk;

  constructor(outlet: Outlet, desk: Desk) {
    this.outlet = outlet;
    this.#desk = desk;
  }

  add(topics: readonly Topic[], since?: number): boolean {
    if (this.outlet.closed) return true;
    this.remove(topics);
    const wanted = [...new Set(topics)];
    const begun = wanted.slice(0, Math.max(0, TOPICS_MAX - this.channels.size));
    for (const topic of begun) this.channels.set(topic, this.#desk.feeds.open(topic, since));
    this.#desk.round();
    return begun.length === wanted.length;
  }

  remove(topics: readonly Topic[]): void {
    for (const topic of topics) if (this.channels.delete(topic)) this.#desk.feeds.close(topic);
  }

  close(): void {
    this.outlet.close();
    this.remove([...this.channels.keys()]);
    this.#desk.subscribers.delete(this);
  }
}

/** One round: each changed state as text once, then to every subscriber what it can take. True when some cannot yet. */
function sendRound(feeds: Feeds, subscribers: ReadonlySet<Subscriber>): boolean {
  for (const [topic, frame] of feeds.takeDeltas())
    for (const { outlet, channels } of subscribers) channels.get(topic)?.delta(outlet, frame);
  let blocked = false;
  for (const { outlet, channels } of subscribers)
    for (const channel of channels.values()) if (channel.pump(outlet)) blocked = true;
  return blocked;
}
