import { eventTypes, isEventType } from "../protocol/event-types.ts";
import { withFields, withoutFields } from "./event-line.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Whether a line was written by a hub from its log, and not by a bot. */
export const isExported = ({ seq, received_at, effective_ts }: Fields): boolean =>
  typeof seq === "number" && typeof received_at === "string" && typeof effective_ts === "string";

/** What one hub says of an event is not what another says of it. */
const HUB_FIELDS = ["seq", "received_at", "effective_ts", "standing", "of_seq", "flags", "origin", "voids"];
const OF_THE_HUB = new Set(HUB_FIELDS);
const OF_THE_HUB_WITH_ID = new Set([...HUB_FIELDS, "id"]);

/**
 * The event of an exported line as its bot said it: without what that hub added, and told as a fact of a log. An id that
 * the hub made up of its `seq` means another event in the next hub: `idOf` gives one of the content instead.
 */
export function eventOfExport(text: string, fields: Fields, idOf: (content: string) => string): string {
  if (fields["id"] !== undefined && fields["id"] !== `h-${String(fields["seq"])}`)
    return withFields(withoutFields(text, OF_THE_HUB), { origin: "export" });
  const said = withoutFields(text, OF_THE_HUB_WITH_ID);
  return withFields(said, { id: `export:${idOf(`${String(fields["received_at"])} ${said}`)}`, origin: "export" });
}

/** Whether only a hub may say events of this type: the next hub makes its own. */
export function isOfTheHub(type: string): boolean {
  const entry = isEventType(type) ? eventTypes[type] : undefined;
  return entry !== undefined && "hubOnly" in entry;
}
