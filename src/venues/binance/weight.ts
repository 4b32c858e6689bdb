import type { HttpAnswer, HttpPort } from "../core/ports.ts";
import type { RateLimit } from "../core/rate-limit.ts";

const USED_WEIGHT = "x-mbx-used-weight-1m";
/** Of what an address may use: bots on the same address share it. */
const SHARE_MAX = 0.75;
const BAN_MS = 120_000;
const MINUTE_MS = 60_000;

/**
 * Watches what the venue says of the weight used. The limit is of the address, not of the key: what others here use counts,
 * so near it requests rest for a minute; after a ban (418), a refusal by its firewall (403) or 429, as long as it says.
 */
export class WeightWatch {
  /** What an address may use in a minute, as exchangeInfo says. */
  perMinute = 2_400;
  readonly #limit: Pick<RateLimit, "pause">;

  constructor(limit: Pick<RateLimit, "pause">) {
    this.#limit = limit;
  }

  /** The port, watched. */
  watching(http: HttpPort): HttpPort {
    return async (request) => {
      const answer = await http(request);
      this.#heed(answer);
      return answer;
    };
  }

  #heed(answer: HttpAnswer): void {
    if (!answer.ok) return;
    const { status, headers } = answer;
    if (status === 418 || status === 403) this.#limit.pause(retryMs(headers) ?? BAN_MS);
    else if (status === 429) this.#limit.pause(retryMs(headers) ?? MINUTE_MS);
    else if (Number(headers[USED_WEIGHT]) > this.perMinute * SHARE_MAX) this.#limit.pause(MINUTE_MS);
  }
}

function retryMs(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}
