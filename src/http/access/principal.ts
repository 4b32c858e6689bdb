import type {} from "fastify";
import type { Scope } from "../../hub/ports.ts";

/** Who a request comes from, once the access hook has run. */
export type Principal =
  | { readonly kind: "person"; readonly userId: string; readonly name: string }
  | {
      readonly kind: "key";
      readonly prefix: string;
      readonly name: string;
      readonly scopes: ReadonlySet<Scope>;
      readonly bot: string | undefined;
    }
  | { readonly kind: "loopback"; readonly scopes: ReadonlySet<Scope> }
  | { readonly kind: "nobody" };

/** What a route asks of its caller. A route without this in its `config` is refused to everybody. */
export type RouteAccess = Scope | "public" | "person";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal;
  }
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}
