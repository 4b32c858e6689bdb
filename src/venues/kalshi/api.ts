import type { Result } from "../../base/result.ts";
import type { VenueContext } from "../core/ports.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { Rest, type RestFailure } from "../core/rest.ts";
import { isRecord } from "./frames.ts";
import type { Json } from "./messages.ts";
import type { KalshiSigner } from "./sign.ts";

/** What a request costs of the budget, unless the venue says otherwise. */
const COST = 10;
/** Pages of one list that are read at most. */
const PAGES_MAX = 100;

/**
 * Asks for one thing, signed; the path begins after the base address and may have a query. `heard` gets the headers of an
 * answer that is read.
 */
export type KalshiApi = (
  path: string,
  heard?: (headers: Readonly<Record<string, string>>) => void,
) => Promise<Result<unknown, RestFailure>>;

export interface KalshiApiOptions {
  readonly context: Pick<VenueContext, "clock" | "timers" | "random" | "http" | "feed">;
  /** Such as `https://external-api.kalshi.com/trade-api/v2`. */
  readonly baseUrl: string;
  readonly signer: KalshiSigner;
  readonly tokensPerSecond: number;
  /** Attempts of one request; as `Rest` has it when absent. */
  readonly attempts?: number;
}

/** Signed requests within the budget of the account's tier. */
export function kalshiApi({ context, baseUrl, signer, tokensPerSecond, attempts }: KalshiApiOptions): {
  readonly ask: KalshiApi;
  readonly stop: () => void;
} {
  const { clock, timers } = context;
  const limit = new RateLimit({ capacity: tokensPerSecond, perSecond: tokensPerSecond, clock, timers });
  const rest = new Rest({ context, limit, errorText, ...(attempts === undefined ? {} : { attempts }) });
  const base = new URL(baseUrl);
  const root = base.pathname.replace(/\/$/, "");
  const ask: KalshiApi = (path, heard) =>
    rest.ask(
      path,
      COST,
      () => ({
        method: "GET",
        url: `${base.origin}${root}${path}`,
        headers: signer("GET", root + path, clock.now() / 1_000),
      }),
      heard,
    );
  return { ask, stop: () => rest.stop() };
}

/** All entries of a list that comes in pages; those read so far when a page could not be had. */
export async function askPages(
  ask: KalshiApi,
  path: string,
  name: string,
): Promise<{ readonly entries: Json[]; readonly failure: RestFailure | undefined }> {
  const entries: Json[] = [];
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const next = cursor === "" ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
    const answer = await ask(path + next);
    if (!answer.ok) return { entries, failure: answer.error };
    const body = isRecord(answer.value) ? answer.value : {};
    const list = body[name];
    if (!Array.isArray(list)) return { entries, failure: { message: `an answer without ${name}` } };
    entries.push(...list.filter(isRecord));
    const following = body["cursor"];
    if (typeof following !== "string" || following === "" || following === cursor) break;
    cursor = following;
  }
  return { entries, failure: undefined };
}

/** The venue tells errors as `{code, message}`, inside `error`, or as a text there. */
function errorText(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { error } = body;
  if (typeof error === "string") return error;
  const { code, message } = isRecord(error) ? error : body;
  const parts = [code, message].filter((part) => typeof part === "string");
  return parts.length === 0 ? undefined : parts.join(": ");
}
