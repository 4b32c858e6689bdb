/** Primary result codes of SQLite that the store tells apart. */
export const SQLITE_BUSY = 5;
export const SQLITE_FULL = 13;
const SQLITE_PERM = 3;
const SQLITE_LOCKED = 6;
const SQLITE_NOMEM = 7;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

const AWAY: ReadonlyMap<number, string> = new Map([
  [SQLITE_FULL, "its disk is full; free some space and the hub goes on by itself"],
  [SQLITE_IOERR, "its disk does not read or write; see the system's log"],
  [SQLITE_READONLY, "it cannot be written to; see the rights of its files and whether the disk is mounted read-only"],
  [SQLITE_PERM, "it may not be opened; see the rights of its files"],
  [SQLITE_CANTOPEN, "it cannot be opened; see whether the directory is there and its rights"],
  [SQLITE_BUSY, "another program holds its lock for too long"],
  [SQLITE_LOCKED, "another program holds its lock for too long"],
  [SQLITE_NOMEM, "there is no memory left"],
  [SQLITE_CORRUPT, "its file is damaged; restore a backup"],
  [SQLITE_NOTADB, "its file is not a database; restore a backup"],
]);

/** The result code of SQLite that an error carries, without its extension; undefined for an error of another kind. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

export const isSqliteError = (error: unknown, code: number): boolean => sqliteCode(error) === code;

/** Why the store is away, and what to do, for the codes that mean so; undefined for any other. */
export const reasonAway = (code: number | undefined): string | undefined =>
  code === undefined ? undefined : AWAY.get(code);
