/** The log, its projections, and what is kept beside it. Times are integer microseconds since 1970 in UTC. */
export const log = {
  version: 1,
  name: "log",
  sql: `
CREATE TABLE events (
  seq bigint PRIMARY KEY,
  ts bigint NOT NULL,
  received_at bigint NOT NULL,
  bot text NOT NULL,
  id text,
  type text NOT NULL,
  mode text NOT NULL,
  key text,
  standing text NOT NULL,
  of_seq bigint,
  body text NOT NULL
);
CREATE UNIQUE INDEX events_bot_id ON events (bot, id) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL AND standing = 'fact';
CREATE INDEX events_of_seq ON events (of_seq) WHERE of_seq IS NOT NULL;
CREATE INDEX events_bot ON events (bot, seq);
CREATE INDEX events_type ON events (type, seq);
CREATE INDEX events_ts ON events USING brin (ts);

CREATE TABLE fills (
  seq bigint PRIMARY KEY,
  ts bigint NOT NULL,
  received_at bigint NOT NULL,
  effective_ts bigint NOT NULL,
  bot text NOT NULL,
  id text,
  type text NOT NULL,
  mode text NOT NULL,
  fill_id text NOT NULL,
  quote_id text,
  reference_price text,
  mid text,
  funding text,
  account text,
  strategy text,
  venue text,
  symbol text,
  side text,
  price text,
  size text,
  order_id text,
  is_maker boolean,
  fee text,
  fee_currency text,
  pair_id text,
  entry_edge_cents double precision,
  realized_edge_cents double precision,
  slippage_cents double precision,
  fees_cents double precision,
  size_usd double precision,
  pnl_cents double precision,
  voided boolean NOT NULL,
  contradicted boolean NOT NULL
);
CREATE INDEX fills_bot ON fills (bot, seq);
CREATE INDEX fills_ts ON fills USING brin (ts);

CREATE TABLE voids_ahead (
  fill_key text PRIMARY KEY
);

CREATE TABLE commits (
  slot integer PRIMARY KEY,
  token text NOT NULL,
  reply text NOT NULL
);

CREATE TABLE samples (
  key text NOT NULL,
  type text NOT NULL,
  bot text NOT NULL,
  ts bigint NOT NULL,
  received_at bigint NOT NULL,
  body text NOT NULL
);
CREATE INDEX samples_received_at ON samples USING brin (received_at);

CREATE TABLE latest_samples (
  key text PRIMARY KEY,
  type text NOT NULL,
  bot text NOT NULL,
  ts bigint NOT NULL,
  received_at bigint NOT NULL,
  body text NOT NULL
);

CREATE TABLE slices (
  fold_version integer NOT NULL,
  name text NOT NULL,
  seq bigint NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (fold_version, name)
);

CREATE TABLE rejections (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  bot text,
  code text NOT NULL,
  path text NOT NULL,
  message text NOT NULL,
  sample text NOT NULL
);

CREATE TABLE rejection_counts (
  bot text NOT NULL,
  code text NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (bot, code)
);

CREATE TABLE api_keys (
  prefix text PRIMARY KEY,
  sha256 text NOT NULL,
  name text NOT NULL,
  scopes text NOT NULL,
  bot text,
  created_at bigint NOT NULL,
  last_used_at bigint,
  revoked_at bigint
);

CREATE TABLE probe (
  one integer PRIMARY KEY CHECK (one = 1),
  body text NOT NULL
);

-- A body may hold what no text of PostgreSQL can (an escaped NUL): such a field reads as NULL instead of failing the query.
CREATE FUNCTION deskwatch_field(body text, field text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN body::json ->> field;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- Whether a field has a value; what cannot be taken apart is not ruled out.
CREATE FUNCTION deskwatch_field_is(body text, field text, value text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(body::json ->> field = value, false);
EXCEPTION WHEN data_exception THEN
  RETURN true;
END $$;

CREATE VIEW orders AS
SELECT
  placed.seq AS seq,
  placed.bot AS bot,
  placed.mode AS mode,
  deskwatch_field(placed.body, 'order_id') AS order_id,
  deskwatch_field(placed.body, 'account') AS account,
  deskwatch_field(placed.body, 'strategy') AS strategy,
  deskwatch_field(placed.body, 'venue') AS venue,
  deskwatch_field(placed.body, 'symbol') AS symbol,
  deskwatch_field(placed.body, 'side') AS side,
  deskwatch_field(placed.body, 'order_type') AS order_type,
  deskwatch_field(placed.body, 'intent') AS intent,
  deskwatch_field(placed.body, 'price') AS price,
  deskwatch_field(placed.body, 'size') AS size,
  deskwatch_field(placed.body, 'pair_id') AS pair_id,
  placed.ts AS placed_at,
  acknowledged.ts AS acknowledged_at,
  cancelled.ts AS cancelled_at,
  rejected.ts AS rejected_at,
  expired.ts AS expired_at
FROM events AS placed
LEFT JOIN events AS acknowledged ON acknowledged.standing = 'fact'
  AND acknowledged.key = replace(placed.key, E'\\torder.placed\\t', E'\\torder.acknowledged\\t')
LEFT JOIN events AS cancelled ON cancelled.standing = 'fact'
  AND cancelled.key = replace(placed.key, E'\\torder.placed\\t', E'\\torder.cancelled\\t')
LEFT JOIN events AS rejected ON rejected.standing = 'fact'
  AND rejected.key = replace(placed.key, E'\\torder.placed\\t', E'\\torder.rejected\\t')
LEFT JOIN events AS expired ON expired.standing = 'fact'
  AND expired.key = replace(placed.key, E'\\torder.placed\\t', E'\\torder.expired\\t')
WHERE placed.type = 'order.placed' AND placed.standing = 'fact';

CREATE VIEW opportunities AS
SELECT
  seq,
  ts,
  bot,
  mode,
  deskwatch_field(body, 'opportunity_id') AS opportunity_id,
  deskwatch_field(body, 'action') AS action,
  deskwatch_field(body, 'event_id') AS event_id,
  deskwatch_field(body, 'pair_id') AS pair_id,
  deskwatch_field(body, 'edge_bps')::double precision AS edge_bps,
  deskwatch_field(body, 'edge_cents')::double precision AS edge_cents,
  deskwatch_field(body, 'confidence') AS confidence,
  deskwatch_field(body, 'reason') AS reason
FROM events
WHERE type = 'opportunity' AND standing = 'fact';
`,
} as const;
