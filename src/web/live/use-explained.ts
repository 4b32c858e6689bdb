import type { BotView } from "../../protocol/api.ts";
import type { ExplainAnswer } from "../../protocol/api-money.ts";
import { isExplained } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useDesk } from "./use-desk.ts";
import { useMovingRead } from "./use-moving-read.ts";
import type { Reading } from "./use-read.ts";

interface ExplainWanted {
  /** The first moment (ms) for a now (ms). */
  readonly startAt: (nowMs: number) => number;
  readonly mode: BotView["mode"];
  /** Every bot when absent. */
  readonly bot?: string | undefined;
}

/**
 * Why equity changed from a moment until now. The hub folds the log once more for each such read, so it is asked once,
 * and once more by `again`, which takes the moments anew. Mount anew to ask for something else.
 */
export function useExplained({ startAt, mode, bot }: ExplainWanted): Reading<ExplainAnswer> {
  const base = readsAt(useDesk().source);
  return useMovingRead({
    pathAt: (nowMs) => {
      const from = new Date(startAt(nowMs)).toISOString();
      return `${base}/pnl/explain?${new URLSearchParams({ from, mode, ...(bot === undefined ? {} : { bot }) })}`;
    },
    is: isExplained,
  });
}
