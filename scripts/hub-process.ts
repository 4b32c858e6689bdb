import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const READY_WITHIN_MS = 60_000;

/** A hub that runs in a process of its own. */
export interface HubProcess {
  /** Where it listens: `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly address: string;
  /** Of the command: the hub's own when nothing stands before it. */
  readonly pid: number;
  /** Ends it with all that it started; resolves when it is gone. `SIGKILL` is what a power cut does to it. */
  readonly end: (signal: "SIGTERM" | "SIGKILL") => Promise<void>;
}

/** How to start a hub. */
export interface HubCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a hub and resolves once it has printed the line with its address. Throws with its output when it does not. */
export async function startHubProcess({ command, args, cwd, env = process.env }: HubCommand): Promise<HubProcess> {
  // A process group of its own: a signal reaches the hub also when npm or npx stands before it.
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const exited = once(child, "exit");
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, signal);
    await exited;
  };
  try {
    return { address: await addressOf(child), pid: child.pid ?? 0, end };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the hub ${why}:\n${output.slice(-40).join("\n")}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    const read = (line: string) => {
      output.push(line);
      const address = /https?:\/\/[\w.[\]:-]+:\d+/.exec(line)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    if (child.stdout !== null) createInterface(child.stdout).on("line", read);
    if (child.stderr !== null) createInterface(child.stderr).on("line", read);
    child.once("error", (error) => fail(`did not start (${error.message})`));
    child.once("exit", (code, signal) => fail(`stopped at start (${code ?? signal})`));
  });
}
