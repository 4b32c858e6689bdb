import type { ErrorCode } from "../../protocol/errors.ts";
import type { Scope } from "../../hub/ports.ts";
import type { Role } from "../../protocol/api-people.ts";
import type { Principal, RouteAccess } from "./principal.ts";

/** Why a request goes no further: becomes a problem. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterS?: number;
}

/** What a role may do on the routes that ask for a scope. */
const ROLE_SCOPES: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  viewer: new Set(["read", "metrics"]),
  operator: new Set(["read", "metrics", "ingest", "control"]),
  owner: new Set(["read", "metrics", "ingest", "control"]),
};
const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, owner: 2 };
/** The role that a route for people asks for, at least. */
const PEOPLE_ROUTES = { account: "viewer", operator: "operator", owner: "owner", "desk-side": "operator" } as const;

/** Undefined when the principal may use a route with this access, else why not. `ownerless`: nobody owns the hub yet. */
export function refusalOf(principal: Principal, access: RouteAccess, ownerless = false): Refusal | undefined {
  if (access === "public") return undefined;
  if (access === "account" && principal.kind === "person" && principal.sessionId === undefined)
    return { code: "forbidden", detail: "Only somebody who signed in has an account of their own." };
  if (access === "account" || access === "operator" || access === "owner" || access === "desk-side")
    return refusedToAllBut(PEOPLE_ROUTES[access], principal, access === "desk-side" && ownerless);
  if (principal.kind === "person")
    return ROLE_SCOPES[principal.role].has(access) ? undefined : tooLittle(principal.role, "operator");
  if (principal.kind !== "nobody" && principal.scopes.has(access)) return undefined;
  return principal.kind === "key" ? missingScope(access) : needsCredentials(access);
}

function refusedToAllBut(least: Role, principal: Principal, loopbackToo: boolean): Refusal | undefined {
  switch (principal.kind) {
    case "person":
      return RANK[principal.role] >= RANK[least] ? undefined : tooLittle(principal.role, least);
    case "key":
      return { code: "forbidden", detail: "An API key cannot do this: sign in." };
    case "loopback":
      if (loopbackToo && principal.scopes.has("ingest")) return undefined;
      return { code: "unauthenticated", detail: "Sign in to do this." };
    case "nobody":
      return { code: "unauthenticated", detail: "Sign in to do this." };
  }
}

function tooLittle(has: Role, needs: Role): Refusal {
  return { code: "forbidden", detail: `This takes the role ${needs}; yours is ${has}. An owner can change it.` };
}

function missingScope(scope: Scope): Refusal {
  return { code: "forbidden", detail: `This API key does not have the scope ${scope}.` };
}

function needsCredentials(scope: Scope): Refusal {
  return { code: "unauthenticated", detail: `Sign in, or send an API key with the scope ${scope}.` };
}
