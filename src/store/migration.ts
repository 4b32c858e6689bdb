/** One step of the schema, forward only. A step that was released is never edited: a new one follows it. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Why a store is not opened: another hub has it, or it is not one that this program can use. Waiting does not help. */
export class StoreRefused extends Error {
  override readonly name = "StoreRefused";
}

/** The steps that a database at `version` still needs. Throws `StoreRefused` when it is newer than this program. */
export function pendingMigrations(all: readonly Migration[], version: number, where: string): readonly Migration[] {
  const newest = all.at(-1)?.version ?? 0;
  if (version > newest)
    throw new StoreRefused(
      `${where} was written by a newer Deskwatch (schema ${version}; this program knows up to ${newest}). ` +
        "Use that version or a later one; nothing was changed.",
    );
  return all.filter((migration) => migration.version > version);
}
