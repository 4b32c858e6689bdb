import type { Micros } from "../base/time.ts";
import { type Decimal, decimal, isZero, ZERO } from "../domain/decimal.ts";
import type { Position } from "../domain/ledger/average-cost.ts";
import type { LedgerFill, LedgerSettlement } from "../domain/ledger/entries.ts";
import {
  amendFill,
  EMPTY_HOLDING,
  type Holding,
  type LedgerPoint,
  newestOf,
  nowOf,
  rebased,
  takeEntry,
  voidFill,
} from "../domain/ledger/holding.ts";
import { sameTerms, type Terms, tradeValue, UNKNOWN_TERMS } from "../domain/ledger/terms.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { type DeskState, instrumentKey } from "./desk-state.ts";
import { notePresence } from "./presence.ts";

export type FullFill = EventOf<"fill"> | EventOf<"order.filled">;

/** The ledger of one instrument of one account of a bot, in one mode. */
export interface Ledger {
  readonly mode: Mode;
  readonly account: string;
  readonly venue: string;
  readonly symbol: string;
  readonly terms: Terms;
  readonly holding: Holding;
}

/** When an event was said, heard and logged. */
type Moment = Pick<Recorded, "seq" | "ts" | "receivedAt">;

/** Instruments that a bot has a ledger of, flat ones included; the flat go first. */
const LEDGERS_MAX = 20_000;

export const positionOf = ({ holding }: Ledger): Position => nowOf(holding).open.position;

export const isHeld = ({ holding }: Ledger): boolean => !isZero(holding.quantity);

export const ledgerKey = ({ mode, account, venue, symbol }: Place): string =>
  `${mode}\t${account}\t${venue}\t${symbol}`;

type Place = Omit<Ledger, "terms" | "holding">;

const placeOf = (event: FullFill): Place => ({
  mode: event.mode ?? "live",
  account: event.account ?? event.bot,
  venue: event.venue,
  symbol: event.symbol,
});

/** Keys that are remembered at once. */
const KEYS_MAX = 20_000;

/** Symbol, venue and account → the key of their live ledger: fills are many, and their ledgers few. */
const keys = new Map<string, Map<string, Map<string, string>>>();
const remembered = { keys: 0 };

/** The key of the ledger that a fill belongs to. */
function keyOfFill(event: FullFill): string {
  const { mode, venue, symbol, account = event.bot } = event;
  if (mode !== undefined && mode !== "live") return ledgerKey(placeOf(event));
  return keys.get(symbol)?.get(venue)?.get(account) ?? rememberKey(placeOf(event));
}

function rememberKey(place: Place): string {
  const { symbol, venue, account } = place;
  if (remembered.keys === KEYS_MAX) {
    keys.clear();
    remembered.keys = 0;
  }
  const venues = keys.get(symbol) ?? new Map<string, Map<string, string>>();
  const accounts = venues.get(venue) ?? new Map<string, string>();
  const key = ledgerKey(place);
  keys.set(symbol, venues.set(venue, accounts.set(account, key)));
  remembered.keys++;
  return key;
}

/** What is held of a fill's instrument, signed; undefined where there is no ledger yet. */
export function positionBefore(state: BotState, fill: FullFill): Decimal | undefined {
  return state.ledgers.get(keyOfFill(fill))?.holding.quantity;
}

/** What is known of an instrument's money. */
export function termsOf(desk: DeskState, venue: string, symbol: string): Terms {
  const instrument = desk.instruments.get(instrumentKey(venue, symbol));
  if (instrument === undefined) return UNKNOWN_TERMS;
  const { kind, multiplier } = instrument;
  return {
    kind,
    multiplier: multiplier === undefined ? UNKNOWN_TERMS.multiplier : decimal(multiplier),
    currency: currencyOfProfit(instrument),
  };
}

const currencyOfProfit = ({ kind, base, quote, settle }: EventOf<"instrument">): string | undefined =>
  kind === "inverse" ? (settle ?? base) : quote;

/** The currency of an instrument's profit; undefined when nobody named it. */
export function profitCurrency(desk: DeskState, venue: string, symbol: string): string | undefined {
  const instrument = desk.instruments.get(instrumentKey(venue, symbol));
  return instrument && currencyOfProfit(instrument);
}

/** Books a fill; the fee only where it is in the currency of the profit. */
export function bookFill(state: BotState, desk: DeskState, event: FullFill, recorded: Recorded): void {
  const key = keyOfFill(event);
  const before = state.ledgers.get(key);
  const ledger = before ?? {
    ...placeOf(event),
    terms: termsOf(desk, event.venue, event.symbol),
    holding: EMPTY_HOLDING,
  };
  const fill = fillEntry(event, { terms: ledger.terms, recorded, startedAt: state.startedAt });
  const after = fill === undefined ? stale(ledger, recorded.seq) : withHolding(ledger, takeEntry(ledger.holding, fill));
  keep(state, key, after, before);
}

/** The fill as the ledger takes it; undefined where its price has no worth. */
export function fillEntry(event: FullFill, context: EntryContext): LedgerFill | undefined {
  const { terms } = context;
  const size = decimal(event.size);
  const value = tradeValue(terms, decimal(event.price), size);
  if (value === undefined) return undefined;
  const { seq, at, session } = enteredBy(context);
  const { fill_id: key, side, is_maker: isMaker } = event;
  const { fee, otherFee } = feesOf(event, terms);
  const funding = event.funding === undefined ? undefined : decimal(event.funding);
  return { seq, at, session, key, side, size, value, fee, isMaker, otherFee, funding };
}

export interface EntryContext {
  readonly terms: Terms;
  readonly recorded: Moment;
  /** When the bot's session began, as far as it is known. */
  readonly startedAt: Micros | undefined;
}

function enteredBy({ recorded, startedAt }: EntryContext) {
  const at = effectiveTs(recorded.ts, recorded.receivedAt);
  return { seq: recorded.seq, at, session: startedAt !== undefined && at >= startedAt ? startedAt : (0 as Micros) };
}

type SaidFee = Pick<FullFill, "fee" | "fee_currency">;

/** A fee lessens the profit in the same currency where it says so, or says nothing. */
function feesOf({ fee, fee_currency: currency }: SaidFee, terms: Terms): Pick<LedgerFill, "fee" | "otherFee"> {
  if (fee === undefined) return { fee: ZERO };
  const amount = decimal(fee);
  return currency === undefined || currency === terms.currency
    ? { fee: amount }
    : { fee: ZERO, otherFee: { currency, amount } };
}

/** The currency that money of an instrument is in when nobody named it: it is summed with itself alone. */
export const unnamedCurrency = (symbol: string): string => `quote of ${symbol}`;

/** The currency of the profit of a ledger. */
export const profitCurrencyOf = ({ terms, symbol }: Pick<Ledger, "terms" | "symbol">): string =>
  terms.currency ?? unnamedCurrency(symbol);

/** Takes a fill back. */
export function unbookFill(state: BotState, original: FullFill, seq: number): void {
  change(state, original, (holding) => voidFill(holding, original.fill_id, seq));
}

/** What a later statement may add to a fill that is booked. */
export type FillAddition = Pick<EventOf<"fill.voided">, "bot" | "account" | "mode" | "venue" | "fill_id"> &
  Pick<FullFill, "fee" | "fee_currency" | "is_maker"> & { readonly symbol?: string | undefined };

/** A later statement that brought the fee, or the side of the book, of a fill. */
export function amendBooked(state: BotState, added: FillAddition, seq: number): void {
  for (const [key, ledger] of state.ledgers) {
    if (ledger.venue !== added.venue || ledger.mode !== (added.mode ?? "live")) continue;
    if (added.symbol !== undefined && ledger.symbol !== added.symbol) continue;
    const more = {
      ...(added.fee === undefined ? {} : feesOf(added, ledger.terms)),
      ...(added.is_maker === undefined ? {} : { isMaker: added.is_maker }),
    };
    keep(state, key, withHolding(ledger, amendFill(ledger.holding, added.fill_id, seq, more)));
  }
}

function change(state: BotState, event: FullFill, to: (holding: Holding) => Holding): void {
  const key = keyOfFill(event);
  const ledger = state.ledgers.get(key);
  if (ledger !== undefined) keep(state, key, withHolding(ledger, to(ledger.holding)));
}

/**
 * What is still held of a settled instrument is closed at its payout. Whoever has a ledger of it has changed by the
 * settlement, whichever bot said it: the next snapshot must hold that bot too.
 */
export function settleBot(state: BotState, settlement: EventOf<"settlement">, recorded: Moment): void {
  for (const [key, ledger] of state.ledgers) {
    if (ledger.mode !== (settlement.mode ?? "live")) continue;
    if (ledger.venue !== settlement.venue || ledger.symbol !== settlement.symbol) continue;
    const { terms, holding } = ledger;
    const entry = settlementEntry(settlement, { terms, recorded, startedAt: state.startedAt });
    keep(state, key, withHolding(ledger, takeEntry(holding, entry)));
    state.seq = recorded.seq;
  }
}

/** A settlement as the ledger takes it. */
export const settlementEntry = (settlement: EventOf<"settlement">, context: EntryContext): LedgerSettlement => ({
  ...enteredBy(context),
  key: `settlement\t${context.recorded.seq}`,
  payout: tradeValue(context.terms, decimal(settlement.payout_per_unit), decimal("1")) ?? ZERO,
});

/** What an instrument is was said anew: ledgers of it that already have fills are to be made again where money differs. */
export function retermBot(
  state: BotState,
  desk: DeskState,
  instrument: Pick<EventOf<"instrument">, "venue" | "symbol">,
  seq: number,
): void {
  const terms = termsOf(desk, instrument.venue, instrument.symbol);
  for (const [key, ledger] of state.ledgers) {
    if (ledger.venue !== instrument.venue || ledger.symbol !== instrument.symbol || sameTerms(ledger.terms, terms))
      continue;
    keep(state, key, stale({ ...ledger, terms }, seq));
    state.seq = seq;
  }
}

/** The ledger made again from all that the log has of it up to `asOfSeq`. */
export function rebaseLedger(state: BotState, key: string, { point, asOfSeq, seq }: Rebase): void {
  const ledger = state.ledgers.get(key);
  if (ledger === undefined) return;
  keep(state, key, withHolding(ledger, rebased(ledger.holding, point, asOfSeq)));
  state.seq = seq;
}

interface Rebase {
  readonly point: LedgerPoint;
  readonly asOfSeq: number;
  /** Of the event that says so. */
  readonly seq: number;
}

const withHolding = ({ mode, account, venue, symbol, terms }: Ledger, holding: Holding): Ledger => ({
  mode,
  account,
  venue,
  symbol,
  terms,
  holding,
});

const stale = (ledger: Ledger, seq: number): Ledger => withHolding(ledger, { ...ledger.holding, staleSince: seq });

function keep(state: BotState, key: string, ledger: Ledger, before = state.ledgers.get(key)): void {
  const { mode, holding } = ledger;
  const was = before !== undefined && isHeld(before);
  const is = isHeld(ledger);
  if (was !== is || !state.presence.has(mode)) {
    const { at, seq } = newestOf(holding);
    if (was || seq > 0) notePresence(state, { mode, was, is, at });
  }
  state.ledgers.set(key, ledger);
  if (holding.staleSince !== undefined) state.staleLedgers.set(key, holding.staleSince);
  else if (state.staleLedgers.size > 0) state.staleLedgers.delete(key);
  if (state.ledgers.size > LEDGERS_MAX) forgetOne(state, key);
}

/** The oldest flat one goes; where everything is held, the oldest. */
function forgetOne(state: BotState, newest: string): void {
  let oldest: string | undefined;
  for (const [key, ledger] of state.ledgers) {
    if (key === newest) continue;
    oldest ??= key;
    if (isHeld(ledger)) continue;
    oldest = key;
    break;
  }
  const ledger = oldest === undefined ? undefined : state.ledgers.get(oldest);
  if (oldest === undefined || ledger === undefined) return;
  const at = newestOf(state.ledgers.get(newest)?.holding ?? ledger.holding).at;
  notePresence(state, { mode: ledger.mode, was: isHeld(ledger), is: false, at });
  state.ledgers.delete(oldest);
  state.staleLedgers.delete(oldest);
  state.forgottenLedgers++;
}
