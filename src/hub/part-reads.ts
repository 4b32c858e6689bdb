import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { firstDayOf } from "../engine/made.ts";
import type { State } from "../engine/fold.ts";
import type { Part } from "../engine/part.ts";
import { readPerformance } from "../engine/read-performance.ts";
import { askedFor, type MetricFilter, type MetricRefusal, readPartMetric } from "../engine/read-metrics.ts";
import { pastState } from "../engine/rollup/past-state.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";
import type { MetricAnswer } from "../protocol/api-metrics.ts";
import type { MoneyWindow, PerformanceAnswer } from "../protocol/api-money.ts";
import { momentOfEnd, type PastParts, readPast } from "./past.ts";

/** A part of what was traded, in a window up to now. */
interface PartWindow extends Part {
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  readonly window: MoneyWindow;
}

const KINDS: readonly RolledKind[] = ["ledger", "cash", "reported", "mark"];

/** A metric of what was traded at a venue, or of an asset, from rollups; or why it cannot be asked like that. */
export async function readMetricOfPart(
  parts: PastParts,
  name: string,
  filter: MetricFilter,
): Promise<Omit<MetricAnswer, "as_of" | "as_of_seq"> | MetricRefusal> {
  const asked = askedFor(name, filter.window);
  if (typeof asked === "string") return asked;
  // What holds now has no window of its own: it is read at the end of all.
  const window = asked.window === "now" ? "all" : asked.window;
  const { past, asOf } = await partOf(parts, { ...filter, window });
  return readPartMetric(past, asOf, asked, filter);
}

/** What trading made at a venue, or of an asset, in a window; equity and transfers are of no part. */
export async function readPartPerformance(
  parts: PastParts,
  filter: PartWindow,
): Promise<Omit<PerformanceAnswer, "as_of" | "as_of_seq">> {
  const { bot, mode, venue, asset, window } = filter;
  const { past, asOf } = await partOf(parts, filter);
  const told = readPerformance(past, asOf, { bot, mode, window: "session", isPart: true });
  const first = firstDayOf(window, asOf);
  return {
    ...told,
    window,
    from: first === undefined ? null : isoFromMicros(micros(first * MICROS_PER_DAY)),
    ...(venue === undefined ? {} : { venue }),
    ...(asset === undefined ? {} : { asset }),
  };
}

/** The part as `pastState` makes it: its session is the window. */
async function partOf(parts: PastParts, filter: PartWindow): Promise<{ readonly past: State; readonly asOf: Micros }> {
  const { bot, mode, window, venue, asset } = filter;
  const now = parts.clock.now();
  const beginOf = beginsOf(parts.state, window, now);
  const bots = bot === undefined ? [...parts.state.bots.keys()] : [bot];
  const begins = [...new Set(bots.flatMap((name) => beginOf(name) ?? []))].sort((a, b) => a - b);
  const moments = [...begins, momentOfEnd(now, now)];
  const reading = await readPast(parts, { bot, mode: mode as Mode | undefined, kinds: KINDS }, moments);
  const placeOf = (name: string): number | undefined => {
    const begin = beginOf(name);
    return begin === undefined ? undefined : begins.indexOf(begin);
  };
  const pasts = reading.between(placeOf, begins.length);
  return { past: pastState(parts.state, pasts, { end: now, isNow: true, part: { venue, asset } }), asOf: now };
}

/** When a window began for a bot; undefined where that was the beginning of all. */
function beginsOf({ bots }: State, window: MoneyWindow, now: Micros): (bot: string) => Micros | undefined {
  if (window === "session") return (bot) => bots.get(bot)?.startedAt;
  const first = firstDayOf(window, now);
  return () => (first === undefined ? undefined : micros(first * MICROS_PER_DAY));
}
