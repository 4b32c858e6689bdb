import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import type { ImportRow, KeyRow, RejectionRow, SampleRow, SnapshotSlice } from "../../hub/ports.ts";
import type { AuditRow } from "../../hub/audit-port.ts";
import type { PackedRows } from "../../hub/packed-rows.ts";
import type { GroupReply } from "../reply.ts";
import type { Writes } from "../rollup/kept.ts";
import { databaseFile, type Durability, openForWriting } from "./database.ts";
import { EventWriter } from "./event-writer.ts";
import { serve } from "./remote.ts";
import { writeRollups } from "./rollup-database.ts";
import { SideWriter } from "./side-writer.ts";
import { sqliteCode, SQLITE_FULL } from "./sqlite-error.ts";

const { dataDir, durability } = workerData as { readonly dataDir: string; readonly durability: Durability };

interface Writers {
  readonly database: DatabaseSync;
  readonly events: EventWriter;
  readonly side: SideWriter;
}

let writers: Writers | undefined;

function opened(): Writers {
  if (writers !== undefined) return writers;
  const database = openForWriting(dataDir, durability);
  writers = { database, events: new EventWriter(database), side: new SideWriter(database) };
  return writers;
}

/** A store that syncs at its end takes many groups into a transaction. */
const isBulk = durability === "close";
/** Why such a transaction was lost, and with it what had been answered for. */
let lost: unknown;

/** After an error of the disk the connection is not trusted any more: the next call opens another. */
function guarded<T>(work: (open: Writers) => T): T {
  if (lost !== undefined) throw lost;
  try {
    return work(opened());
  } catch (error) {
    if (isBulk) lost = error;
    const code = sqliteCode(error);
    if (isBulk || (code !== undefined && code !== SQLITE_FULL)) close();
    throw error;
  }
}

/** The same for what has a transaction of its own. */
const apart = <T>(work: (open: Writers) => T): T =>
  guarded((open) => {
    open.events.commit();
    return work(open);
  });

/** What was not committed is undone. */
function close(): void {
  const database = writers?.database;
  writers = undefined;
  database?.close();
}

const WAL_BYTES_MAX = 256 * 1024 * 1024;
const COMMITS_BETWEEN_LOOKS = 64;
let commits = 0;

/** Readers that are always busy can keep the write-ahead log from starting over: wait for a gap before it is too long. */
function boundWal(): void {
  if (++commits % COMMITS_BETWEEN_LOOKS !== 0) return;
  const size = statSync(`${databaseFile(dataDir)}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size > WAL_BYTES_MAX) opened().database.exec("PRAGMA wal_checkpoint(RESTART)");
}

const calls = {
  append: (rows: PackedRows, token: string): GroupReply =>
    guarded(({ events }) => {
      // A transaction that goes on cannot wait for readers: its commits move what they can into the database.
      if (isBulk) return events.appendToMany(rows);
      const reply = events.append(rows, token);
      boundWal();
      return reply;
    }),
  outcomeOf: (token: string): GroupReply | undefined => apart(({ events }) => events.outcomeOf(token)),
  saveSamples: (samples: readonly SampleRow[]): void => apart(({ side }) => side.saveSamples(samples)),
  forgetSamples: (before: number) => apart(({ side }) => side.forgetSamples(before)),
  saveSlices: (slices: readonly SnapshotSlice[]): void => apart(({ side }) => side.saveSlices(slices)),
  saveRejections: (rows: readonly RejectionRow[]): void => apart(({ side }) => side.saveRejections(rows)),
  saveImport: (row: ImportRow): void => apart(({ side }) => side.saveImport(row)),
  addKey: (row: KeyRow): void => apart(({ side }) => side.addKey(row)),
  revokeKey: (prefix: string, at: number): boolean => apart(({ side }) => side.revokeKey(prefix, at)),
  touchKey: (prefix: string, at: number): void => apart(({ side }) => side.touchKey(prefix, at)),
  addAudit: (rows: readonly AuditRow[]): void => apart(({ side }) => side.addAudit(rows)),
  forgetAudit: (before: number): number => apart(({ side }) => side.forgetAudit(before)),
  saveRollups: (writes: string): void => apart(({ database }) => writeRollups(database, JSON.parse(writes) as Writes)),
  check: (): void => apart(({ side }) => side.probe()),
  close: () => {
    if (lost === undefined) writers?.events.commit();
    close();
  },
};

/** What the writer of the store can be asked. */
export type WriterCalls = typeof calls;

serve(calls);
