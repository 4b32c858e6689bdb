import { type Command, Option } from "commander";
import { type DaySummary, dayDate, daySummaryAnswer, type SummarySection } from "../../protocol/api-summaries.ts";
import { summaryCsv, summaryJson, summaryLine } from "../../view/daily-summary.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { readHub } from "./hub-answer.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { answerOf, NOT_A_HUB } from "./read-list.ts";

interface SummaryFlags extends HubFlags {
  readonly date: string;
  readonly bot?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `deskwatch summary`: the summary of a UTC day, made again from its facts. */
export function registerSummary(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("summary"), "read")
    .description("print what a UTC day cost and made")
    .requiredOption("--date <day>", "such as 2026-02-24; today's is of the day so far")
    .option("--bot <name>", "of this bot only")
    .option("--json", "print the file daily_summary_DAY.json as it would be written now")
    .addOption(new Option("--csv", "print the file daily_summary_DAY.csv likewise").conflicts("json"))
    .addHelpText("after", "\nExample:\n  deskwatch summary --date 2026-02-24 --json")
    .action((flags: SummaryFlags) => run(flags, io));
}

async function run(flags: SummaryFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const misuse = botNameProblem(flags.bot) ?? dateProblem(flags.date);
  if (misuse !== undefined) return failCommand(io, misuse, 2);
  const body = await readHub(hub.value, `/api/v1/summaries/${flags.date}`);
  if (!body.ok) return failCommand(io, body.error.message, 1);
  if (answerOf(daySummaryAnswer, body.value) === undefined) return failCommand(io, NOT_A_HUB, 1);
  // As the hub wrote it: reading it by its schema would change the order of its fields.
  const { summary } = JSON.parse(body.value) as { summary: DaySummary };
  const { bot } = flags;
  if (bot !== undefined && !summary.bots.some((section) => section.bot === bot))
    return failCommand(io, `nothing was told of ${bot} on ${flags.date}`, 1);
  io.stdout.write(shown(summary, flags));
}

const dateProblem = (date: string): string | undefined =>
  dayDate.safeParse(date).success ? undefined : "--date is a day such as 2026-02-24";

function shown(summary: DaySummary, { bot, json, csv }: SummaryFlags): string {
  const only = bot === undefined ? undefined : summary.bots.filter((section) => section.bot === bot);
  if (csv === true) return summaryCsv(summary, only);
  if (json === true) return only === undefined ? summaryJson(summary) : only.map(summaryJson).join("");
  const part = (name: string, section: SummarySection): string =>
    `${name} (${section.mode}, ${section.currency})\n  ${summaryLine(summary.date, section)}\n`;
  return [
    ...(only === undefined ? [part("desk", summary.desk)] : []),
    ...(only ?? summary.bots).map((section) => part(section.bot, section)),
    ...(summary.restated ? ["Restated: facts of that day came after it was written.\n"] : []),
  ].join("");
}
