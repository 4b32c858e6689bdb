import type { Command } from "commander";
import { StoreUnavailable } from "../../hub/ports.ts";
import { loadConfig, type StartFlags } from "../config.ts";
import { isDemoStore } from "../demo/demo-store.ts";
import { StartRefused, startDesk } from "../wiring.ts";

/** `deskwatch start`: runs the hub until it is told to stop. */
export function registerStart(program: Command): void {
  program
    .command("start")
    .description("run the hub")
    .option("--host <address>", "where to listen (default 127.0.0.1)")
    .option("--port <number>", "port, 0 for any free one (default 8000)")
    .option("--metrics-port <number>", "metrics for Prometheus also at the root of this port of loopback (default off)")
    .option("--data-dir <directory>", "where everything is kept (default ./data)")
    .option("--logs-dir <directory>", "where daily summaries are written (default: logs, beside the data directory)")
    .option("--database-url <url>", "keep events in PostgreSQL instead of the data directory")
    .option("--config <file>", "YAML file with rules (default ./deskwatch.yaml when it is there)")
    .option("--allowed-host <name...>", "further names under which the hub may be called")
    .option("--trust-proxy", "take visitors' addresses from X-Forwarded-For")
    .option("--https", "browsers come by https, through a proxy that speaks TLS")
    .addHelpText("after", "\nExample:\n  deskwatch start --port 8000 --data-dir ./data")
    .action(run);
}

async function run(flags: StartFlags): Promise<void> {
  const config = loadConfig(flags, process.env);
  if (!config.ok) return fail(config.error, 2);
  const { dataDir } = config.value;
  if (isDemoStore(dataDir))
    return fail(`${dataDir} is a demo's, which the next demo deletes; give another --data-dir`, 1);
  const asked = stopAsked();
  try {
    const desk = await startDesk(config.value, undefined, process.env);
    console.log(`Deskwatch is ready at ${desk.url}`);
    if (desk.metricsUrl !== undefined) console.log(`Metrics for Prometheus are at ${desk.metricsUrl}/`);
    if (desk.setupToken !== undefined)
      console.log(`To make the owner from another machine, use this setup token once: ${desk.setupToken}`);
    await asked;
    await desk.close();
    process.exit(0);
  } catch (error) {
    if (!(error instanceof StartRefused || error instanceof StoreUnavailable || isRefusal(error))) throw error;
    fail(error.message, 1);
    process.exit();
  }
}

const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === "StoreRefused";

function fail(message: string, code: number): void {
  console.error(`deskwatch: ${message}`);
  process.exitCode = code;
}

/**
 * Resolves with the first signal to stop, heeded from here on also while the hub starts: it then finishes what is
 * accepted and writes a snapshot. A second signal ends the process at once.
 */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
}
