import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { TakenCounts } from "../hub/direct/direct-intake.ts";
import { StoreUnavailable } from "../hub/ports.ts";
import type { Rejection } from "../protocol/errors.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { storedEvent } from "../protocol/stored-event.ts";
import { type CheckedPart, saidBy, type ToldItem } from "./checked-part.ts";
import { EXPORTED_PART, isExportedLog } from "./exported-part.ts";
import { fileItems, type FileToRead, isOfTheFile, type Opened } from "./file-items.ts";
import type { ImportItem, ImportOptions } from "./format.ts";
import { type Delivered, HubAway, HubRefused, HubSender, type SenderOptions } from "./hub-sender.ts";
import {
  type EventRef,
  eventRefusal,
  type FileReport,
  ImportCounts,
  type ImportReport,
  rowRefusal,
} from "./import-report.ts";
import { readBeside } from "./read-beside.ts";
import type { AnyFormat } from "./registry.ts";
import { tellsSamples } from "./tells-samples.ts";

export interface ImportFilesOptions {
  readonly files: readonly string[];
  /** Read every file as this; detected from each file's beginning when undefined. */
  readonly format: AnyFormat | undefined;
  readonly options: ImportOptions;
  /** Where the events go: a hub, or a desk in this process; undefined for a dry run, which checks each as the hub would. */
  readonly hub: HubOptions | DeskInProcess | undefined;
  /** Bytes of the files read since the last call. */
  readonly onBytes: (count: number) => void;
  /** A desk in this process has files of so many bytes read in a thread beside it; `BESIDE_BYTES` when not given. */
  readonly besideBytes?: number;
  /** False where that thread takes its time from the store's writer: then only what is hardly written is read so. */
  readonly hasSpareCore?: boolean;
}

/** Below this a thread costs more than it saves. */
const BESIDE_BYTES = 4 * 1024 * 1024;

type HubOptions = Omit<SenderOptions<EventRef>, "onDelivered">;

/** A desk that takes events one at a time, as they were checked; `text` is the event as JSON. */
export interface DeskInProcess {
  /** Why an event is refused, else undefined. Throws `StoreUnavailable`. */
  readonly take: (event: DeskEvent, text?: string) => Rejection | undefined;
  /** When more may be taken; undefined for at once. Rejects with `StoreUnavailable`. */
  readonly room?: () => Promise<void> | undefined;
  /** Resolves once it is known what became of all events. Rejects with `StoreUnavailable`. */
  readonly end?: () => Promise<void>;
  readonly counts: () => TakenCounts;
}

/**
 * Imports files one after another, in order, with bounded memory. A file that cannot be read or has no known format fails
 * alone; when the hub is away or says no, the rest is not read. Both are told in the report; this never rejects for them.
 */
export async function importFiles(asked: ImportFilesOptions): Promise<ImportReport> {
  const { files, format, options, hub, onBytes, besideBytes = BESIDE_BYTES, hasSpareCore = true } = asked;
  const counts = new ImportCounts();
  const sink = sinkOf(hub, counts);
  try {
    for (const file of files) {
      const task = { file, format, options, onBytes, isLogNamed: isLogNamed(files, file) };
      const mayBeBeside = sink.takePart !== undefined && (await isLarge(file, besideBytes));
      const isBeside = mayBeBeside && (hasSpareCore || (await tellsSamples(file)));
      if (!isBeside || !(await importBeside(task, sink, counts))) await importFile(task, sink, counts);
    }
    await sink.end();
  } catch (error) {
    if (!(error instanceof HubAway || error instanceof HubRefused || error instanceof StoreUnavailable)) throw error;
    sink.stopped?.();
    return counts.report(hub === undefined, error.message);
  }
  return counts.report(hub === undefined);
}

/** A file to be read, and whether the log of the export that it may be a part of is read too. */
interface Task extends FileToRead {
  readonly isLogNamed: boolean;
}

const isLogNamed = (files: readonly string[], file: string): boolean =>
  files.some((other) => isExportedLog(other) && dirname(other) === dirname(file));

/** Why a file was not read, as its report says it. */
function unreadAs(error: string | undefined, { isLogNamed: isRead }: Task): Pick<FileReport, "error" | "left_out"> {
  if (error === undefined) return {};
  return isRead && error === EXPORTED_PART ? { left_out: error } : { error };
}

interface Sink {
  /** A promise when the sender must wait. */
  readonly take: (ref: EventRef, event: ToldItem) => Promise<void> | undefined;
  /** The same for events that were checked in another thread, each called by its text and its row. */
  readonly takePart?: (file: string, part: CheckedPart) => Promise<void>;
  readonly end: () => Promise<void>;
  /** Tells what became of events, where that is told at the end only. */
  readonly stopped?: () => void;
}

function sinkOf(hub: ImportFilesOptions["hub"], counts: ImportCounts): Sink {
  if (hub === undefined) return checkingSink(counts);
  return "take" in hub ? handingSink(hub, counts) : sendingSink(hub, counts);
}

function checkingSink(counts: ImportCounts): Sink {
  return {
    take: (ref, event) => {
      const parsed = parseEvent(saidBy(event));
      if (!parsed.ok) counts.refused(eventRefusal(ref, parsed.error), ref.type);
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
      const refusal = parsed.ok ? desk.take(parsed.value) : parsed.error;
      if (refusal !== undefined) counts.refused(eventRefusal(ref, refusal), ref.type);
      return desk.room?.();
    },
    takePart: async (file, { texts, lines }) => {
      let index = 0;
      for (const text of texts.flatMap((joined) => joined.split("\n"))) {
        const event = storedEvent(text);
        const refusal = desk.take(event, text);
        const ref = { file, line: lines[index++] ?? 0, type: event.type };
        if (refusal !== undefined) counts.refused(eventRefusal(ref, refusal), ref.type);
        const wait = desk.room?.();
        if (wait !== undefined) await wait;
      }
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
    for (const { ref, ...refusal } of delivered.refused) counts.refused(eventRefusal(ref, refusal), ref.type);
  };
  const sender = new HubSender<EventRef>({ ...hub, onDelivered });
  return { take: (ref, { body }) => sender.add({ ref, body }), end: () => sender.end() };
}

const isLarge = (file: string, bytes: number): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile() && found.size >= bytes,
    () => false,
  );

/** Imports a file that another thread reads; false when it is better read here, and nothing of it was taken. */
async function importBeside(task: Task, sink: Sink, counts: ImportCounts): Promise<boolean> {
  const { file, format, options, onBytes } = task;
  const done = { rows: 0, events: 0 };
  let known = format?.name;
  const report = (error?: string) => counts.file({ file, format: known ?? null, ...done, ...unreadAs(error, task) });
  try {
    for await (const message of readBeside({ file, format: format?.name, options })) {
      if (message.kind === "database") return false;
      onBytes(message.bytes);
      known = message.format;
      if (message.kind === "end") {
        report(message.error);
        return true;
      }
      const { part } = message;
      done.rows += part.rows;
      done.events += part.events;
      counts.part(part);
      await sink.takePart?.(file, part);
    }
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    throw error;
  }
  throw new Error(`the thread that reads ${file} ended before it was done`);
}

async function importFile(task: Task, sink: Sink, counts: ImportCounts): Promise<void> {
  const { file, format, options, onBytes } = task;
  const opened: Opened = { format: undefined, close: () => undefined };
  const done = { rows: 0, events: 0 };
  const report = (error?: string) =>
    counts.file({ file, format: opened.format?.name ?? null, ...done, ...unreadAs(error, task) });
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

function takeItem(file: string, item: ImportItem, sink: Sink, counts: ImportCounts): Promise<void> | undefined {
  const { line } = item;
  if ("body" in item) {
    counts.told(item);
    return sink.take({ file, line, type: item.type }, item);
  }
  if ("leftOut" in item) counts.leftOut(item.leftOut);
  else counts.refused(rowRefusal(file, item));
  return undefined;
}
