import type { FastifyRequest } from "fastify";
import type { Actor } from "../../hub/audit.ts";
import type { Principal } from "./principal.ts";

/** Who a request comes from, as the audit has it. */
export function actorOf({ principal, clientAddress }: Pick<FastifyRequest, "principal" | "clientAddress">): Actor {
  return { ...named(principal), address: clientAddress };
}

/** A person who has just shown who they are: by a password, a code, or the link that was given to them. */
export function personAt({ name, id }: { readonly name: string; readonly id: string }, address: string): Actor {
  return { who: name, who_kind: "person", who_id: id, via: "page", address };
}

/** Somebody who is not signed in yet, or no more. */
export function strangerAt(address: string): Actor {
  return { who: "nobody", who_kind: "nobody", who_id: null, via: "page", address };
}

function named(principal: Principal): Omit<Actor, "address"> {
  switch (principal.kind) {
    case "person":
      return principal.sessionId === undefined
        ? { who: principal.name, who_kind: "local", who_id: null, via: "command_line" }
        : { who: principal.name, who_kind: "person", who_id: principal.userId, via: "page" };
    case "key":
      return { who: principal.name, who_kind: "key", who_id: principal.prefix, via: "api" };
    case "loopback":
    case "nobody":
      return { who: principal.kind, who_kind: principal.kind, who_id: null, via: "api" };
  }
}
