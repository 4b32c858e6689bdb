import { DatabaseError } from "pg";
import { AssertionError } from "../../base/assert.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import { StoreRefused } from "../migration.ts";

const DISK_FULL = "53100";

/** Classes of SQLSTATE that say the server is away: connection, resources, intervention by an operator, system. */
const AWAY_CLASSES = new Set(["08", "53", "57", "58"]);
const READ_ONLY = "25006";
const UNIQUE_VIOLATION = "23505";

const ADVICE: Readonly<Record<string, string>> = {
  [DISK_FULL]: "its disk is full; free some space and the hub goes on by itself",
  [READ_ONLY]: "it is read-only; point DATABASE_URL at the primary",
};

/** Whether the server itself answered with this error and lives on, so that it is known that nothing was stored. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof DatabaseError && !["08", "57"].includes(classOf(error));

/** Whether a row was refused because its id or its natural key is there already. */
export const isRepeat = (error: unknown): boolean => error instanceof DatabaseError && error.code === UNIQUE_VIOLATION;

/** `StoreUnavailable` with the reason and what to do when the server is away, else the error itself. `where` names no secret. */
export function unavailable(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || !isAway(error)) return error;
  const code = error instanceof DatabaseError ? error.code : undefined;
  const advice = ADVICE[code ?? ""] ?? "the hub tries again by itself; see whether the server runs and can be reached";
  return new StoreUnavailable(`PostgreSQL at ${where} is away (${error.message}): ${advice}.`, { cause: error });
}

/** Errors of the connection have no class of their own: whatever is neither the server's answer nor a bug of ours. */
function isAway(error: Error): boolean {
  if (error instanceof DatabaseError) return AWAY_CLASSES.has(classOf(error)) || error.code === READ_ONLY;
  return !OURS.some((kind) => error instanceof kind);
}

const OURS = [StoreUnavailable, StoreRefused, AssertionError, TypeError, RangeError, SyntaxError] as const;

const classOf = (error: DatabaseError): string => error.code?.slice(0, 2) ?? "";
