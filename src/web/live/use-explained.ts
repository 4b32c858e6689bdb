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
 * Why equity changed from a moment until now. It may take the hub seconds, so it is asked once, and once more by `again`,
 * which takes the moments anew. A replay keeps no past of its own: the hub is asked, until the moment where the replay
 * is. Mount anew to ask for something else.
 */
export function useExplained({ startAt, mode, bot }: ExplainWanted): Reading<ExplainAnswer> {
  const isReplay = useDesk().source !== undefined;
  return useMovingRead({
    pathAt: (nowMs) => {
      const until = isReplay ? { to: isoOf(nowMs) } : {};
      const query = { from: isoOf(startAt(nowMs)), ...until, mode, ...(bot === undefined ? {} : { bot }) };
      return `${readsAt(undefined)}/pnl/explain?${new URLSearchParams(query)}`;
    },
    is: isExplained,
  });
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
