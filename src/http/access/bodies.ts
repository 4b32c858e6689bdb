import { z } from "zod";
import { botName, text } from "../../protocol/fields.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "./accounts.ts";

const iso = z.string().describe("ISO-8601 in UTC");

/** `GET /api/v1/access`: what the visitor is to this hub, so that a page knows what to ask for. */
export const accessAnswer = z.object({
  owner: z.boolean().describe("whether the owner has been made"),
  signed_in: z.boolean(),
  name: z.string().optional().describe("of who is signed in"),
  loopback_trusted: z.boolean().describe("this visitor may send and read without a key"),
  setup_token_required: z.boolean().describe("making the owner takes the one-time token of the hub's data directory"),
});
export type AccessAnswer = z.infer<typeof accessAnswer>;

/** `POST /api/v1/setup`: makes the owner, once. */
export const setupRequest = z.object({
  name: text(128),
  email: z.email().max(254),
  password: z
    .string()
    .min(MIN_PASSWORD_LENGTH, { error: `expected at least ${MIN_PASSWORD_LENGTH} characters` })
    .max(MAX_PASSWORD_LENGTH, { error: `expected at most ${MAX_PASSWORD_LENGTH} characters` }),
  setup_token: z.string().max(256).optional().describe("printed at start and kept in the data directory"),
});

/** What the owner gets, besides a session cookie. */
export const setupAnswer = z.object({ owner: z.literal(true), signed_in: z.literal(true), name: z.string() });

/** `POST /api/auth/sign-in/email`. */
export const signInRequest = z.object({
  email: z.string().min(1).max(254),
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
});

/** `POST /api/auth/change-password`; other sessions end unless told otherwise. */
export const changePasswordRequest = z.object({
  current_password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
  new_password: setupRequest.shape.password,
});

const scope = z.enum(["ingest", "read", "metrics", "control"]);

/** `POST /api/v1/keys`. */
export const keyRequest = z
  .object({
    name: text(128),
    scopes: z.array(scope).min(1).max(4),
    bot: botName.optional().describe("the only bot that the key may speak for"),
  })
  .refine(({ scopes, bot }) => bot === undefined || scopes.includes("ingest"), {
    path: ["bot"],
    error: "only a key with the scope ingest is bound to a bot",
  });

/** A key as lists show it: never the key itself. */
const keyView = z.object({
  prefix: z.string().describe("the 8 characters after dw_ that name the key"),
  name: z.string(),
  scopes: z.array(scope),
  bot: z.string().nullable(),
  created_at: iso,
  last_used_at: iso.nullable().describe("noted at most once a minute"),
  revoked_at: iso.nullable(),
});
export type KeyView = z.infer<typeof keyView>;
export const keysAnswer = z.object({ keys: z.array(keyView) });

/** A new key; `key` is shown this once. */
export const newKeyAnswer = keyView.extend({ key: z.string() });
