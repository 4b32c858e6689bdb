import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { columnChoices } from "../../imports/aliased-table.ts";
import type { ImportMode } from "../../imports/format.ts";
import { importFiles } from "../../imports/import-files.ts";
import { type ImportReport, importReportText } from "../../imports/import-report.ts";
import { allFormats, anyFormatNamed } from "../../imports/registry.ts";
import { importReportBodyOf, reportToHub } from "../../imports/report-to-hub.ts";
import { type CommandIo, failCommand, processIo, senderParts } from "./command-io.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";

interface ImportFlags extends HubFlags {
  readonly format?: string;
  readonly bot?: string;
  readonly mode?: string;
  readonly columns?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const MODES: readonly ImportMode[] = ["live", "paper", "simulate", "demo"];

/** `deskwatch import`: what other bots have written, as events to the hub. */
export function registerImport(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("import"))
    .description("import files that bots have written; importing them again changes nothing")
    .argument("<file...>", "files of any size, plain, gzip or zstd")
    .option("--format <name>", "read the files as this (default: told from their content)")
    .option("--bot <name>", "the bot of events whose file names none, or of a format that makes up a name")
    .option("--mode <mode>", `the mode of events whose file says none: ${MODES.join(", ")}`)
    .option(
      "--columns <list>",
      "columns of trades.csv and orders.csv under other names: size=volume,venue='binance' (ours=theirs; 'a value' is in every row)",
    )
    .option("--dry-run", "check every event and send nothing")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Formats:
${allFormats.map(({ name, about }) => `  ${name.padEnd(22)} ${about}`).join("\n")}

Exit code: 0 all imported, 1 some rows refused, a file failed or the hub is away, 2 misuse.

Example:
  deskwatch import --dry-run fills.csv minute.csv.gz`,
    )
    .action((files: string[], flags: ImportFlags) => run(files, flags, io));
}

async function run(files: readonly string[], flags: ImportFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  const format = flags.format === undefined ? undefined : anyFormatNamed(flags.format);
  const mode = MODES.find((name) => name === flags.mode);
  const columns = columnChoices(flags.columns);
  if (!columns.ok) return failCommand(io, columns.error, 2);
  const misuse = hub.ok ? flagProblem(flags, { format, mode }) : hub.error;
  if (!hub.ok || misuse !== undefined) return failCommand(io, misuse ?? "", 2);
  const bar = progressBar(files, io);
  const startedAt = Date.now();
  for (const signal of SIGNALS) process.once(signal, endAtSignal);
  const report = await importFiles({
    files,
    format,
    options: { bot: flags.bot, mode, columns: columns.value },
    hub: flags.dryRun === true ? undefined : { ...hub.value, ...senderParts },
    onBytes: (count) => bar?.increment(count),
  }).finally(() => {
    bar?.stop();
    for (const signal of SIGNALS) process.off(signal, endAtSignal);
  });
  io.stdout.write(`${flags.json === true ? JSON.stringify(report) : importReportText(report)}\n`);
  if (flags.dryRun !== true) await tellHub(report, { hub: hub.value, startedAt, io });
  if (report.error !== undefined) return failCommand(io, report.error, 1);
  io.exitCode(report.complete && report.refused.total === 0 ? 0 : 1);
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** A plain end, so that a copy of a database is removed; the exit code is the one that a shell has for the signal. */
const endAtSignal = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);

interface Told {
  readonly hub: HubAddress;
  /** In ms. */
  readonly startedAt: number;
  readonly io: CommandIo;
}

async function tellHub(report: ImportReport, { hub, startedAt, io }: Told): Promise<void> {
  const body = importReportBodyOf(report, {
    importId: `import-${randomUUID()}`,
    via: "import",
    startedAt: new Date(startedAt).toISOString(),
    // The clock may be set back meanwhile.
    tookS: Math.max(0, (Date.now() - startedAt) / 1000),
  });
  const warning = await reportToHub({ ...hub, fetch: senderParts.fetch }, body);
  // A hub that was away or said no has been told of already.
  if (warning !== undefined && report.error === undefined) io.stderr.write(`deskwatch: warning: ${warning}\n`);
}

function flagProblem(flags: ImportFlags, known: { format: unknown; mode: unknown }): string | undefined {
  if (flags.format !== undefined && known.format === undefined)
    return `no format ${flags.format}; there are ${allFormats.map(({ name }) => name).join(", ")}`;
  if (flags.mode !== undefined && known.mode === undefined)
    return `no mode ${flags.mode}; there are ${MODES.join(", ")}`;
  return botNameProblem(flags.bot);
}

/** Bytes read of all files, on a terminal only. */
function progressBar(files: readonly string[], io: CommandIo): SingleBar | undefined {
  if (io.stderr.isTTY !== true) return undefined;
  const bar = new SingleBar({
    format: "{bar} {percentage} % | {eta_formatted} left",
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(
    files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    0,
  );
  return bar;
}
