import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { type CheckedPart, PartMaker } from "./checked-part.ts";
import { isDatabase } from "./database-source.ts";
import { fileItems, isOfTheFile, type Opened } from "./file-items.ts";
import type { ImportOptions } from "./format.ts";
import { anyFormatNamed } from "./registry.ts";
import { openText } from "./text-source.ts";

/** What is to be read. */
export interface ReadingTask {
  readonly file: string;
  readonly format: string | undefined;
  readonly options: ImportOptions;
}

/** What a reader says: parts in the order of the file, then how it ended. */
export type ReadingMessage =
  | { readonly kind: "part"; readonly part: CheckedPart; readonly format: string | undefined; readonly bytes: number }
  | { readonly kind: "end"; readonly format: string | undefined; readonly bytes: number; readonly error?: string }
  | { readonly kind: "database" };

/** Parts that may wait for their taker. */
const AHEAD_MAX = 16;
const PART_ITEMS = 500;

const { file, format: named, options } = workerData as ReadingTask;
const opened: Opened = { format: undefined, close: () => undefined };
let bytes = 0;
let ahead = 0;

const say = (message: ReadingMessage): void => parentPort?.postMessage(message);

function bytesSince(): number {
  const since = bytes;
  bytes = 0;
  return since;
}

async function hand(part: CheckedPart): Promise<void> {
  say({ kind: "part", part, format: opened.format?.name, bytes: bytesSince() });
  ahead++;
  while (ahead >= AHEAD_MAX && parentPort !== null) await once(parentPort, "message");
}

async function read(): Promise<void> {
  let maker = new PartMaker(file);
  const input = {
    file,
    format: named === undefined ? undefined : anyFormatNamed(named),
    options,
    onBytes: (count: number) => {
      bytes += count;
    },
  };
  const rowRead = (): void => {
    maker.rows++;
  };
  try {
    for await (const items of fileItems(input, opened, rowRead)) {
      for (const item of items) maker.add(item);
      if (maker.items < PART_ITEMS) continue;
      const part = maker.made();
      maker = new PartMaker(file);
      await hand(part);
    }
  } finally {
    await hand(maker.made());
  }
}

async function holdsDatabase(): Promise<boolean> {
  const { head, close } = await openText(file);
  close();
  return isDatabase(head);
}

parentPort?.on("message", () => ahead--);
try {
  if (await holdsDatabase()) say({ kind: "database" });
  else {
    await read();
    say({ kind: "end", format: opened.format?.name, bytes: bytesSince() });
  }
} catch (error) {
  if (!isOfTheFile(error)) throw error;
  const message = error instanceof Error ? error.message : String(error);
  say({ kind: "end", format: opened.format?.name, bytes: bytesSince(), error: message });
} finally {
  await opened.close();
  parentPort?.close();
}
