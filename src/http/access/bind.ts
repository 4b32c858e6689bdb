import { err, ok, type Result } from "../../base/result.ts";
import { isLoopbackName } from "./address.ts";

export interface BindPlan {
  /** Where the hub would listen, as given: an address or a name. */
  readonly host: string;
  readonly ownerExists: boolean;
  /** The one-time token that protects making the owner; undefined when there is none. */
  readonly setupToken: string | undefined;
}

/** True when only this machine can reach a server that listens on `host`. */
export function isLoopbackBind(host: string): boolean {
  return isLoopbackName(host.toLowerCase().replace(/^\[|\]$/g, ""));
}

/**
 * Whether the hub may listen there. Beyond loopback it needs an owner, or a setup token that keeps a stranger from
 * becoming the owner; else the error says what to do.
 */
export function checkBind({ host, ownerExists, setupToken }: BindPlan): Result<void, string> {
  if (isLoopbackBind(host) || ownerExists || setupToken !== undefined) return ok(undefined);
  return err(
    `Refused to listen on ${host}: this hub has no owner and no setup token, so whoever comes first would own it. ` +
      "Start it on 127.0.0.1 and make the owner there, or make its data directory writable for the token.",
  );
}
