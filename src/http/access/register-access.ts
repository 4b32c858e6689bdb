import { join } from "node:path";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import type { Clock } from "../../base/time.ts";
import type { KeyStore, Scope } from "../../hub/ports.ts";
import { sendProblem } from "../problem.ts";
import type { Audit } from "../../hub/audit.ts";
import { registerAccountRoutes } from "./account-routes.ts";
import { Accounts } from "./accounts.ts";
import { openSqliteAccounts, openPostgresAccounts } from "./accounts-database.ts";
import { isLoopbackBind } from "./bind.ts";
import { Gate, type GateOptions } from "./gate.ts";
import { createHostPolicy } from "./host-check.ts";
import { registerKeyRoutes } from "./key-routes.ts";
import { KeyRing } from "./key-ring.ts";
import { dropLocalAccess, writeLocalAccess } from "./local-token.ts";
import { KeyExpiry } from "./key-expiry.ts";
import { noting } from "./noting.ts";
import { OwnerSetup } from "./owner-setup.ts";
import { refusalOf } from "./permit.ts";
import type { RouteAccess } from "./principal.ts";
import type { RateLimit } from "./rate-limit.ts";
import { keepSecret, randomSecret } from "./secret-files.ts";
import { registerSecurityHeaders } from "./security-headers.ts";
import { setCookies } from "./session-answer.ts";
import { registerSessionRoutes } from "./session-routes.ts";
import { registerSetupRoutes } from "./setup-routes.ts";
import { Turnstile } from "./turnstile.ts";
import { decideUpgrade, type UpgradeDecision } from "./upgrade.ts";
import { UsedCodes } from "./used-codes.ts";
import { registerUserRoutes } from "./user-routes.ts";

export interface AccessOptions {
  readonly keys: KeyStore;
  readonly clock: Clock;
  /** Holds `auth.db`, `auth-secret`, `setup-token`, `local-token`, each of mode 0600. */
  readonly dataDir: string;
  /** Where the hub listens, as given. */
  readonly host: string;
  /** Further names that the hub answers to: `dashboard:8000`, or `dashboard` for any port. */
  readonly allowedHosts?: readonly string[];
  /** What a loopback visitor may do without a key. Control always takes a person or a key. */
  readonly trustLoopback?: readonly Exclude<Scope, "control">[];
  /** Take visitors' addresses from `X-Forwarded-For`: only when every visitor comes through one proxy that sets it. */
  readonly trustProxy?: boolean;
  /** True when the hub is visited by https (a proxy speaks TLS): cookies for TLS only, HSTS. */
  readonly https?: boolean;
  /** Keep people in PostgreSQL instead of `auth.db`; the pool stays the caller's. */
  readonly pool?: Pool;
  /** Where acts of people and keys are kept; nowhere when absent. */
  readonly audit?: Pick<Audit, "note">;
  readonly limits?: { readonly failures?: RateLimit; readonly requests?: RateLimit };
}

/** What the rest of the hub asks of access. */
export interface Access {
  /** Whether the owner has been made. */
  readonly ownerExists: () => Promise<boolean>;
  /** The one-time token for making the owner, to be printed at start; undefined once there is an owner. */
  readonly setupToken: () => string | undefined;
  /** For WebSocket routes: the checks that other routes get by themselves. */
  readonly authorizeUpgrade: (request: IncomingMessage, needs: RouteAccess) => Promise<UpgradeDecision>;
  /** Tells the prefix of every key that was revoked here or is over, so that what it opened can be closed. Returns the way to stop. */
  readonly onKeyRevoked: (listener: (prefix: string) => void) => () => void;
  /** Tells of whom a session has ended, or whose rights have changed; they may have sessions still. */
  readonly onSignedOut: (listener: (userId: string) => void) => () => void;
  /** Loads what sign-in needs (about 0.3 s): after the hub is ready, so that the first sign-in does not wait. */
  readonly warm: () => Promise<void>;
}

/** Ten failures at once from an address, then one each six seconds. */
const FAILURES: RateLimit = { burst: 10, perSecond: 1 / 6 };
const REQUESTS: RateLimit = { burst: 1_000, perSecond: 300 };
/** A password check takes a core for 60 ms and 34 MB: few at once, and a short queue. */
const PASSWORD_CHECKS = { atOnce: 2, waiting: 16 };

/**
 * Guards every route of `app`, registered before or after, and adds the routes of access itself. A route says what it
 * asks with `config: { access }`; one that says nothing is refused to everybody. Call it once, on the root instance.
 */
export async function registerAccess(app: FastifyInstance, options: AccessOptions): Promise<Access> {
  const { dataDir, keys, clock, pool, https = false } = options;
  const accounts = new Accounts({
    database: pool === undefined ? openSqliteAccounts(join(dataDir, "auth.db")) : openPostgresAccounts(pool),
    secret: keepSecret(join(dataDir, "auth-secret")),
    secureCookies: https,
    onError: (message, detail) => app.log.error({ detail }, `accounts: ${message}`),
  });
  app.addHook("onClose", async () => accounts.close());
  const keyRing = new KeyRing({
    keys,
    clock,
    onError: (err) => app.log.warn({ err }, "the last use of a key was not noted"),
  });
  const localToken = randomSecret();
  const onError = (err: unknown) => app.log.warn({ err }, "a visitor could not be identified");
  const gate = createGate(options, { accounts, keyRing, localToken, onError });
  const setup = await OwnerSetup.open({ accounts, dataDir, loopbackBind: isLoopbackBind(options.host) });
  const revocations = new Listeners();
  const departures = new Listeners();
  const expiry = new KeyExpiry(clock, revocations.tell);
  app.addHook("onClose", async () => expiry.stop());

  await registerSecurityHeaders(app, { https });
  guard(app, gate, accounts);
  announceLocally(app, dataDir, localToken);
  const passwords = new Turnstile(PASSWORD_CHECKS);
  const note = noting(app.log, options.audit);
  const parts = { accounts, gate, passwords, note, onSignedOut: departures.tell, usedCodes: new UsedCodes(clock) };
  registerSetupRoutes(app, { ...parts, setup });
  registerSessionRoutes(app, parts);
  registerAccountRoutes(app, parts);
  registerUserRoutes(app, parts);
  registerKeyRoutes(app, {
    keys,
    clock,
    note,
    onRevoked: (prefix) => {
      keyRing.forget(prefix);
      revocations.tell(prefix);
    },
  });

  return {
    ownerExists: () => accounts.hasOwner(),
    setupToken: () => setup.token,
    authorizeUpgrade: async (request, needs) => {
      const decision = await decideUpgrade(gate, request, needs);
      if (decision.ok) expiry.watch(decision.principal);
      return decision;
    },
    onKeyRevoked: revocations.add,
    onSignedOut: departures.add,
    warm: () => accounts.warm(),
  };
}

/** Who wants to be told of a key or a person. */
class Listeners {
  readonly #all = new Set<(name: string) => void>();

  readonly tell = (name: string): void => {
    for (const listener of this.#all) listener(name);
  };

  readonly add = (listener: (name: string) => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };
}

/** Declares the access of every route that is registered in `scope` after it: for plugins that bring their own. */
export function declareAccess(scope: FastifyInstance, access: RouteAccess): void {
  scope.addHook("onRoute", (route) => {
    route.config = { access, ...route.config };
  });
}

function createGate(
  options: AccessOptions,
  parts: Pick<GateOptions, "accounts" | "keyRing" | "localToken" | "onError">,
): Gate {
  return new Gate({
    ...parts,
    clock: options.clock,
    hosts: createHostPolicy(options.host, options.allowedHosts ?? []),
    trustLoopback: new Set(options.trustLoopback ?? ["ingest", "read", "metrics"]),
    trustProxy: options.trustProxy ?? false,
    failures: options.limits?.failures ?? FAILURES,
    requests: options.limits?.requests ?? REQUESTS,
  });
}

function guard(app: FastifyInstance, gate: Gate, accounts: Pick<Accounts, "hasOwner">): void {
  app.decorateRequest("principal");
  app.decorateRequest("clientAddress", "");
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    request.principal = { kind: "nobody" };
    const visit = gate.visit(request.raw);
    request.clientAddress = visit.address;
    const screened = gate.screen(visit);
    if (screened !== undefined) return sendProblem(reply, screened.code, screened);
    if (request.is404) return undefined;
    const { access } = request.routeOptions.config;
    if (access === "public") return undefined;
    if (access === undefined) {
      request.log.error({ route: request.routeOptions.url }, "bug: a route declares no access");
      return sendProblem(reply, "forbidden", { detail: "This route is closed." });
    }
    const identity = await gate.identify(visit);
    if ("refusal" in identity) return sendProblem(reply, identity.refusal.code, identity.refusal);
    request.principal = identity.principal;
    setCookies(reply, identity.cookies);
    const refusal = refusalOf(identity.principal, access, access === "desk-side" && !(await accounts.hasOwner()));
    return refusal === undefined ? undefined : sendProblem(reply, refusal.code, refusal);
  });
}

function announceLocally(app: FastifyInstance, dataDir: string, token: string): void {
  app.addHook("onListen", async () => {
    const address = app.server.address();
    if (address === null || typeof address === "string") return;
    const wildcard = address.address === "0.0.0.0" || address.address === "::";
    const host = wildcard ? "127.0.0.1" : address.address;
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
    writeLocalAccess(dataDir, { url, token });
  });
  app.addHook("onClose", async () => dropLocalAccess(dataDir, token));
}
