import type { Command } from "commander";
import { z } from "zod";
import { type LocalAccess, readLocalAccess } from "../../http/access/local-token.ts";

/** What the commands for the hub of this machine need of the process around them. */
export interface LocalContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly setExitCode: (code: number) => void;
}

export interface LocalFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const TIMEOUT_MS = 10_000;

export const processContext: LocalContext = {
  environment: process.env,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
  setExitCode: (code) => {
    process.exitCode = code;
  },
};

/** Adds `--data-dir` and `--json`. */
export function withLocalOptions(command: Command): Command {
  return command
    .option("--data-dir <directory>", "of the running hub (default: DESKWATCH_DATA_DIR, else ./data)")
    .option("--json", "print JSON");
}

/** Why a command could not do what it was asked to, in words for whoever typed it. */
export class LocalFailed extends Error {
  override readonly name = "LocalFailed";
}

/** Runs a command; what it fails with is told, and its exit code is 1. */
export async function orComplain(context: LocalContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LocalFailed)) throw error;
    context.complain(`deskwatch: ${error.message}`);
    context.setExitCode(1);
  }
}

export interface Question {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: object;
}

/** The hub that runs on the data directory, asked with the token that it wrote there. Throws `LocalFailed`. */
export class LocalHub {
  readonly #dataDir: string;
  readonly #access: LocalAccess;

  constructor({ environment }: LocalContext, flags: LocalFlags) {
    this.#dataDir = flags.dataDir ?? environment["DESKWATCH_DATA_DIR"] ?? "data";
    this.#access = readAccess(this.#dataDir);
  }

  /** Where a browser on this machine finds it. */
  get url(): string {
    return this.#access.url;
  }

  /** The parsed answer; undefined when it is empty. */
  async ask(question: Question): Promise<unknown> {
    const response = await this.#reach(question);
    const text = await response.text();
    if (!response.ok) throw new LocalFailed(whyRefused(text, response.status));
    return text === "" ? undefined : JSON.parse(text);
  }

  async #reach({ method, path, body }: Question): Promise<Response> {
    const { url, token } = this.#access;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    try {
      return await fetch(new URL(path, url), {
        method,
        headers,
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new LocalFailed(noHub(this.#dataDir), { cause: error });
    }
  }
}

/** Rows of texts under their heads, each column as wide as it must be. */
export function paddedTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const table = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function readAccess(dataDir: string): LocalAccess {
  let access: LocalAccess | undefined;
  try {
    access = readLocalAccess(dataDir);
  } catch (error) {
    throw new LocalFailed(`cannot read the data directory ${dataDir}: ${error instanceof Error ? error.message : "?"}`);
  }
  if (access === undefined) throw new LocalFailed(noHub(dataDir));
  return access;
}

const noHub = (dataDir: string): string =>
  `no hub runs on the data directory ${dataDir}: start it with \`deskwatch start\`, or name another with --data-dir.`;

const problem = z.object({ detail: z.string() });

function whyRefused(text: string, status: number): string {
  try {
    const parsed = problem.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data.detail;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `the hub answered ${status}`;
}
