import { MICROS_PER_SECOND, type Micros, micros, parseTime } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { MARKOUT_HORIZONS_S } from "../protocol/api-execution.ts";
import type { FillView } from "../protocol/api.ts";
import { KeptSamples } from "./kept-samples.ts";
import type { Store } from "./ports.ts";

const LONGEST = Math.max(...MARKOUT_HORIZONS_S) * MICROS_PER_SECOND;
const FILLS_MAX = 2_000;

/** After a start: with the newest fills of before it, whose marks may still come, awaited again. */
export async function keptSamplesOf(
  state: State,
  store: Pick<Store, "fillsByTime">,
  now: Micros,
): Promise<KeptSamples> {
  const kept = new KeptSamples(state);
  const { events } = await store.fillsByTime({ from: micros(now - LONGEST), limit: FILLS_MAX });
  for (const text of events) {
    const { venue, symbol, timestamp } = JSON.parse(text) as FillView;
    const ts = parseTime(timestamp);
    if (venue !== undefined && symbol !== undefined && ts !== undefined) kept.await({ venue, symbol }, ts);
  }
  return kept;
}
