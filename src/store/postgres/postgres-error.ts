import { DatabaseError } from "pg";
import { AssertionError } from "../../base/assert.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import { StoreRefused } from "../migration.ts";

const DISK_FULL = "53100";

/**
 * Classes of SQLSTATE that say the server is away, or does not let us in: connection, resources, intervention by an
 * operator, system, authorization, a database that is not there.
 */
const AWAY_CLASSES = new Set(["08", "53", "57", "58", "28", "3D"]);
const READ_ONLY = "25006";
const NO_RIGHT = "42501";
const AWAY_CODES = new Set([READ_ONLY, NO_RIGHT]);
const UNIQUE_VIOLATION = "23505";

const ADVICE: Readonly<Record<string, string>> = {
  [DISK_FULL]: "its disk is full; free some space and the hub goes on by itself",
  [READ_ONLY]: "it is read-only; point DATABASE_URL at the primary",
  [NO_RIGHT]:
    "make the user of DATABASE_URL the owner of its database, or grant it CREATE on the schema and all rights on the tables",
  "28": "see the user and the password of DATABASE_URL, and pg_hba.conf of the server",
  "3D": "create it, or name another in DATABASE_URL",
};

/** Whether the server itself answered with this error and lives on, so that it is known that nothing was stored. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof DatabaseError && !["08", "57"].includes(classOf(error));

/** Whether a row was refused because its id or its natural key is there already. */
export const isRepeat = (error: unknown): boolean => error instanceof DatabaseError && error.code === UNIQUE_VIOLATION;

/** `StoreUnavailable` with the reason and what to do when the server is away, else the error itself. `where` names no secret. */
export function unavailable(error: unknown, where: string): unknown {
  if (!(error instanceof Error) || !isAway(error)) return error;
  const [code, ofClass] = error instanceof DatabaseError ? [error.code ?? "", classOf(error)] : ["", ""];
  const advice = ADVICE[code] ?? ADVICE[ofClass] ?? "see whether the server runs and can be reached";
  return new StoreUnavailable(`PostgreSQL at ${where} is away (${error.message}): ${advice}.`, { cause: error });
}

/** Errors of the connection have no class of their own: whatever is neither the server's answer nor a bug of ours. */
function isAway(error: Error): boolean {
  if (error instanceof DatabaseError) return AWAY_CLASSES.has(classOf(error)) || AWAY_CODES.has(error.code ?? "");
  return !OURS.some((kind) => error instanceof kind);
}

const OURS = [StoreUnavailable, StoreRefused, AssertionError, TypeError, RangeError, SyntaxError] as const;

const classOf = (error: DatabaseError): string => error.code?.slice(0, 2) ?? "";
