import type { BotView } from "../../protocol/api.ts";
import type { MoneyWindow, PerformanceAnswer } from "../../protocol/api-money.ts";
import { isPerformance } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useCell, useDesk } from "./use-desk.ts";
import { useRead } from "./use-read.ts";

/** Windows that nothing streams are read so often, ms. */
const EVERY_MS = 3_000;

/** The mode of the desk itself: what stands in its sums. */
export function useDeskMode(): BotView["mode"] {
  return useCell(useDesk().about)?.mode ?? "live";
}

/** What is asked for. Mount anew to ask for something else. */
interface PerformanceWanted {
  readonly window: MoneyWindow;
  readonly mode: BotView["mode"];
  /** Every bot when absent. */
  readonly bot?: string;
  /** How cost is counted: at average cost when absent; `fifo` needs a bot. */
  readonly method?: "fifo";
}

/** What trading made, and why that could not be read. */
export interface PerformanceReading {
  readonly data: PerformanceAnswer | undefined;
  readonly trouble: string | undefined;
  readonly again: () => void;
}

/** What trading made in a window: streamed where it is all of today in the desk's own mode, else read every few seconds. */
export function usePerformance({ window, mode, bot, method }: PerformanceWanted): PerformanceReading {
  const desk = useDesk();
  const own = useDeskMode();
  const today = useCell(desk.performance)?.data;
  const streamed = window === "today" && mode === own && bot === undefined;
  const of = { ...(bot === undefined ? {} : { bot }), ...(method === undefined ? {} : { method }) };
  const query = new URLSearchParams({ window, mode, ...of });
  const path = streamed ? undefined : `${readsAt(desk.source)}/performance?${query}`;
  const { data, trouble, again } = useRead(path, isPerformance, EVERY_MS);
  return { data: streamed ? inMode(today, mode) : data, trouble: streamed ? undefined : trouble, again };
}

function inMode(answer: PerformanceAnswer | undefined, mode: BotView["mode"]): PerformanceAnswer | undefined {
  if (answer === undefined) return undefined;
  const isOwn = (row: { readonly mode: BotView["mode"] }): boolean => row.mode === mode;
  return { ...answer, rows: answer.rows.filter(isOwn), equity: answer.equity.filter(isOwn) };
}
