import { type Decimal, ZERO, absolute, add, decimalToNumber, multiply, negate } from "../domain/decimal.ts";
import type { EventPosition } from "../protocol/api-trading.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { Mode } from "./bot-state.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import type { PairReading, PositionReading } from "./read-positions.ts";

interface Sum {
  readonly eventId: string;
  readonly mode: Mode;
  title: string | undefined;
  readonly venues: Map<string, Decimal>;
  net: Decimal;
  grossUsd: Decimal;
  netUsd: Decimal;
  unrealizedUsd: Decimal;
  /** Why money is not known, net is not, or the gain is not: the first reason of each. */
  moneyReason: string | undefined;
  netReason: string | undefined;
  gainReason: string | undefined;
}

const SIDELESS = "pair trades name neither side nor price: they count in gross";

/**
 * Positions by the event that they are bets on (source document 4), largest gross first: the sizes of both legs set
 * against each other, YES as + and NO as −. Sums keep to one mode; money is summed in USD where all of it is known.
 */
export function readEventPositions(
  state: State,
  positions: readonly PositionReading[],
  pairs: readonly PairReading[],
): EventPosition[] {
  const legs = legsOf(state);
  const sums = new Map<string, Sum>();
  for (const position of positions) addPosition(sums, position, legs);
  for (const { pair } of pairs) {
    const event = state.desk.pairs.get(pair.pairId);
    const sum = sumOf(sums, { eventId: eventOfPair(state, pair.pairId), mode: pair.mode, title: event?.title });
    sum.grossUsd = add(sum.grossUsd, pair.grossUsd);
    if (pair.unsized > 0) sum.moneyReason ??= `${pair.unsized} fills of ${pair.pairId} said no size`;
    sum.netReason ??= SIDELESS;
    sum.gainReason ??= SIDELESS;
  }
  return [...sums.values()].map(viewOf).sort((a, b) => (b.gross_usd ?? 0) - (a.gross_usd ?? 0) || byEvent(a, b));
}

const byEvent = (a: EventPosition, b: EventPosition): number => (a.event_id < b.event_id ? -1 : 1);

interface Leg {
  readonly pair: EventOf<"pair">;
  readonly means: string | undefined;
}

/** Instrument → the first pair that has it as a leg, and what the leg means there. */
function legsOf(state: State): ReadonlyMap<string, Leg> {
  const legs = new Map<string, Leg>();
  for (const pair of state.desk.pairs.values())
    for (const { venue, symbol, means } of pair.legs) {
      const key = instrumentKey(venue, symbol);
      if (!legs.has(key)) legs.set(key, { pair, means });
    }
  return legs;
}

function addPosition(sums: Map<string, Sum>, position: PositionReading, legs: ReadonlyMap<string, Leg>): void {
  const { held, quantity, valuation, unrealized, view } = position;
  const { instrument, notional = ZERO, usdRate, reason } = valuation;
  const leg = legs.get(instrumentKey(held.venue, held.symbol));
  const eventId = instrument?.event_id ?? leg?.pair.pair_id ?? held.symbol;
  const sum = sumOf(sums, { eventId, mode: held.mode, title: leg?.pair.title ?? instrument?.title });
  const isNo = (instrument?.outcome ?? leg?.means)?.trim().toLowerCase() === "no";
  const turned = (value: Decimal): Decimal => (isNo ? negate(value) : value);
  const size = turned(quantity);
  sum.venues.set(held.venue, add(sum.venues.get(held.venue) ?? ZERO, size));
  sum.net = add(sum.net, size);
  sum.moneyReason ??= reason;
  sum.gainReason ??= view.unrealized_reason ?? reason;
  if (usdRate === undefined) return;
  const usd = multiply(notional, usdRate);
  sum.grossUsd = add(sum.grossUsd, absolute(usd));
  sum.netUsd = add(sum.netUsd, turned(usd));
  if (unrealized !== undefined) sum.unrealizedUsd = add(sum.unrealizedUsd, multiply(unrealized, usdRate));
}

/** The event that the legs of a pair are of, where an instrument says so. */
function eventOfPair(state: State, pairId: string): string {
  for (const { venue, symbol } of state.desk.pairs.get(pairId)?.legs ?? []) {
    const eventId = state.desk.instruments.get(instrumentKey(venue, symbol))?.event_id;
    if (eventId !== undefined) return eventId;
  }
  return pairId;
}

function sumOf(
  sums: Map<string, Sum>,
  { eventId, mode, title }: { readonly eventId: string; readonly mode: Mode; readonly title: string | undefined },
): Sum {
  const key = `${mode}\t${eventId}`;
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = {
      eventId,
      mode,
      title,
      venues: new Map(),
      net: ZERO,
      grossUsd: ZERO,
      netUsd: ZERO,
      unrealizedUsd: ZERO,
      moneyReason: undefined,
      netReason: undefined,
      gainReason: undefined,
    };
    sums.set(key, sum);
  }
  sum.title ??= title;
  return sum;
}

function viewOf(sum: Sum): EventPosition {
  const { eventId, mode, title, venues, net, moneyReason, netReason, gainReason } = sum;
  const money = (value: Decimal, ...reasons: (string | undefined)[]): number | null =>
    reasons.some((reason) => reason !== undefined) ? null : decimalToNumber(value);
  const reason = moneyReason ?? netReason ?? gainReason;
  return {
    event_id: eventId,
    ...(title === undefined ? {} : { title }),
    mode,
    venues: [...venues].map(([venue, size]) => ({ venue, size: decimalToNumber(size) })),
    net_size: netReason === undefined ? decimalToNumber(net) : null,
    gross_usd: money(sum.grossUsd, moneyReason),
    net_usd: money(sum.netUsd, moneyReason, netReason),
    unrealized_pnl_usd: money(sum.unrealizedUsd, gainReason),
    ...(reason === undefined ? {} : { reason }),
  };
}
