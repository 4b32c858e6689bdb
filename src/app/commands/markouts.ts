import { type Command, Option } from "commander";
import {
  type MarkoutGroup,
  markoutCut,
  markoutsAnswer,
  MARKOUT_HORIZONS_S,
  type MarkoutPoint,
  type WireEstimate,
} from "../../protocol/api-execution.ts";
import { plain, type Shown, unknownValue } from "../../view/shown.ts";
import { type TextColumn, textTable } from "../../view/text-table.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { readHub } from "./hub-answer.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { answerOf, asOfText, NOT_A_HUB } from "./read-list.ts";
import { terminalOf } from "./terminal.ts";

interface MarkoutFlags extends HubFlags {
  readonly bot?: string;
  readonly mode?: string;
  readonly venue?: string;
  readonly asset?: string;
  readonly side?: string;
  readonly liquidity?: string;
  readonly by?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

const oneOf = (flag: string, about: string, choices: readonly string[]): Option =>
  new Option(flag, about).choices([...choices]);

/** `deskwatch markouts`: what fills were worth a while later. */
export function registerMarkouts(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("markouts"), "read")
    .description("print what fills were worth 1 s, 5 s, 30 s, 1 m and 5 m later, in bps (> 0 is good)")
    .option("--bot <name>", "of this bot (default: the whole desk)")
    .addOption(oneOf("--mode <mode>", "of this mode (default: the store's own)", ["live", "paper", "simulate", "demo"]))
    .option("--venue <name>", "of fills at this venue")
    .option("--asset <symbol>", "of fills of this symbol")
    .addOption(oneOf("--side <side>", "of buys or sells alone", ["buy", "sell"]))
    .addOption(oneOf("--liquidity <kind>", "of fills that rested, or that took", ["maker", "taker"]))
    .addOption(oneOf("--by <what>", "a line for each of these besides", markoutCut.options))
    .option("--from <time>", "of fills from this moment on (default: 24 hours before the end)")
    .option("--to <time>", "of fills before this moment (default: now)")
    .option("--json", "print the body of the API as it is")
    .addHelpText("after", "\nExample:\n  deskwatch markouts --bot maker-1 --liquidity maker --by hour")
    .action((flags: MarkoutFlags) => run(flags, io));
}

async function run(flags: MarkoutFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const misuse = botNameProblem(flags.bot);
  if (misuse !== undefined) return failCommand(io, misuse, 2);
  const { bot, mode, venue, asset, side, liquidity, by, from, to } = flags;
  const asked = { bot, mode, venue, asset, side, liquidity, by, from, to };
  const body = await readHub(hub.value, "/api/v1/markouts", asked);
  if (!body.ok) return failCommand(io, body.error.message, 1);
  if (flags.json === true) {
    io.stdout.write(`${body.value}\n`);
    return;
  }
  const answer = answerOf(markoutsAnswer, body.value);
  if (answer === undefined) return failCommand(io, NOT_A_HUB, 1);
  const { width, paint } = terminalOf(io);
  const rows = [...answer.groups, answer.all];
  const lines = textTable({ columns: COLUMNS, rows, width, paint });
  io.stdout.write(`${[...lines, "", ...notesOf(answer.all).map((note) => paint(note, "muted"))].join("\n")}\n`);
  io.stdout.write(`${paint(asOfText(answer), "muted")}\n`);
}

/** What is not in the numbers, and what else is told of all fills. */
function notesOf({ curve, spread_capture: capture, adverse_drift_30s: drift }: MarkoutGroup): string[] {
  const waiting = (what: "pending" | "expired" | "unmarked", text: string): string[] => {
    const at = curve.filter((point) => point[what] > 0).map((point) => `${nameOf(point.horizon_s)} ${point[what]}`);
    return at.length === 0 ? [] : [`${text}: ${at.join(", ")}`];
  };
  const percent = (value: number | "unbounded" | null): string =>
    typeof value === "number" ? `${(100 * value).toFixed(4)} %` : "not known";
  return [
    "± is 95 %, by blocks of time; markout = spread capture + drift",
    ...waiting("pending", "pending"),
    ...waiting("expired", "marks expired"),
    ...waiting("unmarked", "no marks of the instrument"),
    ...(capture.unmarked > 0 ? [`no mid at the fill: ${capture.unmarked}`] : []),
    `adverse drift 30 s: computed ${percent(drift.computed.value)}, reported ${percent(drift.reported.value)}`,
  ];
}

const nameOf = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

const pointAt = ({ curve }: MarkoutGroup, seconds: number): MarkoutPoint | undefined =>
  curve.find(({ horizon_s }) => horizon_s === seconds);

/** A number with half the width of its interval. */
function shown(estimate: WireEstimate | undefined): Shown {
  if (typeof estimate?.value !== "number") return unknownValue(estimate?.reason ?? "not known");
  const { value, ci } = estimate;
  return plain(ci === undefined ? value.toFixed(2) : `${value.toFixed(2)} ±${((ci.high - ci.low) / 2).toFixed(2)}`);
}

const COLUMNS: readonly TextColumn<MarkoutGroup>[] = [
  { title: "FILLS OF", cell: ({ key, label }) => plain(label ?? key), min: 8 },
  { title: "FILLS", cell: ({ fills }) => plain(String(fills)), right: true },
  { title: "SPREAD", cell: ({ spread_capture: capture }) => shown(capture.mean_bps), right: true },
  ...MARKOUT_HORIZONS_S.map(
    (seconds): TextColumn<MarkoutGroup> => ({
      title: nameOf(seconds),
      cell: (group) => shown(pointAt(group, seconds)?.mean_bps),
      right: true,
    }),
  ),
];
