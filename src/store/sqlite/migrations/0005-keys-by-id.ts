/** The parts of an old key as a JSON array: texts have no control character but the tab between parts. */
const partsOf = (column: string): string =>
  String.raw`'[' || replace(replace(replace(json_quote(${column}), '\\', char(1)), '\t', '","'), char(1), '\\') || ']'`;

const ordered = (...places: readonly number[]): string =>
  places.map((place) => `(p ->> ${place})`).join(" || char(9) || ");

/** What an old key (mode, type, whose, id) is in the order of now: id, type, whose, mode; as it was where it is neither. */
const reordered = (column: string): string => `(SELECT coalesce(CASE p ->> 1
    WHEN 'opportunity' THEN ${ordered(3, 1, 2, 4, 0)}
    WHEN 'income' THEN ${ordered(5, 1, 2, 3, 4, 6, 7, 0)}
    WHEN 'pair' THEN ${ordered(2, 1, 0)}
    WHEN 'edge' THEN ${ordered(3, 1, 2, 0)}
    WHEN 'instrument' THEN ${ordered(3, 1, 2, 0)}
    WHEN 'settlement' THEN ${ordered(3, 1, 2, 0)}
    ELSE ${ordered(4, 1, 2, 3, 0)} END, ${column})
  FROM (SELECT ${partsOf(column)} AS p))`;

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
UPDATE voids_ahead SET fill_key = char(1) || ${reordered("fill_key")};
UPDATE voids_ahead SET fill_key = substr(fill_key, 2);
CREATE UNIQUE INDEX events_id ON events (id, bot) WHERE id IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (key) WHERE key IS NOT NULL AND standing = 'fact';
`,
} as const;
