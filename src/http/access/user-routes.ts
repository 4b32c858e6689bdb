import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Act } from "../../hub/audit.ts";
import {
  acceptAnswer,
  acceptRequest,
  endedAnswer,
  type Invitation,
  invitedAnswer,
  signInsAnswer,
  userChange,
  userRequest,
  usersAnswer,
  type UserView,
  userView,
} from "../../protocol/api-people.ts";
import { ProblemError, sendProblem } from "../problem.ts";
import type { Accounts } from "./accounts.ts";
import { actorOf, personAt } from "./actor.ts";
import { documented } from "./documented.ts";
import type { Gate } from "./gate.ts";
import type { People } from "./people.ts";
import type { Note } from "./noting.ts";
import { parseBody } from "./request-body.ts";
import type { Turnstile } from "./turnstile.ts";

export interface UserRoutesOptions {
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly passwords: Turnstile;
  readonly note: Note;
  /** Told when what a person may do has changed or ended, so that what they opened can be closed. */
  readonly onSignedOut: (userId: string) => void;
}

const BODY_LIMIT = 16_384;
const OWNER = { config: { access: "owner" }, bodyLimit: BODY_LIMIT } as const;
const userParams = z.object({ user_id: z.string().min(1).max(128) });
const userSessionParams = userParams.extend({ session_id: z.string().min(1).max(128) });

const LIST = documented({ summary: "List people", answers: { 200: usersAnswer } });
const ADD = documented({
  summary: "Make a person",
  description: "The answer has a path that lets its bearer choose a password, once and within three days.",
  body: userRequest,
  answers: { 201: invitedAnswer },
});
const CHANGE = documented({
  summary: "Change the name or role of a person, disable or enable them",
  description: "Refused when nobody would be left who owns the hub. Streams of the person are closed.",
  params: userParams,
  body: userChange,
  answers: { 200: userView },
});
const REMOVE = documented({ summary: "Remove a person", params: userParams, answers: { 204: undefined } });
const INVITE = documented({
  summary: "A new way for a person to choose a password",
  description: "In place of the one before. Their password holds until it is used.",
  params: userParams,
  answers: { 201: invitedAnswer },
});
const DROP_FACTOR = documented({
  summary: "Take the second factor from a person who lost it",
  params: userParams,
  answers: { 200: userView },
});
const SESSIONS = documented({
  summary: "Open sessions of a person",
  params: userParams,
  answers: { 200: signInsAnswer },
});
const END_ONE = documented({
  summary: "End a session of a person",
  params: userSessionParams,
  answers: { 204: undefined },
});
const END_ALL = documented({
  summary: "End every session of a person",
  params: userParams,
  answers: { 200: endedAnswer },
});
const ACCEPT = documented({
  summary: "Choose a password with an invitation",
  description: "Ends every session of the person. It does not sign in.",
  body: acceptRequest,
  answers: { 200: acceptAnswer },
});

/** `/api/v1/users`, for owners, and `POST /api/v1/invitations/accept`, for whoever was given the path. */
export function registerUserRoutes(app: FastifyInstance, options: UserRoutesOptions): void {
  registerPeople(app, options);
  registerRecovery(app, options);
  registerSessionsOf(app, options);
  registerAccept(app, options);
}

function registerPeople(app: FastifyInstance, { accounts, note, onSignedOut }: UserRoutesOptions): void {
  app.get("/api/v1/users", { ...OWNER, ...LIST }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return { users: await (await accounts.people()).list() };
  });

  app.post("/api/v1/users", { ...OWNER, ...ADD }, async (request, reply) => {
    const wanted = parseBody(userRequest, request.body);
    const people = await accounts.people();
    const user = await people.add(wanted);
    await note({ by: actorOf(request), action: "user.made", target: user.name, detail: `role ${user.role}` });
    const invitation = await invited(people, user);
    return reply.code(201).header("cache-control", "no-store").send({ user, invitation });
  });

  app.patch("/api/v1/users/:user_id", { ...OWNER, ...CHANGE }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const change = parseBody(userChange, request.body);
    const people = await accounts.people();
    const before = await people.one(user_id);
    const user = await people.change(user_id, change);
    onSignedOut(user_id);
    await note({ by: actorOf(request), ...whatChanged(before, user), target: user.name });
    reply.header("cache-control", "no-store");
    return user;
  });

  app.delete("/api/v1/users/:user_id", { ...OWNER, ...REMOVE }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const { name, email } = await (await accounts.people()).remove(user_id);
    onSignedOut(user_id);
    await note({ by: actorOf(request), action: "user.removed", target: name, detail: email });
    return reply.code(204).send();
  });
}

function registerRecovery(app: FastifyInstance, { accounts, note }: UserRoutesOptions): void {
  app.post("/api/v1/users/:user_id/invitation", { ...OWNER, ...INVITE }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const people = await accounts.people();
    const user = await people.one(user_id);
    const invitation = await invited(people, user);
    await note({ by: actorOf(request), action: "user.invited", target: user.name });
    return reply.code(201).header("cache-control", "no-store").send({ user, invitation });
  });

  app.delete("/api/v1/users/:user_id/second-factor", { ...OWNER, ...DROP_FACTOR }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const user = await (await accounts.people()).dropSecondFactor(user_id);
    await note({ by: actorOf(request), action: "second_factor.off", target: user.name });
    reply.header("cache-control", "no-store");
    return user;
  });
}

function registerSessionsOf(app: FastifyInstance, { accounts, note, onSignedOut }: UserRoutesOptions): void {
  app.get("/api/v1/users/:user_id/sessions", { ...OWNER, ...SESSIONS }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const people = await accounts.people();
    const { id } = await people.one(user_id);
    const { principal } = request;
    reply.header("cache-control", "no-store");
    return { sessions: await people.sessions(id, principal.kind === "person" ? principal.sessionId : undefined) };
  });

  app.delete("/api/v1/users/:user_id/sessions/:session_id", { ...OWNER, ...END_ONE }, async (request, reply) => {
    const { user_id, session_id } = parseBody(userSessionParams, request.params);
    const people = await accounts.people();
    const { name } = await people.one(user_id);
    if (!(await people.endSession(user_id, session_id)))
      throw new ProblemError("not_found", { detail: "There is no such open session." });
    onSignedOut(user_id);
    await note({ by: actorOf(request), action: "session.ended", target: name, detail: "one" });
    return reply.code(204).send();
  });

  app.delete("/api/v1/users/:user_id/sessions", { ...OWNER, ...END_ALL }, async (request, reply) => {
    const { user_id } = parseBody(userParams, request.params);
    const people = await accounts.people();
    const { name } = await people.one(user_id);
    const ended = await people.endSessions(user_id);
    onSignedOut(user_id);
    await note({ by: actorOf(request), action: "session.ended", target: name, detail: `all (${ended})` });
    return reply.header("cache-control", "no-store").send({ ended });
  });
}

function registerAccept(
  app: FastifyInstance,
  { accounts, gate, passwords, note, onSignedOut }: UserRoutesOptions,
): void {
  const route = { config: { access: "public" }, bodyLimit: BODY_LIMIT, ...ACCEPT } as const;
  app.post("/api/v1/invitations/accept", route, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const { token, password } = parseBody(acceptRequest, request.body);
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    const people = await accounts.people();
    const user = await passwords.pass(() => people.accept(token, password));
    if (user === undefined)
      return sendProblem(reply, "forbidden", {
        detail: "This invitation is not valid: it was used, replaced, or is too old. An owner can make another.",
      });
    gate.refundFailure(visit);
    onSignedOut(user.id);
    await note({
      by: personAt(user, visit.address),
      action: "password.set",
      target: user.name,
      detail: "by invitation",
    });
    return reply.header("cache-control", "no-store").send({ name: user.name, email: user.email });
  });
}

/** The token stands behind `#`, which browsers send to nobody: it is in no log and no `Referer`. */
async function invited(people: People, { id }: UserView): Promise<Invitation> {
  const { token, expiresAt } = await people.invite(id);
  return { path: `/invitation#${token}`, expires_at: expiresAt.toISOString() };
}

function whatChanged(before: UserView, after: UserView): Pick<Act, "action" | "detail"> {
  if (after.disabled !== before.disabled) return { action: after.disabled ? "user.disabled" : "user.enabled" };
  const said = [
    ...(after.role === before.role ? [] : [`role ${before.role} to ${after.role}`]),
    ...(after.name === before.name ? [] : [`name was ${before.name}`]),
  ];
  return { action: "user.changed", detail: said.join(", ") || "nothing" };
}
