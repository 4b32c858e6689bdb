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

/**
 * All entries of a list that comes in pages; those read so far, and why there are no more, when a page could not be had.
 * `heard` gets the headers of each page.
 */
export async function askPages(
  ask: KalshiApi,
  path: string,
  name: string,
  heard?: (headers: Readonly<Record<string, string>>) => void,
): Promise<{ readonly entries: Json[]; readonly failure: RestFailure | undefined }> {
  const entries: Json[] = [];
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const next = cursor === "" ? "" : `${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;
    const answer = await ask(path + next, heard);
    if (!answer.ok) return { entries, failure: answer.error };
    const read = pageOf(answer.value, name, cursor);
    entries.push(...read.rows);
    if (read.failure !== undefined) return { entries, failure: { message: read.failure } };
    if (read.following === "") return { entries, failure: undefined };
    cursor = read.following;
  }
  return { entries, failure: { message: `more than ${PAGES_MAX} pages, of which no more are read` } };
}

interface Page {
  readonly rows: readonly Json[];
  /** Empty after the last page. */
  readonly following: string;
  /** Why there is no next page to be read although there may be one. */
  readonly failure?: string;
}

function pageOf(answer: unknown, name: string, cursor: string): Page {
  const body = isRecord(answer) ? answer : {};
  const list = body[name];
  if (!Array.isArray(list)) return { rows: [], following: "", failure: `an answer without ${name}` };
  const rows = list.filter(isRecord);
  if (rows.length < list.length) return { rows, following: "", failure: "an entry that cannot be read" };
  const following = body["cursor"] ?? "";
  return typeof following === "string" && (following === "" || following !== cursor)
    ? { rows, following }
    : { rows, following: "", failure: "pages that do not go on" };
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
