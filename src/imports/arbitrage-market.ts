import { isoFromMicros, type Micros, MICROS_PER_SECOND, micros } from "../base/time.ts";
import { Told } from "./content-id.ts";
import { type ImportItem, type ImportMode, told, Unmappable } from "./format.ts";

/**
 * The markets of the recorded arbitrage bot: whether Bitcoin stands above its reference at the end of an interval, as a
 * YES and a NO contract on each of two venues. Its files name neither ticker nor slug, so symbols here are made of the
 * interval, the same from every file.
 */
export interface Interval {
  readonly start: Micros;
  readonly end: Micros;
}

/** What every event of an import carries. */
export interface Envelope {
  readonly bot: string;
  readonly mode: ImportMode;
  readonly strategy: string;
}

export type Outcome = "yes" | "no";

const QUOTES: Readonly<Record<string, string>> = { polymarket: "USDC", kalshi: "USD" };
const VENUES = ["polymarket", "kalshi"] as const;
const OUTCOMES: readonly Outcome[] = ["yes", "no"];
const DAY = 86_400 * MICROS_PER_SECOND;
const INTERVAL_KEY = /^(\d\d):(\d\d)-(\d\d):(\d\d) UTC$/;

export const ARBITRAGE_BOT = "pm-kalshi-arbitrage";

/** Both venues' name of the question: `BTC-15M-20260208T0115Z`. */
export function eventIdOf({ start, end }: Interval): string {
  const minutes = Math.round((end - start) / (60 * MICROS_PER_SECOND));
  const at = isoFromMicros(start).slice(0, 16).replaceAll("-", "").replace(":", "");
  return `BTC-${minutes}M-${at}Z`;
}

export const symbolOf = (interval: Interval, outcome: Outcome): string =>
  `${eventIdOf(interval)}-${outcome.toUpperCase()}`;

export function outcomeOf(text: string): Outcome {
  if (text === "yes" || text === "no") return text;
  throw new Unmappable("the side is neither yes nor no", text);
}

export function knownVenue(venue: string): string {
  if (Object.hasOwn(QUOTES, venue)) return venue;
  throw new Unmappable("the venue is neither polymarket nor kalshi", venue);
}

/** The interval that `03:15-03:30 UTC` means around the moment `near`. */
export function intervalAround(key: string, near: Micros): Interval {
  const match = INTERVAL_KEY.exec(key);
  if (match === null) throw new Unmappable("intervalKey is not HH:MM-HH:MM UTC", key);
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match.slice(1).map(Number);
  const length = (toHour * 60 + toMinute - fromHour * 60 - fromMinute) * 60 * MICROS_PER_SECOND;
  const today = Math.floor(near / DAY) * DAY + (fromHour * 60 + fromMinute) * 60 * MICROS_PER_SECOND;
  const start = today + Math.round((near - today) / DAY) * DAY;
  return { start: micros(start), end: micros(start + (length > 0 ? length : length + DAY)) };
}

/** Tells the instruments and the pair of an interval, once in an import. */
export class ArbitrageMarkets {
  readonly #told = new Told();

  /** `tokens`: ids of Polymarket's contracts, where the row knows them. */
  tell(
    line: number,
    envelope: Envelope,
    interval: Interval,
    tokens: Partial<Record<Outcome, string>> = {},
  ): ImportItem[] {
    const items: ImportItem[] = [];
    for (const venue of VENUES)
      for (const outcome of OUTCOMES) {
        const token = venue === "polymarket" ? tokens[outcome] : undefined;
        const item = this.#instrument(line, envelope, { interval, venue, outcome, token });
        if (item !== undefined) items.push(item);
      }
    const eventId = eventIdOf(interval);
    if (this.#told.isNew(`${envelope.mode}:${eventId}`)) items.push(pairEvent(line, envelope, interval));
    return items;
  }

  #instrument(line: number, envelope: Envelope, contract: Contract): ImportItem | undefined {
    const { interval, venue, outcome, token } = contract;
    const symbol = symbolOf(interval, outcome);
    const name = `${envelope.mode}:${venue}:${symbol}`;
    const isNew = this.#told.isNew(name);
    const hasNewToken = token !== undefined && this.#told.isNew(`${name}:token`);
    return isNew || hasNewToken ? instrumentEvent(line, envelope, contract) : undefined;
  }
}

interface Contract {
  readonly interval: Interval;
  readonly venue: string;
  readonly outcome: Outcome;
  readonly token: string | undefined;
}

const titleOf = (interval: Interval): string =>
  `Bitcoin above its reference at ${isoFromMicros(interval.end).slice(0, 16)}Z`;

function instrumentEvent(line: number, envelope: Envelope, { interval, venue, outcome, token }: Contract): ImportItem {
  const symbol = symbolOf(interval, outcome);
  return told(line, {
    type: "instrument",
    ...envelope,
    ts: isoFromMicros(interval.start),
    id: `instrument:${venue}:${symbol}${token === undefined ? "" : ":token"}`,
    venue,
    symbol,
    kind: "binary",
    base: "BTC",
    quote: QUOTES[venue],
    payout: "1",
    category: "crypto",
    event_id: eventIdOf(interval),
    outcome,
    expires_at: isoFromMicros(interval.end),
    title: titleOf(interval),
    token_id: token,
  });
}

function pairEvent(line: number, envelope: Envelope, interval: Interval): ImportItem {
  const eventId = eventIdOf(interval);
  const legs = VENUES.flatMap((venue) =>
    OUTCOMES.map((outcome) => ({ venue, symbol: symbolOf(interval, outcome), means: outcome })),
  );
  return told(line, {
    type: "pair",
    ...envelope,
    ts: isoFromMicros(interval.start),
    id: `pair:${eventId}`,
    pair_id: eventId,
    legs,
    expires_at: isoFromMicros(interval.end),
    title: titleOf(interval),
  });
}
