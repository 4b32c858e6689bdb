import type { ErrorCode } from "../../protocol/errors.ts";
import type { Scope } from "../../hub/ports.ts";
import type { Principal, RouteAccess } from "./principal.ts";

/** Why a request goes no further: becomes a problem. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterS?: number;
}

/** Undefined when the principal may use a route with this access, else why not. */
export function refusalOf(principal: Principal, access: RouteAccess): Refusal | undefined {
  if (access === "public" || principal.kind === "person") return undefined;
  if (access === "person") return refusedToPrograms(principal);
  if (principal.kind !== "nobody" && principal.scopes.has(access)) return undefined;
  return principal.kind === "key" ? missingScope(access) : needsCredentials(access);
}

function refusedToPrograms(principal: Exclude<Principal, { kind: "person" }>): Refusal {
  return principal.kind === "key"
    ? { code: "forbidden", detail: "An API key cannot do this: sign in." }
    : { code: "unauthenticated", detail: "Sign in to do this." };
}

function missingScope(scope: Scope): Refusal {
  return { code: "forbidden", detail: `This API key does not have the scope ${scope}.` };
}

function needsCredentials(scope: Scope): Refusal {
  return { code: "unauthenticated", detail: `Sign in, or send an API key with the scope ${scope}.` };
}
