import { createHash } from "node:crypto";
import type { BetterAuthOptions } from "better-auth";
import { z } from "zod";
import { StoreUnavailable } from "../../hub/ports.ts";
import { type AccountsDatabase, accountTables } from "./accounts-database.ts";
import { loadBetterAuth } from "./load-better-auth.ts";

/** Fewer characters than this are no password. */
export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 128;

const SESSION_DAYS = 7;
const DAY_S = 86_400;
/** Only the router of better-auth sees it: our own checks of Host and Origin ran before. */
const INTERNAL_ORIGIN = "http://deskwatch.internal";
const USER_AGENT_MAX = 256;
const CLIENT_ADDRESS_HEADER = "x-deskwatch-client";

/** Who a request for better-auth comes from; the hub's own checks have let it through. */
export interface Visitor {
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
  /** Kept with the session. */
  readonly address: string;
}

export interface AccountsAnswer {
  /** Below 400 when it was done; else the request was refused. */
  readonly status: number;
  /** `Set-Cookie` headers. */
  readonly cookies: readonly string[];
  readonly user: User | undefined;
}

/** A registered person. The session's token is not here: it belongs in the cookie alone. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export interface AccountsOptions {
  readonly database: AccountsDatabase;
  /** Signs session cookies; whoever has it can forge them. */
  readonly secret: string;
  /** Cookies only over TLS: when the page is visited as https. */
  readonly secureCookies: boolean;
  readonly onError: (message: string, detail: readonly unknown[]) => void;
}

interface Servers {
  /** Signs in and out; nobody can sign up. */
  readonly open: Server;
  /** The same with sign-up: only set-up calls it. */
  readonly maker: Server;
}

interface Server {
  readonly handler: (request: Request) => Promise<Response>;
}

/**
 * People, their passwords and sessions, by better-auth. It is loaded when it is first needed, or by `warm`. Every call
 * rejects with `StoreUnavailable` while the database is away.
 */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #cookieName: string;
  #servers: Promise<Servers> | undefined;
  #hasOwner = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#cookieName = `${options.secureCookies ? "__Secure-" : ""}${cookiePrefix(options.secret)}.session_token`;
  }

  /** Loads better-auth and brings its tables up to date. A later call tries again when it rejected. */
  async warm(): Promise<void> {
    await this.#ready();
  }

  /** Whether anybody is registered; remembered once true. */
  async hasOwner(): Promise<boolean> {
    this.#hasOwner ||= await orUnavailable(this.#options.database.hasPeople());
    return this.#hasOwner;
  }

  /** True when the cookies hold a session, good or not. */
  mentionsSession(cookie: string | undefined): boolean {
    return cookie?.includes(`${this.#cookieName}=`) ?? false;
  }

  /** Who is signed in, with cookies to set when the session was prolonged; undefined when it is over or forged. */
  async session(visitor: Visitor): Promise<{ user: User; cookies: readonly string[] } | undefined> {
    const { open } = await this.#ready();
    const { user, cookies } = await call(open, { ...visitor, method: "GET", path: "/get-session" });
    return user === undefined ? undefined : { user, cookies };
  }

  /** Posts to a path below `/api/auth`. */
  async post(visitor: Visitor, path: string, body: object): Promise<AccountsAnswer> {
    const { open } = await this.#ready();
    return call(open, { ...visitor, method: "POST", path, body });
  }

  /** Registers the owner and signs in; the caller has made sure that there is none. */
  async makeOwner(visitor: Visitor, owner: object): Promise<AccountsAnswer> {
    const { maker } = await this.#ready();
    const answer = await call(maker, { ...visitor, method: "POST", path: "/sign-up/email", body: owner });
    if (answer.status < 400) this.#hasOwner = true;
    return answer;
  }

  /** Closes the database; nothing may be called after it. */
  close(): void {
    this.#options.database.close();
  }

  #ready(): Promise<Servers> {
    this.#servers ??= this.#load().catch((error: unknown) => {
      this.#servers = undefined;
      throw error;
    });
    return this.#servers;
  }

  async #load(): Promise<Servers> {
    const { betterAuth, getMigrations } = await loadBetterAuth();
    const migrations = await orUnavailable(getMigrations(authOptions(this.#options, { signUp: false })));
    await orUnavailable(migrations.runMigrations());
    return {
      open: betterAuth(authOptions(this.#options, { signUp: false })),
      maker: betterAuth(authOptions(this.#options, { signUp: true })),
    };
  }
}

/** Cookies do not know ports: two hubs on one machine must not overwrite each other's session. */
function cookiePrefix(secret: string): string {
  return `deskwatch-${createHash("sha256").update(`cookie:${secret}`).digest("hex").slice(0, 8)}`;
}

function authOptions(options: AccountsOptions, { signUp }: { readonly signUp: boolean }): BetterAuthOptions {
  const { database, secret, secureCookies, onError } = options;
  return {
    appName: "Deskwatch",
    database: database.handle,
    secret,
    baseURL: INTERNAL_ORIGIN,
    basePath: "/api/auth",
    emailAndPassword: {
      enabled: true,
      disableSignUp: !signUp,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
    },
    session: { modelName: accountTables.session, expiresIn: SESSION_DAYS * DAY_S, updateAge: DAY_S },
    user: { modelName: accountTables.user },
    account: { modelName: accountTables.account },
    verification: { modelName: accountTables.verification },
    // Limits by address run before, with the real address of the socket.
    rateLimit: { enabled: false },
    onAPIError: { onError: throwUnlessRefusal },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      disableColors: true,
      log: (_level, message, ...detail) => onError(message, detail),
    },
    advanced: {
      // The migrations have just run.
      database: { validateSchema: false },
      cookiePrefix: cookiePrefix(secret),
      useSecureCookies: secureCookies,
      defaultCookieAttributes: { httpOnly: true, sameSite: "strict", path: "/" },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
  };
}

interface AuthCall extends Visitor {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
}

async function call(server: Server, { method, path, body, cookie, userAgent, address }: AuthCall) {
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
    user: userOf(text === "" ? undefined : JSON.parse(text)),
  };
}

/** The rest of the hub knows one way to say that a database is away. */
async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new StoreUnavailable("the database of accounts is away", { cause });
  }
}

/** A refusal becomes an answer; anything else is for `orUnavailable`, and not for the console of the process. */
function throwUnlessRefusal(error: unknown): void {
  if (error instanceof Error && "statusCode" in error && Number(error.statusCode) < 500) return;
  throw error;
}

function userOf(body: unknown): User | undefined {
  const parsed = withUser.safeParse(body);
  return parsed.success ? parsed.data.user : undefined;
}

const withUser = z.object({ user: z.object({ id: z.string(), name: z.string(), email: z.string() }) });
