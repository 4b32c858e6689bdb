import { Command } from "commander";
import type { LocalContext } from "../../src/app/commands/local-hub.ts";

interface Outcome {
  readonly printed: string[];
  readonly complained: string[];
  readonly exitCode: number;
}

/** Runs a command for the hub of a data directory, as if it had been typed. */
export async function runLocal(
  register: (program: Command, context: LocalContext) => void,
  dataDir: string,
  args: readonly string[],
): Promise<Outcome> {
  const printed: string[] = [];
  const complained: string[] = [];
  let exitCode = 0;
  const program = new Command()
    .exitOverride((error) => {
      exitCode = error.exitCode === 0 ? 0 : 2;
      throw error;
    })
    .configureOutput({ writeErr: (text) => complained.push(text), writeOut: (text) => printed.push(text) });
  register(program, {
    environment: { DESKWATCH_DATA_DIR: dataDir },
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (exitCode === 0) throw error;
  }
  return { printed, complained, exitCode };
}
