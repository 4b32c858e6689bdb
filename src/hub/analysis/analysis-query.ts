import type { Mode } from "../../engine/bot-state.ts";
import type { AttributionAnswer, DiagnosisAnswer } from "../../protocol/api-attribution.ts";
import type { CompareAnswer } from "../../protocol/api-compare.ts";
import type { StatisticsAnswer } from "../../protocol/api-statistics.ts";
import { NoPast } from "../explain.ts";
import type { ExecutionQuery } from "../execution-query.ts";
import type { Histories } from "../histories.ts";
import type { Markouts } from "../markouts.ts";
import type { QueryParts } from "../query-state.ts";
import { type AttributionFilter, readAttribution } from "./attribution.ts";
import { type CompareFilter, readCompared } from "./compare.ts";
import { readDiagnosis } from "./diagnosis.ts";
import type { Statistics, StatisticsFilter } from "./statistics.ts";

/** A filter whose mode is the store's own when absent. */
type Moded<Filter> = Omit<Filter, "mode"> & { readonly mode?: Mode | undefined };

/** What daily returns and stored fills say, made when it is asked for. */
export interface AnalysisQuery {
  /** Of the whole UTC days of a range. */
  readonly statistics: (filter: Moded<StatisticsFilter>) => Promise<StatisticsAnswer>;
  /** Where the profit of a range came from. Reads the stored fills of each bot: see `Histories`. */
  readonly attribution: (filter: Moded<AttributionFilter>) => Promise<AttributionAnswer>;
  /** What seems wrong, with its evidence, and what cannot be said. */
  readonly diagnosis: (filter: Moded<AttributionFilter>) => Promise<DiagnosisAnswer>;
  /** One side of a bot's life against another. Rejects as `readCompared` does. */
  readonly compare: (filter: Moded<CompareFilter>) => Promise<CompareAnswer>;
}

interface AnalysisParts extends QueryParts {
  readonly histories: Histories;
  readonly execution: ExecutionQuery;
  readonly tables: Markouts;
  /** Absent where there are no rollups. */
  readonly statistics: Statistics | undefined;
}

/** The reads of analysis over the fold in memory, the rollups and the store. */
export function analysisReads({ rollups, statistics, ...parts }: AnalysisParts): AnalysisQuery {
  const none = () => Promise.reject(new NoPast());
  if (rollups === undefined || statistics === undefined)
    return { statistics: none, attribution: none, diagnosis: none, compare: none };
  const past = { ...parts, rollups };
  const { defaultMode } = parts;
  return {
    statistics: ({ mode = defaultMode, ...filter }) => statistics.read({ ...filter, mode }),
    attribution: ({ mode = defaultMode, ...filter }) => readAttribution(past, { ...filter, mode }),
    diagnosis: ({ mode = defaultMode, ...filter }) => readDiagnosis({ ...past, statistics }, { ...filter, mode }),
    compare: ({ mode = defaultMode, ...filter }) => readCompared({ ...past, statistics }, { ...filter, mode }),
  };
}
