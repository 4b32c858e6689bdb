import { readsAt } from "./hub-api.ts";
import { useLiveRead } from "./use-live-read.ts";
import type { Reading } from "./use-read.ts";

/** What of the past is looked at. Mount anew to ask for something else. */
interface AnalysisWanted<T> {
  /** Below `/api/v1`: `statistics`, `markouts`, … */
  readonly name: string;
  readonly is: (body: unknown) => body is T;
  /** The first moment (ms) for a now (ms); the hub's usual one when absent. */
  readonly startAt?: ((nowMs: number) => number) | undefined;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** How often it is read anew, ms. */
  readonly everyMs?: number;
}

/** These reads cost the hub some work: what they say moves slowly. */
const EVERY_MS = 60_000;

/** Something that the hub makes of the past, read now and then; absent in a replay. */
export function useAnalysis<T>({ name, is, startAt, query, everyMs = EVERY_MS }: AnalysisWanted<T>): Reading<T> {
  return useLiveRead({
    pathAt: (nowMs) => {
      const asked = new URLSearchParams();
      for (const [field, value] of Object.entries(query)) if (value !== undefined) asked.set(field, value);
      if (startAt !== undefined) asked.set("from", new Date(startAt(nowMs)).toISOString());
      return `${readsAt(undefined)}/${name}?${asked}`;
    },
    is,
    everyMs,
  });
}
