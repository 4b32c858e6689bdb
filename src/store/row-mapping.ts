import { type Micros, micros } from "../base/time.ts";
import type { ImportRow, KeyRow, RejectionRow, SampleRow, Scope, SnapshotSlice } from "../hub/ports.ts";

/** A row as a driver reads it: whole numbers may come as numbers or as texts. */
export type Row = Readonly<Record<string, unknown>>;

export const sampleRow = (row: Row): SampleRow => ({
  key: String(row["key"]),
  type: String(row["type"]),
  bot: String(row["bot"]),
  ts: microsOf(row["ts"]),
  receivedAt: microsOf(row["received_at"]),
  body: String(row["body"]),
});

export const sliceRow = (row: Row): SnapshotSlice => ({
  name: String(row["name"]),
  seq: Number(row["seq"]),
  foldVersion: Number(row["fold_version"]),
  body: String(row["body"]),
});

export const rejectionRow = (row: Row): RejectionRow => ({
  at: microsOf(row["at"]),
  bot: optional(row["bot"], String),
  code: String(row["code"]),
  path: String(row["path"]),
  message: String(row["message"]),
  sample: String(row["sample"]),
});

export const importRow = (row: Row): ImportRow => ({
  importId: String(row["import_id"]),
  receivedAt: microsOf(row["received_at"]),
  body: String(row["body"]),
});

/** A count of refusals; those of no known bot are stored under an empty name. */
export const rejectionCount = (row: Row): { bot: string | undefined; code: string; count: number } => ({
  bot: row["bot"] === "" ? undefined : String(row["bot"]),
  code: String(row["code"]),
  count: Number(row["count"]),
});

export const keyRow = (row: Row): KeyRow => ({
  prefix: String(row["prefix"]),
  sha256: String(row["sha256"]),
  name: String(row["name"]),
  scopes: JSON.parse(String(row["scopes"])) as Scope[],
  bot: optional(row["bot"], String),
  createdAt: microsOf(row["created_at"]),
  lastUsedAt: optional(row["last_used_at"], microsOf),
  revokedAt: optional(row["revoked_at"], microsOf),
  expiresAt: optional(row["expires_at"], microsOf),
});

const microsOf = (value: unknown): Micros => micros(Number(value));

const optional = <T>(value: unknown, of: (value: unknown) => T): T | undefined =>
  value === null || value === undefined ? undefined : of(value);
