import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { State } from "../engine/fold.ts";
import type { Mode } from "../engine/bot-state.ts";
import { type MarkoutFilter, readingMarkouts } from "../engine/markouts/read-markouts.ts";
import type { AssetsAnswer, ExecutionAnswer, MarkoutCut, MarkoutsAnswer } from "../protocol/api-execution.ts";
import { type AssetParts, readAssets } from "./assets.ts";
import { type ExecutionParts, readExecution } from "./execution.ts";
import { inTurn, NoPast } from "./explain.ts";
import { beginOfWindow } from "./markout-metrics.ts";
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
  /** Each instrument that was traded; rejects with `NoPast` in a replay. */
  readonly assets: (query: AssetsQuery) => Promise<AssetsAnswer>;
}

/** What an instrument table is asked for: a window, or a span. */
export interface AssetsQuery {
  readonly bot?: string | undefined;
  readonly mode?: Mode | undefined;
  /** A session is of one bot; of the desk it begins where the first of its bots began. */
  readonly window: MoneyWindow;
  /** Instead of the window. */
  readonly from?: Micros | undefined;
  readonly to?: Micros | undefined;
}

/** Of 24 hours before the end where nothing else is asked for. */
export type ExecutionSpanQuery = Pick<MarkoutsQuery, "bot" | "mode" | "from" | "to">;

interface Parts extends MarkoutParts, ExecutionParts {
  readonly store: ExecutionParts["store"];
  readonly rollups?: AssetParts["rollups"];
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
      return tables.read({ bot: filter.bot, mode, from }, async ({ table, asOfSeq, at }) => ({
        bot: filter.bot ?? null,
        mode,
        from: isoFromMicros(from),
        to: isoFromMicros(to ?? at),
        by: by ?? null,
        marks: MARKS,
        ...(await inParts(
          readingMarkouts(table, { ...filter, by, from, to: end }, { desk: parts.state.desk, now: at }),
          parts.timers.breathe,
        )),
        as_of: isoFromMicros(at),
        as_of_seq: asOfSeq,
      }));
    },
    execution: ({ bot, mode = parts.defaultMode, from, to }) =>
      executionInTurn(() => {
        const end = to ?? micros(parts.clock.now() + AHEAD_MICROS);
        return readExecution(parts, { bot, mode, from: from ?? micros(end - A_DAY), to: end });
      }),
    assets: ({ bot, mode = parts.defaultMode, window, from, to }) => {
      const { rollups } = parts;
      if (rollups === undefined) return Promise.reject(new NoPast());
      return executionInTurn(() => {
        const begin = from ?? beginOfWindow(window, parts.clock.now(), startOf(parts.state, bot));
        return readAssets({ ...parts, rollups }, { bot, mode, from: begin, to });
      });
    },
  };
}

/** Runs work part by part, with other work between the parts. */
async function inParts<T>(work: Generator<void, T>, breathe: () => Promise<void>): Promise<T> {
  for (;;) {
    const part = work.next();
    if (part.done === true) return part.value;
    await breathe();
  }
}

/** When the session of a bot began; of the desk, the first of those that are under way. */
function startOf({ bots }: State, bot: string | undefined): Micros | undefined {
  if (bot !== undefined) return bots.get(bot)?.startedAt;
  const starts = [...bots.values()].flatMap(({ startedAt }) => startedAt ?? []);
  return starts.length === 0 ? undefined : micros(Math.min(...starts));
}

/** How far a bot's clock may put a fill ahead of the hub's. */
const AHEAD_MICROS = 5_000_000;
const MARKS = "the mid of the recorded marks of the same instrument, as it stood at the moment (ties included)";
