import { loadEnvFile } from "node:process";
import { existsSync } from "node:fs";
import { Command } from "commander";
import { registerAudit } from "./commands/audit.ts";
import { registerCarry } from "./commands/carry.ts";
import { registerConfig } from "./commands/config.ts";
import { registerControl } from "./commands/control.ts";
import { registerControls } from "./commands/controls.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerExport } from "./commands/export.ts";
import { registerFollow } from "./commands/follow.ts";
import { registerIncome } from "./commands/income.ts";
import { registerImport } from "./commands/import.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerLists } from "./commands/lists.ts";
import { registerMarkouts } from "./commands/markouts.ts";
import { registerMetrics } from "./commands/metrics.ts";
import { registerMigrate } from "./commands/migrate.ts";
import { registerPlay } from "./commands/play.ts";
import { registerRecord } from "./commands/record.ts";
import { registerReplay } from "./commands/replay.ts";
import { registerReport } from "./commands/report.ts";
import { registerSend } from "./commands/send.ts";
import { registerSimulate } from "./commands/simulate.ts";
import { registerStart } from "./commands/start.ts";
import { registerStatus } from "./commands/status.ts";
import { registerSummary } from "./commands/summary.ts";
import { registerUsers } from "./commands/users.ts";
import { registerWatch } from "./commands/watch.ts";
import { keepMemorySmall } from "./memory.ts";
import { VERSION } from "./version.ts";

/** Runs the command that the arguments name. */
export async function runProgram(): Promise<void> {
  keepMemorySmall();
  if (existsSync(".env")) loadEnvFile(".env");
  await createProgram().parseAsync();
}

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command("deskwatch")
    .description("One hub that any trading bot talks to.")
    .version(VERSION)
    .showHelpAfterError()
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  registerStart(program);
  registerDemo(program);
  registerStatus(program);
  registerLists(program);
  registerSummary(program);
  registerMetrics(program);
  registerMarkouts(program);
  registerReport(program);
  registerControl(program);
  registerControls(program);
  registerKeys(program);
  registerUsers(program);
  registerAudit(program);
  registerSend(program);
  registerImport(program);
  registerIncome(program);
  registerFollow(program);
  registerWatch(program);
  registerCarry(program);
  registerExport(program);
  registerSimulate(program);
  registerRecord(program);
  registerPlay(program);
  registerReplay(program);
  registerConfig(program);
  registerMigrate(program);
  return program;
}
