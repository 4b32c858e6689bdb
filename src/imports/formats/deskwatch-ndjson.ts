import { type Micros, parseTime } from "../../base/time.ts";
import { mayBeRounded, parseExactJson } from "../../protocol/exact-json.ts";
import { Occurrences } from "../content-id.ts";
import { eventLine, withFields } from "../event-line.ts";
import { eventOfExport, isExported, isOfTheHub, valueOfExport } from "../exported-line.ts";
import { type ImportFormat, type ImportInput, type ImportItem, type ImportOptions, refused } from "../format.ts";
import { headLines, type Line, LINE_CHARS_MAX, lineBatchesOf } from "../lines.ts";

/** Deskwatch's own events, one JSON object a line, as `deskwatch export` and any bot write them. */
export const deskwatchNdjson: ImportFormat = {
  name: "deskwatch-ndjson",
  about: "Deskwatch events, one JSON object a line",
  detect: (head) =>
    headLines(head).some((line) => {
      const parsed = eventLine(line);
      return parsed.ok && typeof parsed.value["type"] === "string";
    }),
  open,
  openBatches,
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  for await (const items of openBatches(input)) for (const item of items) yield item;
}

async function* openBatches(input: ImportInput): AsyncGenerator<Iterable<ImportItem>, void> {
  const occurrences = new Occurrences();
  for await (const lines of lineBatchesOf(input.chunks)) yield itemsOf(lines, input, occurrences);
}

/** Each is parsed when it is wanted: thousands at once would outlive the collections of garbage in between. */
function* itemsOf(lines: readonly Line[], input: ImportInput, occurrences: Occurrences): Generator<ImportItem, void> {
  for (const { line, text } of lines) {
    input.rowRead();
    yield text === undefined
      ? refused(line, `longer than ${LINE_CHARS_MAX} characters`)
      : lineItem(line, text, input.options, occurrences);
  }
}

function lineItem(line: number, text: string, options: ImportOptions, occurrences: Occurrences): ImportItem {
  const parsed = eventLine(text);
  if (!parsed.ok) return refused(line, parsed.error.reason, parsed.error.detail);
  const { type } = parsed.value;
  if (typeof type !== "string") return refused(line, "no type");
  if (isExported(parsed.value)) {
    if (isOfTheHub(type)) return { line, leftOut: `${type}: the hub that it came from said it of itself` };
    const { body, added } = eventOfExport(text, parsed.value, (content) => occurrences.idOf(content));
    const value = (): unknown => (mayBeRounded(body) ? parseExactJson(body) : valueOfExport(parsed.value, added));
    return { line, type, body, value };
  }
  return new LineEvent({
    line,
    type,
    text,
    fields: parsed.value,
    added: addedTo(parsed.value, text, options, occurrences),
  });
}

/** What a line does not say and the import adds. */
function addedTo(
  { bot, mode, origin, id }: Fields,
  text: string,
  options: ImportOptions,
  occurrences: Occurrences,
): Record<string, string> {
  const added: Record<string, string> = {};
  if (bot === undefined && options.bot !== undefined) added["bot"] = options.bot;
  if (mode === undefined && options.mode !== undefined) added["mode"] = options.mode;
  if (origin === undefined) added["origin"] = "import";
  if (id === undefined) added["id"] = `import:${occurrences.idOf(text)}`;
  return added;
}

type Fields = Readonly<Record<string, unknown>>;
type Loose = Record<string, unknown>;

interface LineParts {
  readonly line: number;
  readonly type: string;
  readonly text: string;
  /** What the text says. */
  readonly fields: Fields;
  /** What the import says besides. */
  readonly added: Readonly<Record<string, string>>;
}

/** The event of a line: its text and its value are each made for whoever asks, as a desk wants the one or the other. */
class LineEvent {
  readonly line: number;
  readonly type: string;
  readonly bot: string | undefined;
  readonly at: Micros | undefined;
  readonly #text: string;
  readonly #fields: Fields;
  readonly #added: Readonly<Record<string, string>>;

  constructor({ line, type, text, fields, added }: LineParts) {
    const bot = added["bot"] ?? fields["bot"];
    this.line = line;
    this.type = type;
    this.bot = typeof bot === "string" ? bot : undefined;
    this.at = parseTime(fields["ts"]);
    this.#text = text;
    this.#fields = fields;
    this.#added = added;
  }

  get body(): string {
    return withFields(this.#text, this.#added);
  }

  value(): unknown {
    const value = (mayBeRounded(this.#text) ? parseExactJson(this.#text) : this.#fields) as Loose;
    for (const name in this.#added) value[name] = this.#added[name];
    return value;
  }
}
