import { z } from "zod";
import { newPassword, role, typedPassword } from "../../protocol/api-people.ts";
import { text } from "../../protocol/fields.ts";

/** `GET /api/v1/access`: what the visitor is to this hub, so that a page knows what to ask for. */
export const accessAnswer = z.object({
  owner: z.boolean().describe("whether the owner has been made"),
  signed_in: z.boolean(),
  name: z.string().optional().describe("of who is signed in"),
  role: role.optional().describe("of who is signed in"),
  loopback_trusted: z.boolean().describe("this visitor may read without a key"),
  setup_token_required: z.boolean().describe("making the owner takes the one-time token of the hub's data directory"),
});
export type AccessAnswer = z.infer<typeof accessAnswer>;

/** `POST /api/v1/setup`: makes the owner, once. */
export const setupRequest = z.object({
  name: text(128),
  email: z.email().max(254),
  password: newPassword,
  setup_token: z.string().max(256).optional().describe("printed at start and kept in the data directory"),
});

/** What the owner gets, besides a session cookie. */
export const setupAnswer = z.object({ owner: z.literal(true), signed_in: z.literal(true), name: z.string() });

/** `POST /api/auth/sign-in/email`. */
export const signInRequest = z.object({ email: z.string().min(1).max(254), password: typedPassword });

/** `POST /api/auth/change-password`; other sessions end. */
export const changePasswordRequest = z.object({ current_password: typedPassword, new_password: newPassword });
