import type { BotView } from "../../protocol/api.ts";
import type { ExplainAnswer } from "../../protocol/api-money.ts";
import { isExplained } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useLiveRead } from "./use-live-read.ts";
import type { Reading } from "./use-read.ts";

interface ExplainWanted {
  /** The first moment (ms) for a now (ms). */
  readonly startAt: (nowMs: number) => number;
  readonly mode: BotView["mode"];
  /** Every bot when absent. */
  readonly bot?: string | undefined;
}

/**
 * Why equity changed from a moment until now. It may take the hub seconds, so it is asked once, and once more by `again`,
 * which takes the moments anew. Absent in a replay. Mount anew to ask for something else.
 */
export function useExplained({ startAt, mode, bot }: ExplainWanted): Reading<ExplainAnswer> {
  return useLiveRead({
    pathAt: (nowMs) => {
      const query = { from: isoOf(startAt(nowMs)), mode, ...(bot === undefined ? {} : { bot }) };
      return `${readsAt(undefined)}/pnl/explain?${new URLSearchParams(query)}`;
    },
    is: isExplained,
  });
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
