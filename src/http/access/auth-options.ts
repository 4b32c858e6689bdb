import { createHash } from "node:crypto";
import type { BetterAuthOptions } from "better-auth";
import type { Role } from "../../protocol/api-people.ts";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "../../protocol/password-length.ts";
import { type AccountsDatabase, accountTables } from "./accounts-database.ts";
import { CLIENT_ADDRESS_HEADER, INTERNAL_ORIGIN } from "./auth-call.ts";
import type { BetterAuth } from "./load-better-auth.ts";

const SESSION_DAYS = 7;
const DAY_S = 86_400;
/** How long the second factor may take after the password. */
const SECOND_FACTOR_S = 300;
/** Wrong codes in a row, over all sign-ins, before the second factor of a person rests for a while. */
const LOCKOUT = { enabled: true, maxFailedAttempts: 10, durationSeconds: 900 };

export interface AccountsOptions {
  readonly database: AccountsDatabase;
  /** Signs session cookies and encrypts second factors; whoever has it can forge and read them. */
  readonly secret: string;
  /** Cookies only over TLS: when the page is visited as https. */
  readonly secureCookies: boolean;
  readonly onError: (message: string, detail: readonly unknown[]) => void;
}

/** The names of the hub's cookies. They do not know ports: two hubs on one machine must not overwrite each other's. */
export function cookieNames({ secret, secureCookies }: Pick<AccountsOptions, "secret" | "secureCookies">): {
  readonly session: string;
  readonly secondFactor: string;
} {
  const prefix = `${secureCookies ? "__Secure-" : ""}${cookiePrefix(secret)}`;
  return { session: `${prefix}.session_token`, secondFactor: `${prefix}.two_factor` };
}

export interface ServerKind {
  /** Whether anybody can register. */
  readonly signUp: boolean;
  /** Of whoever registers. */
  readonly newRole: Role;
}

type Library = Pick<BetterAuth, "twoFactor" | "APIError">;

/** The options of better-auth: what it may do, and where it keeps it. */
export function authOptions(
  options: AccountsOptions,
  { signUp, newRole }: ServerKind,
  library: Library,
): BetterAuthOptions {
  const { database, secret, secureCookies, onError } = options;
  return {
    appName: "Deskwatch",
    database: database.handle,
    secret,
    baseURL: INTERNAL_ORIGIN,
    basePath: "/api/auth",
    emailAndPassword: {
      enabled: true,
      disableSignUp: !signUp,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    session: { modelName: accountTables.session, expiresIn: SESSION_DAYS * DAY_S, updateAge: DAY_S },
    user: {
      modelName: accountTables.user,
      additionalFields: {
        // Without a default in the database: whoever was there before there were roles is the owner.
        role: { type: "string", required: false, input: false },
        disabled: { type: "boolean", required: false, input: false, defaultValue: false },
      },
    },
    account: { modelName: accountTables.account },
    verification: { modelName: accountTables.verification },
    plugins: [
      library.twoFactor({
        issuer: "Deskwatch",
        twoFactorCookieMaxAge: SECOND_FACTOR_S,
        accountLockout: LOCKOUT,
        schema: { twoFactor: { modelName: accountTables.twoFactor } },
      }),
    ],
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: { role: newRole, ...user } }) } },
      session: {
        create: {
          before: async ({ userId }, context) => {
            const user = await context?.context.internalAdapter.findUserById(userId);
            const isDisabled = user !== undefined && user !== null && "disabled" in user && user.disabled === true;
            if (isDisabled) throw new library.APIError("UNAUTHORIZED", { message: "disabled" });
          },
        },
      },
    },
    // Limits by address run before, with the real address of the socket.
    rateLimit: { enabled: false },
    onAPIError: { onError: throwUnlessRefusal },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      disableColors: true,
      log: (_level, message, ...detail) => onError(message, detail),
    },
    advanced: {
      // The migrations have just run.
      database: { validateSchema: false },
      cookiePrefix: cookiePrefix(secret),
      useSecureCookies: secureCookies,
      defaultCookieAttributes: { httpOnly: true, sameSite: "strict", path: "/" },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
  };
}

function cookiePrefix(secret: string): string {
  return `deskwatch-${createHash("sha256").update(`cookie:${secret}`).digest("hex").slice(0, 8)}`;
}

/** A refusal becomes an answer; anything else is for `orUnavailable`, and not for the console of the process. */
function throwUnlessRefusal(error: unknown): void {
  if (error instanceof Error && "statusCode" in error && Number(error.statusCode) < 500) return;
  throw error;
}
