/** A field that is a number or a time: a row of data has one nearly always, a header never. */
const DATA_FIELD = /(?:^|,)\s*"?[-+]?\d/;
const COLUMN_NAME = /^[\p{L}_][\p{L}\d_ ./%()-]*$/u;

/** Whether a line can be the header of a table: names only, more than one, each once. */
export function isHeader(line: string): boolean {
  if (DATA_FIELD.test(line)) return false;
  const names = line.trim().split(",");
  return (
    names.length > 1 && new Set(names).size === names.length && names.every((name) => COLUMN_NAME.test(name.trim()))
  );
}

/** Whether a line in the middle of a table is another header: most of its columns are those of the one that stands. */
export function isNewHeader(line: string, header: string): boolean {
  if (line.trim() === header || !isHeader(line)) return false;
  const known = new Set(header.split(","));
  const names = line.trim().split(",");
  return names.filter((name) => known.has(name)).length * 2 >= names.length;
}
