import { type MarkoutsRead, readingMarkouts } from "../../src/engine/markouts/read-markouts.ts";

/** The markouts of the fills of a table, read at once. */
export function markoutsOf(...asked: Parameters<typeof readingMarkouts>): MarkoutsRead {
  const reading = readingMarkouts(...asked);
  let part = reading.next();
  while (part.done !== true) part = reading.next();
  return part.value;
}
