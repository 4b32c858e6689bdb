/** One sample of a metrics page. `timestampMs` only when the page gives one. */
export interface SeriesSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite, as the page says. */
  readonly value: number;
  readonly timestampMs: number | undefined;
}

/** A page as it was read: what could not be read is counted, and the first of it told. */
export interface Exposition {
  readonly samples: readonly SeriesSample[];
  readonly refused: number;
  readonly firstRefusal: { readonly line: number; readonly reason: string } | undefined;
}

const LINE_CHARS_MAX = 16_384;
const SAMPLES_MAX = 20_000;
const LABELS_MAX = 32;

const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPACE = /[ \t]*/y;
const VALUE = /[^ \t]+/y;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/**
 * Reads the Prometheus text format 0.0.4, or OpenMetrics when `isOpenMetrics` (its times are in seconds, a sample may
 * have an exemplar). Strict: a line that is not of the format is refused as a whole. Bounded in lines, samples and labels.
 */
export function parseExposition(text: string, isOpenMetrics: boolean): Exposition {
  const samples: SeriesSample[] = [];
  let refused = 0;
  let firstRefusal: Exposition["firstRefusal"];
  let line = 0;
  for (const raw of text.split("\n")) {
    line++;
    const content = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (content.trim() === "" || content.startsWith("#")) continue;
    const sample =
      samples.length < SAMPLES_MAX ? readSample(content, isOpenMetrics) : `more than ${SAMPLES_MAX} samples`;
    if (typeof sample !== "string") {
      samples.push(sample);
      continue;
    }
    refused++;
    firstRefusal ??= { line, reason: sample };
  }
  return { samples, refused, firstRefusal };
}

/** The sample of a line, or why it is none. */
function readSample(line: string, isOpenMetrics: boolean): SeriesSample | string {
  if (line.length > LINE_CHARS_MAX) return `longer than ${LINE_CHARS_MAX} characters`;
  const cursor = new Cursor(line);
  const name = cursor.take(NAME);
  if (name === undefined) return "no metric name";
  cursor.take(SPACE);
  const labels = cursor.skip("{") ? readLabels(cursor) : {};
  if (typeof labels === "string") return labels;
  cursor.take(SPACE);
  const value = numberOf(cursor.take(VALUE));
  if (value === undefined) return "the value is no number";
  const time = readTime(cursor, isOpenMetrics);
  return typeof time === "string" ? time : { name, labels, value, timestampMs: time };
}

/** What stands after the value: nothing, a time, or an exemplar, which is of no use here. */
function readTime(cursor: Cursor, isOpenMetrics: boolean): number | undefined | string {
  const isEnd = () => {
    cursor.take(SPACE);
    return cursor.rest() === "" || (isOpenMetrics && cursor.rest().startsWith("#"));
  };
  if (isEnd()) return undefined;
  const time = numberOf(cursor.take(VALUE));
  if (time === undefined || !Number.isFinite(time)) return "the time is no number";
  if (!isEnd()) return "text after the sample";
  return isOpenMetrics ? time * 1_000 : time;
}

function readLabels(cursor: Cursor): Readonly<Record<string, string>> | string {
  const labels = new Map<string, string>();
  for (;;) {
    cursor.take(SPACE);
    if (cursor.skip("}")) return Object.fromEntries(labels);
    const label = readLabel(cursor);
    if (typeof label === "string") return label;
    if (labels.has(label.name)) return "a label twice";
    if (labels.size >= LABELS_MAX) return `more than ${LABELS_MAX} labels`;
    labels.set(label.name, label.value);
    cursor.take(SPACE);
    if (!cursor.skip(",") && !cursor.rest().startsWith("}")) return "labels without a comma between";
  }
}

function readLabel(cursor: Cursor): { readonly name: string; readonly value: string } | string {
  const name = cursor.take(LABEL_NAME);
  if (name === undefined) return "a label without a name";
  cursor.take(SPACE);
  if (!cursor.skip("=")) return "a label without a value";
  cursor.take(SPACE);
  const value = cursor.quoted();
  return value === undefined ? "a label's value is not quoted" : { name, value };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return NUMBER.test(text) ? Number(text) : SPECIAL[text.toLowerCase()];
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  skip(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at++;
    return isThere;
  }

  rest(): string {
    return this.#text.slice(this.#at);
  }

  /** A quoted text with the escapes `\\`, `\"` and `\n`; undefined when it is none. */
  quoted(): string | undefined {
    if (!this.skip('"')) return undefined;
    let value = "";
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at];
      if (character === '"') {
        this.#at++;
        return value;
      }
      if (character !== "\\") {
        value += character;
        continue;
      }
      this.#at++;
      const escaped = this.#text[this.#at];
      if (escaped === "n") value += "\n";
      else if (escaped === "\\" || escaped === '"') value += escaped;
      else return undefined;
    }
    return undefined;
  }
}
