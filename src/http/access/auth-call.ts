import { StoreUnavailable } from "../../hub/ports.ts";

/** Only the router of better-auth sees it: our own checks of Host and Origin ran before. */
export const INTERNAL_ORIGIN = "http://deskwatch.internal";
export const CLIENT_ADDRESS_HEADER = "x-deskwatch-client";
const USER_AGENT_MAX = 256;

/** Who a request for better-auth comes from; the hub's own checks have let it through. */
export interface Visitor {
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
  /** Kept with the session. */
  readonly address: string;
}

interface AuthCall extends Visitor {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
}

export interface AuthServer {
  readonly handler: (request: Request) => Promise<Response>;
}

export interface AuthAnswer {
  readonly status: number;
  /** `Set-Cookie` headers. */
  readonly cookies: readonly string[];
  /** The parsed JSON. */
  readonly body: unknown;
}

/** Asks better-auth as a browser would. Rejects with `StoreUnavailable` when its database is away. */
export async function callAuth(
  server: AuthServer,
  { method, path, body, cookie, userAgent, address }: AuthCall,
): Promise<AuthAnswer> {
  const headers = new Headers({ origin: INTERNAL_ORIGIN, [CLIENT_ADDRESS_HEADER]: address });
  if (cookie !== undefined) headers.set("cookie", cookie);
  if (userAgent !== undefined) headers.set("user-agent", userAgent.slice(0, USER_AGENT_MAX));
  if (body !== undefined) headers.set("content-type", "application/json");
  const request = new Request(`${INTERNAL_ORIGIN}/api/auth${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await orUnavailable(server.handler(request));
  const text = await response.text();
  if (response.status >= 500) throw new StoreUnavailable("better-auth could not reach its database");
  return {
    status: response.status,
    cookies: response.headers.getSetCookie(),
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** The rest of the hub knows one way to say that a database is away. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new StoreUnavailable("the database of accounts is away", { cause });
  }
}
