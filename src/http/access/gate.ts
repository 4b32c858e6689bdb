import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { Clock } from "../../base/time.ts";
import { type KeyRow, type Scope, StoreUnavailable } from "../../hub/ports.ts";
import type { Accounts } from "./accounts.ts";
import { isLoopbackAddress, plainAddress, rateKey } from "./address.ts";
import { equalInConstantTime } from "./constant-time.ts";
import { presentedSecret } from "./credentials.ts";
import type { HostPolicy } from "./host-check.ts";
import type { KeyRing } from "./key-ring.ts";
import { isForeign } from "./origin-check.ts";
import type { Refusal } from "./permit.ts";
import type { Principal } from "./principal.ts";
import { RateLimiter, type RateLimit } from "./rate-limit.ts";

/** What access depends on in a request, whether it comes by Fastify or as a WebSocket handshake. */
export interface Visit {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly upgrade: boolean;
  /** Whom rate limits count: the socket's address, or the one a trusted proxy names. */
  readonly address: string;
  /** Straight from this machine, and to a loopback name: no proxy in between. */
  readonly direct: boolean;
  /** From this machine by whatever address. */
  readonly local: boolean;
}

/** Who a visitor is, with the cookies to set when a session was prolonged; or why it cannot be told. */
export type Identity =
  | { readonly principal: Principal; readonly cookies?: readonly string[] }
  | { readonly refusal: Refusal };

export interface GateOptions {
  readonly hosts: HostPolicy;
  readonly keyRing: KeyRing;
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** Scopes that a direct loopback visitor has without a key. */
  readonly trustLoopback: ReadonlySet<Scope>;
  /** Take the visitor's address from the last entry of `X-Forwarded-For`. */
  readonly trustProxy: boolean;
  /** Of the data directory: whoever can read it speaks as an owner. */
  readonly localToken: string;
  readonly failures: RateLimit;
  readonly requests: RateLimit;
  /** Told why a visitor could not be identified: the visitor is told only that. */
  readonly onError: (error: unknown) => void;
}

/** A person of the data directory: `deskwatch keys` on the hub's own machine. */
const LOCAL_USER_ID = "local";

/** Headers by which a proxy says that it stands between: then "from loopback" says nothing about the visitor. */
const PROXY_HEADERS = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "cf-connecting-ip",
  "true-client-ip",
] as const;

const NOBODY: Principal = { kind: "nobody" };

/** Everything that happens to a request before its route: Host, Origin, rate, and who it is. */
export class Gate {
  readonly #options: GateOptions;
  readonly #loopback: Principal;
  readonly #failures: RateLimiter;
  readonly #requests: RateLimiter;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#loopback = { kind: "loopback", scopes: options.trustLoopback };
    this.#failures = new RateLimiter({ ...options.failures, clock: options.clock });
    this.#requests = new RateLimiter({ ...options.requests, clock: options.clock });
  }

  /** Reads a request as it stands on its socket. */
  visit(request: IncomingMessage, { upgrade } = { upgrade: false }): Visit {
    const { remoteAddress = "", localAddress } = request.socket;
    const socketAddress = plainAddress(remoteAddress);
    const proxied = PROXY_HEADERS.some((name) => request.headers[name] !== undefined);
    const fromLoopback = isLoopbackAddress(remoteAddress);
    return {
      method: request.method ?? "GET",
      headers: request.headers,
      upgrade,
      address: this.#options.trustProxy ? (forwardedFor(request.headers) ?? socketAddress) : socketAddress,
      direct: fromLoopback && !proxied && this.#options.hosts.isLoopback(request.headers.host),
      local: !proxied && (fromLoopback || (remoteAddress !== "" && remoteAddress === localAddress)),
    };
  }

  /** Why the request is refused whoever sent it: Host, Origin, or too many of them. */
  screen(visit: Visit): Refusal | undefined {
    const { hosts } = this.#options;
    if (!hosts.allows(visit.headers.host)) {
      return { code: "host_not_allowed", detail: "The hub does not answer to this host name; see allowed_hosts." };
    }
    if (isForeign(visit)) return { code: "forbidden", detail: "Requests from the pages of other sites are refused." };
    if (visit.direct) return undefined;
    const waitS = this.#requests.take(rateKey(visit.address));
    return waitS === undefined ? undefined : tooMany("Too many requests from this address.", waitS);
  }

  /** Who sent the request. A wrong secret is refused, also from loopback; a session that is over counts as none. */
  async identify(visit: Visit): Promise<Identity> {
    const secret = presentedSecret(visit.headers, visit.upgrade);
    if (secret !== undefined) return this.#bySecret(secret, visit);
    const { cookie } = visit.headers;
    const signedIn = this.#options.accounts.mentionsSession(cookie) ? await this.#bySession(visit) : undefined;
    return signedIn ?? { principal: visit.direct ? this.#loopback : NOBODY };
  }

  /** Whether the visitor may read without a key: what a page needs to show the desk. */
  trusts(visit: Visit): boolean {
    return visit.direct && this.#options.trustLoopback.has("read");
  }

  /** Takes one of the failures that an address may have. The refusal when it has none left. */
  takeFailure(visit: Visit): Refusal | undefined {
    const waitS = this.#failures.take(rateKey(visit.address));
    return waitS === undefined ? undefined : tooMany("Too many failed attempts from this address.", waitS);
  }

  /** The attempt was no failure. */
  refundFailure(visit: Visit): void {
    this.#failures.refund(rateKey(visit.address));
  }

  async #bySecret(secret: string, visit: Visit): Promise<Identity> {
    const known = this.#options.keyRing.recall(secret);
    if (known !== undefined) return { principal: keyPrincipal(known) };
    const blocked = this.takeFailure(visit);
    if (blocked !== undefined) return { refusal: blocked };
    const principal = await this.#verified(secret, visit);
    if (principal === undefined) {
      return { refusal: { code: "unauthenticated", detail: "This API key is unknown, wrong, revoked or over." } };
    }
    this.refundFailure(visit);
    return "code" in principal ? { refusal: principal } : { principal };
  }

  async #verified(secret: string, visit: Visit): Promise<Principal | Refusal | undefined> {
    if (visit.local && equalInConstantTime(secret, this.#options.localToken)) {
      return { kind: "person", userId: LOCAL_USER_ID, name: LOCAL_USER_ID, role: "owner", sessionId: undefined };
    }
    try {
      const row = await this.#options.keyRing.verify(secret);
      return row === undefined ? undefined : keyPrincipal(row);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#options.onError(error);
      return storeAway("API keys cannot be checked while the store is away.");
    }
  }

  async #bySession(visit: Visit): Promise<Identity | undefined> {
    const { cookie, "user-agent": userAgent } = visit.headers;
    try {
      const session = await this.#options.accounts.session({ cookie, userAgent, address: visit.address });
      if (session === undefined) return undefined;
      const { id: sessionId, user, cookies } = session;
      const { id: userId, name, role } = user;
      return { principal: { kind: "person", userId, name, role, sessionId }, cookies };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#options.onError(error);
      return { refusal: storeAway("Sessions cannot be checked now.") };
    }
  }
}

function keyPrincipal({ prefix, name, scopes, bot, expiresAt }: KeyRow): Principal {
  return { kind: "key", prefix, name, scopes: new Set(scopes), bot, expiresAt };
}

function tooMany(detail: string, retryAfterS: number): Refusal {
  return { code: "rate_limited", detail, retryAfterS };
}

function storeAway(detail: string): Refusal {
  return { code: "store_unavailable", detail, retryAfterS: 1 };
}

/** The last entry is the one that the nearest proxy wrote; those before it are what the visitor claims. */
function forwardedFor(headers: IncomingHttpHeaders): string | undefined {
  const value = headers["x-forwarded-for"];
  const last = (Array.isArray(value) ? value.join(",") : (value ?? "")).split(",").at(-1)?.trim() ?? "";
  const address = plainAddress(last.replace(/^\[|\](:\d+)?$/g, ""));
  return isIP(address) === 0 ? undefined : address;
}
