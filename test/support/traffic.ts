import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { DistinctEvents } from "./distinct-events.ts";
import { callRaw, type RawAnswer } from "./raw-http.ts";

/** What a client sent in one request, as often as it took to be acknowledged. */
export interface SentBatch {
  /** Each event's id, and the event as the log must hold it. */
  readonly expected: ReadonlyMap<string, string>;
  readonly body: string;
  acknowledged: boolean;
}

export interface TrafficOptions {
  readonly seed: number;
  /** Where the hub listens; undefined while it is down. */
  readonly address: () => string | undefined;
  readonly clients?: number;
  /** The longest time that a client waits between two requests; 12 when absent. */
  readonly pauseMs?: number;
  /** Distinguishes the ids of several traffics into one hub. */
  readonly prefix?: string;
}

const answerShape = z.object({ accepted: z.number(), duplicates: z.number() });
const SIZES = [1, 1, 1, 20, 60, 250] as const;
const RETRY_MS = 20;
const PAUSE_MS = 12;

/**
 * Clients that report as bots do: each sends on its own connection, one request after another, single events and batches,
 * and repeats a request unchanged until it is acknowledged, whatever happened to the hub meanwhile.
 */
export class Traffic {
  readonly batches: SentBatch[] = [];
  /** Answers that no client should ever get. */
  readonly oddities: string[] = [];
  /** How often each status came. */
  readonly statuses = new Map<number, number>();
  readonly #options: TrafficOptions;
  readonly #clients: Promise<void>[] = [];
  #finishing = false;
  #abandoned = false;

  /** Begins to send at once. */
  constructor(options: TrafficOptions) {
    this.#options = options;
    const { seed, clients = 4 } = options;
    for (let client = 0; client < clients; client++) this.#clients.push(this.#run(seed * 1_000 + client));
  }

  get acknowledged(): number {
    return this.batches.filter((batch) => batch.acknowledged).length;
  }

  /** No new requests; resolves when each one that was begun is acknowledged. */
  async finish(): Promise<void> {
    this.#finishing = true;
    await Promise.all(this.#clients);
  }

  /** Gives up what is not acknowledged: after a failure nobody answers any more. Safe after `finish`. */
  abandon(): void {
    this.#finishing = true;
    this.#abandoned = true;
  }

  async #run(seed: number): Promise<void> {
    const mix = new EventMix(seed, this.#options);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!this.#finishing) {
      const batch = mix.batch();
      this.batches.push(batch);
      while (!batch.acknowledged && !this.#abandoned) {
        const answer = await this.#send(batch, agent);
        if (answer === undefined || answer.status !== 200) await delay(RETRY_MS);
      }
      await delay(mix.pauseMs());
    }
    agent.destroy();
  }

  async #send(batch: SentBatch, agent: Agent): Promise<RawAnswer | undefined> {
    const url = this.#options.address();
    if (url === undefined) return undefined;
    const single = batch.expected.size === 1;
    const headers = { "content-type": single ? "application/json" : "application/x-ndjson" };
    const call = { path: "/api/v1/events", headers, body: batch.body, agent };
    // A connection that breaks says nothing of what became of the request: it is repeated.
    const answer = await callRaw(url, call).catch(() => undefined);
    if (answer !== undefined) this.#note(answer, batch);
    return answer;
  }

  #note(answer: RawAnswer, batch: SentBatch): void {
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer.status !== 200) {
      if (answer.status !== 503 && answer.status !== 429) this.oddities.push(`${answer.status} ${answer.text}`);
      return;
    }
    batch.acknowledged = true;
    const { accepted, duplicates } = answerShape.parse(JSON.parse(answer.text));
    if (accepted + duplicates !== batch.expected.size) this.oddities.push(`of ${batch.expected.size}: ${answer.text}`);
  }
}

/** The mixed facts of a desk: those of the canonical workload, and rarer ones that reach beyond their own bot. */
class EventMix {
  readonly #random: Random;
  readonly #events: DistinctEvents;
  readonly #prefix: string;
  readonly #pauseMs: number;
  /** Rarer events that follow one another over the next batches. */
  readonly #due: Record<string, unknown>[] = [];
  #stories = 0;

  constructor(seed: number, { prefix = "", pauseMs = PAUSE_MS }: TrafficOptions) {
    this.#pauseMs = pauseMs;
    this.#random = seededRandom(seed);
    this.#prefix = `${prefix}${seed}`;
    this.#events = new DistinctEvents(seed, this.#prefix);
  }

  /** How long a client waits before its next request. */
  pauseMs(): number {
    return this.#random.below(this.#pauseMs);
  }

  batch(): SentBatch {
    const expected = new Map<string, string>();
    const lines: string[] = [];
    for (let left = this.#random.pick(SIZES); left > 0; left--) {
      const line = JSON.stringify(this.#next());
      lines.push(line);
      expected.set(...asStored(line));
    }
    return { expected, body: `${lines.join("\n")}\n`, acknowledged: false };
  }

  #next(): Record<string, unknown> {
    if (this.#due.length === 0) this.#due.push(...this.#story());
    const rare = this.#random.below(20) === 0 ? this.#due.shift() : undefined;
    return rare ?? this.#ordinary();
  }

  #ordinary(): Record<string, unknown> {
    const event = this.#events.next(Date.now());
    return { ...event, bot: `${event["bot"]}-${event["symbol"] ?? ""}` };
  }

  /** A market of its own: announced, traded by two bots, one fill taken back, and settled by a third. */
  #story(): Record<string, unknown>[] {
    const id = `${this.#prefix}-s${this.#stories++}`;
    const market = { venue: "kalshi", symbol: `EVENT-${id}` };
    const trader = this.#bot();
    const told = (step: string, event: Record<string, unknown>) => ({
      bot: this.#bot(),
      id: `${id}-${step}`,
      ts: new Date().toISOString(),
      ...event,
    });
    const fill = (step: string, bot: string) =>
      told(step, { type: "fill", bot, ...market, fill_id: `${id}-${step}`, side: "buy", price: "0.42", size: "10" });
    return [
      told("i", { type: "instrument", ...market, kind: "binary", quote: "USD", payout: "1" }),
      told("f", { type: "feed", venue: `venue-${id}`, kind: "connected" }),
      fill("a", trader),
      fill("b", this.#bot()),
      fill("v", trader),
      told("w", { type: "fill.voided", bot: trader, venue: market.venue, fill_id: `${id}-v`, reason: "failed" }),
      told("s", { type: "settlement", ...market, payout_per_unit: "1" }),
    ];
  }

  #bot(): string {
    return `bot-${this.#random.below(8)}`;
  }
}

/** The id of a sent event, and the canonical form in which the log keeps it. */
function asStored(line: string): [string, string] {
  const parsed = parseEvent(JSON.parse(line));
  if (!parsed.ok || parsed.value.id === undefined) throw new Error(`the workload made an event that is none: ${line}`);
  parsed.value.mode ??= "live";
  return [parsed.value.id, JSON.stringify(parsed.value)];
}
