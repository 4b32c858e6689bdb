import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { type MarkoutFilter, readMarkouts } from "../engine/markouts/read-markouts.ts";
import type { ExecutionAnswer, MarkoutCut, MarkoutsAnswer } from "../protocol/api-execution.ts";
import { type ExecutionParts, readExecution } from "./execution.ts";
import { inTurn } from "./explain.ts";
import type { MarkoutParts, Markouts } from "./markouts.ts";

/** What markouts are asked for. Modes are never added together. */
export interface MarkoutsQuery extends Omit<MarkoutFilter, "from" | "to"> {
  readonly mode?: Mode | undefined;
  readonly by?: MarkoutCut | undefined;
  /** 24 hours before the end when absent. */
  readonly from?: Micros | undefined;
  /** Now when absent. */
  readonly to?: Micros | undefined;
}

/** How well orders were executed: made from stored facts when somebody asks. Rejects as `Markouts` does. */
export interface ExecutionQuery {
  readonly markouts: (query: MarkoutsQuery) => Promise<MarkoutsAnswer>;
  /** How orders and quotes did: those that were placed, or ended, in the span. */
  readonly execution: (query: ExecutionSpanQuery) => Promise<ExecutionAnswer>;
}

/** Of 24 hours before the end where nothing else is asked for. */
export type ExecutionSpanQuery = Pick<MarkoutsQuery, "bot" | "mode" | "from" | "to">;

interface Parts extends MarkoutParts, ExecutionParts {
  readonly store: ExecutionParts["store"];
  readonly defaultMode: Mode;
  readonly tables: Markouts;
}

const A_DAY = 86_400_000_000;

export function executionReads(parts: Parts): ExecutionQuery {
  const { tables } = parts;
  const executionInTurn = inTurn();
  return {
    markouts: ({ mode = parts.defaultMode, from: asked, to, by, ...filter }) => {
      const end = to ?? micros(parts.clock.now() + AHEAD_MICROS);
      const from = asked ?? micros(end - A_DAY);
      return tables.read({ bot: filter.bot, mode, from }, ({ table, asOfSeq, at }) => ({
        bot: filter.bot ?? null,
        mode,
        from: isoFromMicros(from),
        to: isoFromMicros(to ?? at),
        by: by ?? null,
        marks: MARKS,
        ...readMarkouts(table, { ...filter, by, from, to: end }, { desk: parts.state.desk, now: at }),
        as_of: isoFromMicros(at),
        as_of_seq: asOfSeq,
      }));
    },
    execution: ({ bot, mode = parts.defaultMode, from, to }) =>
      executionInTurn(() => {
        const end = to ?? micros(parts.clock.now() + AHEAD_MICROS);
        return readExecution(parts, { bot, mode, from: from ?? micros(end - A_DAY), to: end });
      }),
  };
}

/** How far a bot's clock may put a fill ahead of the hub's. */
const AHEAD_MICROS = 5_000_000;
const MARKS = "the mid of the recorded marks of the same instrument, as it stood at the moment (ties included)";
