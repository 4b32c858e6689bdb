import type { Command } from "commander";
import {
  type CommandView,
  type ControlledBot,
  type ControlsAnswer,
  controlsAnswer,
} from "../../protocol/api-control.ts";
import { commandMark, doneCount } from "../../view/command-proof.ts";
import { controlledRows, type ControlledRow, deskWords, linkShown, saysShown } from "../../view/control-rows.ts";
import { actionLabel, byWords, controlMark, holdersWords, targetWords } from "../../view/control-words.ts";
import { plain } from "../../view/shown.ts";
import { type TextColumn, textTable } from "../../view/text-table.ts";
import { moment } from "../../view/time-format.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { type ControlFlags, controlHub } from "./control-hub.ts";
import { readHub } from "./hub-answer.ts";
import { botNameProblem, withHubOptions } from "./hub-options.ts";
import { answerOf, asOfText, NOT_A_HUB } from "./read-list.ts";
import { terminalOf } from "./terminal.ts";

interface Flags extends ControlFlags {
  readonly bot?: string;
  readonly json?: boolean;
}

const COMMANDS_SHOWN = 10;

/** `deskwatch controls`: what holds which bot, and how far the newest commands came. */
export function registerControls(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("controls"), "read")
    .description("print what holds each bot and venue, and how far the newest commands came")
    .option("--data-dir <directory>", "of a hub on this machine, whose token serves without a key (default: ./data)")
    .option("--bot <name>", "of this bot only")
    .option("--json", "print the body of the API as it is")
    .addHelpText("after", "\nExample:\n  deskwatch controls --bot maker-1")
    .action((flags: Flags) => run(flags, io));
}

async function run(flags: Flags, io: CommandIo): Promise<void> {
  const hub = controlHub(flags, io.environment);
  const misuse = hub.ok ? botNameProblem(flags.bot) : hub.error;
  if (!hub.ok || misuse !== undefined) return failCommand(io, misuse ?? "", 2);
  const body = await readHub(hub.value, "/api/v1/controls", { bot: flags.bot, limit: COMMANDS_SHOWN });
  if (!body.ok) return failCommand(io, body.error.message, 1);
  const answer = answerOf(controlsAnswer, body.value);
  if (answer === undefined) return failCommand(io, NOT_A_HUB, 1);
  io.stdout.write(flags.json === true ? `${body.value}\n` : controlsText(answer, io));
}

function controlsText(answer: ControlsAnswer, io: CommandIo): string {
  const { width, paint } = terminalOf(io);
  const nowMs = Date.parse(answer.as_of);
  const venues = answer.venues.filter(({ state }) => state !== "running");
  const sections = [
    [deskWords(answer), ...venues.map(({ venue, state }) => `${venue} ${controlMark(state).sign} ${state}`)],
    answer.bots.length === 0
      ? ["No bots yet: the first event of a bot makes it known."]
      : textTable({ columns: botColumns(nowMs), rows: controlledRows(answer), width, paint }),
    answer.commands.length === 0
      ? ["No commands yet: deskwatch halt --all --reason TEXT halts every bot."]
      : textTable({ columns: commandColumns(nowMs), rows: answer.commands, width, paint }),
    [paint(asOfText(answer), "muted")],
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

const marked = (state: ControlledBot["state"]) => {
  const { sign, word, tone } = controlMark(state);
  return { text: `${sign} ${word}`, tone };
};

const botColumns = (nowMs: number): TextColumn<ControlledRow>[] => [
  { title: "BOT", cell: ({ bot }) => plain(bot.bot) },
  { title: "MAY", cell: ({ bot }) => marked(bot.state) },
  { title: "SAYS", cell: ({ bot }) => saysShown(bot) },
  { title: "HEARS", cell: ({ bot }) => linkShown(bot, nowMs), spare: 1 },
  { title: "ORDERS", cell: ({ bot }) => plain(String(bot.open_orders)), right: true },
  { title: "POSITIONS", cell: ({ bot }) => plain(String(bot.positions)), right: true, spare: 2 },
  { title: "HELD BY", cell: ({ held }) => plain(holdersWords(held)), min: 20 },
];

const commandColumns = (nowMs: number): TextColumn<CommandView>[] => [
  { title: "ISSUED", cell: ({ issued_at: at }) => moment(at, nowMs) },
  { title: "COMMAND", cell: ({ action, target }) => plain(`${actionLabel(action)} ${targetWords(target)}`) },
  {
    title: "CAME TO",
    cell: (command) => {
      const { sign, word, tone } = commandMark(command);
      return { text: `${sign} ${word}`, tone };
    },
  },
  {
    title: "DONE",
    cell: (command) => {
      const { done, all } = doneCount(command);
      return plain(`${done} of ${all}`);
    },
    right: true,
  },
  { title: "HOLDS", cell: ({ standing }) => plain(standing ? "yes" : "no") },
  { title: "BY", cell: (command) => plain(byWords(command)), min: 10, spare: 1 },
  { title: "REASON", cell: ({ reason }) => plain(reason), min: 15 },
];
