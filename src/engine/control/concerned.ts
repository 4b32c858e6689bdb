import type { Micros } from "../../base/time.ts";
import type { ControlTarget } from "../../protocol/api-control.ts";
import type { BotState, Mode } from "../bot-state.ts";
import { strategyOf } from "../bot-strategy.ts";
import type { State } from "../fold.ts";
import { isHeld } from "../ledgers.ts";
import { readLiveness } from "../liveness.ts";
import { botNames } from "../read-bots.ts";
import { readVenues } from "../read-venues.ts";

/** Venues at which a bot is or was active: those that it says, that its orders rest at, that it traded at. */
export function venuesOfBot(state: State, bot: string): Set<string> {
  const facts = state.bots.get(bot);
  const said = state.samples.said.get(bot) ?? facts?.said;
  const venues = new Set((said?.venues ?? []).map(({ venue }) => venue));
  for (const { venue } of facts?.openOrders.values() ?? []) venues.add(venue);
  for (const { venue } of facts?.ledgers.values() ?? []) venues.add(venue);
  for (const { venue } of facts?.snapshot?.positions ?? []) venues.add(venue);
  return venues;
}

/** In which mode a bot is, by its own word; undefined before any. */
export function modeOfBot(state: State, bot: string): Mode | undefined {
  const facts = state.bots.get(bot);
  return facts !== undefined && facts.lastLiveAt > 0 ? facts.mode : undefined;
}

/** Where a bot is active and in which mode it is, as far as anybody knows, for a delivery that begins something. */
export function placeOfBot(state: State, bot: string): { venues: string[]; bot_mode?: Mode } {
  const mode = modeOfBot(state, bot);
  return { venues: [...venuesOfBot(state, bot)], ...(mode === undefined ? {} : { bot_mode: mode }) };
}

/** Whether a command for that target concerns the bot: for a venue, whether it is active there. */
export function covers(state: State, target: ControlTarget, bot: string): boolean {
  if ("bot" in target) return target.bot === bot;
  if ("strategy" in target) return strategyOf(state, bot) === target.strategy;
  return "venue" in target ? venuesOfBot(state, bot).has(target.venue) : true;
}

/** The bots that it covers and that have not stopped, by name. */
export const concernedBots = (state: State, target: ControlTarget, asOf: Micros): string[] =>
  coveredBots(state, target).filter((bot) => {
    const facts = state.bots.get(bot);
    return readLiveness(facts, state.samples.contacts.get(bot), asOf).liveness !== "stopped";
  });

/** All that it covers, those that have stopped included, by name. */
export const coveredBots = (state: State, target: ControlTarget): string[] =>
  "bot" in target
    ? [...botNames(state)].filter((bot) => bot === target.bot)
    : [...botNames(state)].filter((bot) => covers(state, target, bot)).sort();

/** Whether the desk knows what the target names: a name that was mistyped would hold nothing. */
export function isKnown(state: State, target: ControlTarget, asOf: Micros): boolean {
  if ("all" in target) return true;
  if ("venue" in target && readVenues(state, asOf).some(({ venue }) => venue === target.venue)) return true;
  return coveredBots(state, target).length > 0;
}

/** Resting orders of a bot in the target. */
export function restingOrders(bot: BotState | undefined, target: ControlTarget): number {
  if (!("venue" in target)) return bot?.openOrders.size ?? 0;
  let count = 0;
  for (const { venue } of bot?.openOrders.values() ?? []) if (venue === target.venue) count++;
  return count;
}

/** Instruments that a bot holds in the target: by its fills, or where it told of none by its own word. */
export function heldPositions(bot: BotState | undefined, target: ControlTarget): number {
  const inTarget = (venue: string): boolean => !("venue" in target) || target.venue === venue;
  const names = new Set<string>();
  for (const ledger of bot?.ledgers.values() ?? [])
    if (inTarget(ledger.venue) && isHeld(ledger)) names.add(`${ledger.venue}\t${ledger.symbol}`);
  if (bot !== undefined && bot.ledgers.size === 0)
    for (const { venue, symbol, size } of bot.snapshot?.positions ?? [])
      if (inTarget(venue) && Number(size) !== 0) names.add(`${venue}\t${symbol}`);
  return names.size;
}
