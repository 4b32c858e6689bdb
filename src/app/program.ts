import { loadEnvFile } from "node:process";
import { existsSync } from "node:fs";
import { Command } from "commander";
import { registerImport } from "./commands/import.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerMigrate } from "./commands/migrate.ts";
import { registerSend } from "./commands/send.ts";
import { registerStart } from "./commands/start.ts";
import { keepMemorySmall } from "./memory.ts";
import { VERSION } from "./version.ts";

/** Runs the command that the arguments name. */
export async function runProgram(): Promise<void> {
  keepMemorySmall();
  if (existsSync(".env")) loadEnvFile(".env");
  await createProgram().parseAsync();
}

function createProgram(): Command {
  const program = new Command("deskwatch")
    .description("One hub that any trading bot talks to.")
    .version(VERSION)
    .showHelpAfterError()
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  registerStart(program);
  registerKeys(program);
  registerSend(program);
  registerImport(program);
  registerMigrate(program);
  return program;
}
