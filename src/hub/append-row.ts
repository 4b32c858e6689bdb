import type { DeskEvent } from "../protocol/event-types.ts";
import { fillKeyOf, naturalKey } from "../protocol/natural-key.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { referenceById } from "../protocol/reference.ts";
import type { AppendRow } from "./ports.ts";

/** The row of a fact for the log. `body`: the event as canonical JSON. */
export const appendRow = (
  event: DeskEvent,
  body: string,
  { ts, receivedAt }: Pick<Recorded, "ts" | "receivedAt">,
): AppendRow => ({ event, body, key: naturalKey(event), refersTo: referenceOf(event), ts, receivedAt });

/** What an event speaks of, which is to be stored before it: a fill by its natural key, or any event of the bot by its id. */
export function referenceOf(event: DeskEvent): string | undefined {
  if (event.type !== "fill.voided" && event.type !== "correction") return undefined;
  if (event.fill_id !== undefined) return fillKeyOf({ ...event, fill_id: event.fill_id });
  return event.type === "correction" && event.corrects !== undefined
    ? referenceById(event.bot, event.corrects)
    : undefined;
}
