import { AHEAD_MAX_MICROS } from "../protocol/recorded.ts";

/**
 * The end of a statement that puts a sample in the place of the one that was the newest of its stream, in SQL of any
 * dialect: unless its own time is before that, as `isLate` has it.
 */
export const UNLESS_LATE = `WHERE excluded.ts >= latest_samples.ts
  OR latest_samples.ts > excluded.received_at + ${AHEAD_MAX_MICROS}`;
