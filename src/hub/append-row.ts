import type { DeskEvent } from "../protocol/event-types.ts";
import { fillKeyOf, naturalKey } from "../protocol/natural-key.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { AppendRow } from "./ports.ts";

/** The row of a fact for the log. `body`: the event as canonical JSON. */
export const appendRow = (
  event: DeskEvent,
  body: string,
  { ts, receivedAt }: Pick<Recorded, "ts" | "receivedAt">,
): AppendRow => ({ event, body, key: naturalKey(event), refersTo: refersTo(event), ts, receivedAt });

/** The natural key of the fill that an event speaks of, which is to be stored before it. */
const refersTo = (event: DeskEvent): string | undefined =>
  (event.type === "fill.voided" || event.type === "correction") && event.fill_id !== undefined
    ? fillKeyOf({ ...event, fill_id: event.fill_id })
    : undefined;
