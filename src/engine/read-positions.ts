import { compareTexts } from "../base/compare-texts.ts";
import type { Micros } from "../base/time.ts";
import {
  type Decimal,
  absolute,
  add,
  decimal,
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
import { type Valuation, valuationOf } from "./money.ts";

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
  readonly held: Ledger;
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
const HALF = decimal("0.5");

/** Every position that is held as of a moment, by bot, venue, symbol, account and mode. */
export function readPositions(state: State, asOf: Micros, filter: PositionFilter): PositionReading[] {
  const readings: PositionReading[] = [];
  for (const bot of state.bots.values()) {
    if (filter.bot !== undefined && bot.bot !== filter.bot) continue;
    for (const held of bot.ledgers.values())
      if (isHeld(held) && fits(held, filter)) readings.push(reading(state, bot, held, asOf));
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

const fits = (held: Ledger, { venue, symbol, mode }: PositionFilter): boolean =>
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
    ...instrumentFields(instrument),
    size: decimalText(position.quantity),
    entry_price: decimalText(entry),
    mark_price: mark === undefined ? null : decimalText(mark.price),
    mark_age_s: mark === undefined ? null : Math.round(Math.max(0, asOf - mark.at) / 1000) / 1000,
    currency: currency ?? null,
    notional: notional === undefined ? null : decimalToNumber(absolute(notional)),
    unrealized_pnl: gain.ok ? decimalToNumber(gain.value) : null,
    ...(gain.ok ? {} : { unrealized_reason: gain.reason }),
    ...(reported === undefined ? {} : { reported_size: reported }),
  };
  return { held, valuation, unrealized: gain.ok ? gain.value : undefined, view };
}

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

interface Mark {
  readonly price: Decimal;
  readonly at: Micros;
}

/** The newest mark of an instrument, else the mid of its newest book. */
function markOf(state: Pick<State, "samples">, venue: string, symbol: string): Mark | undefined {
  const key = instrumentKey(venue, symbol);
  const mark = state.samples.marks.get(key);
  if (mark !== undefined) return { price: decimal(mark.event.price), at: mark.at };
  const book = state.samples.books.get(key);
  const bid = best(book?.event.bids, (price, than) => price > than);
  const ask = best(book?.event.asks, (price, than) => price < than);
  if (book === undefined || bid === undefined || ask === undefined) return undefined;
  return { price: multiply(add(decimal(bid), decimal(ask)), HALF), at: book.at };
}

/** The price at which what is held of an instrument is valued; undefined where there is neither a mark nor a book. */
export const markPriceOf = (samples: State["samples"], venue: string, symbol: string): Decimal | undefined =>
  markOf({ samples }, venue, symbol)?.price;

type Levels = readonly (readonly [string, string])[];

function best(levels: Levels | undefined, isBetter: (price: number, than: number) => boolean): string | undefined {
  let found: string | undefined;
  for (const [price, size] of levels ?? [])
    if (size !== "0" && (found === undefined || isBetter(Number(price), Number(found)))) found = price;
  return found;
}

type Gain = { readonly ok: true; readonly value: Decimal } | { readonly ok: false; readonly reason: string };

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
