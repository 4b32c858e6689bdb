import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type Clock, isoFromMicros, type Micros } from "../../base/time.ts";
import type { KeyRow, KeyStore } from "../../hub/ports.ts";
import { ProblemError } from "../problem.ts";
import { makeKey } from "./api-key.ts";
import { type KeyView, keyRequest, keysAnswer, newKeyAnswer } from "./bodies.ts";
import { documented } from "./documented.ts";
import { parseBody } from "./request-body.ts";

export interface KeyRoutesOptions {
  readonly keys: KeyStore;
  readonly clock: Clock;
  /** Called once a key is revoked in the store. */
  readonly onRevoked: (prefix: string) => void;
}

const BODY_LIMIT = 16_384;

const prefixParams = z.object({
  prefix: z.string().regex(/^[0-9A-Za-z]{8}$/, { error: "expected 8 letters or digits" }),
});
const LIST_DOCUMENT = documented({ summary: "List API keys, without their secrets", answers: { 200: keysAnswer } });
const CREATE_DOCUMENT = documented({
  summary: "Make an API key",
  description: "The key is shown this once.",
  body: keyRequest,
  answers: { 201: newKeyAnswer },
});
const REVOKE_DOCUMENT = documented({
  summary: "Revoke an API key, at once and for good",
  params: prefixParams,
  answers: { 204: undefined },
});

/** `GET` and `POST /api/v1/keys`, `DELETE /api/v1/keys/{prefix}`: for the signed-in person only. */
export function registerKeyRoutes(app: FastifyInstance, { keys, clock, onRevoked }: KeyRoutesOptions): void {
  const person = { config: { access: "person" }, bodyLimit: BODY_LIMIT } as const;

  app.get("/api/v1/keys", { ...person, ...LIST_DOCUMENT }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    const rows = await keys.list();
    return { keys: rows.map(viewOf) };
  });

  app.post("/api/v1/keys", { ...person, ...CREATE_DOCUMENT }, async (request, reply) => {
    const { name, scopes, bot } = parseBody(keyRequest, request.body);
    const { key, row } = makeKey({ name, scopes: [...new Set(scopes)], bot }, clock);
    await keys.add(row);
    request.log.info({ prefix: row.prefix, scopes: row.scopes, bot, by: personOf(request) }, "an API key was made");
    return reply
      .code(201)
      .header("cache-control", "no-store")
      .send({ ...viewOf(row), key });
  });

  app.delete("/api/v1/keys/:prefix", { ...person, ...REVOKE_DOCUMENT }, async (request, reply) => {
    const { prefix } = parseBody(prefixParams, request.params);
    const row = await keys.byPrefix(prefix);
    if (row === undefined) throw new ProblemError("not_found", { detail: "There is no key with this prefix." });
    if (row.revokedAt === undefined) await keys.revoke(prefix, clock.now());
    onRevoked(prefix);
    request.log.info({ prefix, by: personOf(request) }, "an API key was revoked");
    return reply.code(204).send();
  });
}

function viewOf(row: KeyRow): KeyView {
  return {
    prefix: row.prefix,
    name: row.name,
    scopes: [...row.scopes],
    bot: row.bot ?? null,
    created_at: isoFromMicros(row.createdAt),
    last_used_at: isoOrNull(row.lastUsedAt),
    revoked_at: isoOrNull(row.revokedAt),
  };
}

function isoOrNull(at: Micros | undefined): string | null {
  return at === undefined ? null : isoFromMicros(at);
}

function personOf(request: FastifyRequest): string {
  return request.principal.kind === "person" ? request.principal.userId : request.principal.kind;
}
