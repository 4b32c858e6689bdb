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
  one INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  round INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ahead INTEGER NOT NULL,
  minutes_from INTEGER NOT NULL,
  hours_from INTEGER NOT NULL
) STRICT;

CREATE TABLE rollup_keys (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  bot TEXT NOT NULL,
  parts TEXT NOT NULL,
  terms TEXT,
  settled_by INTEGER,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  dirty_from INTEGER
) STRICT;
CREATE INDEX rollup_keys_dirty ON rollup_keys (id) WHERE dirty_from IS NOT NULL;

CREATE TABLE rollups (
  key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (key, at)
) STRICT, WITHOUT ROWID;
`,
} as const;
