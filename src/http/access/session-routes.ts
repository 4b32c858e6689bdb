import type { FastifyInstance, FastifyReply } from "fastify";
import type { z } from "zod";
import { secondFactorRequest } from "../../protocol/api-people.ts";
import { sendProblem } from "../problem.ts";
import type { Accounts, AccountsAnswer } from "./accounts.ts";
import { actorOf, personAt, strangerAt } from "./actor.ts";
import { changePasswordRequest, signInRequest } from "./bodies.ts";
import type { Gate, Visit } from "./gate.ts";
import type { Note } from "./noting.ts";
import { parseBody } from "./request-body.ts";
import { sendSigned, setCookies, visitorOf } from "./session-answer.ts";
import type { Turnstile } from "./turnstile.ts";
import type { UsedCodes } from "./used-codes.ts";

export interface SessionRoutesOptions {
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly passwords: Turnstile;
  readonly usedCodes: UsedCodes;
  readonly note: Note;
  /** Told when a session has ended, so that what it opened can be closed. */
  readonly onSignedOut: (userId: string) => void;
}

const BODY_LIMIT = 16_384;
/** Unknown address and wrong password read the same. */
const SIGN_IN_FAILED = "The e-mail address or the password is wrong.";
const CODE_FAILED = "The code is wrong or was used already. If it stays so, sign in again from the beginning.";
const RESTS = "Too many wrong codes: the second factor rests for 15 minutes.";

/** Signing in and out, and changing the password: the few paths of better-auth that the hub opens. */
export function registerSessionRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  registerSignIn(app, options);
  registerSecondStep(app, options);
  registerSession(app, options);
  registerChangePassword(app, options);
}

function registerSignIn(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { accounts, gate, passwords, note } = options;
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/sign-in/email", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const body = parseBody(signInRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const visitor = accounts.afresh(visitorOf(visit));
    const answer = await passwords.pass(() => accounts.post(visitor, "/sign-in/email", body));
    if (answer.status >= 400) {
      request.log.warn({ address: visit.address }, "a sign-in failed");
      // What was typed as an address may be a password: only one that is known is kept.
      const target = await (await accounts.people()).nameOf(body.email);
      const act = { by: strangerAt(visit.address), action: "session.refused", outcome: "refused" } as const;
      await note({ ...act, target: target ?? "an unknown address", detail: "wrong address or password" });
      return sendProblem(reply, "unauthenticated", { detail: SIGN_IN_FAILED });
    }
    gate.refundFailure(visit);
    if (answer.user === undefined) return sendSigned(reply, answer, { signed_in: false, second_factor: true });
    return signedIn({ reply, visit, answer, how: "password" }, options);
  });
}

function registerSecondStep(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { gate, note } = options;
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/sign-in/second-factor", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const given = parseBody(secondFactorRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const { answer, name, ok } = await tryFactor(given, visit, options);
    if (!ok) {
      const act = { by: strangerAt(visit.address), action: "session.refused", outcome: "refused" } as const;
      await note({ ...act, target: name ?? "unknown", detail: "wrong second factor" });
      return answer.status === 429
        ? sendProblem(reply, "rate_limited", { detail: RESTS, retryAfterS: 900 })
        : sendProblem(reply, "unauthenticated", { detail: CODE_FAILED });
    }
    gate.refundFailure(visit);
    return signedIn({ reply, visit, answer, how: "code" in given ? "code" : "recovery code" }, options);
  });
}

interface Tried {
  readonly answer: AccountsAnswer;
  /** Whose second factor it is, when that is known. */
  readonly name: string | undefined;
  readonly ok: boolean;
}

async function tryFactor(
  given: z.output<typeof secondFactorRequest>,
  visit: Visit,
  { accounts, passwords, usedCodes }: SessionRoutesOptions,
): Promise<Tried> {
  const visitor = accounts.betweenFactors(visitorOf(visit));
  const isCode = "code" in given;
  const code = isCode ? given.code.replaceAll(" ", "") : given.recovery_code;
  const path = isCode ? "/two-factor/verify-totp" : "/two-factor/verify-backup-code";
  const answer = await passwords.pass(() => accounts.post(visitor, path, { code }));
  const { user } = answer;
  if (answer.status >= 400 || user === undefined) return { answer, name: undefined, ok: false };
  if (!isCode || usedCodes.take(user.id, code)) return { answer, name: user.name, ok: true };
  // The code was right, but not for the first time: what it began ends at once.
  await accounts.post({ ...visitor, cookie: cookieOf(answer) }, "/sign-out", {});
  return { answer, name: user.name, ok: false };
}

const cookieOf = ({ cookies }: AccountsAnswer): string =>
  cookies.map((cookie) => cookie.split(";")[0] ?? "").join("; ");

interface Entry {
  readonly reply: FastifyReply;
  readonly visit: Visit;
  readonly answer: AccountsAnswer;
  readonly how: string;
}

async function signedIn(entry: Entry, { accounts, note }: SessionRoutesOptions): Promise<FastifyReply> {
  const { reply, visit, answer, how } = entry;
  const { user } = answer;
  // A browser has one session: the one that it had before ends with the new one.
  const visitor = visitorOf(visit);
  if (accounts.mentionsSession(visitor.cookie)) await accounts.post(visitor, "/sign-out", {});
  if (user !== undefined) {
    await (await accounts.people()).trimSessions(user.id);
    await note({ by: personAt(user, visit.address), action: "session.begun", detail: `by ${how}` });
  }
  return sendSigned(reply, answer, { signed_in: true, user });
}

function registerSession(app: FastifyInstance, { accounts, gate, note, onSignedOut }: SessionRoutesOptions): void {
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/sign-out", route, async (request, reply) => {
    const visitor = visitorOf(gate.visit(request.raw));
    const session = accounts.mentionsSession(visitor.cookie) ? await accounts.session(visitor) : undefined;
    const answer = await accounts.post(visitor, "/sign-out", {});
    if (session !== undefined && answer.status < 400) {
      const { id, name } = session.user;
      onSignedOut(id);
      const by = personAt(session.user, visitor.address);
      await note({ by, action: "session.ended", target: name, detail: "signed out" });
    }
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
  const { accounts, gate, passwords, note, onSignedOut } = options;
  const route = { config: { access: "account" }, bodyLimit: BODY_LIMIT } as const;
  app.post("/api/auth/change-password", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const { current_password, new_password } = parseBody(changePasswordRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const change = { currentPassword: current_password, newPassword: new_password, revokeOtherSessions: true };
    const answer = await passwords.pass(() => accounts.post(visitorOf(visit), "/change-password", change));
    const by = actorOf(request);
    if (answer.status >= 400) {
      await note({ by, action: "password.changed", outcome: "refused", detail: "wrong current password" });
      return sendProblem(reply, "forbidden", { detail: "The current password is wrong." });
    }
    gate.refundFailure(visit);
    if (request.principal.kind === "person") onSignedOut(request.principal.userId);
    await note({ by, action: "password.changed", detail: "other sessions ended" });
    return sendSigned(reply, answer, { changed: true });
  });
}
