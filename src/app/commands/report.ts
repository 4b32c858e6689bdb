import { writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { seededRandom } from "../../base/random.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { isoFromMicros, parseTime } from "../../base/time.ts";
import { printable } from "../../view/printable.ts";
import type { Report } from "../../view/report/report.ts";
import { reportCsv } from "../../view/report/report-csv.ts";
import { reportText } from "../../view/report/report-text.ts";
import { reportHtml } from "../../view/report/html/report-html.ts";
import { systemClock } from "../clock.ts";
import { type HubWishes, makeReport, type ReportWishes } from "../report/make-report.ts";
import { VERSION } from "../version.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { modeOption } from "./read-list.ts";
import { terminalOf } from "./terminal.ts";

interface ReportFlags extends Omit<ReportWishes, "random" | "isPictured" | "hub">, HubFlags {
  readonly bot?: string;
  readonly mode?: string;
  readonly from?: string;
  readonly to?: string;
  readonly seed: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly html?: string | true;
}

/** `deskwatch report`: a tear sheet of what a hub knows, or without one of any file of returns, equity, trades or fills. */
export function registerReport(program: Command, io: CommandIo = processIo()): void {
  const command = withHubOptions(program.command("report"), "read")
    .description(
      "make a report on a bot or the desk, or on a file and without a hub: table, JSON, CSV or one HTML page",
    )
    .option("--bot <name>", "of this bot, by what a hub knows (default: the whole desk)")
    .option("--from <time>", "from the first UTC day that begins then or later (default: 90 days ago)")
    .option("--to <time>", "to the last UTC day that ended by then (default: now)")
    .addOption(modeOption())
    .option("--returns <file>", "ts_ms,r: simple returns of even periods")
    .option("--equity <file>", "ts_ms,equity: values of an account, the first row its start")
    .option("--trades <file>", "open_ts_ms,close_ts_ms,pnl_net: closed trades, or a bot's own trades.csv")
    .option("--fills <file>", "i,side,qty,price,fee: fills of one instrument, in order")
    .option("--quotes <file>", "ts_ms,bid,ask: with --fills that have ts_ms; markouts, slippage and drift")
    .option("--trials <file>", "a column of returns for each trial: is the best one more than luck?");
  withChoices(command)
    .option("--skip-bad-rows", "leave out rows that say nothing sound, and say so; else they end the report")
    .option("--json", "print everything, with null for what is not known and its reason")
    .addOption(new Option("--csv", "print the figures, one a row").conflicts("json"))
    .addOption(
      new Option("--html [file]", "print, or write, one page that needs nothing else").conflicts(["json", "csv"]),
    )
    .addHelpText(
      "after",
      `
Without a file the hub is asked for the equity of whole UTC days, deposits and withdrawals taken out, 365 days a year;
what needs many days says so until there are 20. Files are CSV with a header, plain, gzip or zstd. Times are UTC:
ISO-8601, or an epoch in s, ms, µs or ns. What the numbers mean, and where other libraries differ:
docs/reference/statistics.md.

Exit code: 0 done, 1 the hub is away, a file cannot be read or has bad rows (each is told with its
line), 2 misuse.

Examples:
  deskwatch report --bot maker-1 --from 2026-02-01 --html report.html
  deskwatch report --returns returns.csv --periods-per-year 365 --html report.html
  deskwatch report --trades trades.csv --starting-capital 10000
  deskwatch report --fills fills.csv --quotes quotes.csv --json`,
    )
    .action((flags: ReportFlags) => run(flags, io));
}

const withChoices = (command: Command): Command =>
  command
    .option("--periods-per-year <n>", "365 for days (the default), 525600 for minutes", above(0))
    .option("--mark <price>", "of --fills: the price at which what is held is valued")
    .option("--starting-capital <money>", "of --trades: what ratios of days are measured against", above(0))
    .option("--risk-free <fraction>", "a year, for the Sharpe ratio above it", numeric, 0.02)
    .option("--target <fraction>", "a period, for the Sortino ratio above it", numeric, 0.0002)
    .option("--benchmark <ratio...>", "Sharpe ratios of a period to be better than (default: 0.05 0.002)", numerics)
    .option("--rolling <periods>", "window of the rolling statistics (in JSON only when given)", whole(2))
    .option("--select <trial>", "of --trials: the trial that was chosen (default: the best)")
    .option("--resamples <n>", "of bootstrap intervals", whole(100), 2_000)
    .option("--seed <n>", "of bootstrap intervals: the same seed gives the same intervals", whole(0), 1);

function numeric(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It is no number.");
  return value;
}

const above =
  (limit: number) =>
  (text: string): number => {
    const value = numeric(text);
    if (value <= limit) throw new InvalidArgumentError(`It has to be above ${limit}.`);
    return value;
  };

const whole =
  (min: number) =>
  (text: string): number => {
    const value = numeric(text);
    if (!Number.isSafeInteger(value) || value < min || value > 10_000_000)
      throw new InvalidArgumentError(`It is a whole number from ${min} to 10000000.`);
    return value;
  };

const numerics = (text: string, before: readonly number[] | undefined): number[] => [...(before ?? []), numeric(text)];

async function run(flags: ReportFlags, io: CommandIo): Promise<void> {
  const hub = hubWishes(flags, io);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const made = await makeReport({
    ...flags,
    hub: hub.value,
    random: seededRandom(flags.seed),
    isPictured: flags.html !== undefined,
  });
  if (!made.ok) return failCommand(io, made.error.message, made.error.code);
  const { report, refusals } = made.value;
  for (const refusal of refusals) io.stderr.write(`deskwatch: ${refusal}\n`);
  if (typeof flags.html !== "string") {
    io.stdout.write(written(report, flags, io));
    return;
  }
  try {
    await writeFile(flags.html, written(report, flags, io));
    io.stdout.write(`written to ${flags.html}\n`);
  } catch (error) {
    failCommand(io, `cannot write ${flags.html}: ${error instanceof Error ? error.message : String(error)}`, 1);
  }
}

function hubWishes(flags: ReportFlags, io: CommandIo): Result<HubWishes, string> {
  const address = hubAddress(flags, io.environment);
  if (!address.ok) return address;
  const misuse = botNameProblem(flags.bot);
  if (misuse !== undefined) return err(misuse);
  const [from, to] = [flags.from, flags.to].map((said) => (said === undefined ? undefined : parseTime(said)));
  for (const [name, said, at] of [["--from", flags.from, from] as const, ["--to", flags.to, to] as const])
    if (said !== undefined && at === undefined)
      return err(`${name} is no time: ${printable(said)} (such as 2026-02-24)`);
  return ok({ address: address.value, bot: flags.bot, mode: flags.mode, from, to, now: systemClock.now() });
}

function written(report: Report, { json, csv, html }: ReportFlags, io: CommandIo): string {
  if (json === true) return `${JSON.stringify(report.json)}\n`;
  if (csv === true) return reportCsv(report);
  if (html !== undefined) return reportHtml(report, { madeAt: isoFromMicros(systemClock.now()), version: VERSION });
  return reportText(report, terminalOf(io));
}
