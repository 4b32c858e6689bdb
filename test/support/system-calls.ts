import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { ensure } from "../../src/base/assert.ts";
import { findTool } from "./find-tool.ts";

/** One system call of a trace. Times are microseconds of the machine's clock, the same for every trace. */
export interface SystemCall {
  readonly name: string;
  /** What its first argument is: a path, or `socket:[INODE]`; empty when it is no file. */
  readonly file: string;
  /** Its arguments as strace shows them: bytes that are not printable are escaped. */
  readonly parameters: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** More than any call of a test writes at once: PostgreSQL writes many pages of its log together. */
const BYTES_SHOWN = 1024 * 1024;

/** Arguments that trace calls by name into `file`. */
const traceArgs = (calls: readonly string[], file: string): string[] => [
  ...["-f", "-ttt", "-T", "-y", "-s", String(BYTES_SHOWN)],
  ...["-e", `trace=${calls.join(",")}`, "-e", "signal=none", "-o", file],
];

export interface Attached {
  /** Lets the traced processes go on without it; resolves when it has. */
  readonly detach: () => Promise<void>;
}

/** Writes the system calls of running processes, and of all that they will start, to `file`. */
export const traceCalls = (pids: readonly number[], calls: readonly string[], file: string): Promise<Attached> =>
  attach(pids, traceArgs(calls, file));

/** Makes each sync to disk of a running process take longer by `delayMs`. */
export const slowDownSyncs = (pid: number, delayMs: number): Promise<Attached> =>
  attach(
    [pid],
    [
      "-f",
      "-e",
      "trace=fsync,fdatasync",
      "-e",
      `inject=fsync,fdatasync:delay_exit=${delayMs * 1_000}`,
      "-o",
      "/dev/null",
    ],
  );

async function attach(pids: readonly number[], args: readonly string[]): Promise<Attached> {
  const strace = ensure(findTool("strace"), "strace is installed: guard the suite with requireTool");
  const child = spawn(strace, [...args, ...pids.flatMap((pid) => ["-p", String(pid)])], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const waiting = new Set(pids);
  const said: string[] = [];
  const attached = new Promise<void>((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      said.push(line);
      // One that has just ended is not missed.
      const pid = /: (?:Process|attach: ptrace\(PTRACE_SEIZE,) (\d+)/.exec(line)?.[1];
      if (pid !== undefined) waiting.delete(Number(pid));
      if (waiting.size === 0) resolve();
    });
    child.once("exit", () => reject(new Error(`strace ended at once: ${said.join("\n")}`)));
  });
  await attached;
  return {
    detach: async () => {
      child.kill("SIGINT");
      await exited;
    },
  };
}

const LINE = /^(\d+) +(\d+\.\d+) (.*)$/;
const RESUMED = /^<\.\.\. \w+ resumed>(.*)$/;
const WHOLE = /^(\w+)\((?:\d+<([^>]*)>)?(.*) <(\d+\.\d+)>$/s;

/** The calls of a trace that came to an end, in the order in which they began. */
export function readTrace(file: string): SystemCall[] {
  const begun = new Map<string, { readonly at: number; readonly text: string }>();
  const calls: SystemCall[] = [];
  for (const line of readFileSync(file, "latin1").split("\n")) {
    const [, process = "", time = "", text = ""] = LINE.exec(line) ?? [];
    const at = Math.round(Number(time) * 1e6);
    const rest = RESUMED.exec(text)?.[1];
    if (text.endsWith("<unfinished ...>")) begun.set(process, { at, text: text.slice(0, -"<unfinished ...>".length) });
    else if (rest === undefined) calls.push(...callOf(text, at));
    else {
      const start = begun.get(process);
      if (start !== undefined) calls.push(...callOf(`${start.text}${rest}`, start.at));
      begun.delete(process);
    }
  }
  return calls.sort((a, b) => a.startedAt - b.startedAt);
}

function callOf(text: string, startedAt: number): SystemCall[] {
  const match = WHOLE.exec(text);
  if (match === null) return [];
  const [, name = "", file = "", parameters = "", seconds = ""] = match;
  return [{ name, file, parameters, startedAt, endedAt: startedAt + Math.round(Number(seconds) * 1e6) }];
}
