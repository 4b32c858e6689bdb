import type { Pool, PoolClient } from "pg";
import type { ImportRow, KeyRow, RejectionRow, SampleRow, SnapshotSlice } from "../../hub/ports.ts";
import type { AuditRow } from "../../hub/audit-port.ts";
import { addAudit, forgetAudit } from "../audit-sql.ts";
import { IMPORTS_KEPT, REJECTION_COUNTS_MAX, REJECTIONS_KEPT } from "../bounds.ts";
import { UNLESS_LATE } from "../newest-sample.ts";

/** Writes what is kept beside the log, on connections of its own. Every method is one durable transaction. */
export class SideWriter {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  saveSamples(samples: readonly SampleRow[]): Promise<void> {
    return this.#transaction(async (client) => {
      const columns = "key, type, bot, ts, received_at, body";
      const given = "unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[])";
      await client.query(`INSERT INTO samples (${columns}) SELECT * FROM ${given}`, sampleColumns(samples));
      // Every log line is a stream of its own: none is the newest of anything.
      const newest = new Map(samples.filter(({ type }) => type !== "log").map((sample) => [sample.key, sample]));
      await client.query(
        `INSERT INTO latest_samples (${columns}) SELECT * FROM ${given}
         ON CONFLICT (key) DO UPDATE SET type = excluded.type, bot = excluded.bot, ts = excluded.ts,
           received_at = excluded.received_at, body = excluded.body
         ${UNLESS_LATE}`,
        sampleColumns([...newest.values()]),
      );
    });
  }

  forgetSamples(before: number): Promise<number> {
    return this.#transaction(async (client) => {
      await client.query("DELETE FROM latest_samples WHERE received_at < $1", [before]);
      return (await client.query("DELETE FROM samples WHERE received_at < $1", [before])).rowCount ?? 0;
    });
  }

  saveSlices(slices: readonly SnapshotSlice[]): Promise<void> {
    return this.#transaction(async (client) => {
      for (const { name, seq, foldVersion, body } of slices)
        await client.query(
          `INSERT INTO slices (name, seq, fold_version, body) VALUES ($1, $2, $3, $4)
           ON CONFLICT (fold_version, name) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
          [name, seq, foldVersion, body],
        );
    });
  }

  saveRejections(rows: readonly RejectionRow[]): Promise<void> {
    return this.#transaction(async (client) => {
      await client.query(
        `INSERT INTO rejections (at, bot, code, path, message, sample)
         SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
        [
          rows.map(({ at }) => at),
          rows.map(({ bot }) => (bot === undefined ? null : storable(bot))),
          rows.map(({ code }) => code),
          rows.map(({ path }) => storable(path)),
          rows.map(({ message }) => storable(message)),
          rows.map(({ sample }) => storable(sample)),
        ],
      );
      await client.query("DELETE FROM rejections WHERE n <= (SELECT max(n) FROM rejections) - $1", [REJECTIONS_KEPT]);
      for (const { bot, code, count } of counted(rows)) await addCount(client, { bot, code, count });
    });
  }

  /** One of the same id is replaced, and is then the newest. */
  saveImport({ importId, receivedAt, body }: ImportRow): Promise<void> {
    return this.#transaction(async (client) => {
      await client.query("DELETE FROM imports WHERE import_id = $1", [importId]);
      await client.query("INSERT INTO imports (import_id, received_at, body) VALUES ($1, $2, $3)", [
        importId,
        receivedAt,
        storable(body),
      ]);
      await client.query("DELETE FROM imports WHERE n NOT IN (SELECT n FROM imports ORDER BY n DESC LIMIT $1)", [
        IMPORTS_KEPT,
      ]);
    });
  }

  async addKey(row: KeyRow): Promise<void> {
    const { prefix, sha256, name, scopes, bot, createdAt, lastUsedAt, revokedAt, expiresAt } = row;
    await this.#pool.query("INSERT INTO api_keys VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", [
      prefix,
      sha256,
      name,
      JSON.stringify(scopes),
      bot ?? null,
      createdAt,
      lastUsedAt ?? null,
      revokedAt ?? null,
      expiresAt ?? null,
    ]);
  }

  addAudit(rows: readonly AuditRow[]): Promise<void> {
    return this.#transaction(async (client) => {
      for (const row of rows) {
        const { sql, values } = addAudit(row, placeholder);
        await client.query(sql, [...values]);
      }
    });
  }

  forgetAudit(before: number): Promise<number> {
    return this.#transaction(async (client) => {
      let deleted = 0;
      for (const { sql, values } of forgetAudit(before, placeholder))
        deleted += (await client.query(sql, [...values])).rowCount ?? 0;
      return deleted;
    });
  }

  /** Whether there was such a key that stood. */
  async revokeKey(prefix: string, at: number): Promise<boolean> {
    const revoke = "UPDATE api_keys SET revoked_at = $1 WHERE prefix = $2 AND revoked_at IS NULL";
    return (await this.#pool.query(revoke, [at, prefix])).rowCount === 1;
  }

  async touchKey(prefix: string, at: number): Promise<void> {
    await this.#pool.query("UPDATE api_keys SET last_used_at = $1 WHERE prefix = $2", [at, prefix]);
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    try {
      await client.query("BEGIN");
      const value = await work(client);
      await client.query("COMMIT");
      return value;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A connection in a failed transaction is not given back but closed, which undoes it.
      client.release(failure);
    }
  }
}

const placeholder = (number: number): string => `$${number}`;

const sampleColumns = (samples: readonly SampleRow[]): unknown[] => [
  samples.map(({ key }) => storable(key)),
  samples.map(({ type }) => type),
  samples.map(({ bot }) => bot),
  samples.map(({ ts }) => ts),
  samples.map(({ receivedAt }) => receivedAt),
  samples.map(({ body }) => body),
];

/** PostgreSQL has no NUL in texts; what was refused, or the text of a log line, may hold one. */
const storable = (text: string): string => text.replaceAll("\u0000", "\ufffd");

interface Count {
  readonly bot: string;
  readonly code: string;
  readonly count: number;
}

function counted(rows: readonly RejectionRow[]): Count[] {
  const counts = new Map<string, Count>();
  for (const { bot, code } of rows) {
    const name = storable(bot ?? "");
    const before = counts.get(`${code}\t${name}`)?.count ?? 0;
    counts.set(`${code}\t${name}`, { bot: name, code, count: before + 1 });
  }
  return [...counts.values()];
}

/** Names without end must not fill the table: beyond its bound a refusal is counted under no bot. */
async function addCount(client: PoolClient, { bot, code, count }: Count): Promise<void> {
  const add = "UPDATE rejection_counts SET count = count + $1 WHERE bot = $2 AND code = $3";
  if ((await client.query(add, [count, bot, code])).rowCount === 1) return;
  const { rows } = await client.query("SELECT count(*) AS pairs FROM rejection_counts");
  await client.query(
    `INSERT INTO rejection_counts VALUES ($1, $2, $3)
     ON CONFLICT (bot, code) DO UPDATE SET count = rejection_counts.count + excluded.count`,
    [Number(rows[0]?.["pairs"]) < REJECTION_COUNTS_MAX ? bot : "", code, count],
  );
}
