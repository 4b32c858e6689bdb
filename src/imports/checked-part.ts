import type { Micros } from "../base/time.ts";
import type { Rejection } from "../protocol/errors.ts";
import { parseExactJson } from "../protocol/exact-json.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { ImportItem } from "./format.ts";
import { eventRefusal, type Refusal, rowRefusal } from "./import-report.ts";

/** Rows of a file that were read and checked: their events as text, so that they cross to another thread at little cost. */
export interface CheckedPart {
  /** One event a line, each as `parseEvent` made it; some to a text. */
  readonly texts: readonly string[];
  /** Of each event the row of the file that it is of. */
  readonly lines: Uint32Array<ArrayBuffer>;
  readonly rows: number;
  /** Told by the rows, refused ones and all. */
  readonly events: number;
  readonly told: ReadonlyMap<string, number>;
  readonly bots: ReadonlySet<string>;
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  readonly refused: readonly RefusedRow[];
  readonly leftOut: readonly string[];
}

/** A refusal, with the type of the event where it is of one. */
export interface RefusedRow {
  readonly refusal: Refusal;
  readonly type: string | undefined;
}

/** V8 keeps larger texts apart, and sees late that they are no longer used. */
const TEXT_CHARS = 50_000;

/** Checks items as they come and puts them together. */
export class PartMaker {
  rows = 0;
  readonly #file: string;
  readonly #texts: string[] = [];
  #taken: string[] = [];
  #chars = 0;
  readonly #lines: number[] = [];
  readonly #told = new Map<string, number>();
  readonly #bots = new Set<string>();
  readonly #refused: RefusedRow[] = [];
  readonly #leftOut: string[] = [];
  #events = 0;
  #from: Micros | undefined;
  #to: Micros | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  get items(): number {
    return this.#events + this.#refused.length + this.#leftOut.length;
  }

  add(item: ImportItem): void {
    if ("body" in item) this.#addEvent(item);
    else if ("leftOut" in item) this.#leftOut.push(item.leftOut);
    else this.#refused.push({ refusal: rowRefusal(this.#file, item), type: undefined });
  }

  made(): CheckedPart {
    this.#join();
    return {
      texts: this.#texts,
      lines: Uint32Array.from(this.#lines),
      rows: this.rows,
      events: this.#events,
      told: this.#told,
      bots: this.#bots,
      from: this.#from,
      to: this.#to,
      refused: this.#refused,
      leftOut: this.#leftOut,
    };
  }

  #addEvent(item: ToldItem): void {
    const { type, bot, at, line } = item;
    this.#events++;
    this.#told.set(type, (this.#told.get(type) ?? 0) + 1);
    if (bot !== undefined) this.#bots.add(bot);
    if (at !== undefined) {
      if (this.#from === undefined || at < this.#from) this.#from = at;
      if (this.#to === undefined || at > this.#to) this.#to = at;
    }
    const parsed = parseEvent(saidBy(item));
    if (parsed.ok) {
      const text = JSON.stringify(parsed.value);
      this.#taken.push(text);
      this.#lines.push(line);
      this.#chars += text.length;
      if (this.#chars > TEXT_CHARS) this.#join();
    } else this.#refuse(item, parsed.error);
  }

  #join(): void {
    if (this.#taken.length > 0) this.#texts.push(this.#taken.join("\n"));
    this.#taken = [];
    this.#chars = 0;
  }

  #refuse({ line, type }: ToldItem, rejection: Rejection): void {
    this.#refused.push({ refusal: eventRefusal({ file: this.#file, line, type }, rejection), type });
  }
}

/** An event with what it is called in the report. */
export type ToldItem = Extract<ImportItem, { readonly body: string }>;

/** What an event says, with every digit. */
export const saidBy = (item: ToldItem): unknown =>
  item.value === undefined ? parseExactJson(item.body) : item.value();
