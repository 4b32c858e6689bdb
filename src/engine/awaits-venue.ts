import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { DeskState } from "./desk-state.ts";
import { courseKey, proofOf } from "./control/control-state.ts";

/** So long after an acknowledgement a venue is asked without delay; later at its usual pace. */
const WITHOUT_DELAY_MICROS = 600 * MICROS_PER_SECOND;

interface Awaiting {
  readonly bots: readonly string[];
  readonly venue: string;
}

/**
 * When one of the bots acknowledged a command that only their venue can prove further: the newest such moment, undefined
 * while nothing waits for it.
 */
export function awaitedSince(desk: DeskState, awaiting: Awaiting, now: Micros): Micros | undefined {
  let since: Micros | undefined;
  for (const bot of awaiting.bots)
    for (const id of desk.heldBots.get(bot) ?? []) {
      const at = unprovenSince(desk, id, bot, awaiting.venue);
      if (at !== undefined && now - at < WITHOUT_DELAY_MICROS && at > (since ?? 0)) since = at;
    }
  return since;
}

/** When a command was acknowledged of which the venue may still prove something. */
function unprovenSince(desk: DeskState, id: string, bot: string, venue: string): Micros | undefined {
  const command = desk.commands.get(id);
  const course = desk.courses.get(courseKey(id, bot));
  if (command === undefined || course === undefined || course.over) return undefined;
  if (proofOf(command.action) !== "verified" || course.evidence === "venue-verified") return undefined;
  return "venue" in command.target && command.target.venue !== venue ? undefined : course.acknowledgedAt;
}
