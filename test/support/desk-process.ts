import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { startHubProcess } from "../../scripts/hub-process.ts";
import { NODE_FLAGS } from "../../src/app/node-flags.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));

export interface DeskOptions {
  readonly dataDir: string;
  /** Events go to this PostgreSQL; into the data directory when absent. */
  readonly databaseUrl?: string | undefined;
  /** More of the command line of `deskwatch start`. */
  readonly args?: readonly string[];
  /** A command to run the hub under, such as strace with its arguments. */
  readonly under?: readonly string[];
}

/** `deskwatch start` of the sources in a process of its own, on a free port of loopback. */
export interface DeskProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly pid: number;
  /** Ends it; resolves when it is gone. May be called again. */
  readonly end: (signal: "SIGTERM" | "SIGKILL") => Promise<void>;
}

/** Starts a hub and resolves once it listens. Throws with its output when it does not. */
export async function startDeskProcess(options: DeskOptions): Promise<DeskProcess> {
  const [command = process.execPath, ...before] = [...(options.under ?? []), process.execPath];
  const { address, pid, end } = await startHubProcess({
    command,
    args: [...before, ...startArgs(options)],
    cwd: tmpdir(),
    env: environmentOf(options),
  });
  return { url: address, pid, end };
}

export interface Ended {
  /** Null when it did not end by itself within 60 s. */
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly output: string;
}

/** Runs `deskwatch start` where it cannot go on; resolves when it has ended. */
export const startRefusedDesk = (options: DeskOptions): Promise<Ended> =>
  runToEnd(startArgs(options), environmentOf(options));

/** Runs any other command of `deskwatch`; resolves when it has ended. */
export const runDeskwatch = (args: readonly string[]): Promise<Ended> =>
  runToEnd([MAIN, ...args], environmentOf({ dataDir: "" }));

const ENDS_WITHIN_MS = 60_000;

function runToEnd(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: tmpdir(), env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const timer = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

const startArgs = ({ dataDir, args = [] }: DeskOptions): string[] => [
  ...NODE_FLAGS,
  MAIN,
  "start",
  "--port",
  "0",
  "--data-dir",
  dataDir,
  ...args,
];

/** By the environment, as a password on the command line would be for everybody to see. */
const environmentOf = ({ databaseUrl }: DeskOptions): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  DESKWATCH_LOG_LEVEL: "warn",
  ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
});
