import fc from "fast-check";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { botTypes, exampleEvent } from "./example-events.ts";

/** A request with something wrong in it. */
export interface MalformedRequest {
  /** How it was made, for whoever looks into a failure. */
  readonly what: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  /** Ids of the good events among the bad, which must all be taken in. */
  readonly good: readonly string[];
}

type Event = Record<string, unknown>;

/** Values that no field expects, as JSON texts: some cannot come out of `JSON.stringify`. */
const HOSTILE: readonly [string, ...string[]] = [
  ...["null", "true", "-1", "0", "-0", "1e999", "-1e999", "1e-400", "9007199254740993", "0.1e1", '""', '" "', '"x"'],
  ...['"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"a\\u0000b"', '"\\u001b[31m"', '"\\u202e"', '"1e1000000"'],
  ...['"0x10"', '"NaN"', '"Infinity"', '"-"', '"1,5"', '"2026-13-45T99:99:99Z"', '"+275760-09-13T00:00:00Z"'],
  ...["[]", "{}", "[[[]]]", '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}', '[{"toString":null}]'],
  ...[`"${"9".repeat(1_000)}"`, "9".repeat(1_000), `"${"é".repeat(20_000)}"`, `${"[".repeat(500)}${"]".repeat(500)}`],
] as const;

const HOSTILE_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "\u0000",
  "seq",
  "a".repeat(5_000),
];

const CONTENT_TYPES = [
  ...["application/json", "application/x-ndjson", "application/json; charset=utf-16", "text/plain", "text/xml", ""],
  ...["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "nonsense", `text/${"x".repeat(4_000)}`],
] as const;

const JSON_TYPES = [undefined, "application/json", "application/json; charset=utf-8", "text/plain"] as const;

/** Malformed requests without end, the same for the same seed. Ids begin with `prefix`. */
export class MalformedRequests {
  readonly #random: Random;
  readonly #prefix: string;
  #made = 0;

  constructor(seed: number, prefix: string) {
    this.#random = seededRandom(seed);
    this.#prefix = prefix;
  }

  next(): MalformedRequest {
    const kind = this.#random.below(100);
    if (kind < 45) return this.#lines((event) => [this.#withHostileField(event)], "a hostile value in each bad line");
    if (kind < 55) return this.#array();
    if (kind < 75) return this.#lines((event) => [this.#mutated(event)], "mutated bytes in each bad line");
    if (kind < 82) return this.#lines(() => this.#anything(), "any JSON in each bad line");
    if (kind < 90) return { what: "mutated bytes", ...this.#whole(this.#mutated(this.#example())) };
    return this.#shape();
  }

  /** Good lines among bad ones. */
  #lines(bad: (event: string) => Buffer[], what: string): MalformedRequest {
    const lines: Buffer[] = [];
    const good: string[] = [];
    for (let left = 1 + this.#random.below(6); left > 0; left--) {
      lines.push(...bad(this.#example()).map(withoutBreaks));
      if (this.#random.below(2) === 0) lines.push(this.#good(good));
    }
    const end = Buffer.from(this.#random.pick(["\n", "\r\n", "\n\n  \n"]));
    return {
      what,
      body: Buffer.concat(lines.flatMap((line) => [line, end])),
      contentType: "application/x-ndjson",
      good,
    };
  }

  /** Good events among bad ones that are JSON. */
  #array(): MalformedRequest {
    const good: string[] = [];
    const items = Array.from({ length: 1 + this.#random.below(6) }, () =>
      this.#random.below(2) === 0 ? this.#good(good) : this.#withHostileField(this.#example()),
    );
    const body = Buffer.from(`[${items.map(String).join(",")}]`);
    return { what: "an array with hostile values", body, contentType: this.#random.pick(JSON_TYPES), good };
  }

  #whole(body: Buffer): Omit<MalformedRequest, "what"> {
    return { body, contentType: this.#contentType(), good: [] };
  }

  #shape(): MalformedRequest {
    const [what, body] = this.#random.pick<readonly [string, () => string | Buffer]>([
      ["nothing", () => ""],
      ["white space", () => " \n\t\r\n "],
      ["a scalar", () => this.#random.pick(HOSTILE)],
      ["deep arrays", () => "[".repeat(1 + this.#random.below(200_000))],
      ["deep objects", () => `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
      ["a deep field", () => `{"type":"log","bot":"b","x":${"[".repeat(9_000)}${"]".repeat(9_000)}}`],
      ["deep arrays that end", () => `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
      ["a long number", () => "7".repeat(100_000)],
      ["a byte-order mark", () => `\ufeff${this.#example()}`],
      ["several texts in one line", () => `${this.#example()}${this.#example()}`],
      ["random bytes", () => Buffer.from(Array.from({ length: 300 }, () => this.#random.below(256)))],
      ["NUL bytes", () => Buffer.alloc(1 + this.#random.below(2_000))],
      ["many scalars", () => `[${"0,".repeat(500)}0]`],
      ["many empty lines", () => "\n".repeat(20_000)],
      ["a field said twice", () => this.#example().replace("{", '{"type":"fill","bot":[],')],
    ]);
    return { what, ...this.#whole(Buffer.from(body())) };
  }

  #example(): string {
    const event = exampleEvent(botTypes[this.#random.below(botTypes.length)] ?? "fill");
    return JSON.stringify({
      ...event,
      id: `${this.#prefix}-bad-${this.#made++}`,
      bot: `bad-${this.#random.below(50)}`,
    });
  }

  #good(good: string[]): Buffer {
    const id = `${this.#prefix}-good-${this.#made++}`;
    good.push(id);
    return Buffer.from(
      JSON.stringify({ type: "annotation", bot: "good", id, ts: "2026-05-04T00:00:00Z", title: "among bad ones" }),
    );
  }

  /** One field, at any depth, is given a hostile value or a hostile name, or is left out. */
  #withHostileField(example: string): Buffer {
    const mark = "@@hostile@@";
    const event: Event = JSON.parse(example);
    const holder = this.#holderIn(event);
    const name = Object.keys(holder)[this.#random.below(Object.keys(holder).length)] ?? "type";
    const action = this.#random.below(10);
    if (action === 0) delete holder[name];
    else if (action === 1) holder[this.#random.pick(["hostile", ...HOSTILE_NAMES])] = mark;
    else holder[name] = mark;
    return Buffer.from(JSON.stringify(event).replace(`"${mark}"`, () => this.#random.pick(HOSTILE)));
  }

  /** The event, or an object or array somewhere in it. */
  #holderIn(event: Event): Event {
    const inner = Object.values(event).filter((value) => typeof value === "object" && value !== null);
    if (inner.length === 0 || this.#random.below(2) === 0) return event;
    return this.#holderIn(inner[this.#random.below(inner.length)] as Event);
  }

  #mutated(text: string): Buffer {
    const bytes = [...Buffer.from(text)];
    for (let left = 1 + this.#random.below(4); left > 0; left--) {
      const at = this.#random.below(bytes.length + 1);
      this.#random.pick([
        () => bytes.splice(at),
        () => bytes.splice(at, 1, this.#random.below(256)),
        () => bytes.splice(at, 0, this.#random.pick([0, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x22, 0x5c, 0x7b, 0x5d, 0x0d])),
        () => bytes.splice(at, 1 + this.#random.below(8)),
        () => bytes.splice(at, 0, ...bytes.slice(at, at + 20)),
        () => bytes.splice(at, 0, 0xf0, 0x9f, 0x92),
      ])();
    }
    return Buffer.from(bytes);
  }

  #anything(): Buffer[] {
    const seed = this.#random.below(2 ** 31);
    return fc
      .sample(fc.jsonValue({ maxDepth: 4 }), { seed, numRuns: 3 })
      .map((value) => Buffer.from(JSON.stringify(value)));
  }

  #contentType(): string | undefined {
    return this.#random.pick([undefined, "application/json", ...CONTENT_TYPES]);
  }
}

/** A line stays a line whatever its bytes became. */
const withoutBreaks = (line: Buffer): Buffer => Buffer.from(line.filter((byte) => byte !== 0x0a));
