import { stat } from "node:fs/promises";
import { microsFromMs } from "../base/time.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { type ImportItem, type ImportOptions, WrongFormat } from "./format.ts";
import { type Delivered, HubAway, HubRefused, HubSender, type SenderOptions } from "./hub-sender.ts";
import { ImportCounts, type ImportReport, type RowRef } from "./import-report.ts";
import { isDatabase, openDatabase } from "./database-source.ts";
import { type AnyFormat, detectDatabase, detectFormat } from "./registry.ts";
import { openText } from "./text-source.ts";

export interface ImportFilesOptions {
  readonly files: readonly string[];
  /** Read every file as this; detected from each file's beginning when undefined. */
  readonly format: AnyFormat | undefined;
  readonly options: ImportOptions;
  /** Where the events go; undefined for a dry run, which checks each event as the hub would. */
  readonly hub: HubOptions | undefined;
  /** Bytes of the files read since the last call. */
  readonly onBytes: (count: number) => void;
}

/** A hub that keeps the order of several batches may have them at once; by HTTP there is one at a time. */
type HubOptions = Omit<SenderOptions<EventRef>, "onDelivered" | "inFlightMax"> &
  Partial<Pick<SenderOptions<EventRef>, "inFlightMax">>;

/** Which event of which row. */
export interface EventRef extends RowRef {
  readonly type: string;
}

/**
 * Imports files one after another, in order, with bounded memory. A file that cannot be read or has no known format fails
 * alone; when the hub is away or says no, the rest is not read. Both are told in the report; this never rejects for them.
 */
export async function importFiles({ files, format, options, hub, onBytes }: ImportFilesOptions): Promise<ImportReport> {
  const counts = new ImportCounts();
  const sink = hub === undefined ? checkingSink(counts) : sendingSink(hub, counts);
  try {
    for (const file of files) await importFile({ file, format, options, onBytes }, sink, counts);
    await sink.end();
  } catch (error) {
    if (!(error instanceof HubAway || error instanceof HubRefused)) throw error;
    return counts.report(hub === undefined, error.message);
  }
  return counts.report(hub === undefined);
}

interface Sink {
  /** A promise when the sender must wait. */
  readonly take: (ref: EventRef, body: string) => Promise<void> | undefined;
  readonly end: () => Promise<void>;
}

function checkingSink(counts: ImportCounts): Sink {
  return {
    take: (ref, body) => {
      const parsed = parseEvent(JSON.parse(body));
      if (!parsed.ok) countRefusal(counts, { ref, ...parsed.error });
      return undefined;
    },
    end: () => Promise.resolve(),
  };
}

function sendingSink(hub: NonNullable<ImportFilesOptions["hub"]>, counts: ImportCounts): Sink {
  const onDelivered = (delivered: Delivered<EventRef>) => {
    counts.answered(delivered.counts);
    for (const refusal of delivered.refused) countRefusal(counts, refusal);
  };
  const sender = new HubSender<EventRef>({ inFlightMax: 1, ...hub, onDelivered });
  return { take: (ref, body) => sender.add({ ref, body }), end: () => sender.end() };
}

function countRefusal(
  counts: ImportCounts,
  { ref, code, path, message }: { ref: EventRef; code: string; path: string; message: string },
): void {
  const { file, line, type } = ref;
  counts.refused({ file, line, reason: `${type}${path === "" ? "" : ` ${path}`}: ${code}`, detail: message }, type);
}

interface FileImport extends Pick<ImportFilesOptions, "format" | "options" | "onBytes"> {
  readonly file: string;
}

async function importFile(
  { file, format, options, onBytes }: FileImport,
  sink: Sink,
  counts: ImportCounts,
): Promise<void> {
  const opened: Opened = { format: undefined, close: () => undefined };
  const done = { rows: 0, events: 0 };
  const report = (error?: string) =>
    counts.file({ file, format: opened.format?.name ?? null, ...done, ...(error === undefined ? {} : { error }) });
  try {
    const rowRead = () => {
      done.rows++;
    };
    for await (const item of fileItems({ file, format, options, onBytes }, opened, rowRead)) {
      if ("body" in item) done.events++;
      const wait = takeItem(file, item, sink, counts);
      if (wait !== undefined) await wait;
    }
    report();
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    if (!isOfTheFile(error)) throw error;
  } finally {
    await opened.close();
  }
}

/** What is known and held of a file while it is read. */
interface Opened {
  format: AnyFormat | undefined;
  close: () => void | Promise<void>;
}

async function* fileItems(
  { file, format, options, onBytes }: FileImport,
  opened: Opened,
  rowRead: () => void,
): AsyncGenerator<ImportItem, void> {
  const source = await openText(file, onBytes);
  opened.close = source.close;
  if (isDatabase(source.head)) {
    source.close();
    const { database, tables, close } = await openDatabase(file, {});
    opened.close = close;
    opened.format = format ?? detectDatabase(tables);
    if (opened.format === undefined) throw new WrongFormat("no format has tables such as this database's");
    if (!("openDatabase" in opened.format)) throw new WrongFormat(`a database is not ${opened.format.name}`);
    yield* opened.format.openDatabase({ database, options, rowRead });
    return;
  }
  opened.format = format ?? detectFormat(source.head, file);
  if (opened.format === undefined) throw new WrongFormat("the format is not known; name it with --format");
  if ("openDatabase" in opened.format) throw new WrongFormat("the file is no SQLite database");
  const modifiedAt = microsFromMs((await stat(file)).mtimeMs);
  yield* opened.format.open({ chunks: source.chunks, options, rowRead, modifiedAt });
}

function takeItem(file: string, item: ImportItem, sink: Sink, counts: ImportCounts): Promise<void> | undefined {
  const { line } = item;
  if ("body" in item) {
    counts.told(item);
    return sink.take({ file, line, type: item.type }, item.body);
  }
  if ("leftOut" in item) counts.leftOut(item.leftOut);
  else
    counts.refused({ file, line, reason: item.refused, ...(item.detail === undefined ? {} : { detail: item.detail }) });
  return undefined;
}

/** Faults of a file (unreadable, damaged, of another format) have a code or name of their own; ours do not. */
const isOfTheFile = (error: unknown): boolean =>
  error instanceof Error && (error.name === "WrongFormat" || ("code" in error && typeof error.code === "string"));
