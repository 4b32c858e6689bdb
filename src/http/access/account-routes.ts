import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import {
  accountAnswer,
  confirmRequest,
  endedAnswer,
  passwordRequest,
  recoveryCodesAnswer,
  type SecondFactorStart,
  secondFactorStart,
} from "../../protocol/api-people.ts";
import { ProblemError, sendProblem } from "../problem.ts";
import type { Accounts, AccountsAnswer } from "./accounts.ts";
import { actorOf } from "./actor.ts";
import { documented } from "./documented.ts";
import type { Gate } from "./gate.ts";
import type { Principal } from "./principal.ts";
import type { Note } from "./noting.ts";
import { parseBody } from "./request-body.ts";
import { sendSigned, visitorOf } from "./session-answer.ts";
import type { Turnstile } from "./turnstile.ts";
import type { UsedCodes } from "./used-codes.ts";

export interface AccountRoutesOptions {
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly passwords: Turnstile;
  readonly usedCodes: UsedCodes;
  readonly note: Note;
  readonly onSignedOut: (userId: string) => void;
}

type Person = Extract<Principal, { readonly kind: "person" }>;

const BODY_LIMIT = 16_384;
const ACCOUNT = { config: { access: "account" }, bodyLimit: BODY_LIMIT } as const;
const WRONG_PASSWORD = "The password is wrong.";
const sessionParams = z.object({ session_id: z.string().min(1).max(128) });

const SHOW = documented({ summary: "One's own account and open sessions", answers: { 200: accountAnswer } });
const END_ONE = documented({
  summary: "End one of one's sessions",
  params: sessionParams,
  answers: { 204: undefined },
});
const END_OTHERS = documented({ summary: "End all of one's sessions but this one", answers: { 200: endedAnswer } });
const BEGIN = documented({
  summary: "Begin a second factor",
  description: "The secret and the recovery codes are shown this once. It holds once a code has confirmed it.",
  body: passwordRequest,
  answers: { 200: secondFactorStart },
});
const CONFIRM = documented({
  summary: "Confirm the second factor with a code of the app",
  body: confirmRequest,
  answers: { 204: undefined },
});
const DROP = documented({ summary: "Give up the second factor", body: passwordRequest, answers: { 204: undefined } });
const RENEW = documented({
  summary: "New recovery codes in place of the old ones",
  description: "Shown this once.",
  body: passwordRequest,
  answers: { 200: recoveryCodesAnswer },
});

/** `/api/v1/account`: what people do about themselves, whatever their role. */
export function registerAccountRoutes(app: FastifyInstance, options: AccountRoutesOptions): void {
  registerOwnSessions(app, options);
  registerSecondFactor(app, options);
}

function registerOwnSessions(app: FastifyInstance, options: AccountRoutesOptions): void {
  const { accounts, note, onSignedOut } = options;
  app.get("/api/v1/account", { ...ACCOUNT, ...SHOW }, async (request, reply) => {
    const { userId, sessionId } = personOf(request);
    const people = await accounts.people();
    const { name, email, role, second_factor } = await people.one(userId);
    const left = second_factor ? await people.recoveryCodesLeft(userId) : undefined;
    const sessions = await people.sessions(userId, sessionId);
    reply.header("cache-control", "no-store");
    return { name, email, role, second_factor, recovery_codes_left: left ?? null, sessions };
  });

  app.delete("/api/v1/account/sessions/:session_id", { ...ACCOUNT, ...END_ONE }, async (request, reply) => {
    const { userId, name } = personOf(request);
    const { session_id } = parseBody(sessionParams, request.params);
    const people = await accounts.people();
    if (!(await people.endSession(userId, session_id))) throw noSuchSession();
    onSignedOut(userId);
    await note({ by: actorOf(request), action: "session.ended", target: name, detail: "one of their own" });
    return reply.code(204).send();
  });

  app.delete("/api/v1/account/sessions", { ...ACCOUNT, ...END_OTHERS }, async (request, reply) => {
    const { userId, sessionId, name } = personOf(request);
    const ended = await (await accounts.people()).endSessions(userId, { except: sessionId });
    onSignedOut(userId);
    await note({ by: actorOf(request), action: "session.ended", target: name, detail: `${ended} others of their own` });
    return reply.header("cache-control", "no-store").send({ ended });
  });
}

function registerSecondFactor(app: FastifyInstance, options: AccountRoutesOptions): void {
  const { accounts, usedCodes, note } = options;

  app.post("/api/v1/account/second-factor", { ...ACCOUNT, ...BEGIN }, async (request, reply) => {
    const { userId } = personOf(request);
    if ((await (await accounts.people()).one(userId)).second_factor)
      throw new ProblemError("conflict", { detail: "You have a second factor already: give it up first." });
    const answer = await withPassword(request, reply, { ...options, path: "/two-factor/enable" });
    return answer && sendSigned(reply, answer, startOf(answer));
  });

  app.post("/api/v1/account/second-factor/confirm", { ...ACCOUNT, ...CONFIRM }, async (request, reply) => {
    const { userId } = personOf(request);
    const code = parseBody(confirmRequest, request.body).code.replaceAll(" ", "");
    const visit = options.gate.visit(request.raw);
    const blocked = options.gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const answer = await accounts.post(visitorOf(visit), "/two-factor/verify-totp", { code });
    if (answer.status >= 400)
      return sendProblem(reply, "forbidden", {
        detail: "The code is wrong. Does the clock of the device with the app go right?",
      });
    options.gate.refundFailure(visit);
    usedCodes.take(userId, code);
    await note({ by: actorOf(request), action: "second_factor.on" });
    return sendSigned(reply.code(204), answer, {});
  });

  app.post("/api/v1/account/second-factor/disable", { ...ACCOUNT, ...DROP }, async (request, reply) => {
    const answer = await withPassword(request, reply, { ...options, path: "/two-factor/disable" });
    if (answer === undefined) return reply;
    await note({ by: actorOf(request), action: "second_factor.off" });
    return sendSigned(reply.code(204), answer, {});
  });

  app.post("/api/v1/account/recovery-codes", { ...ACCOUNT, ...RENEW }, async (request, reply) => {
    const answer = await withPassword(request, reply, { ...options, path: "/two-factor/generate-backup-codes" });
    if (answer === undefined) return reply;
    await note({ by: actorOf(request), action: "second_factor.codes_renewed" });
    return sendSigned(reply, answer, { recovery_codes: codesOf(answer) });
  });
}

/** Asks better-auth for what takes the password once more; undefined when the refusal has been sent. */
async function withPassword(
  request: FastifyRequest,
  reply: FastifyReply,
  { accounts, gate, passwords, note, path }: AccountRoutesOptions & { readonly path: string },
): Promise<AccountsAnswer | undefined> {
  const visit = gate.visit(request.raw);
  const { password } = parseBody(passwordRequest, request.body);
  const blocked = gate.takeFailure(visit);
  if (blocked !== undefined) return void sendProblem(reply, blocked.code, blocked);
  const answer = await passwords.pass(() => accounts.post(visitorOf(visit), path, { password }));
  if (answer.status >= 400) {
    await note({ by: actorOf(request), action: "second_factor.asked", outcome: "refused", detail: "wrong password" });
    return void sendProblem(reply, "forbidden", { detail: WRONG_PASSWORD });
  }
  gate.refundFailure(visit);
  return answer;
}

function startOf(answer: AccountsAnswer): SecondFactorStart {
  const { totpURI: uri } = z.object({ totpURI: z.string() }).parse(answer.body);
  return { uri, secret: new URL(uri).searchParams.get("secret") ?? "", recovery_codes: codesOf(answer) };
}

const codesOf = ({ body }: AccountsAnswer): string[] =>
  z.object({ backupCodes: z.array(z.string()) }).parse(body).backupCodes;

/** Whoever has an account of their own: the command line of the hub's machine has none. */
function personOf({ principal }: FastifyRequest): Person {
  if (principal.kind === "person" && principal.sessionId !== undefined) return principal;
  throw new ProblemError("forbidden", { detail: "Only somebody who signed in has an account of their own." });
}

const noSuchSession = (): ProblemError => new ProblemError("not_found", { detail: "There is no such open session." });
