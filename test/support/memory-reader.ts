import type { OutletEnd } from "../../src/hub/outlet.ts";
import { createPublisher, type Publisher, type PublisherLimits, type Subscription } from "../../src/hub/publish.ts";
import type { LoggedFact } from "../../src/protocol/recorded.ts";
import type { Topic } from "../../src/protocol/stream.ts";
import { changesOf, HandMadeDesk } from "./hand-made-desk.ts";
import { HandTime } from "./hand-time.ts";

/** Any frame of the hub. */
export interface Frame {
  readonly op: string;
  readonly topic: string;
  readonly data: unknown;
  readonly seq: number;
}

/** A subscriber with its transport in memory: takes what is sent at once, or holds it while `reads` is false. */
export class MemoryReader {
  readonly frames: Frame[] = [];
  readonly ended: OutletEnd[] = [];
  readonly subscription: Subscription;
  reads = true;
  held = 0;

  constructor(publisher: Publisher, topics: readonly Topic[], options: { since?: number; reads?: boolean } = {}) {
    this.reads = options.reads ?? true;
    this.subscription = publisher.subscribe({
      topics,
      ...(options.since === undefined ? {} : { since: options.since }),
      send: (text) => {
        this.frames.push(JSON.parse(text));
        if (!this.reads) this.held += text.length;
      },
      buffered: () => this.held,
      end: (reason) => this.ended.push(reason),
    });
  }

  ops(topic: Topic): string[] {
    return this.frames.filter((frame) => frame.topic === topic).map((frame) => frame.op);
  }

  /** Takes all that is held, and what comes from now on. */
  drain(): void {
    this.held = 0;
    this.reads = true;
  }

  of(topic: Topic, op: string): Frame[] {
    return this.frames.filter((frame) => frame.topic === topic && frame.op === op);
  }

  seqs(topic: Topic): number[] {
    return this.of(topic, "fact").map((frame) => frame.seq);
  }
}

/** A publisher over a desk that the test fills, in time that the test moves; `errors` holds what it was told of. */
export function setUpPublisher(limits: Partial<PublisherLimits> = {}) {
  const time = new HandTime();
  const desk = new HandMadeDesk();
  const errors: unknown[] = [];
  const publisher = createPublisher({
    query: desk.query,
    schedule: time.schedule,
    onError: (error) => errors.push(error),
    limits,
  });
  const tell = (...facts: LoggedFact[]) => publisher.publish(changesOf({ facts }));
  return { time, desk, publisher, errors, tell };
}
