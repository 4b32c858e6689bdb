/** An event of more characters is made into its line at once, for it may be too large for the hub. */
const CHARS_MAX = 100_000;
/** Of a number, true, false or null, more or less. */
const CHARS_OF_OTHERS = 10;
/** Quotes, colon and comma. */
const CHARS_AROUND = 6;

/**
 * One event that waits to be sent. Its line is made when it is wanted: in the moment in which a bot reports, it has better
 * things to do.
 */
export class Draft {
  /** UTF-16 units of the line, more or less: what it counts for in memory. */
  readonly chars: number;
  #line: string | (() => string);

  /** Of a line that is there, or of how it is made; `chars` is for the latter, at most `CHARS_MAX`. */
  constructor(line: string | (() => string), chars = CHARS_MAX) {
    this.chars = typeof line === "string" ? line.length : chars;
    this.#line = line;
  }

  /** The event as one line of JSON, without the line break; the same at each call. */
  get line(): string {
    if (typeof this.#line === "function") this.#line = this.#line();
    return this.#line;
  }
}

/** What is copied whole when its fields are, and surely is JSON. */
export interface PlainFields {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly chars: number;
}

/** A copy of fields that are texts, numbers and the like; undefined of any others, and of what cannot be read. */
export function plainCopy(given: object): PlainFields | undefined {
  try {
    const prototype: unknown = Object.getPrototypeOf(given);
    if (prototype !== Object.prototype && prototype !== null) return undefined;
    if (typeof (given as { readonly toJSON?: unknown }).toJSON === "function") return undefined;
    const fields: Record<string, unknown> = { ...given };
    const chars = charsOf(fields);
    return chars === undefined || chars > CHARS_MAX ? undefined : { fields, chars };
  } catch {
    // A getter that throws: whoever reads it with care will say so.
    return undefined;
  }
}

function charsOf(fields: Readonly<Record<string, unknown>>): number | undefined {
  let chars = 0;
  for (const name in fields) {
    const value = fields[name];
    chars += name.length + CHARS_AROUND;
    if (typeof value === "string") chars += value.length;
    else if (typeof value === "number" || typeof value === "boolean" || value === null) chars += CHARS_OF_OTHERS;
    else if (value !== undefined) return undefined;
  }
  return chars;
}
