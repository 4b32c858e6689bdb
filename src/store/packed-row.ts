import { isoFromMicros } from "../base/time.ts";
import type { AppendRow } from "../hub/ports.ts";

/**
 * A group on its way to the writer is one text: the fields of all its rows, so many each, joined by the unit separator.
 * That cannot occur in them: bodies are canonical JSON, the others are printable. One text crosses to another thread for
 * a tenth of the cost of objects, and one that is joined at once makes no other on the way.
 */
export const FIELD_SEPARATOR = "\u001f";
/** Between texts of other lists that travel as one. */
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

const FIELDS = 9;

/** The text of a group. */
export function packRows(rows: readonly AppendRow[]): string {
  const fields = new Array<string | number>(rows.length * FIELDS);
  let at = 0;
  for (const { event, body, key = "", refersTo = "", ts, receivedAt } of rows) {
    fields[at++] = ts;
    fields[at++] = receivedAt;
    fields[at++] = event.bot;
    fields[at++] = event.id ?? "";
    fields[at++] = event.type;
    fields[at++] = event.mode ?? "live";
    fields[at++] = key;
    fields[at++] = refersTo;
    fields[at++] = body;
  }
  return fields.join(FIELD_SEPARATOR);
}

/** Throws for a row that could break the framing of its group: a bug of the caller. */
export function assertFramed({ event, body, key, refersTo, receivedAt }: AppendRow): void {
  const isBroken =
    breaks(body) || breaks(event.bot) || breaks(event.id) || breaks(event.mode) || breaks(key) || breaks(refersTo);
  if (isBroken) throw new RangeError(`an event of ${isoFromMicros(receivedAt)} is not in canonical form`);
}

const breaks = (field: string | undefined): boolean => field?.includes(FIELD_SEPARATOR) === true;

/** A row as the writer sees it, without the way there. */
export const incomingRow = ({ event, body, key = "", refersTo, ts, receivedAt }: AppendRow): IncomingRow => ({
  ts,
  receivedAt,
  bot: event.bot,
  id: event.id,
  type: event.type,
  mode: event.mode ?? "live",
  key: naturalKeyOf(event.type, key, refersTo ?? ""),
  refersTo,
  body,
});

/** The rows of a packed group. */
export function unpackRows(packed: string): IncomingRow[] {
  const fields = packed.split(FIELD_SEPARATOR);
  const rows: IncomingRow[] = [];
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) rows.push(rowAt(fields, at));
  return rows;
}

function rowAt(fields: readonly string[], at: number): IncomingRow {
  const field = (place: number): string => fields[at + place] ?? "";
  const [id, type, key, refersTo] = [field(3), field(4), field(6), field(7)];
  return {
    ts: Number(field(0)),
    receivedAt: Number(field(1)),
    bot: field(2),
    id: id === "" ? undefined : id,
    type,
    mode: field(5),
    key: naturalKeyOf(type, key, refersTo),
    refersTo: refersTo === "" ? undefined : refersTo,
    body: field(8),
  };
}

/** A fill is taken back once, however many say so: the fill's own key names the voiding of it. */
function naturalKeyOf(type: string, key: string, refersTo: string): string | undefined {
  if (key !== "") return key;
  return type === "fill.voided" && refersTo !== "" ? refersTo.replace("\tfill\t", "\tfill.voided\t") : undefined;
}
