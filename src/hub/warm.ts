import { parseTime } from "../base/time.ts";
import type { State } from "../engine/fold.ts";
import { noteContact, reduceSample } from "../engine/sample-state.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { SampleRow, Store } from "./ports.ts";

/** Whether a later fact of the bot may have made a sample old: then leaving it out costs less than showing it. */
function isOld({ bots }: State, { bot, type, ts, receivedAt }: SampleRow): boolean {
  const known = bots.get(bot);
  if (type === "bot.state") return receivedAt < (known?.lastFactAt ?? 0);
  if (type !== "risk" || known?.risk === undefined) return false;
  return ts < (parseTime(known.risk.ts) ?? 0);
}

/** The newest samples of before the start, so that screens are not empty until every stream spoke again. */
export async function warm(state: State, store: Store): Promise<void> {
  for (const row of await store.latestSamples()) {
    const parsed = parseEvent(JSON.parse(row.body));
    if (!parsed.ok) continue;
    noteContact(state.samples, parsed.value, row.receivedAt);
    if (isOld(state, row)) continue;
    reduceSample(state, parsed.value, row.receivedAt, row.ts);
  }
}
