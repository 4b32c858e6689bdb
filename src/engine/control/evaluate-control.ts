import { MICROS_PER_SECOND, type Micros, isoFromMicros } from "../../base/time.ts";
import type { ControlStep } from "../../protocol/api-control.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { State } from "../fold.ts";
import { type Command, type Course, isDone, isReached, proofOf } from "./control-state.ts";
import { countOf } from "./evidence.ts";
import { evidenceOf } from "./proof.ts";

export type ControlEvent = EventOf<"command.verified"> | EventOf<"command.late"> | EventOf<"command.expired">;

/** Seconds after it was issued by which a step is due. */
const LATE_AFTER_S: Readonly<Record<ControlStep, number>> = { delivered: 2, acknowledged: 5, verified: 15 };

const STEPS: readonly ControlStep[] = ["delivered", "acknowledged", "verified"];
/** Proposed at once; the rest comes with the next look. */
const PROPOSED_MAX = 5_000;

/**
 * What is to be said of the commands under way: a proof that came in, a step that is late, a course that is over. Nothing
 * is changed here; what is proposed is appended and folded like any event.
 */
export function evaluateControl(state: State, now: Micros): ControlEvent[] {
  const proposed: ControlEvent[] = [];
  for (const key of state.desk.openCourses.keys()) {
    const course = state.desk.courses.get(key);
    const command = course && state.desk.commands.get(course.commandId);
    if (course === undefined || command === undefined) continue;
    proposed.push(...ofCourse(state, command, course, now));
    if (proposed.length >= PROPOSED_MAX) break;
  }
  return proposed;
}

function ofCourse(state: State, command: Command, course: Course, now: Micros): ControlEvent[] {
  const ended = isDone(command, course) ? undefined : endOf(state, command, course);
  if (ended !== undefined) return [{ ...envelope("command.expired", course, now), ...ended }];
  const proof = proofNow(state, command, course);
  if (proof !== undefined) return [{ ...envelope("command.verified", course, now), ...proof }];
  return lateSteps(command, course, now).map((step) => ({
    ...envelope("command.late", course, now),
    step,
    limit_s: LATE_AFTER_S[step],
  }));
}

function endOf(state: State, command: Command, course: Course): { reason: string; ended_by?: string } | undefined {
  const { endedBy } = command;
  if (endedBy !== undefined) {
    const action = state.desk.commands.get(endedBy)?.action;
    return { reason: action === "resume" ? "it was lifted" : "a newer command took its place", ended_by: endedBy };
  }
  const bot = state.bots.get(course.bot);
  const hasStopped = bot?.said?.status === "stopped" && bot.stoppedAt >= course.begunAt;
  return hasStopped ? { reason: "the bot stopped" } : undefined;
}

type Proof = Pick<EventOf<"command.verified">, "evidence" | "open_orders" | "positions" | "evidence_seq">;

/** What may be said of the proof that was not said before. */
function proofNow(state: State, command: Command, course: Course): Proof | undefined {
  if (proofOf(command.action) !== "verified" || command.endedBy !== undefined) return undefined;
  if (course.acknowledgedAt === undefined || course.error !== undefined) return undefined;
  const evidence = evidenceOf(state, command, course);
  if (evidence === undefined || course.evidence === evidence || course.evidence === "venue-verified") return undefined;
  const seen = [...course.orders, ...course.positions].map(({ seq }) => seq);
  return {
    evidence,
    open_orders: countOf(course.orders) ?? 0,
    ...(command.action === "flatten" ? { positions: countOf(course.positions) ?? 0 } : {}),
    evidence_seq: Math.max(...seen),
  };
}

function lateSteps(command: Command, course: Course, now: Micros): ControlStep[] {
  const last = STEPS.indexOf(proofOf(command.action));
  const elapsedS = (now - course.begunAt) / MICROS_PER_SECOND;
  return STEPS.slice(0, last + 1).filter(
    (step) => !isReached(course, step) && !course.late.includes(step) && elapsedS >= LATE_AFTER_S[step],
  );
}

const envelope = <T extends ControlEvent["type"]>(type: T, { bot, commandId }: Course, now: Micros) => ({
  type,
  bot,
  ts: isoFromMicros(now),
  command_id: commandId,
});
