import type { DeskEvent, EventTypeName } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { BotState } from "./bot-state.ts";
import type { DeskState } from "./desk-state.ts";
import { ledgerKey, rebaseLedger, retermBot, settleBot } from "./ledgers.ts";
import { pointFrom } from "./snapshot-text.ts";

/** Whether an event changes bots besides the one that said it. */
export const isOfManyBots = ({ type }: DeskEvent): boolean => ofManyBots.has(type);

const ofManyBots: ReadonlySet<EventTypeName> = new Set([
  "settlement",
  "instrument",
  "instrument.declared",
  "instrument.withdrawn",
  "ledger.rebased",
] as const);

/**
 * What a fact does to a bot, whichever bot said it. A bot that it changed has its `seq` from then on: the next snapshot
 * must hold it too.
 */
export function reduceOther(bot: BotState, desk: DeskState, { event, ...recorded }: Recorded): void {
  switch (event.type) {
    case "settlement":
      return settleBot(bot, event, recorded);
    case "instrument":
    case "instrument.declared":
    case "instrument.withdrawn":
      return retermBot(bot, desk, event, recorded.seq);
    case "ledger.rebased": {
      const { ledger_bot: name, ledger_account: account = "", venue = "", symbol = "", mode = "live" } = event;
      const { point, as_of_seq: asOfSeq } = event;
      if (name !== bot.bot || point === undefined || asOfSeq === undefined) return;
      const key = ledgerKey({ mode, account, venue, symbol });
      return rebaseLedger(bot, key, { point: pointFrom(point), asOfSeq, seq: recorded.seq });
    }
    default:
      return;
  }
}
