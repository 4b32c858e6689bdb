import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("statistics_peers.py", import.meta.url));

/** Debian's own, which has Debian's packages, first. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/** Python with pandas and numpy in a process of its own, which times a job whenever it is asked to. */
export class StatisticsPeer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, lines: AsyncIterator<string>) {
    this.#process = process;
    this.#lines = lines;
  }

  /** A peer that is ready, or why there is none. */
  static async start(args: readonly string[]): Promise<StatisticsPeer | string> {
    for (const python of PYTHONS) {
      const process = spawn(python, ["-u", SCRIPT, ...args], { stdio: ["pipe", "pipe", "ignore"] });
      const failed = once(process, "error").then(() => "none");
      const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
      const first = await Promise.race([failed, lines.next().then(({ value }) => String(value))]);
      if (first === "ready") return new StatisticsPeer(process, lines);
    }
    return "no python3 with pandas and numpy (Debian: python3-pandas): compared with times noted";
  }

  /** How long a job takes, s. */
  async time(job: string): Promise<number> {
    this.#process.stdin.write(`${job}\n`);
    return Number((await this.#lines.next()).value);
  }

  async end(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.stdin.end();
    await ended;
  }
}
