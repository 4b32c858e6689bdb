import { hubAddress } from "./hub-address.ts";
import type { Answer } from "./outcome.ts";
import { RequestLine } from "./request-line.ts";

/** Carries one batch at a time to the hub. */
export interface Transport {
  /** Rejects when no answer came. */
  readonly send: (body: string) => Promise<Answer>;
  /** Ends what is under way and lets go of the connection. */
  readonly close: () => void;
}

/**
 * The part of the standard `fetch` that is needed. It is also given a `signal`, which is left out of the type because
 * its own type differs between runtimes.
 */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string },
) => Promise<{
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}>;

export interface TransportOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly timeoutMs: number;
}

/** Sends over one connection that is kept open and never keeps the process alive. */
export function createSocketTransport(options: TransportOptions): Transport {
  const { url, headers } = target(options);
  const head = [`POST ${url.pathname} HTTP/1.1`, `host: ${url.host}`]
    .concat(Object.entries(headers).map(([name, value]) => `${name}: ${value}`))
    .join("\r\n");
  const line = new RequestLine(url);
  return {
    send: (body) =>
      line.send(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, options.timeoutMs),
    close: () => line.close(),
  };
}

/** Sends by a given `fetch`, for runtimes and tests that bring their own. */
export function createFetchTransport(options: TransportOptions, fetch: FetchLike): Transport {
  const { url, headers } = target(options);
  let current: AbortController | undefined;

  const send = async (body: string): Promise<Answer> => {
    const abort = new AbortController();
    current = abort;
    const timer = setTimeout(() => abort.abort(), options.timeoutMs);
    timer.unref();
    try {
      const init = { method: "POST", headers, body, signal: abort.signal };
      return await Promise.race([answered(fetch, url.href, init), aborted(abort.signal, options)]);
    } finally {
      clearTimeout(timer);
    }
  };
  return { send, close: () => current?.abort() };
}

/** The ingest route below the hub's address, and what is said with every request. Throws on what neither can be. */
function target({ url, key }: TransportOptions): { url: URL; headers: Record<string, string> } {
  const { route, authorization } = hubAddress(url, key);
  const headers = { "content-type": "application/x-ndjson", accept: "application/json" };
  return {
    url: route("/api/v1/events"),
    headers: authorization === undefined ? headers : { ...headers, authorization },
  };
}

async function answered(fetch: FetchLike, url: string, init: Parameters<FetchLike>[1]): Promise<Answer> {
  const response = await fetch(url, init);
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    body: await response.text(),
  };
}

/** Rejects on abort, for a `fetch` that does not listen to its signal. */
const aborted = (signal: AbortSignal, options: TransportOptions): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(noAnswer(options))), { once: true });
  });

const noAnswer = ({ timeoutMs }: TransportOptions): string => `no answer in ${timeoutMs} ms`;
