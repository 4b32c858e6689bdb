import type { IncomingHttpHeaders } from "node:http";

const BEARER = /^Bearer +([\w.~+/=-]+)$/i;
const PROTOCOL_PREFIX = "bearer.";

/** The WebSocket subprotocol that the hub speaks and answers with. */
const STREAM_PROTOCOL = "deskwatch";

/**
 * The secret that a request presents: `Authorization: Bearer …`, `X-API-Key`, or in a WebSocket handshake, where
 * browsers cannot set headers, `Sec-WebSocket-Protocol: deskwatch, bearer.…`. Never from the URL, which ends up in
 * logs and histories. Undefined when there is none; an `Authorization` of another scheme is a wrong secret, not none.
 */
export function presentedSecret(headers: IncomingHttpHeaders, upgrade: boolean): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1] ?? "";
  const apiKey = headers["x-api-key"];
  if (apiKey !== undefined) return Array.isArray(apiKey) ? "" : apiKey;
  return upgrade ? protocolSecret(headers["sec-websocket-protocol"]) : undefined;
}

/**
 * Picks the subprotocol to answer with, for the `handleProtocols` of `ws`: never the one that carries the key.
 */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return offered.has(STREAM_PROTOCOL) ? STREAM_PROTOCOL : false;
}

function protocolSecret(header: string | undefined): string | undefined {
  const offered = (header ?? "").split(",").map((protocol) => protocol.trim());
  return offered.find((protocol) => protocol.startsWith(PROTOCOL_PREFIX))?.slice(PROTOCOL_PREFIX.length);
}
