import { type IngestAnswer, ingestAnswer } from "../protocol/api.ts";

/** An event as JSON text, with what its sender calls it by in a report. */
export interface Outgoing<Ref> {
  readonly ref: Ref;
  readonly body: string;
}

/** Why one event of a batch was refused, and which. */
export interface RefusedEvent<Ref> {
  readonly ref: Ref;
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** What the hub said of the events of one request. */
export interface Delivered<Ref> {
  readonly sent: readonly Outgoing<Ref>[];
  readonly counts: Omit<IngestAnswer, "rejected">;
  readonly refused: readonly RefusedEvent<Ref>[];
}

export interface SenderOptions<Ref> {
  /** Where the hub is, such as `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly key?: string | undefined;
  /** One request at a time, when not given. */
  readonly inFlight?: InFlight;
  readonly onDelivered: (delivered: Delivered<Ref>) => void;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1): spreads the retries of many senders. */
  readonly random: () => number;
}

/** Requests under way at once. */
interface InFlight {
  readonly max: number;
  /** Makes a name that no other sender has: by it the hub keeps them in order. */
  readonly newStream: () => string;
}

/** The hub cannot be reached, or stayed full or without its store, after all retries. */
export class HubAway extends Error {
  override readonly name = "HubAway";
}

/** The hub answers, and says no to the whole request: a wrong key, a wrong address, not a hub. */
export class HubRefused extends Error {
  override readonly name = "HubRefused";
}

const BATCH_EVENTS = 1_000;
const BATCH_CHARS = 1_048_576;
const ANSWER_MS_MAX = 60_000;
const WAIT_MS_FIRST = 250;
const WAIT_MS_MAX = 8_000;
const AWAY_TRIES = 6;
const BUSY_TRIES = 30;
const BUSY = new Set([429, 500, 502, 503, 504]);
/** Not taken in its turn: the hub is busy, the batch is too large, or one before it in its stream was not taken. */
const NOT_IN_TURN = new Set([...BUSY, 409, 413]);
const STREAM = "deskwatch-stream";
const BATCH = "deskwatch-batch";

/**
 * Sends events to a hub over HTTP as any bot would: in NDJSON batches, in order, a bounded number of them under way,
 * again after 429, 503 or a broken connection. `add` waits while that number is reached, which bounds memory. The first
 * failure that retries do not mend (`HubAway`, `HubRefused`) is thrown by the next `add` or by `end`.
 */
export class HubSender<Ref> {
  readonly #options: SenderOptions<Ref>;
  readonly #underWay = new Set<Promise<void>>();
  #batch: Outgoing<Ref>[] = [];
  #chars = 0;
  #failure: unknown;
  /** Undefined at first, and after a batch that was not taken at once. */
  #stream: Stream | undefined;
  /** Ends as the batch before does, and never rejects. */
  #before: Promise<void> = Promise.resolve();

  constructor(options: SenderOptions<Ref>) {
    this.#options = options;
  }

  /** Undefined when there is nothing to wait for. */
  add(event: Outgoing<Ref>): Promise<void> | undefined {
    this.#batch.push(event);
    this.#chars += event.body.length + 1;
    return this.#batch.length >= BATCH_EVENTS || this.#chars >= BATCH_CHARS ? this.flush() : undefined;
  }

  /** Sends what waits for a full batch, once there is room: the next one is gathered while this is under way. */
  async flush(): Promise<void> {
    while (this.#underWay.size >= this.#roomNow()) await Promise.race(this.#underWay);
    this.#throwFailure();
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#chars = 0;
    this.#start(batch);
  }

  /** Resolves when every event has its answer. */
  async end(): Promise<void> {
    await this.flush();
    await Promise.all(this.#underWay);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** What follows on batches that are sent again waits for them. */
  #roomNow(): number {
    return this.#stream === undefined ? 1 : (this.#options.inFlight?.max ?? 1);
  }

  #start(batch: readonly Outgoing<Ref>[]): void {
    const done = this.#deliver(batch, this.#nextPlace())
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
    this.#before = done;
  }

  #nextPlace(): Place | undefined {
    const { inFlight } = this.#options;
    if (inFlight === undefined) return undefined;
    this.#stream ??= { name: inFlight.newStream(), batches: 0 };
    this.#stream.batches++;
    return { stream: this.#stream, batch: this.#stream.batches, before: this.#before };
  }

  async #deliver(batch: readonly Outgoing<Ref>[], place?: Place): Promise<void> {
    const response = place === undefined ? await this.#post(batch) : await this.#postInTurn(batch, place);
    if (response.status === 413) return this.#deliverHalves(batch);
    const answer = ingestAnswer.safeParse(response.json);
    if (response.status !== 200 || !answer.success) throw new HubRefused(refusalOf(response));
    const { rejected, ...counts } = answer.data;
    const refused = rejected.flatMap(({ index, ...why }) => {
      const event = batch[index];
      return event === undefined ? [] : [{ ref: event.ref, ...why }];
    });
    this.#options.onDelivered({ sent: batch, counts, refused });
  }

  /** A batch too large for the hub's limits goes in halves; a single event too large is refused. */
  async #deliverHalves(batch: readonly Outgoing<Ref>[]): Promise<void> {
    const [only] = batch;
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await this.#deliver(batch.slice(0, middle));
      return this.#deliver(batch.slice(middle));
    }
    if (only === undefined) return;
    const counts = { accepted: 0, sampled: 0, duplicates: 0, merged: 0, contradictions: 0, last_seq: 0 };
    const refused = [{ ref: only.ref, code: "too_large", path: "", message: "larger than the hub takes" }];
    this.#options.onDelivered({ sent: batch, counts, refused });
  }

  /** One that the hub does not take at once ends its stream, and goes again when those before it are through. */
  async #postInTurn(batch: readonly Outgoing<Ref>[], place: Place): Promise<Answer> {
    const { stream, batch: number, before } = place;
    const answer = await this.#request(bodyOf(batch), { [STREAM]: stream.name, [BATCH]: String(number) });
    if (!("away" in answer) && !NOT_IN_TURN.has(answer.status)) return answer;
    if (this.#stream === stream) this.#stream = undefined;
    await before;
    this.#throwFailure();
    return this.#post(batch);
  }

  async #post(batch: readonly Outgoing<Ref>[]): Promise<Answer> {
    const body = bodyOf(batch);
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#request(body);
      if ("away" in answer) {
        if (attempt >= AWAY_TRIES) throw new HubAway(`no hub answers at ${this.#options.url}: ${answer.away}`);
      } else if (!BUSY.has(answer.status)) return answer;
      else if (attempt >= BUSY_TRIES) throw new HubAway(`the hub could not take the events: ${refusalOf(answer)}`);
      await this.#options.sleep(this.#waitMs(attempt, "away" in answer ? undefined : answer.retryAfterS));
    }
  }

  #waitMs(attempt: number, retryAfterS: number | undefined): number {
    const backoff = Math.min(WAIT_MS_FIRST * 2 ** (attempt - 1), WAIT_MS_MAX);
    const asked = retryAfterS === undefined ? 0 : Math.min(retryAfterS * 1000, WAIT_MS_MAX * 4);
    return Math.max(backoff * (0.5 + this.#options.random() / 2), asked);
  }

  async #request(
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer | { readonly away: string }> {
    const { url, key } = this.#options;
    try {
      const response = await this.#options.fetch(new URL("/api/v1/events", url), {
        method: "POST",
        headers: {
          "content-type": "application/x-ndjson",
          ...headers,
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body,
        redirect: "error",
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const text = await response.text();
      const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
      return {
        status: response.status,
        json: jsonOf(text),
        retryAfterS: Number.isFinite(retryAfter) ? retryAfter : undefined,
      };
    } catch (error) {
      return { away: causeOf(error) };
    }
  }
}

interface Stream {
  readonly name: string;
  batches: number;
}

/** Of a batch in a stream. */
interface Place {
  readonly stream: Stream;
  readonly batch: number;
  readonly before: Promise<void>;
}

const bodyOf = (batch: readonly { readonly body: string }[]): string => batch.map(({ body }) => body).join("\n");

interface Answer {
  readonly status: number;
  readonly json: unknown;
  readonly retryAfterS: number | undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not every server at an address is a hub; what it said is no JSON, which `refusalOf` tells by the status.
    return undefined;
  }
}

function refusalOf({ status, json }: Answer): string {
  const detail = typeof json === "object" && json !== null && "detail" in json ? json.detail : undefined;
  return typeof detail === "string" ? `${status}: ${detail.slice(0, 300)}` : `status ${status}, and no answer of a hub`;
}

/** `fetch` wraps the reason; the innermost says it best. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return causeOf(error.cause);
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return error.message === "" ? (code ?? error.name) : error.message;
}
