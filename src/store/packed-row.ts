import { isoFromMicros } from "../base/time.ts";
import type { AppendRow } from "../hub/ports.ts";

/**
 * A row on its way to the writer is one text: its fields joined by the unit separator, rows by the record separator.
 * Neither can occur in them: bodies are canonical JSON, the others are printable. One text crosses to another thread
 * for a tenth of the cost of objects.
 */
export const FIELD_SEPARATOR = "\u001f";
export const ROW_SEPARATOR = "\u001e";

/** A row as the writer sees it; `key`, `id` and `refersTo` are undefined where the event has none. */
export interface IncomingRow {
  readonly ts: number;
  readonly receivedAt: number;
  readonly bot: string;
  readonly id: string | undefined;
  readonly type: string;
  readonly mode: string;
  readonly key: string | undefined;
  readonly refersTo: string | undefined;
  readonly body: string;
}

/** The text of one row. A row that could break the framing is a bug of the caller and throws. */
export function packRow(row: AppendRow): string {
  const { event, body, key, refersTo, ts, receivedAt } = row;
  const head = `${ts}\u001f${receivedAt}\u001f${event.bot}\u001f${event.id ?? ""}\u001f${event.type}\u001f${event.mode ?? "live"}\u001f${key ?? ""}\u001f${refersTo ?? ""}\u001f`;
  if (body.includes(FIELD_SEPARATOR) || body.includes(ROW_SEPARATOR) || head.includes(ROW_SEPARATOR))
    throw new RangeError(`an event of ${isoFromMicros(receivedAt)} is not in canonical form`);
  return head + body;
}

/** The fields of one packed row. */
export function unpackRow(text: string): IncomingRow {
  const [ts = "", receivedAt = "", bot = "", id = "", type = "", mode = "", key = "", refersTo = "", body = ""] =
    text.split(FIELD_SEPARATOR);
  return {
    ts: Number(ts),
    receivedAt: Number(receivedAt),
    bot,
    id: id === "" ? undefined : id,
    type,
    mode,
    key: naturalKeyOf(type, key, refersTo),
    refersTo: refersTo === "" ? undefined : refersTo,
    body,
  };
}

/** A fill is taken back once, however many say so: the fill's own key names the voiding of it. */
function naturalKeyOf(type: string, key: string, refersTo: string): string | undefined {
  if (key !== "") return key;
  return type === "fill.voided" && refersTo !== "" ? refersTo.replace("\tfill\t", "\tfill.voided\t") : undefined;
}
