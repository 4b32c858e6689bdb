import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type ErrorCode, errorCodes } from "../../protocol/errors.ts";
import { type ProblemOptions, problemHeaders, problemOf } from "../problem.ts";
import type { Gate } from "./gate.ts";
import { type Refusal, refusalOf } from "./permit.ts";
import type { Principal, RouteAccess } from "./principal.ts";

/** Whether a WebSocket handshake may go on. */
export type UpgradeDecision =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly refusal: Refusal };

/** The checks of an ordinary request, for a handshake: Host, Origin, rate, who, and may they. */
export async function decideUpgrade(
  gate: Gate,
  request: IncomingMessage,
  needs: RouteAccess,
): Promise<UpgradeDecision> {
  const visit = gate.visit(request, { upgrade: true });
  const screened = gate.screen(visit);
  if (screened !== undefined) return { ok: false, refusal: screened };
  const identity = await gate.identify(visit);
  if ("refusal" in identity) return { ok: false, refusal: identity.refusal };
  const refusal = refusalOf(identity.principal, needs);
  return refusal === undefined ? { ok: true, principal: identity.principal } : { ok: false, refusal };
}

/** Answers a handshake with a problem over the bare socket, and closes it. */
export function refuseUpgrade(socket: Duplex, refusal: ProblemOptions & { readonly code: ErrorCode }): void {
  const { code, ...options } = refusal;
  const { status } = errorCodes[code];
  const body = JSON.stringify(problemOf(code, randomUUID(), options));
  const headers = { ...problemHeaders(code, options), "content-length": Buffer.byteLength(body), connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once("error", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}
