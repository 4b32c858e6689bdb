import { isoFromMicros, type Micros } from "../base/time.ts";
import type { VenueBalances, VenueIncome, VenueOrder, VenuePosition } from "../domain/venue-account.ts";
import { decimalText } from "../domain/decimal.ts";
import type { BotState } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import { knowsOrder } from "../engine/orders.ts";
import { type Held, ledgerSide, orderSide, reportedSide } from "../engine/reconcile/own-side.ts";
import type { VenueAccountPlan } from "./venue-view.ts";

/** An event as ingest takes it, of the hub's own reading. */
export type ReadEvent = Readonly<Record<string, unknown>> & { readonly type: string; readonly bot: string };

/** What the hub's own events of a reading have in common. */
const frame = ({ venue, mode, account }: VenueAccountPlan, bot: string, at: Micros) => ({
  bot,
  ts: isoFromMicros(at),
  mode,
  venue,
  ...(account === undefined ? {} : { account }),
  source: "venue",
  read_by: "hub",
});

const shared = ({ bots, dust }: VenueAccountPlan) => ({ shared_by: [...bots], dust });

/**
 * The resting orders of an account, for each of its bots: where they share it, those of another are left out. What nobody
 * is known to have placed is told of all: it may be anybody's.
 */
export function orderEvents(
  plan: VenueAccountPlan,
  state: State,
  { at, value }: { readonly at: Micros; readonly value: readonly VenueOrder[] },
): ReadEvent[] {
  const owners = plan.bots.map((bot) => ({ bot, facts: state.bots.get(bot) }));
  const ownerOf = (order: VenueOrder): string | undefined =>
    owners.find(({ facts }) => facts !== undefined && knows(facts, plan, order))?.bot;
  const owned = value.map((order) => ({ order, owner: plan.bots.length === 1 ? undefined : ownerOf(order) }));
  return plan.bots.map((bot) => ({
    type: "orders.snapshot",
    ...frame(plan, bot, at),
    ...shared(plan),
    orders: owned.filter(({ owner }) => owner === undefined || owner === bot).map(({ order }) => orderRow(plan, order)),
  }));
}

const knows = (bot: BotState, { mode, venue }: VenueAccountPlan, order: VenueOrder): boolean =>
  [order.orderId, order.clientOrderId].some(
    (orderId) => orderId !== undefined && knowsOrder(bot, { mode, venue, orderId }),
  );

const orderRow = ({ venue, symbols }: VenueAccountPlan, order: VenueOrder) => ({
  order_id: order.orderId,
  venue,
  symbol: symbols.get(order.symbol) ?? order.symbol,
  side: order.side,
  size: order.size,
  ...(order.price === undefined ? {} : { price: order.price }),
  ...(order.filledSize === undefined ? {} : { filled_size: order.filledSize }),
  ...(order.clientOrderId === undefined ? {} : { client_order_id: order.clientOrderId }),
  ...(order.closesAll === true ? { closes_all: true } : {}),
});

/** What the account holds; all of it for each of its bots, for no venue says which of them holds what. */
export const positionEvents = (
  plan: VenueAccountPlan,
  { at, value }: { readonly at: Micros; readonly value: readonly VenuePosition[] },
): ReadEvent[] =>
  plan.bots.map((bot) => ({
    type: "position.snapshot",
    ...frame(plan, bot, at),
    ...shared(plan),
    positions: value.map((position) => ({
      venue: plan.venue,
      symbol: plan.symbols.get(position.symbol) ?? position.symbol,
      size: position.size,
      ...(position.positionSide === undefined ? {} : { position_side: position.positionSide }),
      ...(position.entryPrice === undefined ? {} : { entry_price: position.entryPrice }),
      ...(position.markPrice === undefined ? {} : { mark_price: position.markPrice }),
    })),
  }));

/** What the account owns; nothing where several bots share it, for it would count once for each. */
export function balanceEvents(
  plan: VenueAccountPlan,
  state: State,
  { at, value }: { readonly at: Micros; readonly value: VenueBalances },
): ReadEvent[] {
  const { balances, equity, equityCurrency, marginRatio } = value;
  if (plan.bots.length > 1 || (balances.length === 0 && equity === undefined)) return [];
  const [bot] = plan.bots;
  // Two sources of one curve would read as gains and losses: the bot's own is kept where it has one.
  const ownsCurve = equity === undefined || tellsEquity(state.bots.get(bot), plan, at);
  return [
    {
      type: "balance",
      ...frame(plan, bot, at),
      balances: balances.map((each) => ({ ...each })),
      ...(ownsCurve ? {} : { equity, equity_currency: equityCurrency }),
      ...(marginRatio === undefined ? {} : { margin_ratio: marginRatio }),
    },
  ];
}

/** What the account was paid or paid. It is told of the past, so it is no sign of life of the bot. */
export const incomeEvent = (
  { venue, account, mode, symbols }: Pick<VenueAccountPlan, "venue" | "account" | "mode" | "symbols">,
  bot: string,
  { type, amount, currency, symbol, transactionId, tradeId, at }: VenueIncome,
): ReadEvent => ({
  type: "income",
  bot,
  ts: isoFromMicros(at),
  mode,
  ...(account === undefined ? {} : { account }),
  origin: "import",
  venue,
  income_type: type,
  amount,
  currency,
  ...(symbol === undefined ? {} : { symbol: symbols.get(symbol) ?? symbol }),
  ...(transactionId === undefined ? {} : { transaction_id: transactionId }),
  ...(tradeId === undefined ? {} : { trade_id: tradeId }),
});

/** A bot that has not told its equity for so long tells it no longer. */
const TELLS_MICROS = 3_600_000_000;

/** Whether the bot itself tells the equity of its account at the venue: then the newest is not of our reading. */
function tellsEquity(bot: BotState | undefined, { mode, venue }: VenueAccountPlan, now: Micros): boolean {
  const key = `${mode}\t${venue}`;
  const curve = bot?.equity.get(key);
  if (curve === undefined || now - curve.drawdown.at > TELLS_MICROS) return false;
  const read = bot?.venueReads.get(key)?.balance;
  return read?.event.equity === undefined || read.at !== curve.drawdown.at;
}

/** What the bot's own side of a list is now: where it has moved, the list is to be told again, to be compared with it. */
export function ownSideText(
  state: State,
  plan: VenueAccountPlan,
  { type, bot }: Pick<ReadEvent, "type" | "bot">,
): string {
  const facts = state.bots.get(bot);
  if (facts === undefined) return "";
  if (type === "balance") return String(facts.equity.get(`${plan.mode}\t`)?.drawdown.equity ?? "");
  if (type === "orders.snapshot")
    return orderSide(facts, plan)
      .map(([id]) => id)
      .sort()
      .join();
  const held = (side: readonly Held[] = []): string =>
    side
      .map(({ symbol, quantity }) => `${symbol} ${decimalText(quantity)}`)
      .sort()
      .join();
  return `${held(ledgerSide(facts, plan))};${held(reportedSide(facts, plan))}`;
}
