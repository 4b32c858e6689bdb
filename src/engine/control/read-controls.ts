import { type Micros, isoFromMicros } from "../../base/time.ts";
import type { CommandView, ControlledBot, ControlsAnswer, ControlState } from "../../protocol/api-control.ts";
import type { State } from "../fold.ts";
import { readLiveness } from "../liveness.ts";
import { botNames } from "../read-bots.ts";
import { readVenues } from "../read-venues.ts";
import { strategyOf } from "../bot-strategy.ts";
import { heldPositions, venuesOfBot } from "./concerned.ts";
import { botHeld, deskHeld, type Held, heldVenues, strategyHeld, venueHeld } from "./effective.ts";
import { readCommand } from "./read-command.ts";

/** How a bot hears of commands, as the hub that runs now knows it. */
export interface Reach {
  readonly linked: boolean;
  readonly lastAskedAt: Micros | undefined;
}

/** Which part of the controls is read. */
export interface ControlsFilter {
  readonly bot?: string | undefined;
  /** Commands in this state. */
  readonly state?: CommandView["state"] | undefined;
  /** Commands before this `seq`. */
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

export interface ControlsContext {
  readonly asOf: Micros;
  readonly reach: (bot: string) => Reach;
}

type Controls = Omit<ControlsAnswer, "as_of" | "as_of_seq">;

/** The state of every bot, strategy and venue, and the newest commands. */
export function readControls(state: State, filter: ControlsFilter, context: ControlsContext): Controls {
  const names = [...botNames(state)].sort().filter((bot) => filter.bot === undefined || bot === filter.bot);
  const { commands, next } = newestCommands(state, filter);
  return {
    desk: held(deskHeld(state.desk)),
    bots: names.map((bot) => controlledBot(state, bot, context)),
    strategies: strategiesOf(state, names),
    venues: venuesOf(state, names, context.asOf),
    commands,
    ...(next === undefined ? {} : { next_cursor: String(next) }),
  };
}

const held = ({ state, commands }: Held): { state: ControlState; command_ids: string[] } => ({
  state,
  command_ids: commands.map(({ commandId }) => commandId),
});

/** What holds a bot now, as its view shows it. */
const readBotControl = (state: State, bot: string): { state: ControlState; command_ids: string[] } =>
  held(botHeld(state.desk, bot, strategyOf(state, bot)));

function controlledBot(state: State, bot: string, { asOf, reach }: ControlsContext): ControlledBot {
  const facts = state.bots.get(bot);
  const strategy = strategyOf(state, bot);
  const said = state.samples.said.get(bot) ?? facts?.said;
  const { linked, lastAskedAt } = reach(bot);
  const asked = lastAskedAt ?? state.desk.reachedBots.get(bot);
  return {
    bot,
    mode: facts?.mode ?? "live",
    ...(strategy === undefined ? {} : { strategy }),
    liveness: readLiveness(facts, state.samples.contacts.get(bot), asOf).liveness,
    status: said?.status ?? null,
    ...readBotControl(state, bot),
    linked,
    last_asked_at: asked === undefined ? null : isoFromMicros(asked),
    open_orders: facts?.openOrders.size ?? 0,
    positions: heldPositions(facts, { all: true }),
  };
}

function strategiesOf(state: State, names: readonly string[]): Controls["strategies"] {
  const counts = new Map<string, number>();
  for (const bot of names) {
    const strategy = strategyOf(state, bot);
    if (strategy !== undefined) counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  }
  return [...counts].sort(byName).map(([strategy, bots]) => ({
    strategy,
    ...held(strategyHeld(state.desk, strategy)),
    bots,
  }));
}

function venuesOf(state: State, names: readonly string[], asOf: Micros): Controls["venues"] {
  const counts = new Map<string, { bots: number; orders: number }>();
  const known = [...readVenues(state, asOf).map(({ venue }) => venue), ...heldVenues(state.desk).keys()];
  for (const venue of known) counts.set(venue, { bots: 0, orders: 0 });
  for (const bot of names) {
    for (const venue of venuesOfBot(state, bot)) {
      const count = counts.get(venue) ?? { bots: 0, orders: 0 };
      counts.set(venue, { ...count, bots: count.bots + 1 });
    }
    for (const { venue } of state.bots.get(bot)?.openOrders.values() ?? []) {
      const count = counts.get(venue);
      if (count !== undefined) count.orders++;
    }
  }
  return [...counts].sort(byName).map(([venue, { bots, orders }]) => ({
    venue,
    ...held(venueHeld(state.desk, venue)),
    bots,
    open_orders: orders,
  }));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Courses that one answer shows: a command of many bots has as many. */
const COURSES_SHOWN = 5_000;

function newestCommands(
  { desk }: State,
  { bot, state, beforeSeq = Number.POSITIVE_INFINITY, limit }: ControlsFilter,
): { commands: CommandView[]; next: number | undefined } {
  const commands: CommandView[] = [];
  let courses = 0;
  for (const command of [...desk.commands.values()].reverse()) {
    if (command.seq >= beforeSeq || (bot !== undefined && !command.bots.includes(bot))) continue;
    const last = commands.at(-1);
    const isFull = commands.length >= limit || courses + command.bots.length > COURSES_SHOWN;
    if (isFull && last !== undefined) return { commands, next: last.seq };
    const view = readCommand(desk, command);
    if (state !== undefined && view.state !== state) continue;
    commands.push(bot === undefined ? view : { ...view, bots: view.bots.filter((course) => course.bot === bot) });
    courses += view.bots.length;
  }
  return { commands, next: undefined };
}
