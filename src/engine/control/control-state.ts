import type { Micros } from "../../base/time.ts";
import type { ControlAction, ControlEvidence, ControlStep, ControlTarget } from "../../protocol/api-control.ts";
import type { Mode } from "../bot-state.ts";

/** What somebody asked of bots. */
export interface Command {
  readonly commandId: string;
  readonly seq: number;
  readonly action: ControlAction;
  readonly target: ControlTarget;
  readonly reason: string;
  readonly by: string;
  readonly via: string;
  readonly mode: Mode;
  /** By the hub's clock. */
  readonly issuedAt: Micros;
  /** Those that it concerned when it was issued, then those that it was delivered to later. */
  readonly bots: readonly string[];
  /** The command that took its place or lifted it; undefined while nothing did. */
  readonly endedBy: string | undefined;
}

/** What one source said last of resting orders or positions, after the bot had acknowledged. */
export interface Seen {
  readonly source: "bot" | "venue";
  /** The only venue that it speaks of; empty when it speaks of all. */
  readonly venue: string;
  /** It speaks of what rests and is held in this mode alone. */
  readonly mode: Mode;
  /** And on this account alone; empty where it named none. */
  readonly account: string;
  /** Resting orders, or instruments held, in the target of the command. */
  readonly count: number;
  readonly seq: number;
  /** Since when it showed none, without a break; its own `seq` where it shows something. */
  readonly noneSince: number;
}

/** How far a command came with one bot; times are the hub's. */
export interface Course {
  readonly commandId: string;
  readonly bot: string;
  /** When it was issued, or when the bot asked for the first time. */
  readonly begunAt: Micros;
  /** Where the bot was active when it began. */
  readonly venues: readonly string[];
  /** In which mode the bot was then; undefined where nobody knew. */
  readonly mode: Mode | undefined;
  readonly deliveredAt: Micros | undefined;
  readonly acknowledgedAt: Micros | undefined;
  /** When it was done by the bot's clock, where the bot said so. */
  readonly doneAt: Micros | undefined;
  readonly verifiedAt: Micros | undefined;
  readonly evidence: ControlEvidence | undefined;
  /** The newest of each source, mode, account and venue. */
  readonly orders: readonly Seen[];
  readonly positions: readonly Seen[];
  readonly ordersSince: number;
  readonly late: readonly ControlStep[];
  readonly error: string | undefined;
  readonly over: boolean;
}

/** What the facts say of control. Entries are never changed in place. */
export interface ControlFacts {
  /** By id, oldest first: all that hold something, and the newest of the others. */
  readonly commands: Map<string, Command>;
  /** `command_id\tbot` → its course. */
  readonly courses: Map<string, Course>;
  /** Courses of which something is still expected. */
  readonly openCourses: Map<string, true>;
  /** Target → the newest command for it, resumes included, unless something wider lifted it. */
  readonly newestCommands: Map<string, string>;
  /** Commands that hold nothing, in the order in which they came to that: the oldest are forgotten. */
  readonly pastCommands: Map<string, true>;
  /** Bot → commands that hold it and have a course with it, in the order in which they were issued. */
  readonly heldBots: Map<string, readonly string[]>;
  /** Bot → when it last took or acknowledged a command: it knows how to. */
  readonly reachedBots: Map<string, Micros>;
}

export const emptyControlFacts = (): ControlFacts => ({
  commands: new Map(),
  courses: new Map(),
  openCourses: new Map(),
  newestCommands: new Map(),
  pastCommands: new Map(),
  heldBots: new Map(),
  reachedBots: new Map(),
});

export const courseKey = (commandId: string, bot: string): string => `${commandId}\t${bot}`;

/** Equal keys are the same target. */
export function targetKey(target: ControlTarget): string {
  if ("bot" in target) return `bot\t${target.bot}`;
  if ("strategy" in target) return `strategy\t${target.strategy}`;
  return "venue" in target ? `venue\t${target.venue}` : ALL_KEY;
}

/** A target in words: `bot mm-1`. */
export const targetText = (target: ControlTarget): string =>
  "all" in target ? "bot" : targetKey(target).replace("\t", " ");

export const ALL_KEY = "all";

/** Whether it holds what it covers: a resume holds nothing. */
export const isStanding = ({ action, endedBy }: Command): boolean => action !== "resume" && endedBy === undefined;

/** The step at which a command is done with a bot. */
export const proofOf = (action: ControlAction): ControlStep =>
  action === "halt" || action === "flatten" ? "verified" : "acknowledged";

/** Whether it came as far as it should. */
export const isDone = ({ action }: Pick<Command, "action">, course: Course): boolean =>
  proofOf(action) === "verified"
    ? course.verifiedAt !== undefined
    : course.acknowledgedAt !== undefined && course.error === undefined;

/** Whether a step came, late or not. */
export function isReached(course: Course, step: ControlStep): boolean {
  switch (step) {
    case "delivered":
      return course.deliveredAt !== undefined;
    case "acknowledged":
      return course.acknowledgedAt !== undefined;
    case "verified":
      return course.verifiedAt !== undefined;
  }
}
