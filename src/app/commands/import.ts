import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { availableParallelism, constants } from "node:os";
import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { columnChoices } from "../../imports/aliased-table.ts";
import type { ImportMode } from "../../imports/format.ts";
import { importFiles } from "../../imports/import-files.ts";
import { type ImportReport, importReportText } from "../../imports/import-report.ts";
import { allFormats, anyFormatNamed } from "../../imports/registry.ts";
import { importReportBodyOf, reportToHub } from "../../imports/report-to-hub.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import type { ImportReportBody } from "../../protocol/api-sessions.ts";
import { StoreRefused } from "../../store/migration.ts";
import { demoProblem, isDemoStore } from "../demo/demo-store.ts";
import { loadConfig } from "../config.ts";
import { type OfflineDesk, openOfflineDesk } from "../import/offline-desk.ts";
import { type CommandIo, failCommand, processIo, senderInOrder, senderParts } from "./command-io.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";

interface ImportFlags extends HubFlags {
  readonly format?: string;
  readonly bot?: string;
  readonly mode?: string;
  readonly columns?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
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
    .option("--data-dir <directory>", "import into this store itself, with no hub running: much quicker")
    .option("--database-url <url>", "the same for a store in PostgreSQL")
    .option("--json", "print the report as JSON")
    .addHelpText(
      "after",
      `
Formats:
${allFormats.map(({ name, about }) => `  ${name.padEnd(22)} ${about}`).join("\n")}

Exit code: 0 all imported, 1 some rows refused, a file failed or the hub is away, 2 misuse.

Example:
  deskwatch import --dry-run fills.csv minute.csv.gz
  deskwatch import --data-dir data year.ndjson.zst`,
    )
    .action((files: string[], flags: ImportFlags) => run(files, flags, io));
}

async function run(files: readonly string[], flags: ImportFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  const format = flags.format === undefined ? undefined : anyFormatNamed(flags.format);
  const mode = MODES.find((name) => name === flags.mode);
  const columns = columnChoices(flags.columns, flags.format);
  if (!columns.ok) return failCommand(io, columns.error, 2);
  const misuse = hub.ok ? flagProblem(flags, { format, mode }) : hub.error;
  if (!hub.ok || misuse !== undefined) return failCommand(io, misuse ?? "", 2);
  const offline = await offlineDesk(files, flags, io);
  if (offline === "refused") return;
  const bar = progressBar(files, io);
  const startedAt = Date.now();
  for (const signal of SIGNALS) process.once(signal, endAtSignal);
  const report = await importFiles({
    files,
    format,
    options: { bot: flags.bot, mode, columns: columns.value },
    hub: flags.dryRun === true ? undefined : (offline ?? { ...hub.value, ...senderInOrder }),
    onBytes: (count) => bar?.increment(count),
    hasSpareCore: availableParallelism() >= CORES_TO_READ_BESIDE,
  }).finally(() => {
    bar?.stop();
    for (const signal of SIGNALS) process.off(signal, endAtSignal);
  });
  const unkept = await kept(offline, reportBody(report, startedAt));
  if (flags.dryRun !== true && offline === undefined) await tellHub(report, { hub: hub.value, startedAt, io });
  // Only now: what is said to be imported is on disk.
  tell(unkept === undefined ? report : { ...report, error: report.error ?? unkept, complete: false }, flags, io);
}

/** Brings an import without a hub to the disk; why that could not be, else undefined. */
async function kept(offline: OfflineDesk | undefined, report: ImportReportBody): Promise<string | undefined> {
  if (offline === undefined) return undefined;
  let problem: string | undefined;
  for (const step of [() => offline.keepReport(report), () => offline.finish(), () => offline.close()])
    await step().catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
      problem ??= `not all of it is on the disk: ${error.message}`;
    });
  return problem;
}

function tell(report: ImportReport, { json = false }: ImportFlags, io: CommandIo): void {
  io.stdout.write(`${json ? JSON.stringify(report) : importReportText(report)}\n`);
  if (report.error !== undefined) return failCommand(io, report.error, 1);
  io.exitCode(report.complete && report.refused.total === 0 ? 0 : 1);
}

/** The store that the flags name; undefined when they name none. */
async function offlineDesk(
  files: readonly string[],
  flags: ImportFlags,
  io: CommandIo,
): Promise<OfflineDesk | "refused" | undefined> {
  const { dataDir, databaseUrl, dryRun = false } = flags;
  if ((dataDir ?? databaseUrl) === undefined || dryRun) return undefined;
  const config = loadConfig(
    { ...(dataDir === undefined ? {} : { dataDir }), ...(databaseUrl === undefined ? {} : { databaseUrl }) },
    {},
  );
  if (!config.ok) {
    failCommand(io, config.error, 2);
    return "refused";
  }
  if (databaseUrl === undefined && isDemoStore(config.value.dataDir)) {
    failCommand(io, demoProblem(config.value.dataDir), 1);
    return "refused";
  }
  try {
    return await openOfflineDesk(config.value, bytesOf(files) / EVENT_BYTES);
  } catch (error) {
    if (!(error instanceof StoreRefused || error instanceof StoreUnavailable)) throw error;
    failCommand(io, `${error.message} A hub that runs on it takes the import at its --url.`, 1);
    return "refused";
  }
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

const reportBody = (report: ImportReport, startedAt: number): ImportReportBody =>
  importReportBodyOf(report, {
    importId: `import-${randomUUID()}`,
    via: "import",
    startedAt: new Date(startedAt).toISOString(),
    // The clock may be set back meanwhile.
    tookS: Math.max(0, (Date.now() - startedAt) / 1000),
  });

async function tellHub(report: ImportReport, { hub, startedAt, io }: Told): Promise<void> {
  const warning = await reportToHub({ ...hub, fetch: senderParts.fetch }, reportBody(report, startedAt));
  // A hub that was away or said no has been told of already.
  if (warning !== undefined && report.error === undefined) io.stderr.write(`deskwatch: warning: ${warning}\n`);
}

function flagProblem(flags: ImportFlags, known: { format: unknown; mode: unknown }): string | undefined {
  if (flags.format !== undefined && known.format === undefined)
    return `no format ${flags.format}; there are ${allFormats.map(({ name }) => name).join(", ")}`;
  if (flags.mode !== undefined && known.mode === undefined)
    return `no mode ${flags.mode}; there are ${MODES.join(", ")}`;
  if (flags.url !== undefined && (flags.dataDir ?? flags.databaseUrl) !== undefined)
    return "either a hub or a store on which none runs: leave out --url, or --data-dir and --database-url";
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
  bar.start(bytesOf(files), 0);
  return bar;
}

/** The fold and the writer of the store keep two of them busy where there is much to write. */
const CORES_TO_READ_BESIDE = 3;

/** Of an event in a file, about: only how the import is best done depends on it. */
const EVENT_BYTES = 250;

const bytesOf = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
