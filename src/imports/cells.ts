import { isoFromMicros, type Micros, parseTime } from "../base/time.ts";
import type { DecimalText } from "../domain/decimal.ts";
import { writtenDecimal } from "./float-text.ts";
import { Unmappable } from "./format.ts";

const NOTHING = new Set(["", "None", "none", "null", "NaN", "nan"]);

/** The cells of one row by name. Every reader refuses the row with a reason when the cell is not what it should be. */
export abstract class Cells {
  abstract readonly line: number;

  protected abstract cell(column: string): string | undefined;

  /** The cell, or undefined when it is empty or says `None`, or when there is no such column. */
  get(column: string): string | undefined {
    const value = this.cell(column)?.trim();
    return value === undefined || NOTHING.has(value) ? undefined : value;
  }

  need(column: string): string {
    const value = this.get(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  decimal(column: string): DecimalText | undefined {
    const value = this.get(column);
    if (value === undefined) return undefined;
    const text = writtenDecimal(value);
    if (text === undefined) throw new Unmappable(`${column} is not a decimal`, value);
    return text;
  }

  needDecimal(column: string): DecimalText {
    const value = this.decimal(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  number(column: string): number | undefined {
    const value = this.decimal(column);
    return value === undefined ? undefined : Number(value);
  }

  time(column: string): Micros | undefined {
    const value = this.get(column);
    if (value === undefined) return undefined;
    const at = parseTime(value);
    if (at === undefined) throw new Unmappable(`${column} is not a time`, value);
    return at;
  }

  needTime(column: string): Micros {
    const value = this.time(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  iso(column: string): string | undefined {
    const at = this.time(column);
    return at === undefined ? undefined : isoFromMicros(at);
  }

  flag(column: string): boolean | undefined {
    const value = this.get(column)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === "true" || value === "1") return true;
    if (value === "false" || value === "0") return false;
    throw new Unmappable(`${column} is neither true nor false`, value);
  }
}

/** A row of a database, or an object of a JSON file. Numbers are read as the shortest text that means them. */
export class RecordCells extends Cells {
  readonly line: number;
  readonly #record: Readonly<Record<string, unknown>>;

  constructor(line: number, record: Readonly<Record<string, unknown>>) {
    super();
    this.line = line;
    this.#record = record;
  }

  protected cell(column: string): string | undefined {
    const value = this.#record[column];
    return ["string", "number", "bigint", "boolean"].includes(typeof value) ? String(value) : undefined;
  }
}
