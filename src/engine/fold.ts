import { assert } from "../base/assert.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { type BotState, emptyBotState } from "./bot-state.ts";
import { type DeskState, emptyDeskState, reduceDesk } from "./desk-state.ts";
import { isOfManyBots, reduceOther } from "./reduce-others.ts";
import { reduceBot } from "./reduce-bot.ts";
import { emptySampleState, type SampleState, supersede } from "./sample-state.ts";
import { type TradingEvent, tradingOf } from "./trading-events.ts";

/** Raised whenever the meaning of the state changes: older snapshots are then left aside and all facts folded again. */
export const FOLD_VERSION = 24;

/** All that the hub knows. `desk` and `bots` are what the facts say, byte for byte; `samples` is the newest of the rest. */
export interface State {
  readonly desk: DeskState;
  readonly bots: Map<string, BotState>;
  readonly samples: SampleState;
}

export const emptyState = (): State => ({ desk: emptyDeskState(), bots: new Map(), samples: emptySampleState() });

/** The last fact that the state has taken in. */
export const foldedSeq = (state: State): number => state.desk.seq;

/** Takes one fact in, in place. Facts come in strictly increasing `seq`, each once. */
export function reduce(state: State, recorded: Recorded): void {
  // The words are made only where they are needed.
  if (recorded.seq <= state.desk.seq) assert(false, `fact ${recorded.seq} folded after ${state.desk.seq}`);
  const trading = tradingOf(recorded.event);
  reduceDesk(state.desk, recorded, trading);
  reduceBots(state, recorded, trading);
}

/**
 * Takes a fact of the log's tail into a state whose parts were snapshotted at different moments: each part takes
 * only what it has not seen.
 */
export function reduceTail(state: State, recorded: Recorded): void {
  const trading = tradingOf(recorded.event);
  if (recorded.seq > state.desk.seq) reduceDesk(state.desk, recorded, trading);
  reduceBots(state, recorded, trading);
}

function reduceBots(state: State, recorded: Recorded, trading: TradingEvent | undefined): void {
  const { event, seq } = recorded;
  let bot = state.bots.get(event.bot);
  if (bot === undefined) {
    bot = emptyBotState(event.bot);
    state.bots.set(event.bot, bot);
  }
  const isNews = seq > bot.seq;
  if (trading === undefined && isOfManyBots(event) && recorded.standing === "fact")
    for (const other of state.bots.values()) if (seq > other.seq) reduceOther(other, state.desk, recorded);
  if (!isNews) return;
  reduceBot(bot, state.desk, recorded, trading);
  supersede(state.samples, recorded);
}
