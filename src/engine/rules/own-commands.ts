import type { Micros } from "../../base/time.ts";
import type { ControlState, ControlTarget } from "../../protocol/api-control.ts";
import { type Command, isStanding, targetKey } from "../control/control-state.ts";
import { botHeld, deskHeld, standingCommands, strategyHeld, venueHeld } from "../control/effective.ts";
import type { DeskState } from "../desk-state.ts";
import type { State } from "../fold.ts";
import { type HaltRule, speakerOf } from "./rule.ts";

/** The newest command of each rule and target, and what they took the place of. */
export class OwnCommands {
  readonly #newest = new Map<string, Command>();
  readonly #ended = new Map<string, Command[]>();

  constructor(desk: DeskState) {
    for (const command of desk.commands.values()) {
      if (command.via === "rule" && command.action !== "resume")
        this.#newest.set(keyOf(command.by, command.target), command);
      if (command.endedBy === undefined) continue;
      const others = this.#ended.get(command.endedBy);
      if (others === undefined) this.#ended.set(command.endedBy, [command]);
      else others.push(command);
    }
  }

  of(rule: HaltRule, target: ControlTarget): Command | undefined {
    return this.#newest.get(keyOf(speakerOf(rule), target));
  }

  /** Whether a command took the place of somebody else's, of a person or another rule, which held until then. */
  tookOver({ commandId, by }: Command): boolean {
    const earlier = this.#ended.get(commandId) ?? [];
    return earlier.some((command) => command.by !== by || this.tookOver(command));
  }
}

const keyOf = (by: string, target: ControlTarget): string => `${by}\t${targetKey(target)}`;

/** Whether a command held its target at a moment, or after it. */
export function heldSince(desk: DeskState, command: Command, at: Micros): boolean {
  if (isStanding(command) || command.issuedAt >= at) return true;
  const ending = command.endedBy === undefined ? undefined : desk.commands.get(command.endedBy);
  return ending !== undefined && ending.issuedAt >= at;
}

/** Whether another rule's command stands in the place of this one: whoever lifts that, it is not the rule of this one. */
export function isUnderAnotherRule(desk: DeskState, command: Command): boolean {
  const ending = command.endedBy === undefined ? undefined : desk.commands.get(command.endedBy);
  return ending !== undefined && ending.via === "rule" && ending.by !== command.by && isStanding(ending);
}

/** How a target is held now, by whomever. */
export function stateOfTarget(state: State, target: ControlTarget): ControlState {
  const { desk } = state;
  if ("bot" in target) return botHeld(desk, target.bot, state.bots.get(target.bot)?.strategy).state;
  if ("strategy" in target) return strategyHeld(desk, target.strategy).state;
  return "venue" in target ? venueHeld(desk, target.venue).state : deskHeld(desk).state;
}

/** Whether a resume of the target would lift nothing but that command. */
export function liftsOnly(state: State, command: Command): boolean {
  const { target } = command;
  // For each target one command stands at most.
  if ("bot" in target || "venue" in target) return true;
  return standingCommands(state.desk).every((other) => other === command || !lifts(state, target, other.target));
}

/** Whether a resume of one target lifts what holds the other. */
export function lifts(state: State, by: ControlTarget, target: ControlTarget): boolean {
  if ("all" in by) return true;
  if (targetKey(by) === targetKey(target)) return true;
  return "strategy" in by && "bot" in target && state.bots.get(target.bot)?.strategy === by.strategy;
}
