import type { HttpPort } from "../core/ports.ts";

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Some venues refuse clients that do not name themselves. */
const USER_AGENT = "deskwatch";

/** HTTP by the runtime's own `fetch`. Redirects are not followed: they would carry credentials elsewhere. */
export const fetchHttpPort =
  (fetch: typeof globalThis.fetch, timeoutMs = TIMEOUT_MS): HttpPort =>
  async ({ method, url, headers, body }) => {
    try {
      const answer = await fetch(url, {
        method,
        headers: { "user-agent": USER_AGENT, accept: "application/json", ...headers },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body }),
      });
      if (Number(answer.headers.get("content-length") ?? 0) > ANSWER_BYTES_MAX) {
        await answer.body?.cancel();
        return { ok: false, reason: "an answer of more than 64 MiB" };
      }
      return {
        ok: true,
        status: answer.status,
        text: await answer.text(),
        headers: Object.fromEntries(answer.headers),
      };
    } catch (error) {
      return { ok: false, reason: reasonOf(error, timeoutMs) };
    }
  };

/** The kind of failure; what the runtime says besides may hold the address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return "the request failed";
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error && cause.message === "unexpected redirect"
    ? "a redirect, which is not followed"
    : "the request failed";
}
