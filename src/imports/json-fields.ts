import { isoFromMicros, type Micros, parseTime } from "../base/time.ts";
import type { DecimalText } from "../domain/decimal.ts";
import { writtenDecimal } from "./float-text.ts";
import { Unmappable } from "./format.ts";

/** A field's name, or the spellings that are accepted for it: the first that is there counts. */
export type Names = string | readonly string[];

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** A JSON object read field by field. Every reader refuses the row with a reason when the value is not what it should be. */
export class Fields {
  readonly line: number;
  readonly value: JsonObject;

  constructor(line: number, value: unknown) {
    if (!isObject(value)) throw new Unmappable("not a JSON object", JSON.stringify(value) ?? "");
    this.line = line;
    this.value = value;
  }

  /** The value; undefined when no such field is there, or when it is null or empty. */
  get(names: Names): unknown {
    return this.#found(names)?.[1];
  }

  has(names: Names): boolean {
    return this.#found(names) !== undefined;
  }

  text(names: Names): string | undefined {
    const found = this.#found(names);
    if (found === undefined) return undefined;
    const [name, value] = found;
    if (typeof value === "string") return value.trim();
    if (typeof value === "number") return String(value);
    throw new Unmappable(`${name} is not text`, JSON.stringify(value));
  }

  needText(names: Names): string {
    return this.text(names) ?? missing(names);
  }

  decimal(names: Names): DecimalText | undefined {
    const found = this.#found(names);
    if (found === undefined) return undefined;
    const [name, value] = found;
    const text = typeof value === "string" || typeof value === "number" ? writtenDecimal(String(value)) : undefined;
    if (text === undefined) throw new Unmappable(`${name} is not a decimal`, JSON.stringify(value));
    return text;
  }

  needDecimal(names: Names): DecimalText {
    return this.decimal(names) ?? missing(names);
  }

  number(names: Names): number | undefined {
    const text = this.decimal(names);
    return text === undefined ? undefined : Number(text);
  }

  needNumber(names: Names): number {
    return this.number(names) ?? missing(names);
  }

  time(names: Names): Micros | undefined {
    const found = this.#found(names);
    if (found === undefined) return undefined;
    const [name, value] = found;
    const at = parseTime(value);
    if (at === undefined) throw new Unmappable(`${name} is not a time`, JSON.stringify(value));
    return at;
  }

  needTime(names: Names): Micros {
    return this.time(names) ?? missing(names);
  }

  /** The time as ISO-8601. */
  needIso(names: Names): string {
    return isoFromMicros(this.needTime(names));
  }

  iso(names: Names): string | undefined {
    const at = this.time(names);
    return at === undefined ? undefined : isoFromMicros(at);
  }

  /** `buy` or `sell`, in any case. */
  needSide(name: string): string {
    const side = this.needText(name).toLowerCase();
    if (side === "buy" || side === "sell") return side;
    throw new Unmappable(`${name} is neither buy nor sell`, side);
  }

  object(names: Names): Fields | undefined {
    const value = this.get(names);
    return isObject(value) ? new Fields(this.line, value) : undefined;
  }

  #found(names: Names): readonly [name: string, value: unknown] | undefined {
    for (const name of typeof names === "string" ? [names] : names) {
      const value = Object.hasOwn(this.value, name) ? this.value[name] : undefined;
      if (!isNothing(value)) return [name, value];
    }
    return undefined;
  }
}

const missing = (names: Names): never => {
  throw new Unmappable(`no ${typeof names === "string" ? names : names[0]}`);
};
