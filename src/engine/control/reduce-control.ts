import { putBounded } from "../../base/bounded-map.ts";
import { parseTime } from "../../base/time.ts";
import { type ControlTarget, controlStep, controlTarget } from "../../protocol/api-control.ts";
import type { DeskEvent, EventOf } from "../../protocol/event-types.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import type { Mode } from "../bot-state.ts";
import {
  ALL_KEY,
  type Command,
  type ControlFacts,
  type Course,
  courseKey,
  isDone,
  isStanding,
  targetKey,
} from "./control-state.ts";
import { coursesAfterOrder, coursesAfterSnapshot, venueProof } from "./evidence.ts";

const PAST_COMMANDS_MAX = 1_000;
/** Of commands that hold nothing, together with all others. */
const COURSES_MAX = 100_000;
const REACHED_MAX = 20_000;

/** Takes what a fact means for control: the steps of commands, and what proves them or speaks against them. */
export function reduceControl(state: ControlFacts, event: DeskEvent, recorded: Recorded): void {
  if (recorded.standing !== "fact") return;
  switch (event.type) {
    case "command.issued":
      return takeIssued(state, event, recorded);
    case "command.delivered":
      return takeDelivered(state, event, recorded);
    case "command.acknowledged":
      return takeAcknowledged(state, event, recorded);
    case "command.verified":
      return takeVerified(state, event, recorded);
    case "command.late":
      return takeLate(state, event);
    case "command.expired":
      return changeCourse(state, event, (course) => ({ ...course, over: true }));
    case "orders.snapshot":
    case "position.snapshot":
      if (!state.heldBots.has(event.bot)) return;
      for (const [command, course] of coursesAfterSnapshot(state, event, recorded)) putCourse(state, command, course);
      return;
    case "order.placed":
      if (!state.heldBots.has(event.bot)) return;
      for (const [command, course] of coursesAfterOrder(state, event, recorded)) putCourse(state, command, course);
      return;
    default:
      return;
  }
}

/** A command was issued: it ends what it replaces or lifts, and begins a course with each bot that it concerns. */
function takeIssued(state: ControlFacts, event: EventOf<"command.issued">, recorded: Recorded): void {
  const target = targetOf(event.target);
  if (target === undefined || state.commands.has(event.command_id)) return;
  const command: Command = {
    commandId: event.command_id,
    seq: recorded.seq,
    action: event.action,
    target,
    reason: event.reason,
    by: event.by,
    via: event.via,
    mode: event.mode ?? "live",
    issuedAt: recorded.receivedAt,
    bots: [...new Set(event.bots)],
    endedBy: undefined,
  };
  for (const id of endedByIt(state, command, event.members ?? [])) endCommand(state, id, command.commandId);
  state.commands.set(command.commandId, command);
  state.newestCommands.set(targetKey(target), command.commandId);
  if (command.action === "resume") state.pastCommands.set(command.commandId, true);
  for (const bot of command.bots)
    beginCourse(state, command, { bot, venues: event.venues?.[bot], mode: event.modes?.[bot] }, recorded);
  forgetOldest(state);
}

function targetOf(target: EventOf<"command.issued">["target"]): ControlTarget | undefined {
  const { bot, strategy, venue, all } = target;
  const named = { bot, strategy, venue, all };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return controlTarget.safeParse(given).data;
}

function endedByIt(state: ControlFacts, { action, target }: Command, members: readonly string[]): string[] {
  const { newestCommands } = state;
  const key = targetKey(target);
  if (action === "resume" && key === ALL_KEY) return [...newestCommands.values()];
  const keys = action === "resume" && "strategy" in target ? [key, ...members.map((bot) => `bot\t${bot}`)] : [key];
  return keys.map((one) => newestCommands.get(one)).filter((id) => id !== undefined);
}

function endCommand(state: ControlFacts, id: string, endedBy: string): void {
  const command = state.commands.get(id);
  if (command === undefined) return;
  const held = isStanding(command);
  state.commands.set(id, { ...command, endedBy });
  state.newestCommands.delete(targetKey(command.target));
  if (!held) return;
  state.pastCommands.set(id, true);
  for (const bot of command.bots) releaseBot(state, bot, id);
}

function releaseBot(state: ControlFacts, bot: string, id: string): void {
  const left = (state.heldBots.get(bot) ?? []).filter((held) => held !== id);
  if (left.length === 0) state.heldBots.delete(bot);
  else state.heldBots.set(bot, left);
}

interface Beginner {
  readonly bot: string;
  readonly venues: readonly string[] | undefined;
  readonly mode: Mode | undefined;
}

function beginCourse(
  state: ControlFacts,
  command: Command,
  { bot, venues = [], mode }: Beginner,
  { receivedAt: begunAt }: Recorded,
): void {
  putCourse(state, command, {
    commandId: command.commandId,
    bot,
    begunAt,
    venues,
    mode,
    deliveredAt: undefined,
    acknowledgedAt: undefined,
    doneAt: undefined,
    verifiedAt: undefined,
    evidence: undefined,
    orders: [],
    positions: [],
    ordersSince: 0,
    late: [],
    error: undefined,
    over: false,
  });
  if (!isStanding(command)) return;
  const held = (state.heldBots.get(bot) ?? []).filter((id) => id !== command.commandId);
  const seqOf = (id: string): number => state.commands.get(id)?.seq ?? 0;
  state.heldBots.set(
    bot,
    [...held, command.commandId].sort((a, b) => seqOf(a) - seqOf(b)),
  );
}

/** Keeps the course, and whether anything is still expected of it. */
function putCourse(state: ControlFacts, command: Command, course: Course): void {
  const key = courseKey(course.commandId, course.bot);
  state.courses.set(key, course);
  const waits = !course.over && (!isDone(command, course) || mayBeProvenFurther(course));
  if (waits) state.openCourses.set(key, true);
  else state.openCourses.delete(key);
}

const mayBeProvenFurther = (course: Course): boolean =>
  course.evidence === "reported" && venueProof(course.orders) !== "none";

function forgetOldest(state: ControlFacts): void {
  const { pastCommands, courses } = state;
  while (pastCommands.size > PAST_COMMANDS_MAX || (courses.size > COURSES_MAX && pastCommands.size > 1)) {
    const [oldest] = pastCommands.keys();
    if (oldest === undefined) return;
    pastCommands.delete(oldest);
    forget(state, oldest);
  }
}

function forget(state: ControlFacts, id: string): void {
  const command = state.commands.get(id);
  if (command === undefined) return;
  state.commands.delete(id);
  for (const bot of command.bots) {
    state.courses.delete(courseKey(id, bot));
    state.openCourses.delete(courseKey(id, bot));
  }
  const key = targetKey(command.target);
  if (state.newestCommands.get(key) === id) state.newestCommands.delete(key);
}

/** It was handed to the bot; a bot that asked later, or that had stopped meanwhile, begins anew with what still holds. */
function takeDelivered(state: ControlFacts, event: EventOf<"command.delivered">, recorded: Recorded): void {
  const command = state.commands.get(event.command_id);
  if (command === undefined) return;
  const { receivedAt } = recorded;
  putBounded(state.reachedBots, event.bot, receivedAt, REACHED_MAX);
  const known = state.courses.get(courseKey(event.command_id, event.bot));
  if (known === undefined || known.over) {
    if (!isStanding(command)) return;
    const joined = known === undefined ? { ...command, bots: [...command.bots, event.bot] } : command;
    state.commands.set(joined.commandId, joined);
    beginCourse(state, joined, { bot: event.bot, venues: event.venues, mode: event.bot_mode }, recorded);
  }
  changeCourse(state, event, (course) => ({ ...course, deliveredAt: course.deliveredAt ?? receivedAt }));
}

/** The bot has done it, or says why it could not; a later word that it is done stands. */
function takeAcknowledged(state: ControlFacts, event: EventOf<"command.acknowledged">, { receivedAt }: Recorded): void {
  putBounded(state.reachedBots, event.bot, receivedAt, REACHED_MAX);
  changeCourse(state, event, (course) =>
    course.over || (course.acknowledgedAt !== undefined && course.error === undefined)
      ? course
      : {
          ...course,
          deliveredAt: course.deliveredAt ?? receivedAt,
          acknowledgedAt: receivedAt,
          doneAt: event.done_at === undefined ? undefined : parseTime(event.done_at),
          error: event.error,
          // What was seen before it was done proves nothing.
          orders: [],
          positions: [],
          ordersSince: 0,
        },
  );
}

/** What was seen suffices: the first such fact says when, a later one may say that the venue itself shows it. */
function takeVerified(state: ControlFacts, event: EventOf<"command.verified">, { receivedAt }: Recorded): void {
  changeCourse(state, event, (course) =>
    course.over ? course : { ...course, verifiedAt: course.verifiedAt ?? receivedAt, evidence: event.evidence },
  );
}

/** A step did not come in time; it is noted once. */
function takeLate(state: ControlFacts, event: EventOf<"command.late">): void {
  const step = controlStep.safeParse(event.step).data;
  if (step === undefined) return;
  changeCourse(state, event, (course) =>
    course.late.includes(step) ? course : { ...course, late: [...course.late, step] },
  );
}

type OfCourse = { readonly command_id: string; readonly bot: string };

function changeCourse(
  state: ControlFacts,
  { command_id: id, bot }: OfCourse,
  change: (course: Course) => Course,
): void {
  const course = state.courses.get(courseKey(id, bot));
  const command = state.commands.get(id);
  if (course !== undefined && command !== undefined) putCourse(state, command, change(course));
}
