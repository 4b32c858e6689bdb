import { err, ok, type Result } from "../../base/result.ts";
import { printable } from "../../view/printable.ts";
import type { HubAddress } from "./hub-options.ts";

/** What is asked of a read: fields of its query string, absent where undefined. */
export type QueryFields = Readonly<Record<string, string | number | undefined>>;

/** Why a hub did not give what was asked for; `status` is 0 when nothing answered at all. */
export interface HubProblem {
  readonly status: number;
  readonly message: string;
}

const ANSWER_MS_MAX = 60_000;

/** The answer of a read, with its body still to come; `signal` gives it up. */
export async function askHub(
  hub: HubAddress,
  path: string,
  query: QueryFields = {},
  signal: AbortSignal = AbortSignal.timeout(ANSWER_MS_MAX),
): Promise<Result<Response, HubProblem>> {
  const url = addressOf(hub, path, query);
  try {
    const response = await fetch(url, {
      headers: hub.key === undefined ? {} : { authorization: `Bearer ${hub.key}` },
      redirect: "error",
      signal,
    });
    if (response.ok) return ok(response);
    return err({ status: response.status, message: refusal(hub, response.status, await response.text()) });
  } catch (error) {
    return err({ status: 0, message: unreachable(hub, error) });
  }
}

/** What is sent to a hub, and on whose behalf. */
export interface Sending {
  readonly body?: object;
  readonly via: string;
  /** `POST` when absent. */
  readonly method?: "POST" | "PUT" | "DELETE";
  /** Only while the thing is still as it was seen: its `seq`. */
  readonly seenSeq?: number | undefined;
}

/** Posts a JSON body, or puts or deletes something; the text of what was answered. */
export async function postHub(
  hub: HubAddress,
  path: string,
  { body, via, method = "POST", seenSeq }: Sending,
): Promise<Result<string, HubProblem>> {
  try {
    const response = await fetch(addressOf(hub, path, {}), {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(seenSeq === undefined ? {} : { "if-match": `"${seenSeq}"` }),
        "x-deskwatch-via": via,
        ...(hub.key === undefined ? {} : { authorization: `Bearer ${hub.key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const text = await response.text();
    return response.ok
      ? ok(text)
      : err({ status: response.status, message: refusal(hub, response.status, text, "control") });
  } catch (error) {
    return err({ status: 0, message: unreachable(hub, error) });
  }
}

/** The body of a read as text. */
export async function readHub(
  hub: HubAddress,
  path: string,
  query: QueryFields = {},
): Promise<Result<string, HubProblem>> {
  const answer = await askHub(hub, path, query);
  if (!answer.ok) return answer;
  try {
    return ok(await answer.value.text());
  } catch (error) {
    return err({ status: 0, message: unreachable(hub, error) });
  }
}

/** The hub's address as it may be shown: without a name, password or query in it. */
export function shownAddress({ url }: HubAddress): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

function addressOf({ url }: HubAddress, path: string, query: QueryFields): URL {
  const address = new URL(path, url);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) address.searchParams.set(name, String(value));
  return address;
}

function refusal(hub: HubAddress, status: number, text: string, scope = "read"): string {
  const detail = detailOf(text);
  if (detail === undefined)
    return `what answers at ${shownAddress(hub)} is no Deskwatch hub, or one of another version (status ${status})`;
  const hint =
    status === 401 || status === 403 ? ` (make a key with \`deskwatch keys create NAME --scope ${scope}\`)` : "";
  return `${printable(detail)}${hint}`;
}

function detailOf(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
    return typeof detail === "string" ? detail.slice(0, 500) : undefined;
  } catch {
    // Not every server at an address is a hub; what it said is no JSON.
    return undefined;
  }
}

/** A refused connection has one likely reason, and a cure; other failures are told as they are. */
function unreachable(hub: HubAddress, error: unknown): string {
  const cause = causeOf(error);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ECONNREFUSED")
    return `nothing answers at ${shownAddress(hub)}: start it with \`deskwatch start\`, or name another with --url`;
  const why = cause instanceof Error ? cause.message : String(cause);
  return `the hub at ${shownAddress(hub)} cannot be reached: ${printable(why)}`;
}

const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error;
