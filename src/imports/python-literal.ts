/**
 * What a text such as `{'percent': '0', 'flat_fees': [('BNB', 0.01)]}` says. Numbers and `Decimal('…')` are their text, so
 * that no digit is lost; tuples are lists.
 */
export type Literal = string | boolean | null | readonly Literal[] | { readonly [key: string]: Literal };

const LENGTH_MAX = 16_384;
const LEVELS_MAX = 8;
const WORDS: Readonly<Record<string, boolean | null>> = {
  None: null,
  null: null,
  True: true,
  true: true,
  False: false,
  false: false,
};
const NUMBER = /[+-]?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z]+/y;
const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Reads a literal of Python or JSON; nothing is run. Undefined when the text is none, is longer than 16,384 or deeper than 8. */
export function readLiteral(text: string): Literal | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  try {
    return new LiteralReader(text).whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Literal {
    const value = this.#value(LEVELS_MAX);
    this.#spaces();
    if (this.#at < this.#text.length) throw new NoLiteral();
    return value;
  }

  #value(levels: number): Literal {
    if (levels === 0) throw new NoLiteral();
    this.#spaces();
    const next = this.#text[this.#at];
    if (next === "{") return this.#dict(levels - 1);
    if (next === "[") return this.#list("]", levels - 1);
    if (next === "(") return this.#list(")", levels - 1);
    if (next === "'" || next === '"') return this.#string(next);
    return this.#match(NUMBER)?.replaceAll("_", "") ?? this.#word(levels - 1);
  }

  #dict(levels: number): Literal {
    const entries: [string, Literal][] = [];
    this.#at++;
    while (!this.#take("}")) {
      this.#spaces();
      const quote = this.#text[this.#at];
      if (quote !== "'" && quote !== '"') throw new NoLiteral();
      const key = this.#string(quote);
      if (!this.#take(":")) throw new NoLiteral();
      entries.push([key, this.#value(levels)]);
      this.#separator("}");
    }
    return Object.fromEntries(entries);
  }

  #list(end: string, levels: number): Literal {
    const items: Literal[] = [];
    this.#at++;
    while (!this.#take(end)) {
      items.push(this.#value(levels));
      this.#separator(end);
    }
    return items;
  }

  #string(quote: string): string {
    let value = "";
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const next = this.#text[this.#at] ?? "";
      if (next === quote) {
        this.#at++;
        return value;
      }
      if (next === "\\") this.#at++;
      const escaped = this.#text[this.#at] ?? "";
      value += next === "\\" ? (ESCAPED[escaped] ?? escaped) : next;
    }
    throw new NoLiteral();
  }

  /** `None`, `True`, …, or the one call that Python writes for a number. */
  #word(levels: number): Literal {
    const word = this.#match(WORD) ?? "";
    if (word === "Decimal" && this.#take("(")) {
      const value = this.#value(levels);
      if (typeof value === "string" && this.#take(")")) return value;
    }
    const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (known === undefined) throw new NoLiteral();
    return known;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #separator(end: string): void {
    if (this.#take(",")) return;
    if (this.#text[this.#at] !== end) throw new NoLiteral();
  }

  #take(mark: string): boolean {
    this.#spaces();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #spaces(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}
