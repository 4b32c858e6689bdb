import { MICROS_PER_SECOND, type Micros } from "../base/time.ts";
import type { DeskState } from "./desk-state.ts";
import { courseKey, proofOf } from "./control/control-state.ts";

/** So long after an acknowledgement a venue is asked without delay; later at its usual pace. */
const WITHOUT_DELAY_MICROS = 600 * MICROS_PER_SECOND;

/** Whether one of the bots has acknowledged a command that only its venue can prove further. */
export function awaitsVenue(desk: DeskState, bots: readonly string[], now: Micros): boolean {
  for (const bot of bots)
    for (const id of desk.heldBots.get(bot) ?? []) {
      const command = desk.commands.get(id);
      const course = desk.courses.get(courseKey(id, bot));
      if (command === undefined || course?.acknowledgedAt === undefined || course.over) continue;
      if (proofOf(command.action) !== "verified" || course.evidence === "venue-verified") continue;
      if (now - course.acknowledgedAt < WITHOUT_DELAY_MICROS) return true;
    }
  return false;
}
