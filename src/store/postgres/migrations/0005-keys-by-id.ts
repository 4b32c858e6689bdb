const ordered = (...places: readonly number[]): string => places.map((place) => `p[${place}]`).join(" || E'\\t' || ");

/** What an old key (mode, type, whose, id) is in the order of now: id, type, whose, mode; as it was where it is neither. */
const reordered = (column: string): string => `(SELECT coalesce(CASE p[2]
    WHEN 'opportunity' THEN ${ordered(4, 2, 3, 5, 1)}
    WHEN 'income' THEN ${ordered(6, 2, 3, 4, 5, 7, 8, 1)}
    WHEN 'pair' THEN ${ordered(3, 2, 1)}
    WHEN 'edge' THEN ${ordered(4, 2, 3, 1)}
    WHEN 'instrument' THEN ${ordered(4, 2, 3, 1)}
    WHEN 'settlement' THEN ${ordered(4, 2, 3, 1)}
    ELSE ${ordered(5, 2, 3, 4, 1)} END, ${column})
  FROM (SELECT string_to_array(${column}, E'\\t') AS p) AS parts)`;

/**
 * Names begin with what tells events apart, so that an index grows at its end where ids grow. A void that waits for its fill
 * is renamed in two steps: one's new name may be another's old one.
 */
export const keysById = {
  version: 5,
  name: "keys by id",
  sql: `
DROP INDEX events_key;
DROP INDEX events_bot_id;
UPDATE events SET key = ${reordered("key")} WHERE key IS NOT NULL;
UPDATE voids_ahead SET fill_key = E'\\x01' || ${reordered("fill_key")};
UPDATE voids_ahead SET fill_key = substr(fill_key, 2);
CREATE UNIQUE INDEX events_id ON events (id, bot) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL AND standing = 'fact';
ANALYZE events;
`,
} as const;
