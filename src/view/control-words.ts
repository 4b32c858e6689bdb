import type { CommandView, ControlAction, ControlState, ControlTarget } from "../protocol/api-control.ts";
import type { StateMark } from "./health-lines.ts";

const stateMarks: Record<ControlState, StateMark> = {
  running: { sign: "●", word: "running", tone: "ok" },
  paused: { sign: "‖", word: "paused", tone: "stale" },
  reducing: { sign: "▼", word: "reducing", tone: "stale" },
  halted: { sign: "■", word: "halted", tone: "bad" },
};

/** What a bot, strategy, venue or the desk may do, as a sign and a word. */
export const controlMark = (state: ControlState): StateMark => stateMarks[state];

/** What a state means for orders. */
export const STATE_MEANS: Record<ControlState, string> = {
  running: "orders of every kind are allowed",
  paused: "exits only: no new entries",
  reducing: "exits only, until nothing is held",
  halted: "no order at all",
};

/** The actions in the order of their buttons: a word for the button, and what it does in a sentence. */
export const CONTROL_ACTIONS: readonly {
  readonly action: ControlAction;
  readonly label: string;
  readonly means: string;
}[] = [
  { action: "pause", label: "Pause", means: "No new entries; exits go on. Resting orders and positions stay." },
  {
    action: "halt",
    label: "Halt",
    means: "No new order of any kind; resting orders are cancelled. Positions stay as they are.",
  },
  { action: "flatten", label: "Flatten", means: "Resting orders are cancelled and positions closed; no new entries." },
  {
    action: "resume",
    label: "Resume",
    means: "Orders are allowed again, except where something else goes on to hold.",
  },
];

const labels: Record<ControlAction, string> = { pause: "Pause", halt: "Halt", flatten: "Flatten", resume: "Resume" };

/** The verb of an action, as a sentence begins with it. */
export const actionLabel = (action: ControlAction): string => labels[action];

/** What an action does, in a sentence. */
export const actionMeans = (action: ControlAction): string =>
  CONTROL_ACTIONS.find((each) => each.action === action)?.means ?? "";

/** A target in words: `mm-btc`, `strategy grid`, `venue kalshi`, `everything`. */
export function targetWords(target: ControlTarget): string {
  if ("bot" in target) return target.bot;
  if ("strategy" in target) return `strategy ${target.strategy}`;
  return "venue" in target ? `venue ${target.venue}` : "everything";
}

/** What has to be typed before a command goes out: the target's name, or `HALT ALL`. */
export function typedConfirmation(action: ControlAction, target: ControlTarget): string {
  if ("bot" in target) return target.bot;
  if ("strategy" in target) return target.strategy;
  return "venue" in target ? target.venue : `${action.toUpperCase()} ALL`;
}

/** Whether what was typed confirms: a name exactly, the words for everything in any case. */
export function isConfirmed(typed: string, action: ControlAction, target: ControlTarget): boolean {
  const wanted = typedConfirmation(action, target);
  return "all" in target ? typed.trim().replace(/\s+/g, " ").toUpperCase() === wanted : typed.trim() === wanted;
}

const ways: Readonly<Record<string, string>> = {
  page: "on the page",
  api: "by the API",
  command_line: "on the command line",
  rule: "by a rule",
};

/** Who asked, and how: `Ada, on the page`. */
export const byWords = ({ by, via }: Pick<CommandView, "by" | "via">): string => `${by}, ${ways[via] ?? `by ${via}`}`;

/** A command in a few words: `Halt of everything by Ada, on the page: prices make no sense`. */
export const commandWords = (command: Pick<CommandView, "action" | "target" | "by" | "via" | "reason">): string =>
  `${actionLabel(command.action)} of ${targetWords(command.target)} by ${byWords(command)}: ${command.reason}`;

/** A command that holds something. */
export interface HeldBy {
  readonly id: string;
  readonly words: string;
}

/** Which commands hold something, in words; one that is not among `commands` by its id. */
export const heldBy = (ids: readonly string[], commands: ReadonlyMap<string, CommandView>): readonly HeldBy[] =>
  ids.map((id) => {
    const command = commands.get(id);
    return { id, words: command === undefined ? `an older command, ${id}` : commandWords(command) };
  });

/** Several commands that hold something, as one text. */
export const holdersWords = (held: readonly HeldBy[]): string => held.map(({ words }) => words).join("; ");
