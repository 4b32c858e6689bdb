#!/usr/bin/env node
import { loadEnvFile } from "node:process";
import { existsSync } from "node:fs";
import { Command } from "commander";
import { registerKeys } from "./commands/keys.ts";
import { registerStart } from "./commands/start.ts";
import { VERSION } from "./version.ts";

if (existsSync(".env")) loadEnvFile(".env");

const program = new Command("deskwatch")
  .description("One hub that any trading bot talks to.")
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });
registerStart(program);
registerKeys(program);
await program.parseAsync();
