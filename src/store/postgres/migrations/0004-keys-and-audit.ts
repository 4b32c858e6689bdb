/** Keys that end by themselves, and the acts of people and keys. `seq` is of the fact that an act was taken from. */
export const keysAndAudit = {
  version: 4,
  name: "keys and audit",
  sql: `
ALTER TABLE api_keys ADD COLUMN expires_at bigint;

CREATE TABLE audit (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  kind text NOT NULL,
  who text NOT NULL,
  outcome text NOT NULL,
  seq bigint UNIQUE,
  body text NOT NULL
);
CREATE INDEX audit_outcome ON audit (outcome, n);
`,
} as const;
