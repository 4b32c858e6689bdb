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
export function eventOfExport(text: string, fields: Fields, idOf: (content: string) => string): ExportedEvent {
  if (fields["id"] !== undefined && fields["id"] !== `h-${String(fields["seq"])}`) {
    const added = { origin: "export" };
    return { body: withFields(withoutTail(text, fields) ?? withoutFields(text, OF_THE_HUB), added), added };
  }
  const said = withoutFields(text, OF_THE_HUB_WITH_ID);
  const added = { id: `export:${idOf(`${String(fields["received_at"])} ${said}`)}`, origin: "export" };
  return { body: withFields(said, added), added };
}

interface ExportedEvent {
  readonly body: string;
  /** The fields that the line did not have, or had otherwise. */
  readonly added: Readonly<Record<string, string>>;
}

/** The same event from the parsed line. */
export function valueOfExport(fields: Fields, added: ExportedEvent["added"]): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const name in fields) if (!OF_THE_HUB.has(name) && !Object.hasOwn(added, name)) said[name] = fields[name];
  return Object.assign(said, added);
}

/** The end of a line as a hub writes it: its own fields, one after another, and nothing else. */
const TAIL =
  /,"seq":\d+,"received_at":"[^"\\]*","effective_ts":"[^"\\]*"(?:,"standing":"[a-z]*")?(?:,"of_seq":\d+)?(?:,"flags":\[[a-z_",]*\])?\}$/y;
/** Any of them, at any depth, before that. */
const BEFORE_TAIL = /"(?:seq|received_at|effective_ts|standing|of_seq|flags)":/;

/** The line without what the hub added to it, when all of that stands at its end; undefined when it has to be looked for. */
function withoutTail(text: string, fields: Fields): string | undefined {
  if (fields["origin"] !== undefined || fields["voids"] !== undefined) return undefined;
  const at = text.lastIndexOf(',"seq":');
  if (at < 0) return undefined;
  TAIL.lastIndex = at;
  if (!TAIL.test(text)) return undefined;
  const said = text.slice(0, at);
  return BEFORE_TAIL.test(said) ? undefined : `${said}}`;
}

/** Whether only a hub may say events of this type: the next hub makes its own. */
export function isOfTheHub(type: string): boolean {
  const entry = isEventType(type) ? eventTypes[type] : undefined;
  return entry !== undefined && "hubOnly" in entry;
}
