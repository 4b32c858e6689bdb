import type { FastifyReply } from "fastify";
import { sendProblem } from "../problem.ts";
import type { AuthAnswer, Visitor } from "./auth-call.ts";
import type { Visit } from "./gate.ts";

/** What of a visit is kept with a session. */
export function visitorOf(visit: Visit): Visitor {
  return { cookie: visit.headers.cookie, userAgent: visit.headers["user-agent"], address: visit.address };
}

/** Sends `body` with the cookies of a session that began or ended; a refusal becomes a problem. */
export function sendSigned(
  reply: FastifyReply,
  answer: Pick<AuthAnswer, "status" | "cookies">,
  body: object,
): FastifyReply {
  if (answer.status >= 400) return sendProblem(reply, "invalid_request");
  setCookies(reply, answer.cookies);
  return reply.header("cache-control", "no-store").send(body);
}

/** Adds `Set-Cookie` headers. */
export function setCookies(reply: FastifyReply, cookies: readonly string[] = []): void {
  for (const cookie of cookies) reply.header("set-cookie", cookie);
}
