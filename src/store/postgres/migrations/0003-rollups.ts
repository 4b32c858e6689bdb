/**
 * Rollups of money and orders, and the facts of clocks that are ahead, which are found by their receipt. A rollup is the
 * sum of all facts of its key up to `at`; the last of each minute is kept, later that of each hour, and of each day.
 */
export const rollups = {
  version: 3,
  name: "rollups",
  sql: `
CREATE INDEX events_ahead ON events (received_at) WHERE ts > received_at + 5000000;

CREATE TABLE rollup_progress (
  one integer PRIMARY KEY CHECK (one = 1),
  version bigint NOT NULL,
  round bigint NOT NULL,
  seq bigint NOT NULL,
  ahead bigint NOT NULL,
  minutes_from bigint NOT NULL,
  hours_from bigint NOT NULL
);

CREATE TABLE rollup_keys (
  id bigint PRIMARY KEY,
  kind text NOT NULL,
  mode text NOT NULL,
  bot text NOT NULL,
  parts text NOT NULL,
  terms text,
  settled_by bigint,
  first_at bigint NOT NULL,
  last_at bigint NOT NULL,
  dirty_from bigint
);
CREATE INDEX rollup_keys_dirty ON rollup_keys (id) WHERE dirty_from IS NOT NULL;

CREATE TABLE rollups (
  key bigint NOT NULL,
  at bigint NOT NULL,
  seq bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (key, at)
);
`,
} as const;
