const ordered = (...places: readonly number[]): string => `ARRAY[${places.map((place) => `p[${place}]`).join(", ")}]`;

/** What an old key (mode, type, whose, id) is in the order of now: id, type, whose, mode. */
const reordered = (column: string): string => `(SELECT array_to_string(CASE p[2]
    WHEN 'opportunity' THEN ${ordered(4, 2, 3, 5, 1)}
    WHEN 'income' THEN ${ordered(6, 2, 3, 4, 5, 7, 8, 1)}
    WHEN 'pair' THEN ${ordered(3, 2, 1)}
    WHEN 'edge' THEN ${ordered(4, 2, 3, 1)}
    WHEN 'instrument' THEN ${ordered(4, 2, 3, 1)}
    WHEN 'settlement' THEN ${ordered(4, 2, 3, 1)}
    ELSE ${ordered(5, 2, 3, 4, 1)} END, E'\\t')
  FROM (SELECT string_to_array(${column}, E'\\t') AS p) AS parts)`;

/** Names begin with what tells events apart, so that an index grows at its end where ids grow. */
export const keysById = {
  version: 5,
  name: "keys by id",
  sql: `
DROP INDEX events_key;
DROP INDEX events_bot_id;
UPDATE events SET key = ${reordered("key")} WHERE key IS NOT NULL;
UPDATE voids_ahead SET fill_key = ${reordered("fill_key")};
CREATE UNIQUE INDEX events_id ON events (id, bot) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL AND standing = 'fact';
`,
} as const;
