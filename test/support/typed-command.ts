import { Command } from "commander";
import type { CommandIo } from "../../src/app/commands/command-io.ts";

/** What a command left behind. `code` is 0 when it said none. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Typed {
  readonly environment?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Whether the input is typed at a terminal. */
  readonly asks?: boolean;
  /** A terminal of that many columns. */
  readonly columns?: number;
}

/** Runs commands in this process as they are typed. Bad usage is code 2, as the program itself ends with it. */
export async function typed(
  registers: readonly ((program: Command, io: CommandIo) => void)[],
  args: readonly string[],
  { environment = {}, input = "", asks = false, columns }: Typed = {},
): Promise<Ran> {
  const ran = { code: 0, out: "", err: "" };
  const io: CommandIo = {
    environment,
    stdin: Object.assign(bytesOf(input), { isTTY: asks }),
    stdout: {
      write: (text) => (ran.out += text),
      ...(columns === undefined ? {} : { isTTY: true, columns }),
    },
    stderr: { write: (text) => (ran.err += text) },
    exitCode: (code) => {
      ran.code = code;
    },
  };
  const program = new Command("deskwatch")
    .configureOutput({ writeErr: io.stderr.write, writeOut: io.stdout.write })
    .exitOverride((error) => {
      throw new Ended(error.exitCode === 0 ? 0 : 2);
    });
  for (const register of registers) register(program, io);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    return { ...ran, code: error.code };
  }
  return ran;
}

/** The command line ended the program: for its help, or since it was not understood. */
class Ended extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`ended with ${code}`);
    this.code = code;
  }
}

async function* bytesOf(text: string): AsyncGenerator<Buffer, void> {
  yield Buffer.from(text);
}
