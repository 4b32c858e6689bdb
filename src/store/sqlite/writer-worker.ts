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

/** After an error of the disk the connection is not trusted any more: the next call opens another. */
function guarded<T>(work: (open: Writers) => T): T {
  try {
    return work(opened());
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== undefined && code !== SQLITE_FULL) close();
    throw error;
  }
}

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
      const reply = events.append(rows, token);
      boundWal();
      return reply;
    }),
  outcomeOf: (token: string): GroupReply | undefined => guarded(({ events }) => events.outcomeOf(token)),
  saveSamples: (samples: readonly SampleRow[]): void => guarded(({ side }) => side.saveSamples(samples)),
  forgetSamples: (before: number) => guarded(({ side }) => side.forgetSamples(before)),
  saveSlices: (slices: readonly SnapshotSlice[]): void => guarded(({ side }) => side.saveSlices(slices)),
  saveRejections: (rows: readonly RejectionRow[]): void => guarded(({ side }) => side.saveRejections(rows)),
  saveImport: (row: ImportRow): void => guarded(({ side }) => side.saveImport(row)),
  addKey: (row: KeyRow): void => guarded(({ side }) => side.addKey(row)),
  revokeKey: (prefix: string, at: number): boolean => guarded(({ side }) => side.revokeKey(prefix, at)),
  touchKey: (prefix: string, at: number): void => guarded(({ side }) => side.touchKey(prefix, at)),
  addAudit: (rows: readonly AuditRow[]): void => guarded(({ side }) => side.addAudit(rows)),
  forgetAudit: (before: number): number => guarded(({ side }) => side.forgetAudit(before)),
  saveRollups: (writes: string): void =>
    guarded(({ database }) => writeRollups(database, JSON.parse(writes) as Writes)),
  check: (): void => guarded(({ side }) => side.probe()),
  close,
};

/** What the writer of the store can be asked. */
export type WriterCalls = typeof calls;

serve(calls);
