/** The rows that are corrections, found by the blocks that have some. */
const CORRECTIONS = `SELECT told.seq FROM block_values AS b
  CROSS JOIN events AS told ON told.seq BETWEEN b.block * 1024 AND b.block * 1024 + 1023
  WHERE b.field = 'type' AND b.value = 'correction' AND told.type = 'correction' AND told.standing = 'fact'`;

const ON_ONE_LINE = "replace(replace(replace(body ->> '$.reason', char(9), ' '), char(10), ' '), char(13), ' ')";

/**
 * Fills are found in the order of time by an index that grows at its end, and says the bot too. What was said of a fact by
 * its id is tied to it, and a fill has the newest reason that it was corrected for; one that comes before its fill waits.
 */
export const fillsByTime = {
  version: 7,
  name: "fills by time",
  sql: `
CREATE INDEX fills_time ON fills (mode, effective_ts, seq, bot);

ALTER TABLE fills ADD COLUMN correction TEXT;
CREATE TABLE corrections_ahead (
  name TEXT PRIMARY KEY,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE events SET of_seq = (
  SELECT CASE WHEN named.standing = 'fact' THEN named.seq ELSE named.of_seq END FROM events AS named
  WHERE named.id = events.body ->> '$.corrects' AND named.bot = events.bot AND named.seq < events.seq
) WHERE of_seq IS NULL AND seq IN (${CORRECTIONS});
UPDATE fills SET correction = (
  SELECT coalesce(nullif(trim(${ON_ONE_LINE}), ''), 'no reason given') FROM events
  WHERE of_seq = fills.seq AND type = 'correction' AND standing = 'fact' ORDER BY events.seq DESC LIMIT 1
) WHERE seq IN (SELECT of_seq FROM events WHERE of_seq IS NOT NULL AND type = 'correction' AND standing = 'fact');
`,
} as const;
