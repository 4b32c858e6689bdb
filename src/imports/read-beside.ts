import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { ReadingMessage, ReadingTask } from "./reading-worker.ts";

/**
 * What V8 gives to the thread that reads: what it makes of a row is gone with its part. The sizes that the process was
 * started with go before the limits of a worker, and are as V8 reads them when a thread begins.
 */
const SEMI_SPACE_MIB = 32;

/**
 * Reads and checks a file in a thread of its own, ahead by a few parts of whoever takes them. A file that cannot be read
 * ends with a message that says so; rejects for a fault of the program alone.
 */
export async function* readBeside(task: ReadingTask): AsyncGenerator<ReadingMessage, void> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  setFlagsFromString(`--max-semi-space-size=${SEMI_SPACE_MIB}`);
  setFlagsFromString(`--min-semi-space-size=${SEMI_SPACE_MIB}`);
  const worker = new Worker(new URL(`./reading-worker.${ending}`, import.meta.url), {
    workerData: task,
    env: {},
    execArgv: [],
  });
  const said: ReadingMessage[] = [];
  let wake: () => void = () => undefined;
  let fault: Error | undefined;
  let isOver = false;
  worker.on("message", (message: ReadingMessage) => {
    said.push(message);
    wake();
  });
  worker.on("error", (error) => {
    fault = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  worker.on("exit", () => {
    isOver = true;
    wake();
  });
  try {
    for (;;) {
      const message = said.shift();
      if (message !== undefined) {
        worker.postMessage("taken");
        yield message;
        continue;
      }
      if (fault !== undefined) throw fault;
      if (isOver) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    await worker.terminate();
  }
}
