import type { FillView } from "../../protocol/api.ts";
import type { CommandAnswer, CommandView, ControlEffect, ControlRequest } from "../../protocol/api-control.ts";
import type { ReplayControl, ReplayView, SessionView } from "../../protocol/api-sessions.ts";
import type { OrderView } from "../../protocol/api-trading.ts";
import { filterQuery, type TradeFilter } from "../../view/trade-filter.ts";
import {
  isCommandAnswer,
  isControls,
  isDemoStarted,
  isEffect,
  type EventRecord,
  isEventsPage,
  isFillsPage,
  isOrdersPage,
  isReplay,
  isSessionsPage,
} from "./frames.ts";

/** Why the hub did not do what was asked, in words for whoever reads the page. */
export class HubError extends Error {
  override readonly name = "HubError";
  /** HTTP status; 0 when the hub did not answer at all. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Who is asking, and what the hub lets them do (`GET /api/v1/access`). */
export interface AccessAnswer {
  readonly owner: boolean;
  readonly signed_in: boolean;
  readonly name?: string;
  /** Of whoever is signed in: viewer, operator or owner. */
  readonly role?: string;
  readonly loopback_trusted: boolean;
  readonly setup_token_required: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isAccess = (value: unknown): value is AccessAnswer =>
  isRecord(value) &&
  ["owner", "signed_in", "loopback_trusted", "setup_token_required"].every((name) => typeof value[name] === "boolean");

/** Asks the hub; the parsed answer. Throws `HubError`. */
export async function call(path: string, init?: RequestInit): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...init });
  } catch (cause) {
    throw new HubError(0, `The hub does not answer (${cause instanceof Error ? cause.message : "no connection"}).`);
  }
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new HubError(answer.status, problemText(answer.status, body));
  return body;
}

/** A problem says more in `detail` and `errors`, better-auth in `message`. */
function problemText(status: number, body: unknown): string {
  const text = isRecord(body) ? (body["detail"] ?? body["message"] ?? body["title"]) : undefined;
  const said = typeof text === "string" && text !== "" ? text : `The hub answered with status ${status}.`;
  const errors = isRecord(body) && Array.isArray(body["errors"]) ? body["errors"].map(fieldError) : [];
  return [said, ...errors.filter((error) => !said.includes(error))].join(" ");
}

const fieldError = (error: unknown): string =>
  isRecord(error) ? `${String(error["path"] ?? "")}: ${String(error["message"] ?? "")}` : "";

/** Posts JSON; the parsed answer. Throws `HubError`. */
export const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
  call(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

/** Who is asking. Throws `HubError`. */
export async function readAccess(): Promise<AccessAnswer> {
  const body = await call("/api/v1/access");
  if (!isAccess(body)) throw new HubError(200, "What answers at this address is not a Deskwatch hub.");
  return body;
}

/** Makes the owner and signs in. Throws `HubError`. */
export async function setUpOwner(owner: {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly setup_token?: string;
}): Promise<void> {
  await post("/api/v1/setup", owner);
}

/** Signs in; true when it is done, false when the second factor comes next. Throws `HubError`. */
export async function signIn(email: string, password: string): Promise<boolean> {
  const body = await post("/api/auth/sign-in/email", { email, password });
  return !(isRecord(body) && body["second_factor"] === true);
}

/** The second step of signing in. Throws `HubError`. */
export async function giveSecondFactor(
  given: { readonly code: string } | { readonly recovery_code: string },
): Promise<void> {
  await post("/api/auth/sign-in/second-factor", given);
}

/** Signs out. Throws `HubError`. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {});
}

/** Where the reads of the desk are: those of the live desk, or of a replay. */
export const readsAt = (replay: string | undefined): string =>
  replay === undefined ? "/api/v1" : `/api/v1/replays/${encodeURIComponent(replay)}`;

/** Reads `path` and looks at the shape of its answer. Throws `HubError`. */
export async function read<T>(path: string, is: (body: unknown) => body is T): Promise<T> {
  return shaped(await call(path), is);
}

/** What was answered, once its shape was looked at; throws `HubError` where it is another. */
export function shaped<T>(body: unknown, is: (body: unknown) => body is T): T {
  if (!is(body))
    throw new HubError(200, "The hub answered with a shape that this page does not know: reload the page.");
  return body;
}

/** A page of a list, newest first, and where the next older one begins; no cursor when this was the last. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly cursor: string | undefined;
}

/** What of a list is asked for. */
export interface PageWanted {
  /** Where the reads are, `readsAt`. */
  readonly base: string;
  readonly filter: TradeFilter;
  readonly limit: number;
  /** Of the page before; the newest page when absent. */
  readonly cursor: string | undefined;
}

/** Fills, newest first. Throws `HubError`. */
export async function readFills({ base, filter, limit, cursor }: PageWanted): Promise<ListPage<FillView>> {
  const body = await read(`${base}/fills?${filterQuery(filter, { limit, cursor })}`, isFillsPage);
  return { items: body.fills, cursor: body.next_cursor };
}

/** Orders, newest first. Throws `HubError`. */
export async function readOrders({ base, filter, limit, cursor }: PageWanted): Promise<ListPage<OrderView>> {
  const body = await read(`${base}/orders?${filterQuery(filter, { limit, cursor })}`, isOrdersPage);
  return { items: body.orders, cursor: body.next_cursor };
}

/** Events of the log, oldest first. Throws `HubError`. */
export async function readEvents(
  base: string,
  query: Readonly<Record<string, string>>,
  cursor?: string,
): Promise<ListPage<EventRecord>> {
  const asked = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) });
  const body = await read(`${base}/events?${asked}`, isEventsPage);
  return { items: body.events, cursor: body.next_cursor };
}

/** Sessions of bots, newest first. Throws `HubError`. */
export async function readSessions(limit: number, cursor: string | undefined): Promise<ListPage<SessionView>> {
  const body = await read(`/api/v1/sessions?${filterQuery({}, { limit, cursor })}`, isSessionsPage);
  return { items: body.sessions, cursor: body.next_cursor };
}

/** Starts a replay; without `from` and `to` of all that is in the log. Throws `HubError`. */
export async function startReplay(wanted: {
  readonly from?: string;
  readonly to?: string;
  readonly paused?: boolean;
}): Promise<ReplayView> {
  return shaped(await post("/api/v1/replays", wanted), isReplay);
}

/** Tells a replay to go on, hold, step, seek or change its speed. Throws `HubError`. */
export async function controlReplay(replay: string, control: ReplayControl): Promise<ReplayView> {
  return shaped(await post(`${readsAt(replay)}/control`, control), isReplay);
}

/** Ends a replay for everybody who watches it. Throws `HubError`. */
export async function endReplay(replay: string): Promise<void> {
  await call(readsAt(replay), { method: "DELETE" });
}

/** Starts a demo desk beside this hub; resolves with its address. Throws `HubError`. */
export async function startDemo(): Promise<string> {
  return shaped(await post("/api/v1/demo", {}), isDemoStarted).url;
}

/** Removes all that the simulator made up. Throws `HubError`. */
export async function wipeDemo(): Promise<void> {
  await call("/api/v1/demo", { method: "DELETE" });
}

/** Commands, newest first. Throws `HubError`. */
export async function readCommands({
  base,
  limit,
  cursor,
}: Omit<PageWanted, "filter">): Promise<ListPage<CommandView>> {
  const body = await read(`${base}/controls?${filterQuery({}, { limit, cursor })}`, isControls);
  return { items: body.commands, cursor: body.next_cursor };
}

/** What a command would do. Throws `HubError`. */
export async function previewControl(wanted: Pick<ControlRequest, "action" | "target">): Promise<ControlEffect> {
  return shaped(await post("/api/v1/controls/preview", wanted), isEffect);
}

/** Asks for a command; sent again with the same id it changes nothing. Throws `HubError`. */
export async function sendControl(request: ControlRequest): Promise<CommandAnswer> {
  return shaped(await post("/api/v1/controls", request, { "x-deskwatch-via": "page" }), isCommandAnswer);
}
