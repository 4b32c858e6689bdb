import type { EventPosition, PositionsAnswer, PositionView } from "../protocol/api-trading.ts";
import { type ExposureLevel, type ExposureLimits, exposureLevel } from "./exposure-level.ts";
import { amount, compact, exact, grouped, signedAmount, signedFixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** One position as a row. Money is in `currency`. */
export interface PositionRow {
  readonly market: Shown;
  readonly size: Shown;
  readonly entry: Shown;
  readonly mark: Shown;
  readonly markAgeS: number | undefined;
  readonly notional: Shown;
  readonly unrealised: Shown;
  readonly currency: Shown;
  /** What the bot says it holds, when that is something else than its fills add up to. */
  readonly differs: string | undefined;
}

const NO_MARK = "no mark price came for it";
const NO_COST = "the price of a fill is not known";

/** The cells of a position. */
export function positionRow(position: PositionView): PositionRow {
  const name = position.title ?? position.symbol;
  const outcome = position.outcome === undefined ? "" : ` · ${position.outcome}`;
  return {
    market: plain(
      `${name}${outcome}${reported(position)}`,
      `${position.symbol}${outcome}, account ${position.account}`,
    ),
    size: signedSize(position.size),
    entry: exact(position.entry_price ?? undefined, noCost(position)),
    mark: exact(position.mark_price ?? undefined, NO_MARK),
    markAgeS: position.mark_age_s ?? undefined,
    notional: position.notional === null ? unknownValue(noCost(position)) : amount(position.notional),
    unrealised:
      position.unrealized_pnl === null
        ? unknownValue(position.unrealized_reason ?? NO_MARK)
        : signedAmount(position.unrealized_pnl),
    currency: position.currency === null ? unknownValue("nobody said its quote currency") : plain(position.currency),
    differs: difference(position),
  };
}

const noCost = ({ basis }: PositionView): string => (basis === "reported" ? "the bot reports no entry price" : NO_COST);

/** That the row is the bot's word, as it tells no fills of it. */
const reported = ({ basis }: PositionView): string => (basis === "reported" ? " · reported" : "");

function difference({ reported_size: reported, size }: PositionView): string | undefined {
  if (reported === undefined || Number(reported) === Number(size)) return undefined;
  return `the bot reports ${grouped(reported)}, its fills add up to ${grouped(size)}`;
}

/** Beyond it a column would cut digits off, also those before the point. */
const SIZE_CHARS = 9;

/** Long is no gain and short no loss: a sign and a word, and no colour. What is too long is rounded, all digits on hover. */
function signedSize(size: string): Shown {
  const { text, full } = exact(size, "");
  const value = Number(size);
  const short = text.length > SIZE_CHARS && Math.abs(value) >= 1 ? compact(value, 2) : text;
  return plain(value > 0 ? `+${short}` : short, `${value > 0 ? "long" : "short"} ${full ?? text}`);
}

/** An event with what is held of it on each venue. Sizes are contracts, YES as + and NO as −; money is USD. */
export interface EventRow {
  readonly key: string;
  readonly title: Shown;
  /** What tells it apart from another of the same title. */
  readonly id: string | undefined;
  readonly mode: EventPosition["mode"];
  /** In the order of the columns; undefined where nothing is held. */
  readonly sizes: readonly (Shown | undefined)[];
  readonly net: Shown;
  readonly gross: Shown;
  readonly unrealised: Shown;
  readonly level: ExposureLevel | undefined;
  /** The oldest mark among its positions, s; undefined when none has one. */
  readonly markAgeS: number | undefined;
  /** Sizes on two venues that do not cancel out. */
  readonly unhedged: boolean;
  readonly positions: readonly PositionView[];
}

/** Events as rows, and the venues that are their columns: the last one stands for all others when there are many. */
export interface EventTable {
  readonly venues: readonly string[];
  readonly rows: readonly EventRow[];
}

/** The venues that source document 4 names come first. */
const FIRST = ["kalshi", "polymarket"];
const VENUE_COLUMNS = 3;
const ELSEWHERE = "elsewhere";

/** The events, the largest gross first. */
export function eventTable(answer: Pick<PositionsAnswer, "by_event" | "positions" | "limits">): EventTable {
  const venues = venueColumns(answer.by_event);
  const byEvent = positionsByEvent(answer.positions);
  const repeated = repeatedTitles(answer.by_event);
  const rows = answer.by_event
    .map((event) => ({ event, gross: event.gross_usd ?? -1 }))
    .toSorted((a, b) => b.gross - a.gross || (a.event.event_id < b.event.event_id ? -1 : 1))
    .map(({ event }) =>
      eventRow(event, {
        venues,
        limits: answer.limits,
        repeated,
        positions: byEvent.get(`${event.mode} ${event.event_id}`) ?? [],
      }),
    );
  return { venues, rows };
}

function venueColumns(events: readonly EventPosition[]): string[] {
  const counts = new Map<string, number>();
  for (const { venues } of events) for (const { venue } of venues) counts.set(venue, (counts.get(venue) ?? 0) + 1);
  const rank = (venue: string): number => (FIRST.includes(venue) ? FIRST.indexOf(venue) : FIRST.length);
  const ordered = [...counts]
    .toSorted(([a, countA], [b, countB]) => rank(a) - rank(b) || countB - countA || (a < b ? -1 : 1))
    .map(([venue]) => venue);
  return ordered.length <= VENUE_COLUMNS ? ordered : [...ordered.slice(0, VENUE_COLUMNS - 1), ELSEWHERE];
}

function positionsByEvent(positions: readonly PositionView[]): Map<string, PositionView[]> {
  const byEvent = new Map<string, PositionView[]>();
  for (const position of positions) {
    const key = `${position.mode} ${position.event_id ?? position.symbol}`;
    byEvent.set(key, [...(byEvent.get(key) ?? []), position]);
  }
  return byEvent;
}

interface EventContext {
  readonly venues: readonly string[];
  readonly limits: ExposureLimits;
  readonly repeated: ReadonlySet<string>;
  readonly positions: readonly PositionView[];
}

/** The titles that several of these have. */
export function repeatedTitles(named: readonly { readonly title?: string | undefined }[]): ReadonlySet<string> {
  const [seen, repeated] = [new Set<string>(), new Set<string>()];
  for (const { title } of named) {
    if (title === undefined) continue;
    if (seen.has(title)) repeated.add(title);
    seen.add(title);
  }
  return repeated;
}

function eventRow(event: EventPosition, { venues, limits, repeated, positions }: EventContext): EventRow {
  const reason = event.reason ?? "its value in USD is not known";
  const ages = positions.flatMap(({ mark_age_s: age }) => (age === null ? [] : [age]));
  return {
    key: `${event.mode} ${event.event_id}`,
    title: plain(event.title ?? event.event_id, event.event_id),
    id: event.title !== undefined && repeated.has(event.title) ? event.event_id : undefined,
    mode: event.mode,
    sizes: venues.map((venue) => sizeOn(event, venue, venues)),
    net: event.net_size === null ? unknownValue(reason) : sizeShown(event.net_size),
    gross: event.gross_usd === null ? unknownValue(reason) : amount(event.gross_usd),
    unrealised: event.unrealized_pnl_usd === null ? unknownValue(reason) : signedAmount(event.unrealized_pnl_usd),
    level: exposureLevel(event.gross_usd, limits),
    markAgeS: ages.length === 0 ? undefined : Math.max(...ages),
    unhedged: hasBothSides(event) && event.net_size !== null && event.net_size !== 0,
    positions,
  };
}

const hasBothSides = ({ venues }: EventPosition): boolean =>
  venues.some(({ size }) => size > 0) && venues.some(({ size }) => size < 0);

function sizeOn(event: EventPosition, column: string, columns: readonly string[]): Shown | undefined {
  const others = column === ELSEWHERE;
  const held = event.venues.filter(({ venue }) => (others ? !columns.includes(venue) : venue === column));
  if (held.length === 0) return undefined;
  const sum = sizeShown(held.reduce((total, { size }) => total + size, 0));
  if (!others) return sum;
  const each = held.map(({ venue, size }) => `${signedFixed(size, decimalsOf(size))} on ${venue}`);
  return plain(sum.text, each.join(", "));
}

const SIZE_DECIMALS = 4;
const decimalsOf = (size: number): number => (Number.isInteger(size) ? 0 : SIZE_DECIMALS);

function sizeShown(size: number): Shown {
  const decimals = decimalsOf(size);
  const full = signedFixed(size, decimals);
  const short = compact(size, decimals);
  return plain(size > 0 ? `+${short}` : short, full);
}
