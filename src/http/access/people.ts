import { createHash } from "node:crypto";
import { z } from "zod";
import { type Role, role, type SignInView, type UserView } from "../../protocol/api-people.ts";
import { ProblemError } from "../problem.ts";
import { orUnavailable } from "./auth-call.ts";
import type { BetterAuth } from "./load-better-auth.ts";
import { randomSecret } from "./secret-files.ts";

type AuthContext = Awaited<ReturnType<BetterAuth["betterAuth"]>["$context"]>;

/** A person as they are stored. */
const storedUser = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: role.catch("viewer"),
  disabled: z.boolean().nullish(),
  twoFactorEnabled: z.boolean().nullish(),
  createdAt: z.coerce.date(),
});
type StoredUser = z.infer<typeof storedUser>;

const storedSession = z.object({
  id: z.string(),
  token: z.string(),
  userId: z.string(),
  createdAt: z.coerce.date(),
  expiresAt: z.coerce.date(),
  ipAddress: z.string().nullish(),
  userAgent: z.string().nullish(),
});
type StoredSession = z.infer<typeof storedSession>;
const storedAccount = z.object({ userId: z.string(), password: z.string().nullish() });
const storedFactor = z.object({ backupCodes: z.string() });

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

/** A token that lets its bearer choose a password, once. */
export interface InvitationToken {
  readonly token: string;
  readonly expiresAt: Date;
}

const BY_OWNER = { method: "email-password" } as const;
const PEOPLE_MAX = 200;
/** Open sessions of a person; one more ends the oldest. */
const SESSIONS_EACH = 50;
const SESSIONS_MAX = PEOPLE_MAX * SESSIONS_EACH;
const INVITATION_HOURS = 72;
const HOUR_MS = 3_600_000;

/**
 * Who may sign in, and what an owner does to them. Every change waits for the one before it, so that two at once cannot
 * take away the last owner. Rejects with `StoreUnavailable` while the database is away.
 */
export class People {
  readonly #context: AuthContext;
  readonly #library: Pick<BetterAuth, "symmetricDecrypt">;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: AuthContext, library: Pick<BetterAuth, "symmetricDecrypt">) {
    this.#context = context;
    this.#library = library;
  }

  /** Whoever was registered before there were roles could do everything. */
  async giveFirstOwnerTheirRole(): Promise<void> {
    const where = [{ field: "role", value: null }];
    await this.#context.adapter.updateMany({ model: "user", where, update: { role: "owner" } });
  }

  async list(): Promise<UserView[]> {
    const [users, sessions, withPassword] = await Promise.all([this.#users(), this.#openSessions(), this.#ready()]);
    return users.map((user) => viewOf(user, { sessions, withPassword }));
  }

  /** Throws a problem `not_found`. */
  async one(id: string): Promise<UserView> {
    const found = (await this.list()).find((user) => user.id === id);
    if (found === undefined) throw noSuchUser();
    return found;
  }

  /** Whose address that is, whether or not they may sign in. */
  async nameOf(email: string): Promise<string | undefined> {
    const found = await orUnavailable(this.#context.internalAdapter.findUserByEmail(email.toLowerCase()));
    return found?.user.name;
  }

  /** A person without a password: an invitation lets them choose one. Throws a problem `conflict`. */
  add({ name, email, role }: NewUser): Promise<UserView> {
    return this.#inTurn(async () => {
      const users = await this.#users();
      if (users.length >= PEOPLE_MAX) throw conflict(`This hub has ${PEOPLE_MAX} people already.`);
      if (users.some((user) => user.email === email.toLowerCase()))
        throw conflict("Somebody with this e-mail address is there already.");
      const adapter = this.#context.internalAdapter;
      const made = await orUnavailable(adapter.createUser({ name, email, role, emailVerified: false }, BY_OWNER));
      return this.one(made.id);
    });
  }

  /** Throws a problem `conflict` when nobody would be left who owns the hub. */
  change(id: string, change: UserChange): Promise<UserView> {
    return this.#inTurn(async () => {
      const before = await this.one(id);
      if ((change.role ?? "owner") !== "owner" || change.disabled === true) await this.#mustLeaveAnOwner(before);
      await orUnavailable(this.#context.internalAdapter.updateUser(id, definedOf(change)));
      if (change.disabled === true) await this.#end(id);
      return this.one(id);
    });
  }

  /** Throws a problem `conflict` when nobody would be left who owns the hub. */
  remove(id: string): Promise<UserView> {
    return this.#inTurn(async () => {
      const before = await this.one(id);
      await this.#mustLeaveAnOwner(before);
      await this.#deleteFactor(id);
      await orUnavailable(this.#context.internalAdapter.deleteUser(id));
      return before;
    });
  }

  /** What lets a person choose a password, in place of any that was made before. */
  invite(id: string): Promise<InvitationToken> {
    return this.#inTurn(async () => {
      await this.one(id);
      const { internalAdapter, adapter } = this.#context;
      const token = randomSecret();
      const expiresAt = new Date(Date.now() + INVITATION_HOURS * HOUR_MS);
      const model = "verification";
      const where = [{ field: "value", value: invitedValue(id) }];
      await orUnavailable(adapter.deleteMany({ model, where }));
      const value = { identifier: identifierOf(token), value: invitedValue(id), expiresAt };
      await orUnavailable(internalAdapter.createVerificationValue(value));
      return { token, expiresAt };
    });
  }

  /** Sets the password and ends every session. Undefined when the token is unknown, used or too old. */
  accept(token: string, password: string): Promise<UserView | undefined> {
    return this.#inTurn(async () => {
      const { internalAdapter } = this.#context;
      const found = await orUnavailable(internalAdapter.consumeVerificationValue(identifierOf(token)));
      const id = found?.value.startsWith(INVITED) === true ? found.value.slice(INVITED.length) : undefined;
      const user = (await this.list()).find((each) => each.id === id && !each.disabled);
      if (user === undefined) return undefined;
      await this.#setPassword(user, await this.#context.password.hash(password));
      await this.#end(user.id);
      return user;
    });
  }

  async sessions(userId: string, current?: string): Promise<SignInView[]> {
    return (await this.#openSessions(userId)).map((session) => signInView(session, current));
  }

  /** Ends one session of a person; false when there is none of that id. */
  async endSession(userId: string, sessionId: string): Promise<boolean> {
    const session = (await this.#openSessions(userId)).find(({ id }) => id === sessionId);
    if (session === undefined) return false;
    await orUnavailable(this.#context.internalAdapter.deleteSession(session.token));
    return true;
  }

  /** Ends a person's sessions, all but one; how many that were. */
  async endSessions(userId: string, { except }: { readonly except?: string | undefined } = {}): Promise<number> {
    const open = (await this.#openSessions(userId)).filter(({ id }) => id !== except);
    if (except === undefined) await this.#end(userId);
    else for (const { token } of open) await orUnavailable(this.#context.internalAdapter.deleteSession(token));
    return open.length;
  }

  /** Ends the oldest sessions of a person who has too many, and forgets those that are over. */
  async trimSessions(userId: string): Promise<void> {
    const { adapter, internalAdapter } = this.#context;
    const over = [
      { field: "userId", value: userId },
      { field: "expiresAt", operator: "lt" as const, value: new Date() },
    ];
    await orUnavailable(adapter.deleteMany({ model: "session", where: over }));
    const tooMany = (await this.#openSessions(userId)).slice(SESSIONS_EACH);
    for (const { token } of tooMany) await orUnavailable(internalAdapter.deleteSession(token));
  }

  /** Lets a person sign in with their password alone. */
  dropSecondFactor(id: string): Promise<UserView> {
    return this.#inTurn(async () => {
      await this.one(id);
      await this.#deleteFactor(id);
      await orUnavailable(this.#context.internalAdapter.updateUser(id, { twoFactorEnabled: false }));
      return this.one(id);
    });
  }

  /** How many recovery codes a person has left; undefined without a second factor. */
  async recoveryCodesLeft(userId: string): Promise<number | undefined> {
    const where = [{ field: "userId", value: userId }];
    const found = await orUnavailable(this.#context.adapter.findOne({ model: "twoFactor", where }));
    if (found === null) return undefined;
    const { backupCodes: data } = storedFactor.parse(found);
    const codes = await this.#library.symmetricDecrypt({ key: this.#context.secretConfig, data });
    return z.array(z.string()).parse(JSON.parse(codes)).length;
  }

  async #setPassword(user: UserView, hash: string): Promise<void> {
    const { internalAdapter } = this.#context;
    const { id } = user;
    if (!user.invited) return orUnavailable(internalAdapter.updatePassword(id, hash));
    const account = { userId: id, providerId: "credential", accountId: id, password: hash };
    await orUnavailable(internalAdapter.linkAccount(account));
  }

  /** An owner counts who can sign in: neither disabled nor still to choose a password. */
  async #mustLeaveAnOwner(without: UserView): Promise<void> {
    const others = (await this.list()).filter(({ id }) => id !== without.id);
    if (without.role !== "owner" || others.some(isActiveOwner)) return;
    throw conflict("Nobody would be left who owns this hub: make somebody else an owner first.");
  }

  async #end(userId: string): Promise<void> {
    await orUnavailable(this.#context.internalAdapter.deleteUserSessions(userId));
  }

  async #deleteFactor(userId: string): Promise<void> {
    const where = [{ field: "userId", value: userId }];
    await orUnavailable(this.#context.adapter.deleteMany({ model: "twoFactor", where }));
  }

  async #users(): Promise<StoredUser[]> {
    const sortBy = { field: "createdAt", direction: "asc" } as const;
    const found = await orUnavailable(this.#context.internalAdapter.listUsers(PEOPLE_MAX + 1, 0, sortBy));
    return z.array(storedUser).parse(found);
  }

  /** Newest first; of everybody when nobody is named. */
  async #openSessions(userId?: string): Promise<StoredSession[]> {
    const open = { field: "expiresAt", operator: "gt" as const, value: new Date() };
    const where = [open, ...(userId === undefined ? [] : [{ field: "userId", value: userId }])];
    const sortBy = { field: "createdAt", direction: "desc" as const };
    const wanted = { model: "session", where, sortBy, limit: SESSIONS_MAX };
    return z.array(storedSession).parse(await orUnavailable(this.#context.adapter.findMany(wanted)));
  }

  /** Who has a password. */
  async #ready(): Promise<ReadonlySet<string>> {
    const where = [{ field: "providerId", value: "credential" }];
    const wanted = { model: "account", where, limit: PEOPLE_MAX + 1 };
    const accounts = z.array(storedAccount).parse(await orUnavailable(this.#context.adapter.findMany(wanted)));
    return new Set(accounts.filter(({ password }) => typeof password === "string").map(({ userId }) => userId));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const INVITED = "invited:";
const invitedValue = (id: string): string => `${INVITED}${id}`;

/** The token has 256 random bits: who reads the database cannot use what is kept of it. */
const identifierOf = (token: string): string => `invitation:${createHash("sha256").update(token).digest("hex")}`;

const isActiveOwner = ({ role: has, disabled, invited }: UserView): boolean => has === "owner" && !disabled && !invited;

interface Besides {
  readonly sessions: readonly StoredSession[];
  readonly withPassword: ReadonlySet<string>;
}

function viewOf(user: StoredUser, { sessions, withPassword }: Besides): UserView {
  const { id, name, email, disabled, twoFactorEnabled, createdAt } = user;
  const open = sessions.filter(({ userId }) => userId === id);
  const last = open.reduce((at, session) => Math.max(at, +session.createdAt), 0);
  return {
    id,
    name,
    email,
    role: user.role,
    disabled: disabled === true,
    invited: !withPassword.has(id),
    second_factor: twoFactorEnabled === true,
    sessions: open.length,
    made_at: createdAt.toISOString(),
    last_sign_in_at: last === 0 ? null : new Date(last).toISOString(),
  };
}

const signInView = (session: StoredSession, current: string | undefined): SignInView => ({
  id: session.id,
  begun_at: session.createdAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  address: session.ipAddress || null,
  user_agent: session.userAgent || null,
  current: session.id === current,
});

const definedOf = (change: UserChange): object =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

const conflict = (detail: string): ProblemError => new ProblemError("conflict", { detail });

const noSuchUser = (): ProblemError => new ProblemError("not_found", { detail: "There is no such person." });
