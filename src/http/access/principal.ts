import type {} from "fastify";
import type { Micros } from "../../base/time.ts";
import type { Scope } from "../../hub/ports.ts";
import type { Role } from "../../protocol/api-people.ts";

/** Who a request comes from, once the access hook has run. */
export type Principal =
  | {
      readonly kind: "person";
      readonly userId: string;
      readonly name: string;
      readonly role: Role;
      /** Undefined for the command line of the hub's own machine. */
      readonly sessionId: string | undefined;
    }
  | {
      readonly kind: "key";
      readonly prefix: string;
      readonly name: string;
      readonly scopes: ReadonlySet<Scope>;
      readonly bot: string | undefined;
      readonly expiresAt: Micros | undefined;
    }
  | { readonly kind: "loopback"; readonly scopes: ReadonlySet<Scope> }
  | { readonly kind: "nobody" };

/**
 * What a route asks of its caller: a scope, which people have by their role; `account`, any person, about themselves;
 * `operator` or `owner`, a person of that role or above; `desk-side`, an operator or whoever sits at the machine of a hub
 * that nobody owns yet. A route without this in its `config` is refused to everybody.
 */
export type RouteAccess = Scope | "public" | "account" | "operator" | "owner" | "desk-side";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal;
    /** Where it came from, as rate limits and the audit have it. */
    clientAddress: string;
  }
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}
