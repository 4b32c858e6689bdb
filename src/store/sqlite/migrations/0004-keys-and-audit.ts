/** Keys that end by themselves, and the acts of people and keys. `seq` is of the fact that an act was taken from. */
export const keysAndAudit = {
  version: 4,
  name: "keys and audit",
  sql: `
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;

CREATE TABLE audit (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  outcome TEXT NOT NULL,
  seq INTEGER UNIQUE,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX audit_outcome ON audit (outcome, n);
`,
} as const;
