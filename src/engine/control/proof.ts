import { MICROS_PER_SECOND } from "../../base/time.ts";
import { absolute, compare, decimal, isZero } from "../../domain/decimal.ts";
import { heldCost } from "../../domain/ledger/average-cost.ts";
import { nowOf } from "../../domain/ledger/holding.ts";
import type { ControlEvidence, ControlTarget } from "../../protocol/api-control.ts";
import type { BotState, Mode } from "../bot-state.ts";
import type { State } from "../fold.ts";
import { isHeld, type Ledger, positionOf } from "../ledgers.ts";
import { modeOfBot, venuesOfBot } from "./concerned.ts";
import type { Command, Course, Seen } from "./control-state.ts";
import { saysNone, venueProof } from "./evidence.ts";

/** What the facts still show in the target of a command: an order that rests, or an instrument that is held. */
interface Left {
  readonly mode: Mode;
  /** Of the newest fact of it; 0 where only a list told of it. */
  readonly seq: number;
}

/** What a command is about, resting orders or positions: what was seen of it since, and what the facts still show. */
interface Matter {
  readonly seen: readonly Seen[];
  readonly left: readonly Left[];
}

/** What shows that nothing is left of a matter. */
interface Shown {
  readonly evidence: ControlEvidence;
  readonly by: readonly Seen[];
}

/**
 * What proves that a command is done with a bot; undefined while something is left, or may be. It is proven mode by mode:
 * of every mode in which the bot was when the command began, in which it is now, and in which anything is left.
 */
export function evidenceOf(state: State, command: Command, course: Course): ControlEvidence | undefined {
  if (course.orders.length === 0) return undefined;
  const bot = state.bots.get(course.bot);
  const matters = mattersOf(bot, command, course);
  let weakest: ControlEvidence | undefined;
  for (const mode of modesToProve(state, course, matters)) {
    const venues = "venue" in command.target ? [command.target.venue] : venuesToProve(state, course, mode);
    const evidence = evidenceIn(mode, matters, venues);
    if (evidence === undefined) return undefined;
    if (weakest !== "reported") weakest = evidence;
  }
  return weakest;
}

function modesToProve(state: State, course: Course, matters: readonly Matter[]): Set<Mode> {
  const left = matters.flatMap((matter) => matter.left.map(({ mode }) => mode));
  const modes = [modeOfBot(state, course.bot), course.mode, ...left].filter((mode) => mode !== undefined);
  // Of a bot that never spoke, what was read at venues is all there is.
  return new Set(modes.length > 0 ? modes : course.orders.map(({ mode }) => mode));
}

/** Resting orders first, and for a flatten positions. */
function mattersOf(bot: BotState | undefined, { action, target }: Command, course: Course): Matter[] {
  const orders = { seen: course.orders, left: ordersLeft(bot, target) };
  return action === "flatten" ? [orders, { seen: course.positions, left: positionsLeft(bot, target) }] : [orders];
}

function evidenceIn(mode: Mode, matters: readonly Matter[], venues: readonly string[]): ControlEvidence | undefined {
  const shown: Shown[] = [];
  for (const { seen, left } of matters) {
    const ofMode = { seen: seen.filter((one) => one.mode === mode), left: left.filter((one) => one.mode === mode) };
    const one = shownOf(ofMode, venues);
    if (one === undefined) return undefined;
    shown.push(one);
  }
  const [orders, positions] = shown;
  // An order that still rested may have been filled after the positions were seen.
  if (positions !== undefined && !isAfter(positions.by, orders?.by ?? [])) return undefined;
  return shown.some(({ evidence }) => evidence === "reported") ? "reported" : orders?.evidence;
}

const isAfter = (positions: readonly Seen[], orders: readonly Seen[]): boolean =>
  Math.min(...positions.map(({ seq }) => seq)) > Math.max(...orders.map(({ noneSince }) => noneSince));

function shownOf({ seen, left }: Matter, venues: readonly string[]): Shown | undefined {
  const [read, said] = [seen.filter(({ source }) => source === "venue"), seen.filter(({ source }) => source === "bot")];
  if (venueProof(seen, venues) === "clear" && !isContradicted(seen, left))
    return { evidence: "venue-verified", by: read };
  return saysNone(seen, venues) && left.length === 0 ? { evidence: "reported", by: said } : undefined;
}

/** Whether the bot told of something after the venues were read. */
function isContradicted(seen: readonly Seen[], left: readonly Left[]): boolean {
  const read = Math.min(...seen.filter(({ source }) => source === "venue").map(({ seq }) => seq));
  return (
    left.some(({ seq }) => seq > read) ||
    seen.some(({ source, count, seq }) => source === "bot" && count > 0 && seq > read)
  );
}

const isIn = (target: ControlTarget, venue: string): boolean => !("venue" in target) || target.venue === venue;

function ordersLeft(bot: BotState | undefined, target: ControlTarget): Left[] {
  const left: Left[] = [];
  for (const { mode, venue, seq = 0 } of bot?.openOrders.values() ?? [])
    if (isIn(target, venue)) left.push({ mode, seq });
  return left;
}

/** By the bot's fills: a list that leaves out what they show is not believed. */
function positionsLeft(bot: BotState | undefined, target: ControlTarget): Left[] {
  const left: Left[] = [];
  for (const ledger of bot?.ledgers.values() ?? [])
    if (isIn(target, ledger.venue) && isHeld(ledger) && !isDust(ledger))
      left.push({ mode: ledger.mode, seq: nowOf(ledger.holding).lastSeq });
  return left;
}

/** What fees in the base currency leave of a closed position: less than one unit of money, as reconciliation has it. */
const DUST = decimal("1");

function isDust(ledger: Ledger): boolean {
  const cost = heldCost(positionOf(ledger));
  return ledger.terms.kind !== "inverse" && !isZero(cost) && compare(absolute(cost), DUST) < 0;
}

/** An account that was read within so long is still the bot's. */
const ACCOUNT_MICROS = 86_400 * MICROS_PER_SECOND;

/** Where something of the bot may rest: where it is active by its own word, and where the hub reads an account of it. */
function venuesToProve(state: State, { bot, venues, begunAt }: Course, of: Mode): string[] {
  const read = [...(state.bots.get(bot)?.venueReads.values() ?? [])]
    .filter(({ mode }) => mode === of)
    .filter(({ orders, positions }) => Math.max(orders?.at ?? 0, positions?.at ?? 0) > begunAt - ACCOUNT_MICROS)
    .map(({ venue }) => venue);
  return [...venues, ...venuesOfBot(state, bot), ...read];
}
