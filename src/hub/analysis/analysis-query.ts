import type { Mode } from "../../engine/bot-state.ts";
import type { StatisticsAnswer } from "../../protocol/api-statistics.ts";
import { Overloaded } from "../explain.ts";
import type { QueryParts } from "../query-state.ts";
import { Statistics, type StatisticsFilter } from "./statistics.ts";

/** A filter whose mode is the store's own when absent. */
type Moded<Filter> = Omit<Filter, "mode"> & { readonly mode?: Mode | undefined };

/** What daily returns and stored fills say, made when it is asked for. */
export interface AnalysisQuery {
  /** Of the whole UTC days of a range. */
  readonly statistics: (filter: Moded<StatisticsFilter>) => Promise<StatisticsAnswer>;
}

/** The reads of analysis over the fold in memory, the rollups and the store. */
export function analysisReads({ rollups, ...parts }: QueryParts): AnalysisQuery {
  if (rollups === undefined) return { statistics: () => Promise.reject(noRollups()) };
  const past = { ...parts, rollups };
  const statistics = new Statistics(past);
  return {
    statistics: ({ mode = parts.defaultMode, ...filter }) => statistics.read({ ...filter, mode }),
  };
}

const noRollups = (): Overloaded => new Overloaded("a replay has no rollups: ask the hub itself");
