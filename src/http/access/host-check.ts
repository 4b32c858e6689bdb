import { isIP } from "node:net";
import { isLoopbackName, parseHost } from "./address.ts";

/** Which `Host` headers the hub answers to. */
export interface HostPolicy {
  /** True when a request with this `Host` header may go on. */
  readonly allows: (host: string | undefined) => boolean;
  /** True when the header names this machine's loopback. */
  readonly isLoopback: (host: string | undefined) => boolean;
}

/**
 * Guards against DNS rebinding: a page of a stranger can point its own name at 127.0.0.1, but cannot change the `Host`
 * header that the browser then sends. Always allowed: loopback names and addresses, and the bind host; when the hub is
 * bound beyond loopback also any bare IP address (an address is not a name that could be rebound); besides, the names
 * of the configuration, with a port (`dashboard:8000`) or for any port (`dashboard`).
 */
export function createHostPolicy(bindHost: string, allowedHosts: readonly string[]): HostPolicy {
  const bound = bindHost.toLowerCase().replace(/^\[|\]$/g, "");
  const beyondLoopback = !isLoopbackName(bound);
  const allowed = new Set<string>();
  for (const entry of allowedHosts) {
    const parsed = parseHost(entry);
    if (parsed === undefined) throw new Error(`allowed_hosts: not a host name: ${JSON.stringify(entry)}`);
    allowed.add(parsed.port === "" ? parsed.name : `${parsed.name}:${parsed.port}`);
  }
  return {
    allows: (host) => {
      const parsed = host === undefined ? undefined : parseHost(host);
      if (parsed === undefined) return false;
      const { name, port } = parsed;
      if (isLoopbackName(name) || name === bound) return true;
      if (beyondLoopback && isIP(name) !== 0) return true;
      return allowed.has(name) || allowed.has(`${name}:${port === "" ? "80" : port}`);
    },
    isLoopback: (host) => {
      const parsed = host === undefined ? undefined : parseHost(host);
      return parsed !== undefined && isLoopbackName(parsed.name);
    },
  };
}
