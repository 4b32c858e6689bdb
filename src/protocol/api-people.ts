import { z } from "zod";
import { asOf, iso } from "./api.ts";
import { botName, text } from "./fields.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "./password-length.ts";

/** Bodies of people, their sessions and second factor, API keys, and the audit of what all of them did. */

/** What a person may do: look; also control and silence; also people, keys and settings. Each includes the one before. */
export const role = z.enum(["viewer", "operator", "owner"]);
export type Role = z.infer<typeof role>;

export const newPassword = z
  .string()
  .min(PASSWORD_LENGTH_MIN, { error: `expected at least ${PASSWORD_LENGTH_MIN} characters` })
  .max(PASSWORD_LENGTH_MAX, { error: `expected at most ${PASSWORD_LENGTH_MAX} characters` });
/** As somebody typed it, right or not. */
export const typedPassword = z.string().min(1).max(PASSWORD_LENGTH_MAX);

/** A person as the owner sees them. */
export const userView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  disabled: z.boolean().describe("may not sign in"),
  invited: z.boolean().describe("has not chosen a password yet"),
  second_factor: z.boolean(),
  sessions: z.number().int().describe("open ones"),
  made_at: iso,
  last_sign_in_at: iso.nullable().describe("of the sessions that are open"),
});
export type UserView = z.infer<typeof userView>;
export const usersAnswer = z.object({ users: z.array(userView) });

/** `POST /api/v1/users`. */
export const userRequest = z.strictObject({ name: text(128), email: z.email().max(254), role });

/** A way to choose a password once; whoever has the path is let in as that person. */
const invitation = z.object({
  path: z.string().describe("to be opened at this hub, under the name by which that person reaches it; shown once"),
  expires_at: iso,
});
export type Invitation = z.infer<typeof invitation>;
export const invitedAnswer = z.object({ user: userView, invitation });
export type InvitedAnswer = z.infer<typeof invitedAnswer>;

/** `PATCH /api/v1/users/{id}`. */
export const userChange = z
  .strictObject({ name: text(128), role, disabled: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { error: "expected something to change" });

/** `POST /api/v1/invitations/accept`: chooses a password with the token of an invitation. */
export const acceptRequest = z.strictObject({ token: z.string().min(1).max(256), password: newPassword });
export const acceptAnswer = z.object({ name: z.string(), email: z.string().describe("to sign in with") });

/** One open session of a person. */
const signInView = z.object({
  id: z.string(),
  begun_at: iso,
  expires_at: iso,
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  current: z.boolean().describe("the one that asks"),
});
export type SignInView = z.infer<typeof signInView>;
export const signInsAnswer = z.object({ sessions: z.array(signInView) });
export const endedAnswer = z.object({ ended: z.number().int() });

/** `GET /api/v1/account`. */
export const accountAnswer = z.object({
  name: z.string(),
  email: z.string(),
  role,
  second_factor: z.boolean(),
  recovery_codes_left: z.number().int().nullable().describe("null without a second factor"),
  sessions: z.array(signInView),
});
export type AccountAnswer = z.infer<typeof accountAnswer>;

export const passwordRequest = z.strictObject({ password: typedPassword });

/** What an authenticator app needs, and the codes for the day it is lost. Shown this once. */
export const secondFactorStart = z.object({
  uri: z.string().describe("`otpauth://totp/…`, as a QR code holds it"),
  secret: z.string().describe("the same for typing, in base32"),
  recovery_codes: z.array(z.string()).describe("each signs in once in place of a code"),
});
export type SecondFactorStart = z.infer<typeof secondFactorStart>;
export const confirmRequest = z.strictObject({ code: z.string().trim().min(1).max(16) });
export const recoveryCodesAnswer = z.object({ recovery_codes: z.array(z.string()) });

/** `POST /api/auth/sign-in/second-factor`: the code of the app, or a recovery code. */
export const secondFactorRequest = z.union([
  confirmRequest,
  z.strictObject({ recovery_code: z.string().trim().min(1).max(64) }),
]);

/** `POST /api/auth/sign-in/email`, and the second factor after it. */
export const signInAnswer = z.object({
  signed_in: z.boolean(),
  second_factor: z.literal(true).optional().describe("the password was right; now the second factor"),
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), role }).optional(),
});

export const keyScope = z.enum(["ingest", "read", "metrics", "control"]);
export type KeyScope = z.infer<typeof keyScope>;

/** `POST /api/v1/keys`. */
export const keyRequest = z
  .strictObject({
    name: text(128),
    scopes: z.array(keyScope).min(1).max(4),
    bot: botName.optional().describe("the only bot that the key may speak for"),
    expires_in_days: z.number().int().min(1).max(3650).optional().describe("it stands until revoked when absent"),
  })
  .refine(({ scopes, bot }) => bot === undefined || scopes.includes("ingest"), {
    path: ["bot"],
    error: "only a key with the scope ingest is bound to a bot",
  });

/** A key as lists show it: never the key itself. */
export const keyView = z.object({
  prefix: z.string().describe("the 8 characters after dw_ that name the key"),
  name: z.string(),
  scopes: z.array(keyScope),
  bot: z.string().nullable(),
  created_at: iso,
  last_used_at: iso.nullable().describe("noted at most once a minute"),
  revoked_at: iso.nullable(),
  expires_at: iso.nullable().describe("from then on it is refused; null when it does not end by itself"),
});
export type KeyView = z.infer<typeof keyView>;
export const keysAnswer = z.object({ keys: z.array(keyView), next_cursor: z.string().optional() });

/** A new key; `key` is shown this once. */
export const newKeyAnswer = keyView.extend({ key: z.string() });
export type NewKeyAnswer = z.infer<typeof newKeyAnswer>;

/** Families of acts that are audited; an action is one of them and what was done: `key.made`. */
export const auditKind = z.enum([
  "session",
  "password",
  "second_factor",
  "user",
  "key",
  "command",
  "rule",
  "demo",
  "import",
]);
export type AuditKind = z.infer<typeof auditKind>;

/** One act of a person or key that changed something, or tried to. */
const auditView = z.object({
  n: z.number().int(),
  at: iso,
  action: z.string().describe("`key.made`, `session.refused`, `command.halt`, …"),
  outcome: z.enum(["done", "refused"]),
  who: z.string().describe("the name of a person or key; `local` for the command line on the hub's machine"),
  who_kind: z.enum(["person", "key", "local", "loopback", "nobody", "rule"]),
  who_id: z.string().nullable().describe("of the person; the prefix of the key"),
  via: z.string().describe("page, api, command_line, …"),
  address: z.string().nullable().describe("where it came from"),
  target: z.string().nullable().describe("to whom or what it was done"),
  detail: z.string().nullable(),
  reason: z.string().nullable().describe("as it was given"),
  seq: z.number().int().nullable().describe("of its fact in the log, for commands"),
});
export type AuditView = z.infer<typeof auditView>;
export const auditAnswer = z.object({
  audit: z.array(auditView).describe("newest first"),
  next_cursor: z.string().optional(),
  ...asOf,
});
export type AuditAnswer = z.infer<typeof auditAnswer>;
