import type { State } from "../engine/fold.ts";
import { noteContact, reduceSample } from "../engine/sample-state.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Store } from "./ports.ts";

/** Samples that a later fact of the bot may have made old; leaving one out costs less than showing it. */
const OF_THE_BOT: ReadonlySet<string> = new Set(["bot.state", "risk"]);

/** The newest samples of before the start, so that screens are not empty until every stream spoke again. */
export async function warm(state: State, store: Store): Promise<void> {
  for (const row of await store.latestSamples()) {
    const parsed = parseEvent(JSON.parse(row.body));
    if (!parsed.ok) continue;
    noteContact(state.samples, parsed.value, row.receivedAt);
    if (row.receivedAt < (state.bots.get(row.bot)?.lastFactAt ?? 0) && OF_THE_BOT.has(row.type)) continue;
    reduceSample(state.samples, parsed.value, row.receivedAt, row.ts);
  }
}
