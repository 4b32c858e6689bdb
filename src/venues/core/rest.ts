import { err, ok, type Result } from "../../base/result.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";
import type { HttpAnswer, HttpRequest, VenueContext } from "./ports.ts";
import type { RateLimit } from "./rate-limit.ts";

/** Why there is no answer to use. `status` is absent when there was no answer at all. */
export interface RestFailure {
  readonly status?: number;
  /** What the venue or the network said; no address and no credential in it. */
  readonly message: string;
}

export interface RestOptions {
  readonly context: Pick<VenueContext, "feed" | "http" | "random">;
  readonly limit: RateLimit;
  /** The words for a failure in an answer's body. */
  readonly errorText: (body: unknown) => string | undefined;
  /** Attempts of one request, those after 429, 5xx and a dead network among them. Default 4. */
  readonly attempts?: number;
  /** Default 500 ms doubling to 30 s. */
  readonly backoff?: BackoffOptions;
  /** Reads a body; `JSON.parse` loses digits of long integers. */
  readonly parse?: (text: string) => unknown;
}

const BACKOFF: BackoffOptions = { minMs: 500, maxMs: 30_000 };
const TEXT_MAX = 200;

/** Requests to a venue, within its limits, with second attempts where they help. Every one is a `request` of the feed. */
export class Rest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  /**
   * Asks and reads the JSON of the answer. `path` names the request in feed events, as far as its query. `make` is called
   * for each attempt, so that signatures are fresh; `heard` gets the headers of the answer that is read.
   */
  async ask(
    path: string,
    cost: number,
    make: () => HttpRequest,
    heard?: (headers: Readonly<Record<string, string>>) => void,
  ): Promise<Result<unknown, RestFailure>> {
    const { limit, attempts = 4 } = this.#options;
    const channel = path.split("?", 1)[0] ?? path;
    for (let attempt = 1; ; attempt++) {
      if (!(await limit.take(cost))) return err({ message: "too many requests wait already" });
      const { feed, http } = this.#options.context;
      feed.request(channel);
      const answer = await http(make());
      const read = this.#read(answer);
      if (read.ok) {
        if (answer.ok) heard?.(answer.headers);
        return read;
      }
      feed.error(channel, read.error.message);
      if (attempt >= attempts || !isPassing(read.error)) return read;
      this.#pause(attempt, answer);
    }
  }

  stop(): void {
    this.#options.limit.stop();
  }

  #read(answer: HttpAnswer): Result<unknown, RestFailure> {
    if (!answer.ok) return err({ message: answer.reason });
    const { parse = JSON.parse, errorText } = this.#options;
    let body: unknown;
    try {
      body = parse(answer.text);
    } catch {
      body = undefined;
    }
    const { status } = answer;
    if (status >= 200 && status < 300 && body !== undefined) return ok(body);
    const said =
      (body === undefined ? undefined : errorText(body)) ?? (status < 300 ? "an answer that is no JSON" : "");
    return err({ status, message: `HTTP ${status}${said === "" ? "" : `: ${said.slice(0, TEXT_MAX)}`}` });
  }

  #pause(attempt: number, answer: HttpAnswer): void {
    const { limit, backoff = BACKOFF, context } = this.#options;
    const after = answer.ok ? Number(answer.headers["retry-after"]) : Number.NaN;
    const asked = Number.isFinite(after) && after > 0 ? after * 1_000 : 0;
    limit.pause(Math.max(asked, backoffMs(attempt, backoff, context.random)));
  }
}

/** Failures that may pass by themselves. */
const isPassing = ({ status }: RestFailure): boolean =>
  status === undefined || status === 408 || status === 429 || status >= 500;
