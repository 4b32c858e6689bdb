/** The log, its projections, and what is kept beside it. Times are integer microseconds since 1970 in UTC. */
export const log = {
  version: 1,
  name: "log",
  sql: `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  ts INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  bot TEXT NOT NULL,
  id TEXT,
  type TEXT NOT NULL,
  mode TEXT NOT NULL,
  key TEXT,
  standing TEXT NOT NULL,
  of_seq INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_bot_id ON events (bot, id) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL AND standing = 'fact';
CREATE INDEX events_of_seq ON events (of_seq) WHERE of_seq IS NOT NULL;

CREATE TABLE block_values (
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  block INTEGER NOT NULL,
  PRIMARY KEY (field, value, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE block_spans (
  block INTEGER PRIMARY KEY,
  ts_min INTEGER NOT NULL,
  ts_max INTEGER NOT NULL
) STRICT;

CREATE TABLE fills (
  seq INTEGER PRIMARY KEY,
  ts INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  effective_ts INTEGER NOT NULL,
  bot TEXT NOT NULL,
  id TEXT,
  type TEXT NOT NULL,
  mode TEXT NOT NULL,
  fill_id TEXT NOT NULL,
  quote_id TEXT,
  reference_price TEXT,
  mid TEXT,
  funding TEXT,
  account TEXT,
  strategy TEXT,
  venue TEXT,
  symbol TEXT,
  side TEXT,
  price TEXT,
  size TEXT,
  order_id TEXT,
  is_maker INTEGER,
  fee TEXT,
  fee_currency TEXT,
  pair_id TEXT,
  entry_edge_cents REAL,
  realized_edge_cents REAL,
  slippage_cents REAL,
  fees_cents REAL,
  size_usd REAL,
  pnl_cents REAL,
  voided INTEGER NOT NULL,
  contradicted INTEGER NOT NULL
) STRICT;

CREATE TABLE voids_ahead (
  fill_key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
  slot INTEGER PRIMARY KEY,
  token TEXT NOT NULL,
  reply TEXT NOT NULL
) STRICT;

CREATE TABLE samples (
  n INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  bot TEXT NOT NULL,
  ts INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE latest_samples (
  key TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  bot TEXT NOT NULL,
  ts INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slices (
  fold_version INTEGER NOT NULL,
  name TEXT NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (fold_version, name)
) STRICT;

CREATE TABLE rejections (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  bot TEXT,
  code TEXT NOT NULL,
  path TEXT NOT NULL,
  message TEXT NOT NULL,
  sample TEXT NOT NULL
) STRICT;

CREATE TABLE rejection_counts (
  bot TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (bot, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
  prefix TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  bot TEXT,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE probe (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  body BLOB NOT NULL
) STRICT;

CREATE VIEW orders AS
SELECT
  placed.seq AS seq,
  placed.bot AS bot,
  placed.mode AS mode,
  placed.body ->> '$.order_id' AS order_id,
  placed.body ->> '$.account' AS account,
  placed.body ->> '$.strategy' AS strategy,
  placed.body ->> '$.venue' AS venue,
  placed.body ->> '$.symbol' AS symbol,
  placed.body ->> '$.side' AS side,
  placed.body ->> '$.order_type' AS order_type,
  placed.body ->> '$.intent' AS intent,
  placed.body ->> '$.price' AS price,
  placed.body ->> '$.size' AS size,
  placed.body ->> '$.pair_id' AS pair_id,
  placed.ts AS placed_at,
  acknowledged.ts AS acknowledged_at,
  cancelled.ts AS cancelled_at,
  rejected.ts AS rejected_at,
  expired.ts AS expired_at
FROM events AS placed
LEFT JOIN events AS acknowledged ON acknowledged.standing = 'fact'
  AND acknowledged.key = replace(placed.key, char(9) || 'order.placed' || char(9), char(9) || 'order.acknowledged' || char(9))
LEFT JOIN events AS cancelled ON cancelled.standing = 'fact'
  AND cancelled.key = replace(placed.key, char(9) || 'order.placed' || char(9), char(9) || 'order.cancelled' || char(9))
LEFT JOIN events AS rejected ON rejected.standing = 'fact'
  AND rejected.key = replace(placed.key, char(9) || 'order.placed' || char(9), char(9) || 'order.rejected' || char(9))
LEFT JOIN events AS expired ON expired.standing = 'fact'
  AND expired.key = replace(placed.key, char(9) || 'order.placed' || char(9), char(9) || 'order.expired' || char(9))
WHERE placed.type = 'order.placed' AND placed.standing = 'fact';

CREATE VIEW opportunities AS
SELECT
  seq,
  ts,
  bot,
  mode,
  body ->> '$.opportunity_id' AS opportunity_id,
  body ->> '$.action' AS action,
  body ->> '$.event_id' AS event_id,
  body ->> '$.pair_id' AS pair_id,
  body ->> '$.edge_bps' AS edge_bps,
  body ->> '$.edge_cents' AS edge_cents,
  body ->> '$.confidence' AS confidence,
  body ->> '$.reason' AS reason
FROM events
WHERE type = 'opportunity' AND standing = 'fact';
`,
} as const;
