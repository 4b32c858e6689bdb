import { setImmediate as nextTurn } from "node:timers/promises";

/** The parts of better-auth that the hub calls. */
export interface BetterAuth {
  readonly betterAuth: typeof import("better-auth").betterAuth;
  readonly getMigrations: typeof import("better-auth/db/migration").getMigrations;
  readonly twoFactor: typeof import("better-auth/plugins/two-factor").twoFactor;
  readonly APIError: typeof import("better-auth/api").APIError;
  readonly symmetricDecrypt: typeof import("better-auth/crypto").symmetricDecrypt;
}

/**
 * Loads better-auth (about 0.2 s of one core). Node loads a module with all that it imports in one go, which would keep
 * events waiting: so it is loaded from its inner parts outwards, and the loop turns in between.
 */
export async function loadBetterAuth(): Promise<BetterAuth> {
  const parts: readonly (() => Promise<unknown>)[] = [
    () => import("kysely"),
    () => import("better-auth/crypto"),
    () => import("better-auth/cookies"),
    () => import("better-auth/db"),
    () => import("better-auth/api"),
    () => import("better-auth/db/migration"),
    () => import("better-auth/plugins/two-factor"),
  ];
  for (const load of parts) {
    await load();
    await nextTurn();
  }
  const { symmetricDecrypt } = await import("better-auth/crypto");
  const { APIError } = await import("better-auth/api");
  const { getMigrations } = await import("better-auth/db/migration");
  const { twoFactor } = await import("better-auth/plugins/two-factor");
  const { betterAuth } = await import("better-auth");
  return { betterAuth, getMigrations, twoFactor, APIError, symmetricDecrypt };
}
