import { useEffect, useState } from "react";
import type { DaySummary, SummaryDay } from "../../protocol/api-summaries.ts";
import { isDaySummary, isSummaryDays } from "./frames.ts";
import { HubError, read, readsAt } from "./hub-api.ts";
import { useDesk } from "./use-desk.ts";
import { type Reading, useRead } from "./use-read.ts";

const DAYS_MOST = 1_000;
/** A day that goes on is read so often, ms. */
const EVERY_MS = 10_000;

/** The UTC days that have facts, newest first, `limit` at most. */
export function useSummaryDays(limit: number): Reading<{ readonly days: readonly SummaryDay[] }> {
  return useRead(`${readsAt(useDesk().source)}/summaries?limit=${limit}`, isSummaryDays, EVERY_MS * 6);
}

/** The first moment (ms) of which a fact is known; asked only when it is `wanted`, undefined until it came. */
export function useFirstMoment(wanted: boolean): number | undefined {
  const base = readsAt(useDesk().source);
  const { data } = useRead(wanted ? `${base}/summaries?limit=${DAYS_MOST}` : undefined, isSummaryDays);
  const first = data?.days.at(-1)?.date;
  return first === undefined ? undefined : Date.parse(first);
}

/** What was read of days so far. */
export interface SummariesRead {
  readonly byDate: ReadonlyMap<string, DaySummary>;
  /** Why one of them could not be read. */
  readonly trouble: string | undefined;
}

/** The summaries of `dates`, read one after the other in their order; the one that goes on again and again. */
export function useDaySummaries(dates: readonly string[]): SummariesRead {
  const base = readsAt(useDesk().source);
  const [byDate, setByDate] = useState<ReadonlyMap<string, DaySummary>>(new Map());
  const [trouble, setTrouble] = useState<string>();
  const key = dates.join(" ");
  useEffect(() => {
    let left = false;
    const over = new Set<string>();
    /** Resolves with what went wrong. */
    const readOne = async (date: string): Promise<string | undefined> => {
      try {
        const { summary } = await read(`${base}/summaries/${encodeURIComponent(date)}`, isDaySummary);
        if (summary.is_over) over.add(date);
        if (!left) setByDate((known) => new Map(known).set(date, summary));
        return undefined;
      } catch (cause) {
        return cause instanceof HubError ? cause.message : String(cause);
      }
    };
    const readAll = async (): Promise<void> => {
      let failed: string | undefined;
      for (const date of key.split(" ").filter((each) => each !== "" && !over.has(each)))
        if (!left) failed = (await readOne(date)) ?? failed;
      if (!left) setTrouble(failed);
    };
    void readAll();
    const timer = setInterval(() => void readAll(), EVERY_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [base, key]);
  return { byDate, trouble };
}
