import { isoFromMicros, type Micros, micros } from "../base/time.ts";
import { voidKeyOf } from "../protocol/void-key.ts";
import type { AppendRow } from "./ports.ts";
import type { TextSlabs } from "./text-slabs.ts";

/**
 * Rows on their way to the writer are texts: the fields of all of them, so many each, joined by the unit separator. That
 * cannot occur in them: bodies are canonical JSON, the others are printable. A text crosses to another thread for a tenth
 * of the cost of objects, and is one thing to keep until the writer has answered, where an event is two dozen.
 */
export interface PackedRows {
  /** Texts, or their UTF-8 in memory that both threads see. */
  readonly parts: readonly (string | Uint8Array)[];
  /** Of each row when it was said and when it was received, in µs. */
  readonly times: Float64Array;
  readonly count: number;
}

const TIMES = 2;

/** Between the fields of rows; no field has it, nor what stands at their end. */
export const FIELD_SEPARATOR = "\u001f";
/** At the end of each row, before what separates its last field from the next row. */
const ROW_END = "\u001e";

/** A row as the writer sees it; `key`, `id` and `refersTo` are undefined where the event has none. */
export interface IncomingRow {
  readonly ts: Micros;
  readonly receivedAt: Micros;
  readonly bot: string;
  readonly id: string | undefined;
  readonly type: string;
  readonly mode: string;
  readonly key: string | undefined;
  readonly refersTo: string | undefined;
  readonly body: string;
}

const FIELDS = 7;
/** About as many has a row besides its body and its key. */
const REST_CHARS = 50;
/** V8 keeps larger texts apart, and sees late that they are no longer used. */
const TEXT_CHARS = 50_000;
/** Rows of a text at most: an array that has its size from the start is not copied as it grows. */
const TEXT_ROWS = 128;
/** Of less a text is as good. */
const SLAB_CHARS_MIN = 8_000;

/** Takes rows in, and packs them as they come: into slabs where they are many, to be taken back by whoever lends them. */
export class RowPacker {
  readonly #slabs: TextSlabs | undefined;
  /** Fields of a text, as far as it is known. */
  readonly #room: number;
  readonly #parts: (string | Uint8Array)[] = [];
  #fields: string[] = [];
  #filled = 0;
  readonly #times: number[] = [];
  #chars = 0;

  /** `rows`: about how many will come. */
  constructor(slabs: TextSlabs | undefined, rows: number) {
    this.#slabs = slabs;
    this.#room = Math.min(rows, TEXT_ROWS) * FIELDS;
  }

  /** Throws for a row whose names could break the framing: a bug of the caller. */
  add(row: AppendRow): void {
    assertFramed(row);
    const { event, body, key = "", refersTo = "", ts, receivedAt } = row;
    if (this.#filled === 0) this.#fields = new Array<string>(this.#room);
    const fields = this.#fields;
    const at = this.#filled;
    fields[at] = body;
    fields[at + 1] = event.bot;
    fields[at + 2] = event.id ?? "";
    fields[at + 3] = event.type;
    fields[at + 4] = event.mode ?? "live";
    fields[at + 5] = key;
    fields[at + 6] = refersTo === "" ? ROW_END : refersTo + ROW_END;
    this.#filled = at + FIELDS;
    this.#times.push(ts, receivedAt);
    this.#chars += body.length + key.length + REST_CHARS;
    if (this.#chars > TEXT_CHARS || this.#filled === TEXT_ROWS * FIELDS) this.#join();
  }

  /** The rows that were taken in. */
  packed(): PackedRows {
    if (this.#filled > 0) this.#join();
    const times = new Float64Array(this.#times);
    return { parts: this.#parts, times, count: times.length / TIMES };
  }

  #join(): void {
    this.#fields.length = this.#filled;
    const text = this.#fields.join(FIELD_SEPARATOR);
    const held = text.length < SLAB_CHARS_MIN ? undefined : this.#slabs?.hold(text);
    this.#parts.push(held ?? text);
    this.#fields = [];
    this.#filled = 0;
    this.#chars = 0;
  }
}

/** Rows that are there all at once. */
export function packRows(rows: readonly AppendRow[]): PackedRows {
  const packer = new RowPacker(undefined, rows.length);
  for (const row of rows) packer.add(row);
  return packer.packed();
}

/** Several packs, one after another. */
export function joinedRows(packs: readonly PackedRows[]): PackedRows {
  const times = new Float64Array(packs.reduce((sum, pack) => sum + pack.times.length, 0));
  let at = 0;
  for (const pack of packs) {
    times.set(pack.times, at);
    at += pack.times.length;
  }
  return { parts: packs.flatMap(({ parts }) => parts), times, count: at / TIMES };
}

/** Bodies are looked at by whoever takes rows apart: here each would be made one text for it, and that again with the rest. */
function assertFramed({ event, key, refersTo, receivedAt }: AppendRow): void {
  if (breaks(event.bot) || breaks(event.id) || breaks(event.mode) || breaks(key) || breaks(refersTo))
    throw new RangeError(`an event of ${isoFromMicros(receivedAt)} is not in canonical form`);
}

const breaks = (field: string | undefined): boolean =>
  field !== undefined && (field.includes(FIELD_SEPARATOR) || field.includes(ROW_END));

/** What of a row is folded once it is stored. */
export type StoredText = Pick<IncomingRow, "ts" | "receivedAt" | "body">;

/** Hands out the texts of a pack's rows in order, with the place of each: for a third of what taking whole rows apart costs. */
export function eachStored(packed: PackedRows, take: (row: StoredText, index: number) => void): void {
  let index = 0;
  for (const part of packed.parts) {
    const text = textOf(part);
    for (let at = 0; at < text.length; ) {
      const bodyEnd = text.indexOf(FIELD_SEPARATOR, at);
      const { ts, receivedAt } = timesAt(packed, index);
      take({ ts, receivedAt, body: text.slice(at, bodyEnd) }, index);
      index++;
      at = text.indexOf(ROW_END, bodyEnd) + ROW_END.length + FIELD_SEPARATOR.length;
    }
  }
  assertWhole(index, packed);
}

/**
 * Hands out the rows of a pack in order, with the place of each: one text is taken apart after the other. Throws where a
 * row breaks the framing, a bug of whoever packed it: nothing of the pack is to be kept then.
 */
export function eachRow(packed: PackedRows, take: (row: IncomingRow, index: number) => void): void {
  let index = 0;
  for (const part of packed.parts) {
    const fields = textOf(part).split(FIELD_SEPARATOR);
    for (let at = 0; at < fields.length; at += FIELDS) {
      if (fields[at + FIELDS - 1]?.endsWith(ROW_END) !== true)
        throw new RangeError(`row ${index} of a pack is not in canonical form`);
      take(rowAt(fields, at, timesAt(packed, index)), index);
      index++;
    }
  }
  assertWhole(index, packed);
}

type Times = Pick<IncomingRow, "ts" | "receivedAt">;

/** Zero where there is none: then there are too many rows, as is told at their end. */
const timesAt = ({ times }: PackedRows, index: number): Times => ({
  ts: micros(times[index * TIMES] ?? 0),
  receivedAt: micros(times[index * TIMES + 1] ?? 0),
});

function assertWhole(found: number, { count }: PackedRows): void {
  if (found !== count) throw new RangeError(`a pack of ${count} rows reads as ${found}: one is not in canonical form`);
}

/** The rows of a pack, in order. */
export function unpackRows(packed: PackedRows): IncomingRow[] {
  const rows: IncomingRow[] = [];
  eachRow(packed, (row) => rows.push(row));
  return rows;
}

const textOf = (part: string | Uint8Array): string =>
  typeof part === "string" ? part : Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString();

function rowAt(fields: readonly string[], at: number, { ts, receivedAt }: Times): IncomingRow {
  const field = (place: number): string => fields[at + place] ?? "";
  const [id, type, key, refersTo] = [field(2), field(3), field(5), field(6).slice(0, -ROW_END.length)];
  return {
    ts,
    receivedAt,
    bot: field(1),
    id: id === "" ? undefined : id,
    type,
    mode: field(4),
    key: naturalKeyOf(type, key, refersTo),
    refersTo: refersTo === "" ? undefined : refersTo,
    body: field(0),
  };
}

function naturalKeyOf(type: string, key: string, refersTo: string): string | undefined {
  if (key !== "") return key;
  return type === "fill.voided" && refersTo !== "" ? voidKeyOf(refersTo) : undefined;
}
