import { SingleBar } from "cli-progress";
import type { Command } from "commander";
import { isoFromMicros, parseTime } from "../../base/time.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { fixed } from "../../view/number-format.ts";
import { printable } from "../../view/printable.ts";
import { plain } from "../../view/shown.ts";
import { textTable } from "../../view/text-table.ts";
import type { ExportFilters, Manifest } from "../export/manifest.ts";
import type { Compression } from "../export/out-file.ts";
import { exportFileNames, runExport } from "../export/run-export.ts";
import { prepareTarget } from "../export/target.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { modeOption } from "./read-list.ts";
import { terminalOf } from "./terminal.ts";

interface ExportFlags extends HubFlags {
  readonly from?: string;
  readonly to?: string;
  readonly bot?: string;
  readonly mode?: string;
  readonly gzip?: boolean;
  readonly zstd?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `deskwatch export`: everything that a hub knows, in files that anything can read. */
export function registerExport(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("export"), "read")
    .description("write everything that a hub knows to a directory, in open formats")
    .argument("[dir]", "new or empty (default: ./deskwatch-export-TIME)")
    .option("--from <time>", "from here on, by the bot's time: ISO-8601, or an epoch in s, ms, µs or ns")
    .option("--to <time>", "before this, by the bot's time")
    .option("--bot <name>", "of this bot only")
    .addOption(modeOption("all"))
    .option("--gzip", "write events.ndjson.gz")
    .option("--zstd", "write events.ndjson.zst")
    .option("--overwrite", "replace the files of an earlier export in the directory, and no others")
    .option("--json", "print the manifest")
    .addHelpText(
      "after",
      `
Writes events.ndjson, fills.csv, orders.csv, opportunities.csv, positions.csv, sessions.csv, rejected.ndjson,
imports.ndjson, a README.txt and a manifest.json with the rows, bytes and SHA-256 of each. Keys, passwords and sessions
of people are never exported. \`deskwatch import events.ndjson\` reads it back, into any hub, any number of times.

Exit code: 0 all written, 1 the hub is away or the export broke off (then nothing is there), 2 misuse.

Example:
  deskwatch export ./backup --from 2026-02-01 --zstd`,
    )
    .action((directory: string | undefined, flags: ExportFlags) => run(directory, flags, io));
}

interface Wanted {
  readonly filters: ExportFilters;
  readonly compression: Compression | undefined;
}

async function run(directory: string | undefined, flags: ExportFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const wanted = wantedOf(flags);
  if (!wanted.ok) return failCommand(io, wanted.error, 2);
  const { filters, compression } = wanted.value;
  const name = directory ?? `deskwatch-export-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
  const target = prepareTarget(name, {
    overwrite: flags.overwrite === true,
    files: exportFileNames(compression),
  });
  if (!target.ok) return failCommand(io, target.error, 2);
  const bar = progressBar(io);
  const done = await runExport({
    hub: hub.value,
    target: target.value,
    filters,
    compression,
    onSeq: (seq, lastSeq) => {
      if (bar?.isActive === false) bar.start(lastSeq, 0);
      bar?.update(seq);
    },
  }).finally(() => bar?.stop());
  if (!done.ok) return failCommand(io, done.error, 1);
  io.stdout.write(flags.json === true ? `${JSON.stringify(done.value)}\n` : summary(name, done.value, io));
}

function wantedOf(flags: ExportFlags): Result<Wanted, string> {
  const misuse = botNameProblem(flags.bot);
  if (misuse !== undefined) return err(misuse);
  if (flags.gzip === true && flags.zstd === true) return err("--gzip or --zstd, not both");
  const times: { from?: string; to?: string } = {};
  for (const name of ["from", "to"] as const) {
    const said = flags[name];
    if (said === undefined) continue;
    const at = parseTime(said);
    if (at === undefined) return err(`--${name} is no time: ${printable(said)} (such as 2026-02-24T12:00:00Z)`);
    times[name] = isoFromMicros(at);
  }
  const filters = { ...times, ...(flags.bot === undefined ? {} : { bot: flags.bot }), mode: flags.mode ?? "all" };
  return ok({ filters, compression: flags.gzip === true ? "gzip" : flags.zstd === true ? "zstd" : undefined });
}

function summary(directory: string, { files, left_out, as_of_seq }: Manifest, io: CommandIo): string {
  const { width, paint } = terminalOf(io);
  const table = textTable({
    columns: [
      { title: "FILE", cell: ({ file }) => plain(file) },
      { title: "ROWS", cell: ({ rows }) => plain(fixed(rows, 0)), right: true },
      { title: "BYTES", cell: ({ bytes }) => plain(fixed(bytes, 0)), right: true },
    ],
    rows: files,
    width,
    paint,
  });
  const left = left_out.map(({ what, reason }) => `left out: ${what}: ${printable(reason)}`);
  return `${[...table, ...left, `written to ${directory}, as of seq ${as_of_seq}`].join("\n")}\n`;
}

/** How much of the log was read, on a terminal only. */
function progressBar(io: CommandIo): SingleBar | undefined {
  if (io.stderr.isTTY !== true) return undefined;
  return new SingleBar({
    format: "{bar} {percentage} % | {eta_formatted} left",
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
}
