import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "../node-flags.ts";

/** The program that this is a part of: its built form, or its source. */
const MAIN = fileURLToPath(new URL(`../main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url));

/** Starts another command of this program, which ends when this process does. What it prints on standard error is ours. */
export function startCommand(args: readonly string[], cwd: string): ChildProcess {
  const { PATH, DESKWATCH_LOG_LEVEL } = process.env;
  return fork(MAIN, [...args], {
    cwd,
    // None of the keys and addresses that are meant for the real hub.
    env: { PATH, ...NODE_ENVIRONMENT, ...(DESKWATCH_LOG_LEVEL === undefined ? {} : { DESKWATCH_LOG_LEVEL }) },
    execArgv: [...NODE_FLAGS],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

const LAST_WORDS_CHARS = 2_000;

/** The end of what a process says on standard error. */
export function lastWords(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-LAST_WORDS_CHARS);
  });
  return () => text.trim();
}

const ENDS_WITHIN_MS = 5_000;

/** Asks a process to end; resolves when it is gone, by force when it takes too long. */
export function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), ENDS_WITHIN_MS);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
