import type {
  ControlEffect,
  ControlRequest,
  ControlsAnswer,
  ControlTarget,
} from "../../../src/protocol/api-control.ts";
import { sampleCommand, sampleCourse } from "./sample-controls.ts";

type Bots = ControlsAnswer["bots"];

function covered({ bots }: ControlsAnswer, target: ControlTarget): Bots {
  if ("bot" in target) return bots.filter(({ bot }) => bot === target.bot);
  return "strategy" in target ? bots.filter(({ strategy }) => strategy === target.strategy) : bots;
}

const VERBS = { pause: "Pauses", halt: "Halts", flatten: "Flattens", resume: "Resumes" } as const;

/** What a fake hub with these controls says that a command would do. */
export function fakeEffect(
  controls: ControlsAnswer,
  { action, target }: Pick<ControlRequest, "action" | "target">,
): ControlEffect {
  const bots = covered(controls, target);
  const sum = (count: (bot: Bots[number]) => number): number => bots.reduce((total, bot) => total + count(bot), 0);
  const resting = sum(({ open_orders: orders }) => orders);
  return {
    bots: bots.map(({ bot }) => bot),
    resting_orders: resting,
    positions: sum(({ positions }) => positions),
    unreachable: bots.filter(({ last_asked_at: asked }) => asked === null).map(({ bot }) => bot),
    still: action === "resume" ? ["polymarket is halted by stale feed: its feed is 14 s old"] : [],
    summary: `${VERBS[action]} ${bots.length} ${bots.length === 1 ? "bot" : "bots"}, ${resting} resting orders`,
  };
}

/** These controls with one command more, which nobody has heard of yet. */
export function withCommand(controls: ControlsAnswer, request: ControlRequest): ControlsAnswer {
  const { action, target, reason, command_id: id = "made-here" } = request;
  const nowMs = Date.now();
  const command = sampleCommand(id, nowMs, {
    seq: 90_001,
    ...{ action, target, reason },
    proof: action === "halt" || action === "flatten" ? "verified" : "acknowledged",
    bots: covered(controls, target).map(({ bot }) => sampleCourse(bot, nowMs, {})),
  });
  return { ...controls, commands: [command, ...controls.commands] };
}

/** An event is dated before it counts: it waits for the disk. */
const ON_ITS_WAY_MS = 40;

/** The events that issued a command and that tell how far it came. */
export function commandEvents({ commands }: ControlsAnswer, query: URLSearchParams): object[] {
  const asked = commands.filter(({ command_id: id }) => id === query.get("command_id"));
  return asked.flatMap(({ command_id, seq, reason, issued_at: at, bots }) => [
    { type: "command.issued", bot: "deskwatch", command_id, seq, reason, ts: before(at) },
    ...bots.flatMap(({ bot, delivered_at: came }, index) =>
      came === null ? [] : [{ type: "command.delivered", bot, command_id, seq: seq + index + 1, ts: before(came) }],
    ),
  ]);
}

const before = (at: string): string => new Date(Date.parse(at) - ON_ITS_WAY_MS).toISOString();
