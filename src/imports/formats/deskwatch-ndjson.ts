import { type Micros, parseTime } from "../../base/time.ts";
import { mayLoseDigits, parseExactJson } from "../../protocol/exact-json.ts";
import { Occurrences } from "../content-id.ts";
import { eventLine, withFields } from "../event-line.ts";
import { eventOfExport, isExported, isOfTheHub, valueOfExport } from "../exported-line.ts";
import { type ImportFormat, type ImportInput, type ImportItem, type ImportOptions, refused } from "../format.ts";
import { headLines, LINE_CHARS_MAX, lineBatchesOf } from "../lines.ts";

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

async function* openBatches(input: ImportInput): AsyncGenerator<readonly ImportItem[], void> {
  const occurrences = new Occurrences();
  for await (const lines of lineBatchesOf(input.chunks))
    yield lines.map(({ line, text }) => {
      input.rowRead();
      return text === undefined
        ? refused(line, `longer than ${LINE_CHARS_MAX} characters`)
        : lineItem(line, text, input.options, occurrences);
    });
}

function lineItem(line: number, text: string, options: ImportOptions, occurrences: Occurrences): ImportItem {
  const parsed = eventLine(text);
  if (!parsed.ok) return refused(line, parsed.error.reason, parsed.error.detail);
  const { type, bot, mode, id, origin } = parsed.value;
  if (typeof type !== "string") return refused(line, "no type");
  if (isExported(parsed.value)) {
    if (isOfTheHub(type)) return { line, leftOut: `${type}: the hub that it came from said it of itself` };
    const { body, added } = eventOfExport(text, parsed.value, (content) => occurrences.idOf(content));
    return { line, type, body, value: () => exactly(body, () => valueOfExport(parsed.value, added)) };
  }
  const added = {
    ...(bot === undefined && options.bot !== undefined ? { bot: options.bot } : {}),
    ...(mode === undefined && options.mode !== undefined ? { mode: options.mode } : {}),
    ...(origin === undefined ? { origin: "import" } : {}),
    ...(id === undefined ? { id: `import:${occurrences.idOf(text)}` } : {}),
  };
  return new LineEvent({ line, type, text, fields: parsed.value, added });
}

interface LineSaid {
  readonly line: number;
  readonly type: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** What the line does not say and the import adds. */
  readonly added: Readonly<Record<string, string>>;
}

/** The event of a line: its text and its value are each made for whoever asks, as a desk wants the one or the other. */
class LineEvent {
  readonly line: number;
  readonly type: string;
  readonly bot: string | undefined;
  readonly at: Micros | undefined;
  readonly #said: LineSaid;

  constructor(said: LineSaid) {
    const bot = said.added["bot"] ?? said.fields["bot"];
    this.line = said.line;
    this.type = said.type;
    this.bot = typeof bot === "string" ? bot : undefined;
    this.at = parseTime(said.fields["ts"]);
    this.#said = said;
  }

  get body(): string {
    return withFields(this.#said.text, this.#said.added);
  }

  value(): unknown {
    const { text, fields, added } = this.#said;
    return exactly(text, () => Object.assign(fields, added), added);
  }
}

/** What was parsed, unless its numbers have lost digits that `text` has: then it is parsed again with all of them. */
function exactly(text: string, parsed: () => unknown, added: Readonly<Record<string, string>> = {}): unknown {
  return mayLoseDigits(text) ? Object.assign(parseExactJson(text) as object, added) : parsed();
}
