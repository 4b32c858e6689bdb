import type { Micros } from "../../base/time.ts";
import type { ControlAction, ControlEffect, ControlTarget } from "../../protocol/api-control.ts";
import type { State } from "../fold.ts";
import { concernedBots, coveredBots, covers, heldPositions, restingOrders } from "./concerned.ts";
import { type Command, targetKey } from "./control-state.ts";
import { standingCommands } from "./effective.ts";

export interface Asked {
  readonly action: ControlAction;
  readonly target: ControlTarget;
}

const STILL_SHOWN = 20;

/** What a command would do now. `isReached`: whether a bot ever asked for commands. */
export function effectOf(
  state: State,
  { action, target }: Asked,
  { asOf, isReached }: { readonly asOf: Micros; readonly isReached: (bot: string) => boolean },
): ControlEffect {
  const bots = concernedBots(state, target, asOf);
  const orders = sum(bots, (bot) => restingOrders(state.bots.get(bot), target));
  const positions = sum(bots, (bot) => heldPositions(state.bots.get(bot), target));
  const left = action === "resume" ? leftStanding(state, target, bots) : [];
  return {
    bots,
    resting_orders: orders,
    positions,
    unreachable: bots.filter((bot) => !isReached(bot)),
    still: left.slice(0, STILL_SHOWN).map(stillText),
    summary: summaryOf({ action, target }, { bots: bots.length, orders, positions, left: left.length }),
  };
}

const sum = (bots: readonly string[], of: (bot: string) => number): number =>
  bots.reduce((total, bot) => total + of(bot), 0);

/** What goes on to hold any of the bots after a resume of the target. */
function leftStanding(state: State, target: ControlTarget, bots: readonly string[]): Command[] {
  if ("all" in target) return [];
  const lifted = new Set([targetKey(target)]);
  if ("strategy" in target) for (const bot of coveredBots(state, target)) lifted.add(`bot\t${bot}`);
  return standingCommands(state.desk).filter(
    (command) => !lifted.has(targetKey(command.target)) && bots.some((bot) => covers(state, command.target, bot)),
  );
}

const PAST: Readonly<Record<ControlAction, string>> = {
  pause: "paused",
  halt: "halted",
  flatten: "being flattened",
  resume: "resumed",
};

const stillText = ({ action, target, by, reason }: Command): string => {
  const whole = "all" in target;
  return `${targetText(target)} ${whole ? "are" : "is"} still ${PAST[action]} by ${by}: ${reason}`;
};

function targetText(target: ControlTarget): string {
  if ("bot" in target) return `Bot ${target.bot}`;
  if ("strategy" in target) return `Strategy ${target.strategy}`;
  return "venue" in target ? `Venue ${target.venue}` : "All bots";
}

interface Numbers {
  readonly bots: number;
  readonly orders: number;
  readonly positions: number;
  readonly left: number;
}

const VERB: Readonly<Record<ControlAction, string>> = {
  pause: "Pauses",
  halt: "Halts",
  flatten: "Flattens",
  resume: "Resumes",
};

function summaryOf({ action, target }: Asked, { bots, orders, positions, left }: Numbers): string {
  const parts = [`${VERB[action]} ${counted(bots, "bot")}${"venue" in target ? ` at ${target.venue}` : ""}`];
  if (action === "halt" || action === "flatten") parts.push(counted(orders, "resting order"));
  if (action === "flatten") parts.push(counted(positions, "position"));
  if (left > 0) parts.push(`${counted(left, "other command")} still ${left === 1 ? "holds" : "hold"} some of it`);
  return parts.join(", ");
}

const counted = (count: number, what: string): string =>
  `${String(count).replace(/\B(?=(?:\d{3})+$)/g, ",")} ${what}${count === 1 ? "" : "s"}`;
