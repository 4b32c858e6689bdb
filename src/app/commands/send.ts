import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { type RefusedLine, sendLines, type SendReport } from "../../imports/send-lines.ts";
import { utf8Text } from "../../imports/text-source.ts";
import { printable } from "../../view/printable.ts";
import { type CommandIo, failCommand, processIo, senderInOrder } from "./command-io.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";

interface SendFlags extends HubFlags {
  readonly bot?: string;
  readonly json?: boolean;
}

/** `deskwatch send`: NDJSON events from standard input to the hub. */
export function registerSend(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("send"))
    .description("send events, one JSON object a line, from standard input")
    .option("--bot <name>", "the bot of lines that name none")
    .option("--json", "print the summary as JSON")
    .addHelpText(
      "after",
      `
Refused lines go to standard error with their number and the reason. Exit code: 0 all accepted, 1 some refused or the
hub is away, 2 misuse.

Example:
  echo '{"type":"heartbeat","ts":"2026-01-01T00:00:00Z"}' | deskwatch send --bot my-bot`,
    )
    .action((flags: SendFlags) => run(flags, io));
}

async function run(flags: SendFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  const misuse = hub.ok ? botNameProblem(flags.bot) : hub.error;
  if (!hub.ok || misuse !== undefined) return failCommand(io, misuse ?? "", 2);
  const report = await sendLines({
    chunks: utf8Text(io.stdin),
    bot: flags.bot,
    runId: `send:${randomUUID()}`,
    hub: { ...hub.value, ...senderInOrder },
    onRefused: (refused) => io.stderr.write(`${printable(refusedText(refused))}\n`),
  });
  io.stdout.write(`${flags.json === true ? JSON.stringify(report) : summary(report)}\n`);
  if (report.error !== undefined) return failCommand(io, report.error, 1);
  io.exitCode(report.refused === 0 ? 0 : 1);
}

const refusedText = ({ line, code, path, message }: RefusedLine): string =>
  `line ${line}: ${code}${path === "" ? "" : ` at ${path}`}: ${message}`;

function summary(report: SendReport): string {
  const { lines, accepted, sampled, duplicates, merged, contradictions, refused } = report;
  return [
    `${lines} lines: ${accepted} accepted, ${sampled} sampled, ${duplicates} duplicates`,
    `${merged} merged, ${contradictions} contradictions, ${refused} refused`,
  ].join(", ");
}
