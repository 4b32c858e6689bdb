const LAST = Number.MAX_SAFE_INTEGER;
const heldIn = (table: string, ...columns: readonly string[]): string =>
  columns
    .map((name) => `UPDATE ${table} SET ${name} = max(-${LAST}, min(${LAST}, ${name})) WHERE abs(${name}) > ${LAST};`)
    .join("\n");

/** Times of years before 1684 and after 2255 were kept as numbers that nobody could read again. */
export const timesThatAreHeld = {
  version: 6,
  name: "times that are held",
  sql: [
    heldIn("events", "ts"),
    heldIn("fills", "ts", "effective_ts"),
    heldIn("samples", "ts"),
    heldIn("latest_samples", "ts"),
    heldIn("block_spans", "ts_min", "ts_max"),
  ].join("\n"),
};
