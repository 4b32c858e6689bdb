import type { CommandCourse, CommandView, ControlStep } from "../protocol/api-control.ts";
import type { StateMark } from "./health-lines.ts";
import { fixed } from "./number-format.ts";
import type { Tone } from "./shown.ts";

/** A step of the way from a request to its proof. */
export interface ProofStep {
  readonly name: "requested" | ControlStep;
  /** Since the request; null while it did not come. */
  readonly ms: number | null;
  /** The same as text; what is known of a step that did not come. */
  readonly text: string;
  readonly state: "done" | "waiting" | "late" | "over";
  readonly tone: Tone;
}

/** Something said beside the steps. */
export interface ProofNote {
  readonly text: string;
  readonly tone: Tone;
}

/** How far a command came with one bot: never more than is known. */
export interface ProofLine {
  readonly bot: string;
  readonly steps: readonly ProofStep[];
  readonly notes: readonly ProofNote[];
  /** Whether it came as far as this command has to. */
  readonly done: boolean;
  /** All of it in a sentence. */
  readonly words: string;
}

type Asked = Pick<CommandView, "action" | "proof">;

const STEPS: readonly ControlStep[] = ["delivered", "acknowledged", "verified"];
const LONG_MS = 10_000;

/** Milliseconds, from ten seconds on as seconds. */
const lapse = (ms: number): string => (ms < LONG_MS ? fixed(ms, 0) : `${fixed(ms / 1000, 1)} s`);

/** The way of a command with one bot. */
export function proofLine(command: Asked, course: CommandCourse): ProofLine {
  const needed = STEPS.slice(0, STEPS.indexOf(command.proof) + 1);
  const steps: ProofStep[] = [
    { name: "requested", ms: 0, text: "0 ms", state: "done", tone: "neutral" },
    ...needed.map((name) => proofStep(name, course, name === command.proof)),
  ];
  const notes = proofNotes(command, course);
  const done = isDone(command, course);
  return { bot: course.bot, steps, notes, done, words: spoken(course.bot, steps, notes) };
}

/** Whether a command came as far with a bot as it has to. */
export const isDone = ({ proof }: Pick<CommandView, "proof">, course: CommandCourse): boolean =>
  course[`${proof}_at`] !== null;

function proofStep(name: ControlStep, course: CommandCourse, isLast: boolean): ProofStep {
  const ms = course[`${name}_ms`];
  const late = course.late.includes(name);
  if (ms !== null) {
    const tone: Tone = late ? "bad" : isLast ? "ok" : "neutral";
    return { name, ms, text: late ? `${lapse(ms)} late` : lapse(ms), state: late ? "late" : "done", tone };
  }
  if (late) return { name, ms, text: "late", state: "late", tone: "bad" };
  return course.over
    ? { name, ms, text: "never", state: "over", tone: "muted" }
    : { name, ms, text: "…", state: "waiting", tone: "muted" };
}

function proofNotes(command: Asked, course: CommandCourse): readonly ProofNote[] {
  const notes: ProofNote[] = [];
  if (course.error !== null) notes.push({ text: `could not: ${course.error}`, tone: "bad" });
  if (course.orders_since > 0) {
    notes.push({ text: `${counted(course.orders_since, "order")} placed after it acknowledged`, tone: "bad" });
  }
  const evidence = evidenceNote(command, course);
  if (evidence !== undefined) notes.push(evidence);
  if (course.over && !isDone(command, course)) {
    notes.push({ text: "over: a newer command took its place, or the bot stopped", tone: "muted" });
  }
  return notes;
}

const SAID = { reported: "reported by the bot", "venue-verified": "verified at the venue" } as const;

/** What the newest evidence shows, and whose it is. */
function evidenceNote({ proof, action }: Asked, course: CommandCourse): ProofNote | undefined {
  if (proof !== "verified" || course.acknowledged_at === null) return undefined;
  const seen = seenWords(course);
  const said = course.evidence === null ? undefined : SAID[course.evidence];
  if (course.verified_at !== null && isUndone(action, course))
    return { text: [`${said ?? "verified"} once, and now`, seen].filter(Boolean).join(": "), tone: "bad" };
  if (course.verified_at !== null) return { text: [said, seen].filter(Boolean).join(": "), tone: "ok" };
  if (seen === undefined) return course.over ? undefined : { text: "nothing shows yet that it is done", tone: "stale" };
  return { text: `not done yet: ${seen}${said === undefined ? "" : `, ${said}`}`, tone: "stale" };
}

/** Whether something rests or is held again, although it was seen that nothing did. */
const isUndone = (action: Asked["action"], { verified_at, open_orders, positions }: CommandCourse): boolean =>
  verified_at !== null && ((open_orders ?? 0) > 0 || (action === "flatten" && (positions ?? 0) > 0));

/** Resting orders and positions as last seen; undefined before anything was. */
function seenWords({ open_orders: orders, positions }: CommandCourse): string | undefined {
  const parts = [
    orders === null ? undefined : orders === 0 ? "no resting order" : counted(orders, "resting order"),
    positions === null ? undefined : positions === 0 ? "no position" : counted(positions, "position"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** `1 order`, `3 orders`. */
export const counted = (n: number, noun: string): string => `${fixed(n, 0)} ${noun}${n === 1 ? "" : "s"}`;

function spoken(bot: string, steps: readonly ProofStep[], notes: readonly ProofNote[]): string {
  return [`${bot}: ${steps.map(spokenStep).join(", ")}`, ...notes.map(({ text }) => text)].join(". ");
}

function spokenStep({ name, ms, state }: ProofStep): string {
  const late = state === "late" ? ", late" : "";
  if (name === "requested") return name;
  if (ms !== null) return `${name} after ${lapse(ms)}${ms < LONG_MS ? " ms" : ""}${late}`;
  if (state === "over") return `never ${name}`;
  return state === "late" ? `not ${name}${late}` : `not ${name} yet`;
}

const commandMarks: Record<CommandView["state"], StateMark> = {
  issued: { sign: "◌", word: "requested", tone: "stale" },
  delivered: { sign: "◌", word: "delivered", tone: "stale" },
  acknowledged: { sign: "◌", word: "acknowledged", tone: "stale" },
  verified: { sign: "●", word: "verified", tone: "ok" },
  late: { sign: "⚠", word: "late", tone: "bad" },
  over: { sign: "□", word: "over", tone: "muted" },
};

/** How far a command came with all that it concerns; well once that is as far as it has to. */
export function commandMark({
  action,
  state,
  proof,
  bots,
}: Pick<CommandView, "action" | "state" | "proof" | "bots">): StateMark {
  if (bots.some(({ orders_since: placed }) => placed > 0)) return { sign: "⚠", word: "orders since", tone: "bad" };
  if (proof === "verified" && bots.some((course) => !course.over && isUndone(action, course)))
    return { sign: "⚠", word: "undone", tone: "bad" };
  if (bots.some(({ error }) => error !== null)) return { sign: "⚠", word: "could not", tone: "bad" };
  if (state === proof) return { ...commandMarks[state], sign: "●", tone: "ok" };
  return commandMarks[state];
}

/** How many of the bots that a command concerns it is done with: `2 of 3`. */
export function doneCount(command: Pick<CommandView, "proof" | "bots">): {
  readonly done: number;
  readonly all: number;
} {
  return { done: command.bots.filter((course) => isDone(command, course)).length, all: command.bots.length };
}

/** Whether a command may still come further with some bot. */
export const isUnderWay = (command: Pick<CommandView, "proof" | "bots">): boolean =>
  command.bots.some((course) => !course.over && !isDone(command, course));

/** The courses of a command, those that need somebody first: failed, late, waiting, done, over; then by name. */
export const coursesByUrgency = (command: Pick<CommandView, "proof" | "bots">): readonly CommandCourse[] =>
  command.bots.toSorted((a, b) => urgency(command, a) - urgency(command, b) || (a.bot < b.bot ? -1 : 1));

function urgency(command: Pick<CommandView, "proof">, course: CommandCourse): number {
  if (course.error !== null || course.orders_since > 0) return 0;
  if (isDone(command, course)) return course.late.length > 0 ? 3 : 4;
  if (course.over) return 5;
  return course.late.length > 0 ? 1 : 2;
}

/** What went wrong with commands, each with a text of its own: what to say aloud once. */
export const controlAlarms = (commands: readonly CommandView[]): ReadonlyMap<string, string> =>
  new Map(commands.flatMap((command) => command.bots.flatMap((course) => courseAlarms(command, course))));

function courseAlarms({ command_id: id, action }: CommandView, course: CommandCourse): [string, string][] {
  const { bot, late, error, orders_since: placed } = course;
  const missing = late.filter((step) => course[`${step}_at`] === null);
  return [
    ...missing.map((step): [string, string] => [step, `${action} of ${bot} is late: not ${step} yet.`]),
    ...(error === null ? [] : [["error", `${bot} could not ${action}: ${error}.`] satisfies [string, string]]),
    ...(placed === 0 ? [] : [["orders", `${bot} placed orders after it acknowledged.`] satisfies [string, string]]),
  ].map(([what, text]): [string, string] => [`${id} ${bot} ${what}`, text]);
}
