import { type Micros, isoFromMicros } from "../../base/time.ts";
import type { BotCommand, CommandCourse, CommandView } from "../../protocol/api-control.ts";
import {
  type Command,
  type ControlFacts,
  type Course,
  courseKey,
  isDone,
  isReached,
  isStanding,
  proofOf,
} from "./control-state.ts";
import { countOf } from "./evidence.ts";

const MICROS_PER_MS = 1_000;

/** A command with its course of every bot that it concerns. */
export function readCommand(state: ControlFacts, command: Command): CommandView {
  const courses = coursesOf(state, command);
  const { commandId, seq, action, target, reason, by, via, mode, issuedAt } = command;
  return {
    command_id: commandId,
    seq,
    action,
    target,
    reason,
    by,
    via,
    mode,
    issued_at: isoFromMicros(issuedAt),
    state: stateOf(command, courses),
    standing: isStanding(command),
    proof: proofOf(action),
    bots: courses.map((course) => courseView(command, course)),
  };
}

/** The command of that id; undefined where there is none, or where it is so old that only the log has it. */
export function readCommandNamed(state: ControlFacts, id: string): CommandView | undefined {
  const command = state.commands.get(id);
  return command && readCommand(state, command);
}

const coursesOf = (state: ControlFacts, { commandId, bots }: Command): Course[] =>
  bots.map((bot) => state.courses.get(courseKey(commandId, bot))).filter((course) => course !== undefined);

/** As far as it came with every bot that it still concerns. */
function stateOf(command: Command, courses: readonly Course[]): CommandView["state"] {
  const going = courses.filter(({ over }) => !over);
  const ended = command.endedBy !== undefined;
  if (going.length === 0) return ended || courses.length > 0 ? "over" : "issued";
  if (going.every((course) => isDone(command, course))) return proofOf(command.action);
  if (ended) return "over";
  if (going.some((course) => course.late.some((step) => !isReached(course, step)))) return "late";
  if (going.every(({ acknowledgedAt }) => acknowledgedAt !== undefined)) return "acknowledged";
  return going.every(({ deliveredAt }) => deliveredAt !== undefined) ? "delivered" : "issued";
}

function courseView({ issuedAt }: Command, course: Course): CommandCourse {
  const { deliveredAt, acknowledgedAt, verifiedAt } = course;
  const since = (at: Micros | undefined): number | null => (at === undefined ? null : (at - issuedAt) / MICROS_PER_MS);
  return {
    bot: course.bot,
    delivered_at: isoOrNull(deliveredAt),
    acknowledged_at: isoOrNull(acknowledgedAt),
    verified_at: isoOrNull(verifiedAt),
    delivered_ms: since(deliveredAt),
    acknowledged_ms: since(acknowledgedAt),
    verified_ms: since(verifiedAt),
    evidence: course.evidence ?? null,
    open_orders: countOf(course.orders),
    positions: countOf(course.positions),
    orders_since: course.ordersSince,
    late: [...course.late],
    error: course.error ?? null,
    over: course.over,
  };
}

const isoOrNull = (at: Micros | undefined): string | null => (at === undefined ? null : isoFromMicros(at));

/** A command as a bot is told it. */
export const botCommandOf = ({ commandId, action, target, reason, issuedAt }: Command): BotCommand => ({
  command_id: commandId,
  action,
  target,
  reason,
  issued_at: isoFromMicros(issuedAt),
});
