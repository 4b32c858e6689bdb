import * as http from "node:http";
import * as https from "node:https";
import type { Answer } from "./outcome.ts";

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

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** The address of the ingest route below the hub's address. Throws on an address that is none. */
function ingestUrl(url: string): URL {
  const base = new URL(url);
  if (base.protocol !== "http:" && base.protocol !== "https:")
    throw new TypeError("the hub's url must be http or https");
  base.pathname = `${base.pathname.replace(/\/+$/, "")}/api/v1/events`;
  base.search = "";
  base.hash = "";
  return base;
}

const headersFor = (key: string | undefined): Record<string, string> => ({
  "content-type": "application/x-ndjson",
  accept: "application/json",
  ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
});

/**
 * Sends by `node:http` on one connection that is kept open and never keeps the process alive. A tenth of the cost of
 * `fetch` for each request, which is what a bot notices.
 */
export function createHttpTransport(options: TransportOptions): Transport {
  const url = ingestUrl(options.url);
  const secure = url.protocol === "https:";
  const agent = secure
    ? new https.Agent({ keepAlive: true, maxSockets: 1 })
    : new http.Agent({ keepAlive: true, maxSockets: 1 });
  const request = secure ? https.request : http.request;
  let current: http.ClientRequest | undefined;

  const attempt = (body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = { ...headersFor(options.key), "content-length": String(body.length) };
      const sent = request(url, { method: "POST", agent, headers });
      current = sent;
      const timer = setTimeout(
        () => sent.destroy(new Error(`no answer in ${options.timeoutMs} ms`)),
        options.timeoutMs,
      );
      timer.unref();
      sent.on("socket", (socket) => socket.unref());
      sent.on("error", (error) => {
        clearTimeout(timer);
        reject(sent.reusedSocket && wasReset(error) ? new StaleConnection(error.message) : error);
      });
      sent.on("response", (response) => {
        readAnswer(response, (error, answer) => {
          clearTimeout(timer);
          if (answer === undefined) reject(error);
          else resolve(answer);
        });
      });
      sent.end(body);
    });

  const send = async (text: string): Promise<Answer> => {
    const body = Buffer.from(text);
    try {
      return await attempt(body);
    } catch (error) {
      // The hub closed the idle connection just as we used it again: that says nothing about the hub.
      if (error instanceof StaleConnection) return attempt(body);
      throw error;
    }
  };

  return {
    send,
    close: () => {
      current?.destroy();
      agent.destroy();
    },
  };
}

class StaleConnection extends Error {}

const wasReset = (error: NodeJS.ErrnoException): boolean => error.code === "ECONNRESET" || error.code === "EPIPE";

function readAnswer(response: http.IncomingMessage, done: (error: Error, answer?: Answer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) response.destroy(new Error("the answer is too large"));
    else chunks.push(chunk);
  });
  response.on("error", (error) => done(error));
  response.on("close", () => done(new Error("the connection was lost before the answer was whole")));
  response.on("end", () =>
    done(new Error("the answer ended early"), {
      status: response.statusCode ?? 0,
      retryAfter: response.headers["retry-after"],
      body: Buffer.concat(chunks).toString("utf8"),
    }),
  );
}

/** Sends by a given `fetch`, for runtimes and tests that bring their own. */
export function createFetchTransport(options: TransportOptions, fetch: FetchLike): Transport {
  const url = ingestUrl(options.url).href;
  let current: AbortController | undefined;

  const send = async (body: string): Promise<Answer> => {
    const abort = new AbortController();
    current = abort;
    const timer = setTimeout(() => abort.abort(), options.timeoutMs);
    timer.unref();
    try {
      const init = { method: "POST", headers: headersFor(options.key), body, signal: abort.signal };
      return await Promise.race([answered(fetch, url, init), aborted(abort.signal, options.timeoutMs)]);
    } finally {
      clearTimeout(timer);
    }
  };
  return { send, close: () => current?.abort() };
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
const aborted = (signal: AbortSignal, timeoutMs: number): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer in ${timeoutMs} ms`)), { once: true });
  });
