import { type FileTime, fileTime, fileTimeItems } from "./file-time.ts";
import { type ImportFormat, type ImportInput, type ImportItem, type ImportMode, mapped, refused } from "./format.ts";
import { Fields, isObject, type Names } from "./json-fields.ts";
import { jsonDocument } from "./json-text.ts";

/**
 * The arbitrage bot that keeps four JSON files of its state, overwritten in place. What they hold is described in words
 * only, so each field is accepted in the spellings listed with it (docs/reference/imports.md).
 */
export interface BotFile {
  readonly document: unknown;
  readonly time: FileTime;
  readonly envelope: { readonly bot: string; readonly mode: ImportMode | undefined; readonly strategy: string };
}

const SIMULATED: Names = ["dry_run", "paper", "paper_trading", "paper_mode", "simulation"];
const BOT_NAMES: Names = ["bot", "bot_id", "bot_name"];

/** The venue that a word stands for; undefined for any other word. */
export function venueNamed(name: string): string | undefined {
  const word = name.toLowerCase();
  if (word === "kalshi") return "kalshi";
  return word === "polymarket" || word === "poly" ? "polymarket" : undefined;
}

interface BotFileReader {
  /** Sees the whole document, and refuses it whole. */
  readonly map: (file: BotFile, rowRead: () => void) => Iterable<ImportItem>;
  /** Whether each row says its own time, so that none of the file is needed; no row does when absent. */
  readonly rowsSayTime?: ((document: unknown) => boolean) | undefined;
}

/** A format of one of the bot's files. */
export const botFileFormat = ({
  map,
  rowsSayTime,
  ...format
}: Pick<ImportFormat, "name" | "about" | "fileNames" | "detect"> & BotFileReader): ImportFormat => ({
  ...format,
  open: (input) => documentItems(input, { map, rowsSayTime }),
});

async function* documentItems(
  input: ImportInput,
  { map, rowsSayTime = () => false }: BotFileReader,
): AsyncGenerator<ImportItem, void> {
  const document = await jsonDocument(input.chunks);
  let rows = 0;
  const rowRead = () => {
    rows++;
    input.rowRead();
  };
  const items = mapped(1, () => {
    const time = fileTime(document, input);
    const items = [...map({ document, time, envelope: envelopeOf(document, input) }, rowRead)];
    return rowsSayTime(document) ? items : [...items, ...fileTimeItems(time)];
  });
  if (rows === 0) input.rowRead();
  yield* items;
}

function envelopeOf(document: unknown, { options }: ImportInput): BotFile["envelope"] {
  const row = isObject(document) ? new Fields(1, document) : undefined;
  const isSimulated = row !== undefined && row.get(SIMULATED) === true;
  return {
    bot: options.bot ?? row?.text(BOT_NAMES) ?? "arb-bot",
    mode: options.mode ?? (isSimulated ? "paper" : undefined),
    strategy: "arbitrage",
  };
}

/** The list in a document: the document itself, or what stands under one of `names`; undefined when there is none. */
export function listIn(document: unknown, names: Names): readonly unknown[] | undefined {
  if (Array.isArray(document)) return document;
  if (!isObject(document)) return undefined;
  const value = new Fields(1, document).get(names);
  return Array.isArray(value) ? value : undefined;
}

/** The items of each entry of a list; an entry that cannot be mapped is refused alone. */
export function* entryItems(
  entries: readonly unknown[],
  rowRead: () => void,
  map: (row: Fields) => readonly ImportItem[],
): Generator<ImportItem, void> {
  for (const [index, entry] of entries.entries()) {
    rowRead();
    const line = index + 1;
    if (isObject(entry)) yield* mapped(line, () => map(new Fields(line, entry)));
    else yield refused(line, "not a JSON object");
  }
}
