import type { DatabaseSync } from "node:sqlite";
import type { ImportRow, KeyRow, RejectionRow, SampleRow, SnapshotSlice } from "../../hub/ports.ts";
import type { AuditRow } from "../../hub/audit-port.ts";
import { addAudit, forgetAudit } from "../audit-sql.ts";
import { IMPORTS_KEPT, PROBE_BYTES, REJECTION_COUNTS_MAX, REJECTIONS_KEPT } from "../bounds.ts";
import { UNLESS_LATE } from "../newest-sample.ts";
import { inTransaction } from "./transaction.ts";

/** Samples deleted in one transaction: retention must not hold up the log. */
const FORGET_AT_ONCE = 5_000;

/** Writes what is kept beside the log. Every method is one durable transaction. */
export class SideWriter {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  saveSamples(samples: readonly SampleRow[]): void {
    const keep = this.#database.prepare(
      "INSERT INTO samples (key, type, bot, ts, received_at, body) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const replace = this.#database.prepare(
      `INSERT INTO latest_samples (key, type, bot, ts, received_at, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET type = excluded.type, bot = excluded.bot, ts = excluded.ts,
         received_at = excluded.received_at, body = excluded.body
       ${UNLESS_LATE}`,
    );
    inTransaction(this.#database, () => {
      for (const { key, type, bot, ts, receivedAt, body } of samples) {
        keep.run(key, type, bot, ts, receivedAt, body);
        // Every log line is a stream of its own: none is the newest of anything.
        if (type !== "log") replace.run(key, type, bot, ts, receivedAt, body);
      }
    });
  }

  /** Deletes some of the samples received before a moment; how many tells whether there may be more. */
  forgetSamples(before: number): { readonly deleted: number; readonly more: boolean } {
    return inTransaction(this.#database, () => {
      const { changes } = this.#database
        .prepare(
          `DELETE FROM samples WHERE received_at < ?
             AND n IN (SELECT n FROM samples WHERE received_at < ? ORDER BY n LIMIT ${FORGET_AT_ONCE})`,
        )
        .run(before, before);
      const deleted = Number(changes);
      const more = deleted === FORGET_AT_ONCE;
      if (!more) this.#database.prepare("DELETE FROM latest_samples WHERE received_at < ?").run(before);
      return { deleted, more };
    });
  }

  saveSlices(slices: readonly SnapshotSlice[]): void {
    const save = this.#database.prepare(
      "INSERT OR REPLACE INTO slices (name, seq, fold_version, body) VALUES (?, ?, ?, ?)",
    );
    inTransaction(this.#database, () => {
      for (const { name, seq, foldVersion, body } of slices) save.run(name, seq, foldVersion, body);
    });
  }

  saveRejections(rows: readonly RejectionRow[]): void {
    const save = this.#database.prepare(
      "INSERT INTO rejections (at, bot, code, path, message, sample) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const trim = this.#database.prepare("DELETE FROM rejections WHERE n <= (SELECT max(n) FROM rejections) - ?");
    inTransaction(this.#database, () => {
      for (const { at, bot, code, path, message, sample } of rows) {
        save.run(at, bot ?? null, code, path, message, sample);
        this.#count(bot ?? "", code);
      }
      trim.run(REJECTIONS_KEPT);
    });
  }

  /** One of the same id is replaced, and is then the newest. */
  saveImport({ importId, receivedAt, body }: ImportRow): void {
    inTransaction(this.#database, () => {
      this.#database.prepare("DELETE FROM imports WHERE import_id = ?").run(importId);
      this.#database
        .prepare("INSERT INTO imports (import_id, received_at, body) VALUES (?, ?, ?)")
        .run(importId, receivedAt, body);
      this.#database
        .prepare("DELETE FROM imports WHERE n NOT IN (SELECT n FROM imports ORDER BY n DESC LIMIT ?)")
        .run(IMPORTS_KEPT);
    });
  }

  addKey(row: KeyRow): void {
    const { prefix, sha256, name, scopes, bot, createdAt, lastUsedAt, revokedAt, expiresAt } = row;
    const given = [prefix, sha256, name, JSON.stringify(scopes), bot, createdAt, lastUsedAt, revokedAt, expiresAt];
    this.#database
      .prepare("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(...given.map((value) => value ?? null));
  }

  addAudit(rows: readonly AuditRow[]): void {
    inTransaction(this.#database, () => {
      for (const row of rows) {
        const { sql, values } = addAudit(row, () => "?");
        this.#database.prepare(sql).run(...values);
      }
    });
  }

  forgetAudit(before: number): number {
    return inTransaction(this.#database, () =>
      forgetAudit(before, () => "?").reduce(
        (deleted, { sql, values }) => deleted + Number(this.#database.prepare(sql).run(...values).changes),
        0,
      ),
    );
  }

  /** Whether there was such a key that stood. */
  revokeKey(prefix: string, at: number): boolean {
    const revoke = "UPDATE api_keys SET revoked_at = ? WHERE prefix = ? AND revoked_at IS NULL";
    return this.#database.prepare(revoke).run(at, prefix).changes === 1;
  }

  touchKey(prefix: string, at: number): void {
    this.#database.prepare("UPDATE api_keys SET last_used_at = ? WHERE prefix = ?").run(at, prefix);
  }

  /** Writes enough that a full disk shows itself. */
  probe(): void {
    this.#database.prepare(`INSERT OR REPLACE INTO probe VALUES (1, randomblob(${PROBE_BYTES}))`).run();
  }

  /** Names without end must not fill the table: beyond its bound a refusal is counted under no bot. */
  #count(bot: string, code: string): void {
    const add = this.#database.prepare("UPDATE rejection_counts SET count = count + 1 WHERE bot = ? AND code = ?");
    if (add.run(bot, code).changes === 1) return;
    const { pairs } = this.#database.prepare("SELECT count(*) AS pairs FROM rejection_counts").get() ?? {};
    const name = Number(pairs) < REJECTION_COUNTS_MAX ? bot : "";
    this.#database
      .prepare("INSERT INTO rejection_counts VALUES (?, ?, 1) ON CONFLICT (bot, code) DO UPDATE SET count = count + 1")
      .run(name, code);
  }
}
