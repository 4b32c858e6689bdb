/**
 * Fills are found in the order of time by an index that grows at its end, and says the bot too. What was said of a fact by
 * its id is tied to it, and a fill has the newest reason that it was corrected for; one that comes before its fill waits.
 */
export const fillsByTime = {
  version: 6,
  name: "fills by time",
  sql: `
CREATE INDEX fills_time ON fills (mode, effective_ts, seq, bot);

ALTER TABLE fills ADD COLUMN correction text;
CREATE TABLE corrections_ahead (
  name text PRIMARY KEY,
  reason text NOT NULL
);

UPDATE events SET of_seq = fact.seq FROM (
  SELECT told.seq AS told_by, CASE WHEN named.standing = 'fact' THEN named.seq ELSE named.of_seq END AS seq
  FROM events AS told
  JOIN events AS named ON named.id = deskwatch_field(told.body, 'corrects') AND named.bot = told.bot
  WHERE told.type = 'correction' AND told.standing = 'fact' AND told.of_seq IS NULL AND named.seq < told.seq
) AS fact WHERE events.seq = fact.told_by;
UPDATE fills SET correction = told.reason FROM (
  SELECT DISTINCT ON (of_seq) of_seq, coalesce(
    nullif(btrim(regexp_replace(deskwatch_field(body, 'reason'), E'[\\x01-\\x1f]+', ' ', 'g')), ''), 'no reason given'
  ) AS reason
  FROM events WHERE type = 'correction' AND standing = 'fact' AND of_seq IS NOT NULL
  ORDER BY of_seq, seq DESC
) AS told WHERE fills.seq = told.of_seq;
ANALYZE fills;
`,
} as const;
