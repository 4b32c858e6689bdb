import { BlockList, isIP, isIPv4 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const MAPPED_PREFIX = "::ffff:";

/** An address as it is compared and counted: IPv4 inside IPv6 is IPv4, without zone, lower case. */
export function plainAddress(address: string): string {
  const bare = (address.split("%")[0] ?? "").toLowerCase();
  const mapped = bare.startsWith(MAPPED_PREFIX) ? bare.slice(MAPPED_PREFIX.length) : "";
  return isIPv4(mapped) ? mapped : bare;
}

/** True for 127.0.0.0/8 and ::1, mapped or not. False for names, and for undefined (a socket that is gone). */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = plainAddress(address);
  const version = isIP(plain);
  return version !== 0 && loopback.check(plain, version === 4 ? "ipv4" : "ipv6");
}

/** True when `hostname` (no port, no brackets) can only mean this machine: a loopback address or `localhost`. */
export function isLoopbackName(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLoopbackAddress(hostname);
}

/**
 * What an address is counted under by rate limits: an IPv6 client commonly owns a whole /64, so that is what counts.
 */
export function rateKey(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}

/** A `Host` header taken apart: lower case, no brackets, no trailing dot. Undefined when it is malformed. */
export function parseHost(header: string): { readonly name: string; readonly port: string } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(header);
  if (match === null) return undefined;
  const [, bracketed, bare = "", port = ""] = match;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { name: bracketed.toLowerCase(), port } : undefined;
  const name = bare.toLowerCase().replace(/\.$/, "");
  return name === "" ? undefined : { name, port };
}
