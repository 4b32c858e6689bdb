import { parseTime } from "../../base/time.ts";
import { Occurrences } from "../content-id.ts";
import { eventLine, withFields } from "../event-line.ts";
import { eventOfExport, isExported, isOfTheHub } from "../exported-line.ts";
import { type ImportFormat, type ImportInput, type ImportItem, type ImportOptions, refused } from "../format.ts";
import { headLines, LINE_CHARS_MAX, linesOf } from "../lines.ts";

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
};

async function* open(input: ImportInput): AsyncGenerator<ImportItem, void> {
  const occurrences = new Occurrences();
  for await (const { line, text } of linesOf(input.chunks)) {
    input.rowRead();
    yield text === undefined
      ? refused(line, `longer than ${LINE_CHARS_MAX} characters`)
      : lineItem(line, text, input.options, occurrences);
  }
}

function lineItem(line: number, text: string, options: ImportOptions, occurrences: Occurrences): ImportItem {
  const parsed = eventLine(text);
  if (!parsed.ok) return refused(line, parsed.error.reason, parsed.error.detail);
  const { type, bot, mode, id, origin } = parsed.value;
  if (typeof type !== "string") return refused(line, "no type");
  if (isExported(parsed.value)) {
    if (isOfTheHub(type)) return { line, leftOut: `${type}: the hub that it came from said it of itself` };
    return { line, type, body: eventOfExport(text, parsed.value, (content) => occurrences.idOf(content)) };
  }
  const added = {
    ...(bot === undefined && options.bot !== undefined ? { bot: options.bot } : {}),
    ...(mode === undefined && options.mode !== undefined ? { mode: options.mode } : {}),
    ...(origin === undefined ? { origin: "import" } : {}),
    ...(id === undefined ? { id: `import:${occurrences.idOf(text)}` } : {}),
  };
  const [said, at] = [bot ?? options.bot, parseTime(parsed.value["ts"])];
  return { line, type, body: withFields(text, added), bot: typeof said === "string" ? said : undefined, at };
}
