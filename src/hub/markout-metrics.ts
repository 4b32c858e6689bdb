import { MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { firstDayOf } from "../engine/made.ts";
import type { TableFill } from "../engine/markouts/fill-table.ts";
import { chosenFills, MarkedGroup, type MarkoutFilter, type TableContext } from "../engine/markouts/read-markouts.ts";
import type { Interval } from "../metrics/inference/bootstrap.ts";
import { type Measure, unknown } from "../metrics/measure.ts";
import type { MarkoutReading, Reading } from "../metrics/scope-reading.ts";
import { MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { MarkoutParts, Markouts, TableRead } from "./markouts.ts";
import type { AsOf } from "./query.ts";
import { isoFromMicros } from "../base/time.ts";

/** Whose markouts, of which window. */
export interface MarkoutMetricQuery {
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly window: MoneyWindow;
}

const HORIZONS: readonly number[] = MARKOUT_HORIZONS_S;
const OF_ONE_BOT: Reading = unknown("a session is of one bot: name it with bot");
const SESSIONLESS: MarkoutReading = { meanBps: () => OF_ONE_BOT, drift30s: OF_ONE_BOT };

/** What the fills of a window were worth later, and the moment that it speaks of. */
export async function readMarkoutMetrics(
  { state, clock }: Pick<MarkoutParts, "state" | "clock">,
  tables: Markouts,
  { bot, mode, window }: MarkoutMetricQuery,
): Promise<{ readonly markouts: MarkoutReading; readonly asOf: AsOf | undefined }> {
  if (window === "session" && bot === undefined) return { markouts: SESSIONLESS, asOf: undefined };
  const startedAt = bot === undefined ? undefined : state.bots.get(bot)?.startedAt;
  const from = beginOfWindow(window, clock.now(), startedAt);
  return tables.read({ bot, mode, from }, (read) => ({
    markouts: markoutReading(read, { bot, from, to: Number.MAX_SAFE_INTEGER }, state.desk),
    asOf: { as_of: isoFromMicros(read.at), as_of_seq: read.asOfSeq },
  }));
}

/** The first moment of a window; of a session without a beginning, and of all time, that is the first of all. */
export function beginOfWindow(window: MoneyWindow, now: Micros, startedAt: Micros | undefined): Micros {
  if (window === "all") return micros(0);
  if (window === "session") return startedAt ?? micros(0);
  return micros((firstDayOf(window, now) ?? 0) * MICROS_PER_DAY);
}

/** The fills of a table that are asked for, as the catalogue reads them. */
export function markoutReading(
  { table, at }: Pick<TableRead, "table" | "at">,
  filter: MarkoutFilter,
  desk: MarkoutParts["state"]["desk"],
): MarkoutReading {
  return markoutReadingOf(chosenFills(table, filter, desk), { desk, now: at });
}

/** The same of some fills, in order of time. */
export function markoutReadingOf(fills: readonly TableFill[], context: TableContext): MarkoutReading {
  const group = new MarkedGroup(fills, context);
  return {
    meanBps: (horizonS) => {
      const { measures } = group.at(HORIZONS.indexOf(horizonS) + 1);
      return withInterval(measures.meanBps, measures.meanBpsInterval);
    },
    get drift30s() {
      return group.at(HORIZONS.indexOf(30) + 1).measures.meanDrift;
    },
  };
}

const withInterval = (measure: Measure, interval: Interval): Reading =>
  measure.value === undefined || "reason" in interval
    ? measure
    : { ...measure, interval: { low: interval.low, high: interval.high, level: 0.95 } };
