import { stat } from "node:fs/promises";
import { microsFromMs } from "../base/time.ts";
import type { TakenCounts } from "../hub/direct/direct-intake.ts";
import { StoreUnavailable } from "../hub/ports.ts";
import type { Rejection } from "../protocol/errors.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { parseExactJson } from "../protocol/exact-json.ts";
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
  /** Where the events go: a hub, or a desk in this process; undefined for a dry run, which checks each as the hub would. */
  readonly hub: HubOptions | DeskInProcess | undefined;
  /** Bytes of the files read since the last call. */
  readonly onBytes: (count: number) => void;
}

/** A hub that keeps the order of several batches may have them at once; by HTTP there is one at a time. */
type HubOptions = Omit<SenderOptions<EventRef>, "onDelivered" | "inFlightMax"> &
  Partial<Pick<SenderOptions<EventRef>, "inFlightMax">>;

/** A desk that takes events one at a time, as they were checked; `text` is the event as JSON. */
export interface DeskInProcess {
  /** Why an event is refused, else undefined. Throws `StoreUnavailable`. */
  readonly take: (event: DeskEvent, text: string) => Rejection | undefined;
  /** When more may be taken; undefined for at once. Rejects with `StoreUnavailable`. */
  readonly room?: () => Promise<void> | undefined;
  /** Resolves once it is known what became of all events. Rejects with `StoreUnavailable`. */
  readonly end?: () => Promise<void>;
  readonly counts: () => TakenCounts;
}

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
  const sink = sinkOf(hub, counts);
  try {
    for (const file of files) await importFile({ file, format, options, onBytes }, sink, counts);
    await sink.end();
  } catch (error) {
    if (!(error instanceof HubAway || error instanceof HubRefused || error instanceof StoreUnavailable)) throw error;
    sink.stopped?.();
    return counts.report(hub === undefined, error.message);
  }
  return counts.report(hub === undefined);
}

/** An event with what it is called in the report. */
type ToldEvent = Extract<ImportItem, { readonly body: string }>;

interface Sink {
  /** A promise when the sender must wait. */
  readonly take: (ref: EventRef, event: ToldEvent) => Promise<void> | undefined;
  readonly end: () => Promise<void>;
  /** Tells what became of events, where that is told at the end only. */
  readonly stopped?: () => void;
}

function sinkOf(hub: ImportFilesOptions["hub"], counts: ImportCounts): Sink {
  if (hub === undefined) return checkingSink(counts);
  return "take" in hub ? handingSink(hub, counts) : sendingSink(hub, counts);
}

const saidBy = ({ value, body }: ToldEvent): unknown => (value === undefined ? parseExactJson(body) : value());

function checkingSink(counts: ImportCounts): Sink {
  return {
    take: (ref, event) => {
      const parsed = parseEvent(saidBy(event));
      if (!parsed.ok) countRefusal(counts, { ref, ...parsed.error });
      return undefined;
    },
    end: () => Promise.resolve(),
  };
}

function handingSink(desk: DeskInProcess, counts: ImportCounts): Sink {
  const tell = () => counts.answered(desk.counts());
  return {
    take: (ref, told) => {
      const parsed = parseEvent(saidBy(told));
      const refusal = parsed.ok ? desk.take(parsed.value, JSON.stringify(parsed.value)) : parsed.error;
      if (refusal !== undefined) countRefusal(counts, { ref, ...refusal });
      return desk.room?.();
    },
    end: async () => {
      await desk.end?.();
      tell();
    },
    stopped: tell,
  };
}

function sendingSink(hub: HubOptions, counts: ImportCounts): Sink {
  const onDelivered = (delivered: Delivered<EventRef>) => {
    counts.answered(delivered.counts);
    for (const refusal of delivered.refused) countRefusal(counts, refusal);
  };
  const sender = new HubSender<EventRef>({ inFlightMax: 1, ...hub, onDelivered });
  return { take: (ref, { body }) => sender.add({ ref, body }), end: () => sender.end() };
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
    for await (const items of fileItems({ file, format, options, onBytes }, opened, rowRead))
      for (const item of items) {
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
): AsyncGenerator<readonly ImportItem[], void> {
  const source = await openText(file, onBytes);
  opened.close = source.close;
  if (isDatabase(source.head)) {
    source.close();
    yield* databaseItems({ file, format, options, onBytes }, opened, rowRead);
    return;
  }
  opened.format = format ?? detectFormat(source.head, file);
  if (opened.format === undefined) throw new WrongFormat(source.head === "" ? EMPTY : UNKNOWN);
  if ("openDatabase" in opened.format) throw new WrongFormat("the file is no SQLite database");
  const modifiedAt = microsFromMs((await stat(file)).mtimeMs);
  const input = { chunks: source.chunks, options, rowRead, modifiedAt };
  if (opened.format.openBatches !== undefined) yield* opened.format.openBatches(input);
  else for await (const item of opened.format.open(input)) yield [item];
}

async function* databaseItems(
  { file, format, options }: FileImport,
  opened: Opened,
  rowRead: () => void,
): AsyncGenerator<readonly ImportItem[], void> {
  const { database, tables, close } = await openDatabase(file, {});
  opened.close = close;
  opened.format = format ?? detectDatabase(tables);
  if (opened.format === undefined) throw new WrongFormat("no format has tables such as this database's");
  if (!("openDatabase" in opened.format)) throw new WrongFormat(`a database is not ${opened.format.name}`);
  for (const item of opened.format.openDatabase({ database, options, rowRead })) yield [item];
}

const EMPTY = "the file is empty";
const UNKNOWN =
  "this is none of the formats that deskwatch import --help lists; if it is one of them, name it with --format";

function takeItem(file: string, item: ImportItem, sink: Sink, counts: ImportCounts): Promise<void> | undefined {
  const { line } = item;
  if ("body" in item) {
    counts.told(item);
    return sink.take({ file, line, type: item.type }, item);
  }
  if ("leftOut" in item) counts.leftOut(item.leftOut);
  else
    counts.refused({ file, line, reason: item.refused, ...(item.detail === undefined ? {} : { detail: item.detail }) });
  return undefined;
}

/** Faults of a file (unreadable, damaged, of another format) have a code or name of their own; ours do not. */
const isOfTheFile = (error: unknown): boolean =>
  error instanceof Error && (error.name === "WrongFormat" || ("code" in error && typeof error.code === "string"));
