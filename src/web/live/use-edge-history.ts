import type { BotView } from "../../protocol/api.ts";
import type { EdgeHistoryAnswer } from "../../protocol/api-edges.ts";
import { isEdgeHistory } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useLiveRead } from "./use-live-read.ts";
import type { Reading } from "./use-read.ts";

interface EdgeHistoryWanted {
  /** One of the two markets of the pairs. */
  readonly market: string;
  readonly mode: BotView["mode"];
  /** How far back, ms. */
  readonly spanMs: number;
}

/** A chart has about as many points at most. */
const POINTS = 360;
const STEPS_S = [5, 10, 15, 30, 60, 120, 300, 900, 1_800];
/** What comes between two reads is told by the stream. */
const EVERY_MS = 15_000;

/** How the edges of a market went until now; absent in a replay. */
export function useEdgeHistory({ market, mode, spanMs }: EdgeHistoryWanted): Reading<EdgeHistoryAnswer> {
  return useLiveRead({
    pathAt: (nowMs) => {
      const step = STEPS_S.find((seconds) => spanMs / 1_000 / seconds <= POINTS) ?? 3_600;
      const query = { market, mode, from: new Date(nowMs - spanMs).toISOString(), step: String(step) };
      return `${readsAt(undefined)}/edges/history?${new URLSearchParams(query)}`;
    },
    is: isEdgeHistory,
    everyMs: EVERY_MS,
  });
}
