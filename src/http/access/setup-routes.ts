import type { FastifyInstance, FastifyReply } from "fastify";
import { sendProblem } from "../problem.ts";
import type { Accounts } from "./accounts.ts";
import { personAt } from "./actor.ts";
import { type AccessAnswer, accessAnswer, setupAnswer, setupRequest } from "./bodies.ts";
import { documented } from "./documented.ts";
import type { Gate, Visit } from "./gate.ts";
import { OWNER_EXISTS, type OwnerSetup } from "./owner-setup.ts";
import type { Note } from "./noting.ts";
import { parseBody } from "./request-body.ts";
import { sendSigned, setCookies, visitorOf } from "./session-answer.ts";
import type { Turnstile } from "./turnstile.ts";

export interface SetupRoutesOptions {
  readonly accounts: Accounts;
  readonly gate: Gate;
  readonly setup: OwnerSetup;
  readonly passwords: Turnstile;
  readonly note: Note;
}

const BODY_LIMIT = 16_384;
const TOKEN_NEEDED =
  "Making the owner from here takes the setup token: it was printed when the hub started, " +
  "and is in the file setup-token of its data directory.";

const ACCESS_DOCUMENT = documented({
  summary: "Who am I to this hub?",
  description: "Open to everybody.",
  answers: { 200: accessAnswer },
});
const SETUP_DOCUMENT = documented({
  summary: "Make the owner",
  description: "Once, and signs in. Takes the setup token unless visit and bind are loopback.",
  body: setupRequest,
  answers: { 200: setupAnswer },
});

/** `GET /api/v1/access` (who am I to this hub?) and `POST /api/v1/setup` (make the owner, once). */
export function registerSetupRoutes(app: FastifyInstance, options: SetupRoutesOptions): void {
  const { accounts, gate, setup, passwords, note } = options;

  app.get("/api/v1/access", { config: { access: "public" }, ...ACCESS_DOCUMENT }, async (request, reply) => {
    return describeAccess(gate.visit(request.raw), reply, options);
  });

  const setupRoute = { config: { access: "public" }, bodyLimit: BODY_LIMIT, ...SETUP_DOCUMENT } as const;
  app.post("/api/v1/setup", setupRoute, async (request, reply) => {
    const visit = gate.visit(request.raw);
    const { setup_token: setupToken, ...owner } = parseBody(setupRequest, request.body);
    if (await accounts.hasOwner()) return sendProblem(reply, "conflict", { detail: OWNER_EXISTS });
    const blocked = gate.takeFailure(visit);
    if (blocked !== undefined) return sendProblem(reply, blocked.code, blocked);
    if (!setup.accepts({ direct: visit.direct, setupToken })) {
      return sendProblem(reply, "forbidden", { detail: TOKEN_NEEDED });
    }
    gate.refundFailure(visit);
    const answer = await passwords.pass(() => setup.make(visitorOf(visit), owner));
    if (answer.user !== undefined)
      await note({
        by: personAt(answer.user, visit.address),
        action: "user.made",
        target: owner.name,
        detail: "the first owner",
      });
    return sendSigned(reply, answer, { owner: true, signed_in: true, name: owner.name });
  });
}

async function describeAccess(
  visit: Visit,
  reply: FastifyReply,
  { accounts, gate, setup }: SetupRoutesOptions,
): Promise<AccessAnswer> {
  reply.header("cache-control", "no-store");
  const owner = await accounts.hasOwner();
  const identity = await gate.identify(visit);
  const principal = "principal" in identity ? identity.principal : undefined;
  if ("principal" in identity) setCookies(reply, identity.cookies);
  return {
    owner,
    signed_in: principal?.kind === "person",
    ...(principal?.kind === "person" ? { name: principal.name, role: principal.role } : {}),
    loopback_trusted: gate.trusts(visit),
    setup_token_required: !owner && setup.needsToken(visit.direct),
  };
}
