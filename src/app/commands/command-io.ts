import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { printable } from "../../view/printable.ts";

/** What a command reads and writes; tests hand in their own. */
export interface CommandIo {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean };
  readonly stdout: { readonly write: (text: string) => unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { readonly write: (text: string) => unknown; readonly isTTY?: boolean };
  /** 0 done, 1 failed, 2 misuse. */
  readonly exitCode: (code: number) => void;
}

/** The process's own streams. */
export const processIo = (): CommandIo => ({
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exitCode: (code) => {
    process.exitCode = code;
  },
});

/** What a sender of events needs of the machine. */
export const senderParts = {
  fetch: globalThis.fetch,
  random: Math.random,
  sleep: async (ms: number): Promise<void> => {
    await delay(ms);
  },
};

/** Enough that neither the hub nor whoever reads or makes the events waits for the other. */
const IN_FLIGHT_MAX = 3;

/** The same for one that has several batches under way. */
export const senderInOrder = { ...senderParts, inFlight: { max: IN_FLIGHT_MAX, newStream: () => randomUUID() } };

/** Says what was wrong with a command, and ends it. */
export function failCommand(io: CommandIo, message: string, code: 1 | 2): void {
  io.stderr.write(`deskwatch: ${printable(message)}\n`);
  io.exitCode(code);
}
