import type { Topic } from "../../protocol/stream.ts";
import type { Changes } from "../changes.ts";
import type { Publisher, SubscribeOptions, Subscription } from "../publish.ts";

interface Reader {
  readonly options: SubscribeOptions;
  readonly topics: Set<Topic>;
  subscription: Subscription;
}

/** A `since` that no log goes back to: topics of facts begin with a gap and a snapshot. */
const NEVER = -1;

/**
 * The stream of a replay. Behind it stands a publisher like the desk's, whose facts only ever go forward: after a seek
 * another takes its place, and every subscriber gets fresh snapshots. While nobody listens there is none at all.
 */
export class ReplayPublisher implements Publisher {
  readonly #create: () => Publisher;
  readonly #readers = new Set<Reader>();
  #publisher: Publisher | undefined;
  #givenUp = 0;

  /** `create` makes a publisher that begins at the place where the replay is. */
  constructor(create: () => Publisher) {
    this.#create = create;
  }

  /** Whether changes are worth making. */
  get isHeard(): boolean {
    return this.#readers.size > 0;
  }

  readonly publish = (changes: Changes): void => {
    if (this.isHeard) this.#publisher?.publish(changes);
    else this.#publisher = undefined;
  };

  readonly subscribe = (options: SubscribeOptions): Subscription => {
    this.#publisher ??= this.#create();
    const end: SubscribeOptions["end"] = (reason) => {
      if (reason === "slow") this.#givenUp++;
      this.#readers.delete(reader);
      options.end(reason);
    };
    const given = { ...options, end };
    const reader: Reader = {
      options: given,
      topics: new Set(options.topics),
      subscription: this.#publisher.subscribe(given),
    };
    this.#readers.add(reader);
    return {
      add: (topics, since) => {
        for (const topic of topics) reader.topics.add(topic);
        return reader.subscription.add(topics, since);
      },
      remove: (topics) => {
        for (const topic of topics) reader.topics.delete(topic);
        reader.subscription.remove(topics);
      },
      close: () => {
        this.#readers.delete(reader);
        reader.subscription.close();
      },
    };
  };

  /** The replay is at another place: what was streamed so far counts no more. */
  reset(): void {
    this.#publisher = undefined;
    if (!this.isHeard) return;
    const publisher = this.#create();
    this.#publisher = publisher;
    for (const reader of this.#readers) {
      reader.subscription.close();
      reader.subscription = publisher.subscribe({ ...reader.options, topics: [...reader.topics], since: NEVER });
    }
  }

  readonly subscribers = (): number => this.#readers.size;

  readonly givenUp = (): number => this.#givenUp;

  readonly close = (): void => {
    this.#publisher?.close();
  };
}
