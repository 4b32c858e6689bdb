import { err, type Result } from "../../base/result.ts";
import { type Micros, micros } from "../../base/time.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";
import type { AccountSetup } from "../core/account.ts";
import { notOlderThan } from "../core/as-of.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { Rest, type RestFailure } from "../core/rest.ts";
import { restError } from "./binance.ts";
import { type BinanceKeys, signedQuery } from "./sign.ts";
import { WeightWatch } from "./weight.ts";

/** The clocks are compared again after so long. */
const CLOCK_EVERY_MICROS = 600_000_000;
const TIME_WEIGHT = 1;
/** Requests that come too early or too late for the venue's clock. */
const WRONG_TIME = /^HTTP 400: -1021\b/;

export interface BinanceApiOptions {
  readonly context: AccountSetup["context"];
  readonly keys: BinanceKeys;
  /** Of the futures API, which tells the time. */
  readonly restUrl: string;
  readonly weightPerMinute: number;
  readonly recvWindowMs: number;
}

export interface SignedRequest {
  readonly url: string;
  readonly path: string;
  readonly weight: number;
  readonly query?: Readonly<Record<string, string>>;
}

/** An answer, and the moment by our clock that it is not older than. */
export interface TimedAnswer {
  readonly at: Micros;
  readonly body: unknown;
}

/** Signed requests by the venue's clock, within a budget; while the venue asks for quiet, none is made at all. */
export class BinanceApi {
  readonly #options: BinanceApiOptions;
  readonly #rest: Rest;
  #aheadMs: number | undefined;
  #comparedAt = Number.NEGATIVE_INFINITY;
  #quietUntil = 0;

  constructor(options: BinanceApiOptions) {
    this.#options = options;
    const { context, weightPerMinute } = options;
    const { clock, timers } = context;
    const watch = new WeightWatch({
      pause: (ms) => {
        this.#quietUntil = Math.max(this.#quietUntil, clock.now() + ms * 1_000);
      },
    });
    this.#rest = new Rest({
      context: { ...context, http: watch.watching(context.http) },
      limit: new RateLimit({ capacity: weightPerMinute, perSecond: weightPerMinute / 60, clock, timers }),
      errorText: restError,
      // Whoever asks will ask again, and knows better when.
      attempts: 1,
      parse: parseExactJson,
    });
  }

  stop(): void {
    this.#rest.stop();
  }

  /** Asks; once more when the clocks turn out to be apart. */
  async ask(request: SignedRequest): Promise<Result<TimedAnswer, RestFailure>> {
    const first = await this.#once(request);
    if (first.ok || !WRONG_TIME.test(first.error.message)) return first;
    this.#comparedAt = Number.NEGATIVE_INFINITY;
    return await this.#once(request);
  }

  async #once({ url, path, weight, query = {} }: SignedRequest): Promise<Result<TimedAnswer, RestFailure>> {
    const { context, keys, recvWindowMs } = this.#options;
    const { clock } = context;
    const waitS = Math.ceil((this.#quietUntil - clock.now()) / 1_000_000);
    if (waitS > 0) return err({ message: `the venue asks for quiet: not asked again for ${waitS} s` });
    const compared = await this.#compareClocks();
    if (!compared.ok) return compared;
    let askedAt = clock.now();
    let at = askedAt;
    const answer = await this.#rest.ask(
      path,
      weight,
      () => {
        askedAt = clock.now();
        const timestamp = Math.round(askedAt / 1_000 + (this.#aheadMs ?? 0));
        const pairs = { ...query, recvWindow: String(recvWindowMs), timestamp: String(timestamp) };
        const text = Object.entries(pairs).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
        return {
          method: "GET",
          url: `${url}${path}?${signedQuery(text.join("&"), keys.secret)}`,
          headers: { "X-MBX-APIKEY": keys.apiKey.reveal() },
        };
      },
      (headers) => {
        at = notOlderThan({ askedAt, aheadMs: this.#aheadMs, headers });
      },
    );
    return answer.ok ? { ok: true, value: { at, body: answer.value } } : answer;
  }

  async #compareClocks(): Promise<Result<undefined, RestFailure>> {
    const { context, restUrl } = this.#options;
    const { clock } = context;
    if (clock.now() - this.#comparedAt < CLOCK_EVERY_MICROS) return { ok: true, value: undefined };
    let from = clock.now();
    const answer = await this.#rest.ask("/fapi/v1/time", TIME_WEIGHT, () => {
      from = clock.now();
      return { method: "GET", url: `${restUrl}/fapi/v1/time` };
    });
    if (!answer.ok) return answer;
    const to = clock.now();
    const said = answer.value;
    const serverMs = typeof said === "object" && said !== null && "serverTime" in said ? Number(said.serverTime) : NaN;
    if (!Number.isFinite(serverMs)) return err({ message: "the venue does not tell its time" });
    this.#aheadMs = serverMs - (from + to) / 2_000;
    this.#comparedAt = micros(to);
    return { ok: true, value: undefined };
  }
}
