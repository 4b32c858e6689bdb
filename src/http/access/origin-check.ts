import type { IncomingHttpHeaders } from "node:http";

/** The parts of a request that say which web page, if any, made it. */
export interface Provenance {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** True for a WebSocket handshake, which browsers let any page make. */
  readonly upgrade: boolean;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * True when another site's page is behind the request and it could do harm: change something, open a WebSocket, or
 * load a read as if it were a script or an image. Links to the hub (top-level navigations) are fine, and so is a
 * program, which sends neither `Origin` nor `Sec-Fetch-Site`. This, with SameSite cookies, is what makes sessions and
 * loopback trust safe against forged requests.
 */
export function isForeign({ method, headers, upgrade }: Provenance): boolean {
  const unsafe = upgrade || !SAFE_METHODS.has(method);
  if (unsafe && headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host)) return true;
  const site = header(headers["sec-fetch-site"]);
  if (site === undefined || site === "same-origin" || site === "none") return false;
  return unsafe || header(headers["sec-fetch-mode"]) !== "navigate";
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Schemes are not compared: a proxy may speak TLS for the hub. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  if (protocol !== "http:" && protocol !== "https:") return false;
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === originHost;
}
