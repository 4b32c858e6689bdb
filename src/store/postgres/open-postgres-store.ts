import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "pg";
import { ensure } from "../../base/assert.ts";
import type { Clock } from "../../base/time.ts";
import type { AuditStore } from "../../hub/audit-port.ts";
import { type Store, StoreUnavailable } from "../../hub/ports.ts";
import { PROBE_BYTES } from "../bounds.ts";
import { GroupCommit } from "../group-commit.ts";
import { StoreRefused } from "../migration.ts";
import { readOnly } from "../read-only.ts";
import { recordedRows, replayChunks } from "../replay-chunks.ts";
import { systemClock } from "../system-clock.ts";
import { wholePage } from "../whole-page.ts";
import { addressOf, migrate } from "./database.ts";
import { pendingPostgresMigrations } from "./migrate-postgres.ts";
import { unavailable } from "./postgres-error.ts";
import { readSamples, readStatements } from "./past-reader.ts";
import { Reader } from "./reader.ts";
import { rollupsOf } from "./rollup-database.ts";
import { SideWriter } from "./side-writer.ts";
import { WriterConnection } from "./writer-connection.ts";

export interface PostgresStoreOptions {
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`; it is never shown. */
  readonly databaseUrl: string;
  readonly clock?: Clock;
}

const CONNECTIONS_MAX = 4;
const CONNECT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 60_000;
const DRAIN_WITHIN_MS = 10_000;

/**
 * Opens the store on PostgreSQL 15 or later: one connection that writes the log under an advisory lock, and a few that
 * read. Takes the schema to the newest version. Rejects with `StoreRefused` when another hub writes to the database or
 * its data is of a newer version, with `StoreUnavailable` when the server cannot be reached.
 */
export async function openPostgresStore({ databaseUrl, clock = systemClock }: PostgresStoreOptions): Promise<Store> {
  const where = addressOf(databaseUrl);
  const writer = await WriterConnection.open({
    databaseUrl,
    where,
    prepare: (client) => migrate(client, where, clock.now()),
  });
  return storeOn(writer, readers(databaseUrl), where);
}

/**
 * Opens the store for reading, also while a hub writes to it: nothing is written, locked or migrated, and every write is
 * refused. Rejects with `StoreRefused` when its schema is not this program's, with `StoreUnavailable` when the server
 * cannot be reached.
 */
export async function openPostgresForReading(databaseUrl: string): Promise<Store> {
  const where = addressOf(databaseUrl);
  if ((await pendingPostgresMigrations(databaseUrl)).length > 0)
    throw new StoreRefused(
      `The store at ${where} is empty or has an older schema: run deskwatch migrate, or start its hub, first.`,
    );
  return readOnly(storeOn(undefined, readers(databaseUrl), where));
}

function readers(databaseUrl: string): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: "deskwatch",
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced by the next read; its error has nobody else to tell.
  pool.on("error", () => undefined);
  // One that breaks while it is lent has somebody: the query under way fails. Without a listener the process would end.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

type Guarded = <T>(work: () => Promise<T>) => Promise<T>;

const auditOf = (reader: Reader, side: SideWriter, guarded: Guarded): AuditStore => ({
  add: (rows) => guarded(() => side.addAudit(rows)),
  page: (filter) => guarded(() => reader.audit(filter)),
  lastSeq: () => guarded(() => reader.auditLastSeq()),
  forget: (before) => guarded(() => side.forgetAudit(before)),
});

/** Without a writer nothing may be asked of it. */
function storeOn(writer: WriterConnection | undefined, pool: Pool, where: string): Store {
  const session = randomUUID();
  let groups = 0;
  const writing = (): WriterConnection => ensure(writer, "a store that was opened for reading is written to");
  const group = new GroupCommit((rows) => writing().append(rows, `${session}:${++groups}`));
  const reader = new Reader(pool);
  const side = new SideWriter(pool);
  let closing: Promise<void> | undefined;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw new StoreUnavailable("The store is closed.");
    try {
      return await work();
    } catch (error) {
      throw unavailable(error, where);
    }
  };

  return {
    kind: "postgres",
    append: (rows) => guarded(() => group.append(rows)),
    lastSeq: () => guarded(() => reader.lastSeq()),
    replay: (afterSeq, onBatch) => replayChunks((seq) => guarded(() => reader.replay(seq)), afterSeq, onBatch),
    events: (filter) => guarded(() => reader.events(filter)),
    fills: (filter) => guarded(() => reader.fills(filter)),
    fillsByTime: (filter) => guarded(() => reader.fillsByTime(filter)),
    orders: (filter) => guarded(() => wholePage(filter, (part) => reader.orders(part))),
    opportunities: (filter) => guarded(() => wholePage(filter, (part) => reader.opportunities(part))),
    saveImport: (row) => guarded(() => side.saveImport(row)),
    imports: (limit) => guarded(() => reader.imports(limit)),
    saveSamples: (samples) => guarded(() => side.saveSamples(samples)),
    latestSamples: () => guarded(() => reader.latestSamples()),
    samples: (from) => guarded(() => readSamples(pool, from)),
    statementsOf: (seqs) => guarded(async () => recordedRows(await readStatements(pool, seqs))),
    saveSlices: (slices) => guarded(() => side.saveSlices(slices)),
    loadSlices: (foldVersion) => guarded(() => reader.loadSlices(foldVersion)),
    saveRejections: (rows) => guarded(() => side.saveRejections(rows)),
    rejections: (limit) => guarded(() => reader.rejections(limit)),
    forgetSamples: (before) => guarded(() => side.forgetSamples(before)),
    audit: auditOf(reader, side, guarded),
    rollups: rollupsOf(pool, guarded),
    keys: {
      add: (row) => guarded(() => side.addKey(row)),
      byPrefix: (prefix) => guarded(() => reader.keyByPrefix(prefix)),
      list: () => guarded(() => reader.keys()),
      revoke: (prefix, at) => guarded(() => side.revokeKey(prefix, at)),
      touch: (prefix, at) => guarded(() => side.touchKey(prefix, at)),
    },
    check: () =>
      guarded(() =>
        writing().run(async (client) => {
          const probe = "INSERT INTO probe VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET body = excluded.body";
          await client.query(probe, [randomBytes(PROBE_BYTES / 2).toString("hex")]);
        }),
      ),
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };

  async function closeAll(): Promise<void> {
    const drained = group.drained();
    // A commit in doubt waits for the server, which may not come back: the hub does not stay for it.
    await Promise.race([drained, delay(DRAIN_WITHIN_MS, undefined, { ref: false })]);
    await writer?.close();
    await drained;
    await pool.end();
  }
}
