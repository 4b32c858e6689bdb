import { setFlagsFromString } from "node:v8";
import { Worker, parentPort } from "node:worker_threads";
import { StoreUnavailable } from "../../hub/ports.ts";
import type { Durability } from "./database.ts";
import { reasonAway, sqliteCode } from "./sqlite-error.ts";

/** What a worker can be asked; arguments and answers are copied between the threads. */
export type Calls = { readonly [name: string]: (...parameters: never[]) => unknown };

interface Request {
  readonly id: number;
  readonly name: string;
  readonly parameters: readonly unknown[];
}

interface Failure {
  readonly message: string;
  readonly code: number | undefined;
}

type Answer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: Failure };

/** The worker ended while it was asked: whether it did what it was asked is not known. */
export class WorkerDied extends StoreUnavailable {}

/** Answers the calls of the main thread, one after another. To be called once, in a worker. */
export function serve(calls: { readonly [name: string]: (...parameters: never[]) => unknown }): void {
  let turn = Promise.resolve();
  parentPort?.on("message", (request: Request) => {
    turn = turn.then(async () => {
      parentPort?.postMessage(await answer(calls, request));
      if (request.name === "close") parentPort?.close();
    });
  });
}

async function answer(calls: Calls, { id, name, parameters }: Request): Promise<Answer> {
  try {
    return { id, value: await calls[name]?.(...(parameters as never[])) };
  } catch (error) {
    return {
      id,
      failure: { message: error instanceof Error ? error.message : String(error), code: sqliteCode(error) },
    };
  }
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: Error) => void;
}

export interface RemoteOptions {
  /** The worker's file beside this one, without its ending. */
  readonly file: "writer-worker" | "reader-worker";
  readonly dataDir: string;
  /** Of the writer. */
  readonly durability?: Durability;
}

const OLD_GENERATION_MIB = 256;
/**
 * What a worker makes of a call is gone when it has answered. The sizes that the process was started with would go
 * before the limits of a worker, and are as V8 reads them when a thread begins: they are set anew, for workers alone.
 */
const SEMI_SPACE_MIB = 4;
/** Of a writer that takes in as much as it can and then ends. */
const SEMI_SPACE_BULK_MIB = 16;

/** A worker thread that answers `C`. One that ended is started again by the next call. */
export class Remote<C extends object> {
  readonly #options: RemoteOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  /** Calls that were made and are not answered yet. */
  get load(): number {
    return this.#pending.size;
  }

  /** Rejects with `StoreUnavailable` when the store is away, `WorkerDied` when the worker ended meanwhile. */
  call<Name extends keyof C & string>(
    name: Name,
    ...parameters: C[Name] extends (...given: infer P) => unknown ? P : never
  ): Promise<C[Name] extends (...given: never[]) => infer R ? Awaited<R> : never> {
    if (this.#closed) return Promise.reject(new StoreUnavailable("The store is closed."));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#running().postMessage({ id, name, parameters } satisfies Request);
    });
  }

  /** Answers what was asked before, then ends the worker. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.postMessage({ id: 0, name: "close", parameters: [] } satisfies Request);
    await exited;
  }

  /** Ends the worker at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const { file, dataDir, durability = "commit" } = this.#options;
    const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const semiSpaceMib = durability === "close" ? SEMI_SPACE_BULK_MIB : SEMI_SPACE_MIB;
    setFlagsFromString(`--max-semi-space-size=${semiSpaceMib}`);
    setFlagsFromString("--min-semi-space-size=0");
    const worker = new Worker(new URL(`./${file}.${ending}`, import.meta.url), {
      workerData: { dataDir, durability },
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: OLD_GENERATION_MIB },
    });
    let cause: unknown;
    worker.on("message", (message: Answer) => this.#answered(message));
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", () => this.#ended(worker, cause));
    this.#worker = worker;
    return worker;
  }

  #answered(message: Answer): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("failure" in message) pending?.reject(errorOf(message.failure, this.#options.dataDir));
    else pending?.resolve(message.value as never);
  }

  #ended(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    const error = new WorkerDied(
      `The ${this.#options.file} of the store ended; it is started again by the next call.`,
      {
        cause,
      },
    );
    for (const pending of waiting) pending.reject(error);
  }
}

function errorOf({ message, code }: Failure, dataDir: string): Error {
  const reason = reasonAway(code);
  return reason === undefined
    ? new Error(`the store failed: ${message}`)
    : new StoreUnavailable(`The store in ${dataDir} is away (${message}): ${reason}.`);
}
