import type { FillView } from "../../protocol/api.ts";
import { isFillsPage } from "./frames.ts";

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
  readonly loopback_trusted: boolean;
  readonly setup_token_required: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isAccess = (value: unknown): value is AccessAnswer =>
  isRecord(value) &&
  ["owner", "signed_in", "loopback_trusted", "setup_token_required"].every((name) => typeof value[name] === "boolean");

async function call(path: string, init?: RequestInit): Promise<unknown> {
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

const post = (path: string, body: object): Promise<unknown> =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

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

/** Signs in. Throws `HubError`. */
export async function signIn(email: string, password: string): Promise<void> {
  await post("/api/auth/sign-in/email", { email, password });
}

/** Signs out. Throws `HubError`. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {});
}

/** A page of fills, newest first, and where the next older one begins; no cursor when this was the last. */
export interface FillsPage {
  readonly fills: readonly FillView[];
  readonly cursor: string | undefined;
}

/** The fills before `cursor`, or the newest ones. Throws `HubError`. */
export async function readFills(limit: number, cursor: string | undefined): Promise<FillsPage> {
  const after = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const body = await call(`/api/v1/fills?limit=${limit}${after}`);
  if (!isFillsPage(body)) throw new HubError(200, "The hub answered with fills of an unknown shape.");
  return { fills: body.fills, cursor: body.next_cursor };
}
