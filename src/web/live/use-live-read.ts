import { useDesk } from "./use-desk.ts";
import { type MovingRead, useMovingRead } from "./use-moving-read.ts";
import type { Reading } from "./use-read.ts";

/**
 * Reads what is made of all facts of a stretch of time. A replay has none of it, and what the hub says would know of
 * what was said later: while a replay is watched nothing is asked, and the reading is `absent`.
 */
export function useLiveRead<T>(wanted: MovingRead<T>): Reading<T> {
  const absent = useDesk().source !== undefined;
  const reading = useMovingRead({ ...wanted, pathAt: absent ? nothing : wanted.pathAt });
  return { ...reading, absent };
}

const nothing = (): undefined => undefined;
