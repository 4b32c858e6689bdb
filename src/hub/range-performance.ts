import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { isPartial, type Part } from "../engine/part.ts";
import { readPerformance } from "../engine/read-performance.ts";
import { pastState } from "../engine/rollup/past-state.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";
import type { PerformanceAnswer } from "../protocol/api-money.ts";
import { momentOfEnd, type PastParts, readPast } from "./past.ts";

export interface RangeFilter extends Part {
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  readonly from: Micros;
  /** Now when absent, or where it is later. */
  readonly to?: Micros | undefined;
}

const KINDS: readonly RolledKind[] = ["ledger", "cash", "reported", "equity", "mark"];

/** What trading made from one moment up to another, as the facts that are known now tell it; and what held at its end. */
export async function readRangePerformance(
  parts: PastParts,
  { bot, mode, from, to: asked, venue, asset }: RangeFilter,
): Promise<Omit<PerformanceAnswer, "as_of" | "as_of_seq">> {
  const now = parts.clock.now();
  const to = micros(Math.max(from, Math.min(asked ?? now, now)));
  const reading = await readPast(parts, { bot, mode: mode as Mode | undefined, kinds: KINDS }, [
    from,
    momentOfEnd(to, now),
  ]);
  const isPart = isPartial({ venue, asset });
  const span = { end: to, isNow: to === now, ...(isPart ? { part: { venue, asset } } : {}) };
  const past = pastState(parts.state, reading.between(0, 1), span);
  const told = readPerformance(past, micros(to - 1), { bot, mode, window: "session", isPart });
  return {
    ...told,
    window: "range",
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    ...(venue === undefined ? {} : { venue }),
    ...(asset === undefined ? {} : { asset }),
  };
}
