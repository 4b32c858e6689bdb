import type {
  AccountAnswer,
  AuditView,
  InvitedAnswer,
  KeyScope,
  KeyView,
  NewKeyAnswer,
  Role,
  SecondFactorStart,
  UserView,
} from "../../protocol/api-people.ts";
import { call, type ListPage, post, read, shaped } from "./hub-api.ts";
import { hold, isCursor, isFields, isList } from "./shapes.ts";

/** People, keys, one's own account and the audit. Every call throws `HubError`. */

export const isUsers = (body: unknown): body is { readonly users: readonly UserView[] } =>
  isFields(body) && isList(body["users"], hold("string", "role"));

export const isKeys = (body: unknown): body is { readonly keys: readonly KeyView[] } =>
  isFields(body) && isList(body["keys"], hold("string", "prefix"));

export const isAccount = (body: unknown): body is AccountAnswer =>
  isFields(body) && hold("string", "email")(body) && isList(body["sessions"], hold("string", "begun_at"));

const isAudit = (body: unknown): body is { readonly audit: readonly AuditView[]; readonly next_cursor?: string } =>
  isFields(body) && isList(body["audit"], hold("string", "action")) && isCursor(body["next_cursor"]);

const isInvited = (body: unknown): body is InvitedAnswer =>
  isFields(body) && isFields(body["user"]) && isFields(body["invitation"]);

const isNewKey = (body: unknown): body is NewKeyAnswer => isFields(body) && hold("string", "key")(body);

const isStart = (body: unknown): body is SecondFactorStart =>
  isFields(body) && hold("string", "secret")(body) && Array.isArray(body["recovery_codes"]);

const isCodes = (body: unknown): body is { readonly recovery_codes: readonly string[] } =>
  isFields(body) && Array.isArray(body["recovery_codes"]);

const isAccepted = (body: unknown): body is { readonly name: string; readonly email: string } =>
  isFields(body) && hold("string", "email")(body);

const remove = async (path: string): Promise<void> => void (await call(path, { method: "DELETE" }));

const userPath = (id: string): string => `/api/v1/users/${encodeURIComponent(id)}`;

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export async function addUser(user: NewPerson): Promise<InvitedAnswer> {
  return shaped(await post("/api/v1/users", user), isInvited);
}

export async function changeUser(
  id: string,
  change: { readonly role?: Role; readonly disabled?: boolean },
): Promise<void> {
  const headers = { "content-type": "application/json" };
  await call(userPath(id), { method: "PATCH", headers, body: JSON.stringify(change) });
}

export const removeUser = (id: string): Promise<void> => remove(userPath(id));

/** A new way for a person to choose a password. */
export async function inviteUser(id: string): Promise<InvitedAnswer> {
  return shaped(await post(`${userPath(id)}/invitation`, {}), isInvited);
}

export const dropSecondFactorOf = (id: string): Promise<void> => remove(`${userPath(id)}/second-factor`);

export const endSessionsOf = (id: string): Promise<void> => remove(`${userPath(id)}/sessions`);

/** Chooses a password with an invitation; whose it was. */
export async function acceptInvitation(
  token: string,
  password: string,
): Promise<{ readonly name: string; readonly email: string }> {
  return shaped(await post("/api/v1/invitations/accept", { token, password }), isAccepted);
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly bot?: string;
  readonly expires_in_days?: number;
}

export async function makeKey(key: NewKey): Promise<NewKeyAnswer> {
  return shaped(await post("/api/v1/keys", key), isNewKey);
}

export const revokeKey = (prefix: string): Promise<void> => remove(`/api/v1/keys/${encodeURIComponent(prefix)}`);

export async function changePassword(current: string, next: string): Promise<void> {
  await post("/api/auth/change-password", { current_password: current, new_password: next });
}

export const endOwnSession = (id: string): Promise<void> =>
  remove(`/api/v1/account/sessions/${encodeURIComponent(id)}`);

export const endOtherSessions = (): Promise<void> => remove("/api/v1/account/sessions");

export async function beginSecondFactor(password: string): Promise<SecondFactorStart> {
  return shaped(await post("/api/v1/account/second-factor", { password }), isStart);
}

export async function confirmSecondFactor(code: string): Promise<void> {
  await post("/api/v1/account/second-factor/confirm", { code });
}

export async function dropSecondFactor(password: string): Promise<void> {
  await post("/api/v1/account/second-factor/disable", { password });
}

export async function renewRecoveryCodes(password: string): Promise<readonly string[]> {
  return shaped(await post("/api/v1/account/recovery-codes", { password }), isCodes).recovery_codes;
}

/** Acts of people and keys, newest first. */
export async function readAudit(
  query: Readonly<Record<string, string>>,
  cursor: string | undefined,
): Promise<ListPage<AuditView>> {
  const asked = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) });
  const body = await read(`/api/v1/audit?${asked}`, isAudit);
  return { items: body.audit, cursor: body.next_cursor };
}
