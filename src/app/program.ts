import { loadEnvFile } from "node:process";
import { existsSync } from "node:fs";
import { Command } from "commander";
import { commandFiles } from "./command-files.ts";
import { keepMemorySmall, keepThreadsSmall } from "./memory.ts";
import { isRoomy } from "./roomy.ts";
import { VERSION } from "./version.ts";

/** Runs the command that the arguments name. */
export async function runProgram(): Promise<void> {
  if (isRoomy()) keepThreadsSmall();
  else keepMemorySmall();
  if (existsSync(".env")) loadEnvFile(".env");
  const [name] = process.argv.slice(2);
  await (await createProgram(name)).parseAsync();
}

/** The command line: with the command `only` where there is one of that name, else whole. */
export async function createProgram(only?: string): Promise<Command> {
  const program = new Command("deskwatch")
    .description("One hub that any trading bot talks to.")
    .version(VERSION)
    .showHelpAfterError()
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  const asked = commandFiles.filter(({ names }) => only !== undefined && names.includes(only));
  for (const { register } of asked.length > 0 ? asked : commandFiles) await register(program);
  return program;
}
