import { add, type Decimal, decimal, isZero, ZERO } from "../../domain/decimal.ts";
import type { BotState, Mode } from "../bot-state.ts";

/** What is held of one instrument. */
export interface Held {
  readonly symbol: string;
  readonly quantity: Decimal;
}

/** Where an account is, and how its bots call it. */
export interface AccountPlace {
  readonly mode: Mode;
  readonly venue: string;
  readonly account: string | undefined;
}

/** Whether a ledger or a statement of a bot is of the account: of that name, or of none that it said. */
const isOfAccount = (account: string | undefined, bot: string, said: string): boolean =>
  account === undefined || said === account || said === bot;

/** What the ledgers of a bot hold on the account, without what is flat. */
export function ledgerSide(bot: BotState, { mode, venue, account }: AccountPlace): Held[] {
  const held = new Map<string, Decimal>();
  for (const ledger of bot.ledgers.values()) {
    if (ledger.mode !== mode || ledger.venue !== venue || isZero(ledger.holding.quantity)) continue;
    if (isOfAccount(account, bot.bot, ledger.account))
      held.set(ledger.symbol, add(held.get(ledger.symbol) ?? ZERO, ledger.holding.quantity));
  }
  return [...held].map(([symbol, quantity]) => ({ symbol, quantity }));
}

/** What the bot itself says that it holds there: its whole book, or undefined where it tells none. */
export function reportedSide(bot: BotState, { mode, venue, account }: AccountPlace): Held[] | undefined {
  const said = bot.snapshot;
  if (said === undefined || (said.mode ?? "live") !== mode || !isOfAccount(account, bot.bot, said.account ?? bot.bot))
    return undefined;
  return said.positions
    .filter((row) => row.venue === venue)
    .map(({ symbol, size }) => ({ symbol, quantity: decimal(size) }));
}

/** Orders of a bot that rest there as it told them: id and symbol of each. */
export function orderSide(bot: BotState, { mode, venue }: AccountPlace): (readonly [string, string])[] {
  const orders: (readonly [string, string])[] = [];
  for (const order of bot.openOrders.values())
    if (order.mode === mode && order.venue === venue) orders.push([order.orderId, order.symbol]);
  return orders;
}
