import { isoFromMicros, micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { effectiveTs, type Standing, timeFlags, wireEvent } from "../protocol/recorded.ts";

/** Between texts that travel as one: none of them can hold it. */
export const ROW_SEPARATOR = "\u001e";

/** A row of the log as a read hands it over. */
export interface LogRow {
  readonly seq: number;
  readonly ts: number;
  readonly receivedAt: number;
  /** The id that the row holds for its bot; undefined says nothing about the body's. */
  readonly id: string | undefined;
  readonly standing: Standing;
  readonly ofSeq: number | undefined;
  readonly body: string;
}

/** Fields that the hub adds: a body that has one of its own is taken apart, to be sure that the hub's counts. */
const OWN_FIELD = /"(?:seq|received_at|effective_ts|standing|of_seq|flags)":/;

/** The JSON text of a wire event: that of `wireEvent`, made without parsing the body wherever that is safe. */
export function wireText(row: LogRow): string {
  const { body, seq, id } = row;
  const namesId = body.includes('"id":');
  if ((namesId && id === undefined) || OWN_FIELD.test(body)) return parsedWireText(row);
  const ts = micros(row.ts);
  const receivedAt = micros(row.receivedAt);
  const flags = timeFlags(ts, receivedAt);
  return (
    body.slice(0, -1) +
    (namesId ? "" : `,"id":"h-${seq}"`) +
    `,"seq":${seq},"received_at":"${isoFromMicros(receivedAt)}","effective_ts":"${isoFromMicros(effectiveTs(ts, receivedAt))}"` +
    (row.standing === "fact" ? "" : `,"standing":"${row.standing}"`) +
    (row.ofSeq === undefined ? "" : `,"of_seq":${row.ofSeq}`) +
    (flags.length === 0 ? "" : `,"flags":${JSON.stringify(flags)}`) +
    "}"
  );
}

function parsedWireText(row: LogRow): string {
  const { seq, standing, ofSeq } = row;
  const event = JSON.parse(row.body) as DeskEvent;
  return JSON.stringify(
    wireEvent({ seq, ts: micros(row.ts), receivedAt: micros(row.receivedAt), standing, ofSeq, event }),
  );
}
