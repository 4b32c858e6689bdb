import { compareTexts } from "../base/compare-texts.ts";
import type { Micros } from "../base/time.ts";
import {
  type Decimal,
  absolute,
  decimalText,
  decimalToNumber,
  divide,
  multiply,
  negate,
  subtract,
} from "../domain/decimal.ts";
import { heldCost, type Position } from "../domain/ledger/average-cost.ts";
import { type Terms, tradeValue } from "../domain/ledger/terms.ts";
import type { PositionView } from "../protocol/api-trading.ts";
import type { BotState, PairHolding } from "./bot-state.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { isHeld, type Ledger, positionOf } from "./ledgers.ts";
import { type Mark, markOf } from "./mark-price.ts";
import { type Valuation, reportedValuation, valuationOf } from "./money.ts";
import { type Gain, type ReportedPosition, reportedGain, reportedPositions } from "./reported-positions.ts";

/** Which positions are read; all that are given must hold. */
export interface PositionFilter {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
}

/** A held position with all that is known of its worth. */
export interface PositionReading {
  readonly held: Pick<Ledger, "mode" | "venue" | "symbol">;
  /** Signed. */
  readonly quantity: Decimal;
  readonly valuation: Valuation;
  /** At the mark, in the currency of the valuation; undefined with a reason. */
  readonly unrealized: Decimal | undefined;
  readonly view: PositionView;
}

/** A holding in a pair whose fills named neither side nor price. */
export interface PairReading {
  readonly bot: string;
  readonly pair: PairHolding;
}

const PRICE_SCALE = 18;

/**
 * Every position that is held as of a moment, by bot, venue, symbol, account and mode: what fills add up to, and where a
 * bot tells no fills of what it reports to hold, what it reports.
 */
export function readPositions(state: State, asOf: Micros, filter: PositionFilter): PositionReading[] {
  const readings: PositionReading[] = [];
  for (const bot of state.bots.values()) {
    if (filter.bot !== undefined && bot.bot !== filter.bot) continue;
    for (const held of bot.ledgers.values())
      if (isHeld(held) && fits(held, filter)) readings.push(reading(state, bot, held, asOf));
    for (const reported of reportedPositions(state.desk, bot))
      if (fits(reported, filter)) readings.push(reportedReading(state, bot, reported, asOf));
  }
  return readings.sort((a, b) => compareTexts(orderOf(a.view), orderOf(b.view)));
}

/** What is held in pairs without sides; nothing where a venue or symbol is asked for, as they name none. */
export function readPairs(state: State, { bot, venue, symbol, mode }: PositionFilter): PairReading[] {
  if (venue !== undefined || symbol !== undefined) return [];
  const bots = [...state.bots.values()].filter((each) => bot === undefined || each.bot === bot);
  const readings = bots.flatMap((each) =>
    [...each.pairs.values()]
      .filter((pair) => mode === undefined || pair.mode === mode)
      .map((pair) => ({ bot: each.bot, pair })),
  );
  return readings.sort((a, b) => compareTexts(orderOfPair(a), orderOfPair(b)));
}

const fits = (held: Pick<Ledger, "mode" | "venue" | "symbol">, { venue, symbol, mode }: PositionFilter): boolean =>
  (venue === undefined || held.venue === venue) &&
  (symbol === undefined || held.symbol === symbol) &&
  (mode === undefined || held.mode === mode);

const orderOfPair = ({ bot, pair }: PairReading): string => `${bot}\t${pair.pairId}\t${pair.mode}`;

const orderOf = ({ bot, venue, symbol, account, mode }: PositionView): string =>
  [bot, venue, symbol, account, mode].join("\t");

function reading(state: State, bot: BotState, held: Ledger, asOf: Micros): PositionReading {
  const { mode, account, venue, symbol, terms } = held;
  const position = positionOf(held);
  const valuation = valuationOf(state, held);
  const mark = markOf(state, venue, symbol);
  const gain = unrealizedOf(held, mark?.price);
  const { instrument, notional, currency } = valuation;
  const reported = reportedSize(bot, held);
  const entry = entryPrice(position, terms);
  const view: PositionView = {
    bot: bot.bot,
    mode,
    account,
    venue,
    symbol,
    basis: "fills",
    ...instrumentFields(instrument),
    size: decimalText(position.quantity),
    entry_price: decimalText(entry),
    ...markFields(mark, asOf),
    currency: currency ?? null,
    notional: notional === undefined ? null : decimalToNumber(absolute(notional)),
    unrealized_pnl: gain.ok ? decimalToNumber(gain.value) : null,
    ...(gain.ok ? {} : { unrealized_reason: gain.reason }),
    ...(reported === undefined ? {} : { reported_size: reported }),
  };
  return { held, quantity: position.quantity, valuation, unrealized: gain.ok ? gain.value : undefined, view };
}

function reportedReading(state: State, bot: BotState, reported: ReportedPosition, asOf: Micros): PositionReading {
  const { mode, account, venue, symbol, quantity, entryPrice, reportedAt } = reported;
  const valuation = reportedValuation(state, reported);
  const mark = reported.mark ?? markOf(state, venue, symbol);
  const gain = reportedGain(state.desk, reported, mark?.price);
  const view: PositionView = {
    ...{ bot: bot.bot, mode, account, venue, symbol, basis: "reported", reported_at: reportedAt },
    ...instrumentFields(valuation.instrument),
    size: decimalText(quantity),
    entry_price: entryPrice === undefined ? null : decimalText(entryPrice),
    ...markFields(mark, asOf),
    currency: valuation.currency ?? null,
    notional: valuation.notional === undefined ? null : decimalToNumber(absolute(valuation.notional)),
    unrealized_pnl: gain.ok ? decimalToNumber(gain.value) : null,
    ...(gain.ok ? {} : { unrealized_reason: gain.reason }),
  };
  return { held: reported, quantity, valuation, unrealized: gain.ok ? gain.value : undefined, view };
}

const markFields = (mark: Mark | undefined, asOf: Micros): Pick<PositionView, "mark_price" | "mark_age_s"> => ({
  mark_price: mark === undefined ? null : decimalText(mark.price),
  mark_age_s: mark === undefined ? null : Math.round(Math.max(0, asOf - mark.at) / 1000) / 1000,
});

function instrumentFields(instrument: Valuation["instrument"]): Partial<PositionView> {
  if (instrument === undefined) return {};
  const { title, event_id, outcome, category } = instrument;
  return {
    ...(title === undefined ? {} : { title }),
    ...(event_id === undefined ? {} : { event_id }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(category === undefined ? {} : { category }),
  };
}

/** Profit of what is held at the mark, in its currency as far as that is named; or why it is not known. */
export interface UnrealizedReading {
  readonly currency: string | undefined;
  readonly unrealized: Decimal | undefined;
  readonly reason: string | undefined;
}

/** The same as in the position's reading, without the rest of it. */
export function readUnrealized(state: State, held: Ledger): UnrealizedReading {
  const currency = state.desk.instruments.get(instrumentKey(held.venue, held.symbol))?.quote;
  const gain = unrealizedOf(held, markOf(state, held.venue, held.symbol)?.price);
  return {
    currency,
    ...(gain.ok ? { unrealized: gain.value, reason: undefined } : { unrealized: undefined, reason: gain.reason }),
  };
}

/** The average that the position was entered at: its cost by its contracts, or these by it where money is the underlying. */
function entryPrice(position: Position, { kind, multiplier }: Terms): Decimal {
  const contracts = multiply(position.quantity, multiplier);
  const cost = heldCost(position);
  return kind === "inverse" ? divide(contracts, negate(cost), PRICE_SCALE) : divide(cost, contracts, PRICE_SCALE);
}

/** What the position would bring at the mark, less what it cost. */
function unrealizedOf(held: Ledger, mark: Decimal | undefined): Gain {
  if (mark === undefined) return { ok: false, reason: `no mark and no book of ${held.symbol}` };
  const position = positionOf(held);
  const value = tradeValue(held.terms, mark, position.quantity);
  if (value === undefined) return { ok: false, reason: `the mark of ${held.symbol} is 0` };
  const gain = subtract(value, heldCost(position));
  // Profit in the underlying is shown in the quote currency, as the notional beside it is.
  return { ok: true, value: held.terms.kind === "inverse" ? multiply(gain, mark) : gain };
}

/** What the bot's last `position.snapshot` says of the same account and mode: the whole book, so what it leaves out is 0. */
function reportedSize(bot: BotState, held: Ledger): string | undefined {
  const { snapshot: reported } = bot;
  if (reported === undefined) return undefined;
  if ((reported.mode ?? "live") !== held.mode || (reported.account ?? reported.bot) !== held.account) return undefined;
  const row = reported.positions.find(({ venue, symbol }) => venue === held.venue && symbol === held.symbol);
  return row?.size ?? "0";
}
