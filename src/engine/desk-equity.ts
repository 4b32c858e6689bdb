import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import {
  type Decimal,
  add,
  canonicalDecimal,
  decimal,
  decimalToNumber,
  divide,
  multiply,
  subtract,
  ZERO,
} from "../domain/decimal.ts";
import { type DayEquity, beginDay, takeDayEquity } from "../metrics/daily-loss.ts";
import { type Drawdown, emptyDrawdown, takeEquity } from "../metrics/drawdown.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { Mode } from "./bot-state.ts";

/** What one bot last reported of its equity in one mode, and how it counts in the sum of the desk. */
interface Reported {
  readonly at: Micros;
  /** Of the bot as a whole, without a currency: its quote currency. Counts alone where there is one. */
  readonly whole: Decimal | undefined;
  /** By venue. */
  readonly venues: Readonly<Record<string, { readonly equity: Decimal; readonly currency: string | undefined }>>;
  /** In `currency`: USD where a rate was recorded when it was reported. */
  readonly counted: Decimal;
  readonly currency: string;
}

/** The equity of all bots of one mode together, as a curve. */
export interface DeskEquity {
  /** Of every bot, by the currency that it is counted in: one where it can be summed. */
  readonly sums: Readonly<Record<string, { readonly equity: Decimal; readonly bots: number }>>;
  readonly drawdown: Drawdown;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly dayEquity: DayEquity;
}

export interface DeskEquityState {
  readonly rates: Map<string, string>;
  readonly declaredRates: Map<string, string>;
  /** Bot → the quote currency of the instruments that it told; null where there are several. */
  readonly quotes: Map<string, string | null>;
  /** `mode\tbot` → what it reported. */
  readonly equities: Map<string, Reported>;
  /** By mode. */
  readonly deskEquity: Map<Mode, DeskEquity>;
}

const BOTS_MAX = 10_000;
const VENUES_MAX = 100;
const RATE_SCALE = 18;
const USD = "USD";
/** Equity of a bot that named no currency, nor instruments of one. */
const UNNAMED = "";

/** Notes the quote currency of an instrument that a bot told. */
export function noteQuote({ quotes }: DeskEquityState, { bot, quote }: EventOf<"instrument">): void {
  if (quote === undefined) return;
  const known = quotes.get(bot);
  if (known === undefined && quotes.size < BOTS_MAX) quotes.set(bot, quote);
  else if (known !== undefined && known !== null && known !== quote) quotes.set(bot, null);
}

type Report = EventOf<"risk"> | EventOf<"balance">;

/**
 * Takes a bot's reported equity into that of the desk. What a bot brings with its first report, or leaves by reporting
 * otherwise, is no profit and no loss: it moves the peak and the day's start as much as the equity.
 */
export function takeDeskEquity(state: DeskEquityState, event: Report, { ts, receivedAt }: Recorded): void {
  const said = event.type === "risk" ? event.equity_quote : event.equity;
  const text = said === undefined ? undefined : canonicalDecimal(said);
  if (text === undefined) return;
  const mode = event.mode ?? "live";
  const key = `${mode}\t${event.bot}`;
  const at = effectiveTs(ts, receivedAt);
  const before = state.equities.get(key);
  if (before === undefined ? state.equities.size >= BOTS_MAX : at < before.at) return;
  const parts = partsAfter(before, event, decimal(text));
  const counted = countedIn(state, event.bot, parts);
  state.equities.set(key, { at, ...parts, ...counted });
  const isSame = before !== undefined && before.currency === counted.currency && sameParts(before, parts);
  state.deskEquity.set(mode, deskAfter(state.deskEquity.get(mode), { before, counted, isSame, at }));
}

type Parts = Pick<Reported, "whole" | "venues">;

function partsAfter(before: Parts | undefined, event: Report, equity: Decimal): Parts {
  const venues = before?.venues ?? {};
  if (event.type === "risk") return { whole: equity, venues };
  const { venue, equity_currency: currency } = event;
  if (!Object.hasOwn(venues, venue) && Object.keys(venues).length >= VENUES_MAX)
    return { whole: before?.whole, venues };
  return {
    whole: before?.whole,
    venues: { ...venues, [venue]: { equity, currency: currency ?? venues[venue]?.currency } },
  };
}

/** Whether nothing came to what the bot reports of: neither the whole of it nor a venue. */
const sameParts = (a: Parts, b: Parts): boolean =>
  (a.whole === undefined) === (b.whole === undefined) && Object.keys(a.venues).length === Object.keys(b.venues).length;

type Counted = Pick<Reported, "counted" | "currency">;

/**
 * In USD where every part has a recorded rate, else in the one currency that there is. Where the currency of the whole is
 * not known, that of the venues' parts is.
 */
function countedIn(state: DeskEquityState, bot: string, { whole, venues }: Parts): Counted {
  const quote = state.quotes.get(bot) ?? undefined;
  const byVenue = Object.values(venues).map(({ equity, currency = quote }) => ({ equity, currency }));
  const isNamed = byVenue.length > 0 && byVenue.every(({ currency }) => currency !== undefined);
  const parts =
    whole === undefined || (quote === undefined && isNamed) ? byVenue : [{ equity: whole, currency: quote }];
  const rates = parts.map(({ currency }) => (currency === undefined ? undefined : rateOf(state, currency)));
  const isPriced = rates.every((rate) => rate !== undefined);
  const [first] = parts;
  const isOne = parts.every(({ currency }) => currency === first?.currency);
  const counted = parts.reduce(
    (sum, { equity }, index) => add(sum, isPriced ? multiply(equity, rates[index] ?? ZERO) : equity),
    ZERO,
  );
  return { counted, currency: isPriced ? USD : isOne ? (first?.currency ?? UNNAMED) : UNNAMED };
}

/** USD for one unit of a currency, from rates that are facts: the newest of the samples is none. */
function rateOf({ rates, declaredRates }: DeskEquityState, currency: string): Decimal | undefined {
  if (currency === USD) return decimal("1");
  for (const known of [rates, declaredRates]) {
    const direct = known.get(`${currency}\t${USD}`);
    if (direct !== undefined) return decimal(direct);
    const inverse = known.get(`${USD}\t${currency}`);
    if (inverse !== undefined) return divide(decimal("1"), decimal(inverse), RATE_SCALE);
  }
  return undefined;
}

interface Step {
  readonly before: Counted | undefined;
  readonly counted: Counted;
  /** The bot reported in the same way before: the difference was made or lost. */
  readonly isSame: boolean;
  readonly at: Micros;
}

function deskAfter(desk: DeskEquity | undefined, { before, counted, isSame, at }: Step): DeskEquity {
  const sums = { ...desk?.sums };
  if (before !== undefined) put(sums, before, -1);
  put(sums, counted, 1);
  const curve = desk ?? { drawdown: emptyDrawdown(), day: 0, dayEquity: beginDay(0) };
  const [sum, ...others] = Object.values(sums);
  if (sum === undefined || others.length > 0) return { ...curve, sums };
  const equity = decimalToNumber(sum.equity);
  const moved = isSame && !isMixed(desk) ? 0 : equity - curve.drawdown.equity;
  const drawdown = { ...curve.drawdown, peak: curve.drawdown.peak + moved };
  const day = Math.max(curve.day, Math.floor(at / MICROS_PER_DAY));
  const begun = day === curve.day ? curve.dayEquity : beginDay(curve.drawdown.equity);
  const dayEquity = { ...begun, start: begun.start + moved };
  takeEquity(drawdown, Math.max(at, drawdown.at), equity);
  takeDayEquity(dayEquity, equity);
  return { sums, drawdown, day, dayEquity };
}

/** Whether there is equity in currencies that do not add up. */
export const isMixed = (desk: DeskEquity | undefined): boolean => Object.keys(desk?.sums ?? {}).length > 1;

function put(
  sums: Record<string, DeskEquity["sums"][string]>,
  { counted, currency }: Counted,
  direction: 1 | -1,
): void {
  const { equity, bots } = sums[currency] ?? { equity: ZERO, bots: 0 };
  const left = bots + direction;
  if (left === 0) delete sums[currency];
  else sums[currency] = { equity: direction === 1 ? add(equity, counted) : subtract(equity, counted), bots: left };
}
