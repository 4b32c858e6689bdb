import type { FastifyInstance } from "fastify";
import { sendProblem } from "../problem.ts";
import type { Accounts } from "./accounts.ts";
import { changePasswordRequest, signInRequest } from "./bodies.ts";
import type { Gate } from "./gate.ts";
import { parseBody } from "./request-body.ts";
import { sendSigned, setCookies, visitorOf } from "./session-answer.ts";
import type { Turnstile } from "./turnstile.ts";

export interface SessionRoutesOptions {
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly passwords: Turnstile;
  /** Told when a session has ended, so that what it opened can be closed. */
  readonly onSignedOut: (userId: string) => void;
}

const BODY_LIMIT = 16_384;
/** Unknown address and wrong password read the same. */
const SIGN_IN_FAILED = "The e-mail address or the password is wrong.";

/** Signing in and out, and changing the password: the few paths of better-auth that the hub opens. */
export function registerSessionRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  registerSignIn(app, options);
  registerSession(app, options);
  registerChangePassword(app, options);
}

function registerSignIn(app: FastifyInstance, { accounts, gate, passwords }: SessionRoutesOptions): void {
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/sign-in/email", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const body = parseBody(signInRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const answer = await passwords.pass(() => accounts.post(visitorOf(visit), "/sign-in/email", body));
    if (answer.status >= 400) {
      request.log.warn({ address: visit.address }, "a sign-in failed");
      return sendProblem(reply, "unauthenticated", { detail: SIGN_IN_FAILED });
    }
    gate.refundFailure(visit);
    request.log.info({ address: visit.address }, "signed in");
    return sendSigned(reply, answer, { signed_in: true, user: answer.user });
  });
}

function registerSession(app: FastifyInstance, { accounts, gate, onSignedOut }: SessionRoutesOptions): void {
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/sign-out", route, async (request, reply) => {
    const visitor = visitorOf(gate.visit(request.raw));
    const session = accounts.mentionsSession(visitor.cookie) ? await accounts.session(visitor) : undefined;
    const answer = await accounts.post(visitor, "/sign-out", {});
    if (session !== undefined && answer.status < 400) onSignedOut(session.user.id);
    return sendSigned(reply, answer, { signed_in: false });
  });

  app.get("/api/auth/get-session", { config: { access: "public" } }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    const visitor = visitorOf(gate.visit(request.raw));
    const session = accounts.mentionsSession(visitor.cookie) ? await accounts.session(visitor) : undefined;
    setCookies(reply, session?.cookies);
    return session === undefined ? { signed_in: false } : { signed_in: true, user: session.user };
  });
}

function registerChangePassword(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { accounts, gate, passwords, onSignedOut } = options;
  const route = { config: { access: "person" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/change-password", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const { current_password, new_password } = parseBody(changePasswordRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const change = { currentPassword: current_password, newPassword: new_password, revokeOtherSessions: true };
    const answer = await passwords.pass(() => accounts.post(visitorOf(visit), "/change-password", change));
    if (answer.status >= 400) return sendProblem(reply, "forbidden", { detail: "The current password is wrong." });
    gate.refundFailure(visit);
    request.log.info({ address: visit.address }, "a password was changed; other sessions ended");
    if (request.principal.kind === "person") onSignedOut(request.principal.userId);
    return sendSigned(reply, answer, { changed: true });
  });
}
