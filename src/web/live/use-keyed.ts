import { useEffect, useMemo } from "react";
import { type Kept, KeyedReads } from "./keyed-reads.ts";
import { useCell } from "./use-desk.ts";

const LOOK_EVERY_MS = 1_000;

/** Reads of one kind, kept for as long as `read` stays the same function. */
export function useKeyedReads<T>(read: (key: string) => Promise<T>, everyMs: number): KeyedReads<T> {
  const reads = useMemo(() => new KeyedReads({ read, everyMs, nowMs: Date.now }), [read, everyMs]);
  useEffect(() => {
    const timer = setInterval(() => void reads.refresh(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [reads]);
  return reads;
}

/** What was read of this key, which is wanted for as long as what shows it is on the screen. */
export function useKeyed<T>(reads: KeyedReads<T>, key: string): Kept<T> | undefined {
  useEffect(() => reads.want(key), [reads, key]);
  return useCell(reads.cellOf(key));
}
