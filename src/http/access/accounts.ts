import { z } from "zod";
import { role } from "../../protocol/api-people.ts";
import { type AuthAnswer, type AuthServer, callAuth, orUnavailable, type Visitor } from "./auth-call.ts";
import { type AccountsOptions, authOptions, cookieNames } from "./auth-options.ts";
import { loadBetterAuth } from "./load-better-auth.ts";
import { People } from "./people.ts";

export interface AccountsAnswer extends AuthAnswer {
  readonly user: User | undefined;
}

const user = z.object({ id: z.string(), name: z.string(), email: z.string(), role });

/** A registered person. The session's token is not here: it belongs in the cookie alone. */
export type User = z.infer<typeof user>;

const withUser = z.object({ user });
const withSession = z.object({
  user: user.extend({ disabled: z.boolean().nullish() }),
  session: z.object({ id: z.string() }),
});

/** An open session, and whose it is. */
export interface OpenSession {
  readonly id: string;
  readonly user: User;
  /** To set when it was prolonged. */
  readonly cookies: readonly string[];
}

interface Servers {
  /** Signs in and out; nobody can sign up. */
  readonly open: AuthServer;
  /** The same with sign-up, as an owner: only set-up calls it. */
  readonly maker: AuthServer;
  readonly people: People;
}

/**
 * People, their passwords, second factors and sessions, by better-auth. It is loaded when it is first needed, or by
 * `warm`. Every call rejects with `StoreUnavailable` while the database is away.
 */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #names: ReturnType<typeof cookieNames>;
  #servers: Promise<Servers> | undefined;
  #hasOwner = false;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#names = cookieNames(options);
  }

  /** Loads better-auth and brings its tables up to date. A later call tries again when it rejected. */
  async warm(): Promise<void> {
    await this.#ready();
  }

  /** Whether anybody is registered; remembered once true, since the last owner cannot be lost. */
  async hasOwner(): Promise<boolean> {
    this.#hasOwner ||= await orUnavailable(this.#options.database.hasPeople());
    return this.#hasOwner;
  }

  /** Who there is, and what an owner does to them. */
  async people(): Promise<People> {
    return (await this.#ready()).people;
  }

  /** True when the cookies hold a session, good or not. */
  mentionsSession(cookie: string | undefined): boolean {
    return cookie?.includes(`${this.#names.session}=`) ?? false;
  }

  /** The session that is open; undefined when it is over or forged, or its person disabled. */
  async session(visitor: Visitor): Promise<OpenSession | undefined> {
    const { open } = await this.#ready();
    const { body, cookies } = await callAuth(open, { ...visitor, method: "GET", path: "/get-session" });
    const parsed = withSession.safeParse(body);
    if (!parsed.success || parsed.data.user.disabled === true) return undefined;
    const { disabled: _, ...person } = parsed.data.user;
    return { id: parsed.data.session.id, user: person, cookies };
  }

  /** Posts to a path below `/api/auth`. */
  async post(visitor: Visitor, path: string, body: object): Promise<AccountsAnswer> {
    const { open } = await this.#ready();
    return withUserOf(await callAuth(open, { ...visitor, method: "POST", path, body }));
  }

  /** The visitor with nothing but the cookie that says that their password was right: for the second factor. */
  betweenFactors(visitor: Visitor): Visitor {
    return { ...visitor, cookie: onlyCookie(visitor.cookie, this.#names.secondFactor) };
  }

  /** The visitor without a cookie of ours: what signs in takes nothing over from a session before it. */
  afresh(visitor: Visitor): Visitor {
    return { ...visitor, cookie: undefined };
  }

  /** Registers the owner and signs in; the caller has made sure that there is none. */
  async makeOwner(visitor: Visitor, owner: object): Promise<AccountsAnswer> {
    const { maker } = await this.#ready();
    const answer = withUserOf(
      await callAuth(maker, { ...visitor, method: "POST", path: "/sign-up/email", body: owner }),
    );
    if (answer.status < 400) this.#hasOwner = true;
    return answer;
  }

  /** Closes the database; nothing may be called after it. */
  close(): void {
    this.#options.database.close();
  }

  #ready(): Promise<Servers> {
    this.#servers ??= this.#load().catch((error: unknown) => {
      this.#servers = undefined;
      throw error;
    });
    return this.#servers;
  }

  async #load(): Promise<Servers> {
    const library = await loadBetterAuth();
    const { betterAuth, getMigrations } = library;
    const options = authOptions(this.#options, { signUp: false, newRole: "viewer" }, library);
    const migrations = await orUnavailable(getMigrations(options));
    await orUnavailable(migrations.runMigrations());
    const open = betterAuth(options);
    const people = new People(await orUnavailable(open.$context), library);
    await orUnavailable(people.giveFirstOwnerTheirRole());
    return { open, maker: betterAuth(authOptions(this.#options, { signUp: true, newRole: "owner" }, library)), people };
  }
}

function withUserOf(answer: AuthAnswer): AccountsAnswer {
  const parsed = withUser.safeParse(answer.body);
  return { ...answer, user: parsed.success ? parsed.data.user : undefined };
}

function onlyCookie(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`));
}
