import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import { type Config, loadConfig } from "../config.ts";
import { demoDirectory, freshDemoStore, wipeDemoStore } from "../demo/demo-store.ts";
import { runDemoDesk } from "../demo/run-demo-desk.ts";
import { StartRefused } from "../wiring.ts";

interface DemoFlags {
  readonly port?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly seed?: string;
  readonly hours?: string;
  readonly speed?: string;
  readonly wipe?: boolean;
}

/** `deskwatch demo`: a hub with a made-up desk in a store of its own. */
export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description("run a hub with a made-up desk, in a store of its own")
    .option("--port <number>", "port, 0 for any free one (default 8000)")
    .option("--data-dir <directory>", "the demo keeps to the directory demo in it (default ./data)")
    .option("--seed <n>", "another desk for another number (default 1)")
    .option("--hours <h>", "how much of the past is made up first (default 24)")
    .option("--speed <x>", "how busy the desk is, from 0.1 to 10 (default 1)")
    .option("--database-url <url>", "refused: the demo never writes to the real store")
    .option("--wipe", "delete the demo's store and start nothing")
    .addHelpText(
      "after",
      `
Every start makes a new desk in the place of the old one. Nothing outside of the directory demo is touched.
Exit code: 0 stopped or wiped, 1 it could not run or the store could not be wiped, 2 misuse.

Example:
  deskwatch demo --port 8000`,
    )
    .action(run);
}

const numbers = z.object({
  seed: z.coerce.number().int().min(0).max(4_294_967_295).default(1),
  hours: z.coerce.number().min(0.01).max(720).default(24),
  speed: z.coerce.number().min(0.1).max(10).default(1),
});

async function run(flags: DemoFlags): Promise<void> {
  const config = demoConfig(flags);
  if (!config.ok) return fail(config.error, 2);
  const asked = numbers.safeParse(flags);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return fail(`--${String(issue?.path[0] ?? "")}: ${issue?.message ?? "not a number"}`, 2);
  }
  try {
    if (flags.wipe === true) return wipe(config.value.dataDir);
    const store = freshDemoStore(config.value.dataDir);
    if (!store.ok) return fail(store.error, 1);
    await runDemoDesk({ config: config.value, directory: store.value, ...asked.data });
    process.exit();
  } catch (error) {
    if (!(error instanceof StartRefused || error instanceof StoreUnavailable || isRefusal(error))) throw error;
    fail(error.message, 1);
    process.exit();
  }
}

/** The settings of the hub that also hold for a demo; not where it keeps its events, nor whom it trusts. */
function demoConfig(flags: DemoFlags): Result<Config, string> {
  if (flags.databaseUrl !== undefined) return err("the demo keeps to its own store; leave out --database-url");
  const { port, dataDir } = flags;
  const given = { ...(port === undefined ? {} : { port }), ...(dataDir === undefined ? {} : { dataDir }) };
  const config = loadConfig(given, process.env);
  if (!config.ok) return config;
  if (config.value.databaseUrl !== undefined)
    console.error("deskwatch: the demo keeps to its own store; DATABASE_URL is not used");
  const trustLoopback = ["ingest", "read", "metrics"] as const;
  return ok({ ...config.value, dataDir: resolve(config.value.dataDir), databaseUrl: undefined, trustLoopback });
}

function wipe(dataDir: string): void {
  const wiped = wipeDemoStore(dataDir);
  if (!wiped.ok) return fail(wiped.error, 1);
  const directory = demoDirectory(dataDir);
  console.log(
    wiped.value === "wiped" ? `The demo is wiped: ${directory} is gone.` : `There is no demo in ${directory}.`,
  );
}

const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === "StoreRefused";

function fail(message: string, code: number): void {
  console.error(`deskwatch: ${message}`);
  process.exitCode = code;
}
