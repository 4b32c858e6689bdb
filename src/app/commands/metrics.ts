import { type Command, Option } from "commander";
import {
  type CatalogueEntry,
  catalogueAnswer,
  type MetricAnswer,
  metricAnswer,
  type MetricSeries,
  metricSeries,
  metricWindow,
  type SeriesPoint,
} from "../../protocol/api-metrics.ts";
import { printable } from "../../view/printable.ts";
import { plain, type Shown, unknownValue } from "../../view/shown.ts";
import { type TextColumn, textTable } from "../../view/text-table.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { readHub } from "./hub-answer.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { answerOf, asOfText, NOT_A_HUB } from "./read-list.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

interface MetricsFlags extends HubFlags {
  readonly bot?: string;
  readonly mode?: string;
  readonly window?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly since?: string;
  readonly json?: boolean;
}

/** `deskwatch metrics`: every metric there is, the value of one, or what it was over time. */
export function registerMetrics(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("metrics"), "read")
    .description("print the metrics there are, the value of one, or a series of it")
    .argument("[name]", "its name in the list, or one that it has for Prometheus")
    .option("--bot <name>", "of this bot (default: the whole desk)")
    .addOption(
      new Option("--mode <mode>", "of this mode (default: the store's own)").choices([
        "live",
        "paper",
        "simulate",
        "demo",
      ]),
    )
    .addOption(new Option("--window <window>", "of its value (default: its usual one)").choices(metricWindow.options))
    .option("--from <time>", "print a series from this moment on")
    .option("--to <time>", "up to this moment (default: now)")
    .option("--step <time>", "a point for each so long, such as 15m, 4h or 1d (default: chosen by the span)")
    .addOption(
      new Option("--since <begin>", "what a point tells of: its step, or everything since --from").choices([
        "step",
        "from",
      ]),
    )
    .option("--json", "print the body of the API as it is")
    .addHelpText("after", "\nExample:\n  deskwatch metrics equity --bot maker-1 --from 2026-02-01 --step 1d")
    .action((name: string | undefined, flags: MetricsFlags) => run(name, flags, io));
}

async function run(name: string | undefined, flags: MetricsFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const misuse = botNameProblem(flags.bot) ?? misuseOf(name, flags);
  if (misuse !== undefined) return failCommand(io, misuse, 2);
  const { bot, mode, window, from, to, step, since } = flags;
  const path = name === undefined ? "/api/v1/metrics" : `/api/v1/metrics/${encodeURIComponent(name)}`;
  const asked = name === undefined ? {} : { bot, mode, window, from, to, step, since };
  const body = await readHub(hub.value, path, asked);
  if (!body.ok) return failCommand(io, body.error.message, 1);
  const text = flags.json === true ? `${body.value}\n` : shown(body.value, { name, flags, terminal: terminalOf(io) });
  if (text === undefined) failCommand(io, NOT_A_HUB, 1);
  else io.stdout.write(text);
}

function misuseOf(name: string | undefined, { from, to, step, since, window }: MetricsFlags): string | undefined {
  if (name === undefined && from !== undefined) return "--from is of one metric: name it";
  if (from === undefined && (to ?? step ?? since) !== undefined)
    return "--to, --step and --since are of a series: give --from";
  return from !== undefined && window !== undefined ? "--window is of a value, not of a series" : undefined;
}

interface Asked {
  readonly name: string | undefined;
  readonly flags: MetricsFlags;
  readonly terminal: Terminal;
}

function shown(body: string, { name, flags, terminal }: Asked): string | undefined {
  if (name === undefined) {
    const answer = answerOf(catalogueAnswer, body);
    return answer && textOf(terminal, { columns: ENTRY_COLUMNS, rows: answer.metrics, last: asOfText(answer) });
  }
  if (flags.from === undefined) {
    const answer = answerOf(metricAnswer, body);
    return answer && textOf(terminal, { columns: VALUE_COLUMNS, rows: [answer], last: asOfText(answer) });
  }
  const answer = answerOf(metricSeries, body);
  return answer && textOf(terminal, { columns: pointColumns(answer), rows: answer.points, last: asOfText(answer) });
}

interface Text<Row> {
  readonly columns: readonly TextColumn<Row>[];
  readonly rows: readonly Row[];
  readonly last: string;
}

function textOf<Row>({ width, paint }: Terminal, { columns, rows, last }: Text<Row>): string {
  return `${textTable({ columns, rows, width, paint }).join("\n")}\n\n${paint(last, "muted")}\n`;
}

const ENTRY_COLUMNS: readonly TextColumn<CatalogueEntry>[] = [
  { title: "METRIC", cell: ({ name }) => plain(name) },
  { title: "UNIT", cell: ({ unit }) => plain(unit) },
  { title: "WINDOWS", cell: ({ windows }) => plain(windows.join(" ")), min: 8, spare: 1 },
  { title: "WHAT", cell: ({ title }) => plain(title), min: 16 },
];

const shownValue = ({ value, reason = "not known" }: Pick<SeriesPoint, "value" | "reason">): Shown =>
  value === null ? unknownValue(reason) : plain(String(value));

const unitOf = ({ unit, currency }: Pick<MetricAnswer, "unit" | "currency">): string => printable(currency ?? unit);

const VALUE_COLUMNS: readonly TextColumn<MetricAnswer>[] = [
  { title: "METRIC", cell: ({ name }) => plain(name) },
  { title: "BOT", cell: ({ bot }) => plain(bot ?? "desk") },
  { title: "MODE", cell: ({ mode }) => plain(mode) },
  { title: "WINDOW", cell: ({ window }) => plain(window) },
  { title: "VALUE", cell: shownValue, right: true },
  { title: "UNIT", cell: (answer) => plain(unitOf(answer)) },
  { title: "N", cell: ({ n }) => plain(String(n)), right: true },
];

const pointColumns = (series: MetricSeries): readonly TextColumn<SeriesPoint>[] => [
  { title: "FROM", cell: ({ from }) => plain(from), spare: 1 },
  { title: "TO", cell: ({ to }) => plain(to) },
  { title: `${series.name} ${unitOf(series)}`, cell: shownValue, right: true },
  { title: "N", cell: ({ n }) => plain(String(n)), right: true },
];
