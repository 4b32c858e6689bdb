import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import {
  type CommandAnswer,
  commandAnswer,
  type ControlAction,
  controlPreviewAnswer,
  type ControlRequest,
} from "../../protocol/api-control.ts";
import { isUnderWay, proofLine } from "../../view/command-proof.ts";
import { actionMeans, isConfirmed, typedConfirmation } from "../../view/control-words.ts";
import { printable } from "../../view/printable.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { type ControlFlags, controlHub, type TargetFlags, targetOf } from "./control-hub.ts";
import { postHub } from "./hub-answer.ts";
import { type HubAddress, withHubOptions } from "./hub-options.ts";
import { proofLines } from "./proof-lines.ts";
import { answerOf, NOT_A_HUB } from "./read-list.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

interface Flags extends ControlFlags, TargetFlags {
  readonly reason: string;
  readonly yes?: boolean;
  readonly wait: string;
  readonly json?: boolean;
}

const EXAMPLES: Readonly<Record<ControlAction, string>> = {
  pause: 'deskwatch pause --strategy making --reason "news at 14:00"',
  halt: 'deskwatch halt --all --reason "prices make no sense"',
  flatten: 'deskwatch flatten --bot maker-1 --reason "margin call" --yes',
  resume: 'deskwatch resume --venue kraken --reason "feed is back"',
};

const WAIT_USUAL_S = 20;
const WAIT_S_MAX = 600;
const LOOK_EVERY_MS = 100;

/** `deskwatch halt|pause|resume|flatten`: asks bots, and shows how far it came with each until it is proven. */
export function registerControl(program: Command, io: CommandIo = processIo()): void {
  for (const action of ["halt", "pause", "resume", "flatten"] as const)
    withHubOptions(program.command(action), "control")
      .description(`${action} bots: ${actionMeans(action).replace(/^./, (first) => first.toLowerCase())}`)
      .option("--data-dir <directory>", "of a hub on this machine, whose token serves without a key (default: ./data)")
      .option("--bot <name>", "one bot")
      .option("--strategy <name>", "every bot of a strategy")
      .option("--venue <name>", "one venue, for every bot")
      .option("--all", "every bot")
      .requiredOption("--reason <text>", "why; it is kept with the command")
      .option("--yes", "do not ask; needed where no terminal is there to ask on")
      .option("--wait <seconds>", "wait so long for the proof; 0 to not wait", String(WAIT_USUAL_S))
      .option("--json", "print the command with its courses, as the API has it")
      .addHelpText(
        "after",
        `\nEnds with 0 when it is proven of every bot that it concerns, with 1 when not in time.\n\nExample:\n  ${EXAMPLES[action]}`,
      )
      .action((flags: Flags) => run(action, flags, io));
}

async function run(action: ControlAction, flags: Flags, io: CommandIo): Promise<void> {
  const hub = controlHub(flags, io.environment);
  const target = targetOf(flags);
  const waitS = Number(flags.wait);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  if (!target.ok) return failCommand(io, target.error, 2);
  if (!(waitS >= 0 && waitS <= WAIT_S_MAX))
    return failCommand(io, `--wait is a number of seconds up to ${WAIT_S_MAX} (found ${printable(flags.wait)})`, 2);
  const request = { action, target: target.value, reason: flags.reason, command_id: randomUUID() };
  if (flags.yes !== true && !(await isAgreed(hub.value, request, io))) return undefined;
  const begun = await ask(hub.value, request);
  if (typeof begun === "string") return failCommand(io, begun, 1);
  const answer = await follow(hub.value, request, { begun, waitS, io, json: flags.json === true });
  if (typeof answer === "string") return failCommand(io, answer, 1);
  if (flags.json === true) io.stdout.write(`${JSON.stringify(answer)}\n`);
  return conclude(answer, { waitS, io });
}

type Request = ControlRequest & { readonly command_id: string };

/** Shows what would happen, in numbers, and asks. What went wrong, or a no, is told here. */
async function isAgreed(hub: HubAddress, { action, target }: Request, io: CommandIo): Promise<boolean> {
  if (io.stdin.isTTY !== true) {
    failCommand(io, "there is no terminal to ask on: say --yes", 2);
    return false;
  }
  const body = await postHub(hub, "/api/v1/controls/preview", { body: { action, target }, via: "command_line" });
  const effect = body.ok ? answerOf(controlPreviewAnswer, body.value) : undefined;
  if (effect === undefined) {
    failCommand(io, body.ok ? NOT_A_HUB : body.error.message, 1);
    return false;
  }
  const unheard = effect.unreachable.length;
  io.stderr.write(`${printable(effect.summary)}.\n`);
  if (unheard > 0)
    io.stderr.write(
      `${unheard} of them never asked for commands: nothing can be proven of ${unheard === 1 ? "it" : "them"}.\n`,
    );
  for (const still of effect.still) io.stderr.write(`${printable(still)}\n`);
  io.stderr.write(`Type ${printable(typedConfirmation(action, target))} to go on: `);
  if (isConfirmed(await firstLine(io), action, target)) return true;
  failCommand(io, "nothing was done", 1);
  return false;
}

async function firstLine({ stdin }: CommandIo): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

/** Asks for the command; the same again is how far it came. A text says what went wrong. */
async function ask(hub: HubAddress, request: Request): Promise<CommandAnswer | string> {
  const body = await postHub(hub, "/api/v1/controls", { body: request, via: "command_line" });
  if (!body.ok) return body.error.message;
  return answerOf(commandAnswer, body.value) ?? NOT_A_HUB;
}

interface Following {
  readonly begun: CommandAnswer;
  readonly waitS: number;
  readonly io: CommandIo;
  readonly json: boolean;
}

/** Shows how far it came, live on a terminal, until nothing more is to come or the wait is over. */
async function follow(hub: HubAddress, request: Request, following: Following): Promise<CommandAnswer | string> {
  const { begun, waitS, io, json } = following;
  const terminal = terminalOf(io);
  const isLive = !json && io.stdout.isTTY === true;
  if (!json) io.stdout.write(`${printable(begun.effect.summary)}.\n`);
  let answer = begun;
  let drawn = isLive ? draw(answer, 0, { io, terminal }) : 0;
  for (const endsAt = performance.now() + waitS * 1000; isOpen(answer) && performance.now() < endsAt; ) {
    await delay(LOOK_EVERY_MS);
    const next = await ask(hub, request);
    // A hub that is away for a moment does not end the wait.
    if (typeof next !== "string") answer = next;
    if (isLive) drawn = draw(answer, drawn, { io, terminal });
  }
  if (!json && !isLive) draw(answer, 0, { io, terminal });
  return answer;
}

const isOpen = ({ command }: CommandAnswer): boolean => isUnderWay(command);

/** Draws over the lines that were drawn before; how many they are now. */
function draw(
  { command }: CommandAnswer,
  before: number,
  { io, terminal }: { io: CommandIo; terminal: Terminal },
): number {
  const lines = proofLines(command, terminal);
  const over = before === 0 ? "" : `\u001b[${before}A\u001b[J`;
  io.stdout.write(`${over}${lines.map((line) => `${line}\n`).join("")}`);
  return lines.length;
}

function conclude({ command }: CommandAnswer, { waitS, io }: { readonly waitS: number; readonly io: CommandIo }): void {
  if (waitS === 0) return;
  const open = command.bots.filter((course) => course.error !== null || !proofLine(command, course).done);
  if (open.length === 0) return;
  const names = open.map(({ bot }) => bot).slice(0, 5);
  failCommand(
    io,
    `not proven of ${names.join(", ")}${open.length > names.length ? ` and ${open.length - names.length} more` : ""}; \`deskwatch controls\` shows how far it came`,
    1,
  );
}
