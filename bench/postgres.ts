import { join } from "node:path";
import { Client } from "pg";
import { migratePostgres } from "../src/store/postgres/migrate-postgres.ts";
import { openPostgresStore } from "../src/store/postgres/open-postgres-store.ts";
import { type PostgresServer, startPostgres } from "../test/support/servers.ts";
import { appendRate, batchesOf } from "./append.ts";
import { type Measure, median } from "./report.ts";

const ROWS_A_WINDOW = 50_000;
const WINDOWS = 5;
const COMMIT_ROWS = 2_000;

/** Appends to PostgreSQL beside COPY of the same rows and projections into the same schema, in commits of 2,000 rows. */
export async function postgres(): Promise<Measure[]> {
  const server = await startPostgres({ shared_buffers: "256MB", max_wal_size: "2GB" });
  try {
    const appended = await server.createDatabase();
    const copied = await server.createDatabase();
    await migratePostgres(copied);
    const store = await openPostgresStore({ databaseUrl: appended });
    const rates: { readonly append: number; readonly copy: number }[] = [];
    // Window by window, one after the other: what else the machine does falls on both.
    for (let window = 0; window < WINDOWS; window++) {
      const from = (await store.lastSeq()) + 1;
      const append = await appendRate(store, batchesOf(ROWS_A_WINDOW, window + 1));
      rates.push({ append, copy: await copyRate({ server, appended, copied, from }) });
    }
    await store.close();
    const measured = rates.slice(1);
    return [
      {
        name: "append through the port, 4 × 500 rows",
        actual: median(measured.map(({ append }) => append)),
        unit: "rows/s",
      },
      { name: "COPY of the same rows and fills", actual: median(measured.map(({ copy }) => copy)), unit: "rows/s" },
      {
        name: "ratio",
        actual: median(measured.map(({ append, copy }) => append / copy)),
        unit: "×",
        target: { min: 0.6 },
      },
    ];
  } finally {
    await server.stop();
  }
}

interface Copying {
  readonly server: PostgresServer;
  readonly appended: string;
  readonly copied: string;
  readonly from: number;
}

/** The server writes the rows to files of its own and reads them again: no client and no network slow COPY down. */
async function copyRate({ server, appended, copied, from }: Copying): Promise<number> {
  const source = await connected(appended);
  const target = await connected(copied);
  const chunks: { readonly events: string; readonly fills: string }[] = [];
  for (let seq = from; seq < from + ROWS_A_WINDOW; seq += COMMIT_ROWS) {
    const chunk = { events: join(server.dataDir, `events-${seq}`), fills: join(server.dataDir, `fills-${seq}`) };
    for (const table of ["events", "fills"] as const) {
      const rows = `SELECT * FROM ${table} WHERE seq >= ${seq} AND seq < ${seq + COMMIT_ROWS} ORDER BY seq`;
      await source.query(`COPY (${rows}) TO '${chunk[table]}'`);
    }
    chunks.push(chunk);
  }
  const begin = performance.now();
  for (const { events, fills } of chunks) {
    await target.query("BEGIN");
    await target.query(`COPY events FROM '${events}'`);
    await target.query(`COPY fills FROM '${fills}'`);
    await target.query("COMMIT");
  }
  const seconds = (performance.now() - begin) / 1000;
  await source.end();
  await target.end();
  return ROWS_A_WINDOW / seconds;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
