import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Clock, isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import type { KeyRow, KeyStore } from "../../hub/ports.ts";
import { type KeyView, keyRequest, keyScope, keysAnswer, keyView, newKeyAnswer } from "../../protocol/api-people.ts";
import { botName } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { ProblemError } from "../problem.ts";
import { listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";
import { actorOf } from "./actor.ts";
import { makeKey } from "./api-key.ts";
import { documented } from "./documented.ts";
import type { Note } from "./noting.ts";
import { parseBody } from "./request-body.ts";

export interface KeyRoutesOptions {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly note: Note;
  /** Called once a key is revoked in the store. */
  readonly onRevoked: (prefix: string) => void;
}

const BODY_LIMIT = 16_384;

const prefixParams = z.object({
  prefix: z.string().regex(/^[0-9A-Za-z]{8}$/, { error: "expected 8 letters or digits" }),
});
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

/** `GET` and `POST /api/v1/keys`, `DELETE /api/v1/keys/{prefix}`: for owners only. */
export function registerKeyRoutes(app: FastifyInstance, { keys, clock, note, onRevoked }: KeyRoutesOptions): void {
  const owner = { config: { access: "owner" }, bodyLimit: BODY_LIMIT } as const;

  addRows(app, {
    url: "/api/v1/keys",
    summary: "List API keys, without their secrets",
    name: "keys",
    tag: "access",
    access: "owner",
    filters: z.object({ bot: botName.optional(), scope: keyScope.optional() }),
    limitUsual: 1_000,
    answer: keysAnswer,
    csv: csvTable(Object.keys(keyView.shape)),
    rows: async ({ bot, scope }) => {
      const views = (await keys.list()).map(viewOf);
      const wanted = (key: KeyView): boolean =>
        (bot === undefined || key.bot === bot) && (scope === undefined || key.scopes.includes(scope));
      return listingOf(undefined, views.filter(wanted));
    },
  });

  app.post("/api/v1/keys", { ...owner, ...CREATE_DOCUMENT }, async (request, reply) => {
    const { name, scopes, bot, expires_in_days: days } = parseBody(keyRequest, request.body);
    const expiresAt = days === undefined ? undefined : micros(clock.now() + days * MICROS_PER_DAY);
    const { key, row } = makeKey({ name, scopes: [...new Set(scopes)], bot, expiresAt }, clock);
    await keys.add(row);
    const by = actorOf(request);
    await note({ by, action: "key.made", target: `${name} (${row.prefix})`, detail: detailOf(row) });
    return reply
      .code(201)
      .header("cache-control", "no-store")
      .send({ ...viewOf(row), key });
  });

  app.delete("/api/v1/keys/:prefix", { ...owner, ...REVOKE_DOCUMENT }, async (request, reply) => {
    const { prefix } = parseBody(prefixParams, request.params);
    const row = await keys.byPrefix(prefix);
    if (row === undefined) throw new ProblemError("not_found", { detail: "There is no key with this prefix." });
    const isFirst = row.revokedAt === undefined && (await keys.revoke(prefix, clock.now()));
    onRevoked(prefix);
    const by = actorOf(request);
    if (isFirst) await note({ by, action: "key.revoked", target: `${row.name} (${prefix})` });
    return reply.code(204).send();
  });
}

function detailOf({ scopes, bot, expiresAt }: KeyRow): string {
  const said = [scopes.join(", "), bot === undefined ? "any bot" : `bot ${bot}`];
  return [...said, ...(expiresAt === undefined ? [] : [`until ${isoFromMicros(expiresAt).slice(0, 10)}`])].join("; ");
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
    expires_at: isoOrNull(row.expiresAt),
  };
}

function isoOrNull(at: Micros | undefined): string | null {
  return at === undefined ? null : isoFromMicros(at);
}
