import { putBounded } from "../../base/bounded-map.ts";
import { numberOfText } from "../../domain/decimal.ts";
import { type Micros, parseTime } from "../../base/time.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import type { BotState } from "../bot-state.ts";
import type { DeskState } from "../desk-state.ts";
import { type FullFill, profitCurrency } from "../ledgers.ts";
import { midOfFill, referencePriceOf } from "../reference-prices.ts";
import { countLate, PLACE, SUMS, sumsNow } from "./tally.ts";

/** Quotes that are remembered until and after they end. */
const QUOTES_MAX = 20_000;
/** Fills of which another source may still tell more, and those of which one did. */
const AMENDED_MAX = 1_000;

/** What is remembered of a quote: who it is for, that it was met by a fill, that it ended. */
const INTENT = { unknown: 0, maker: 1, taker: 2 } as const;
const INTENTS = 3;
const MET = 4;
const ENDED = 8;

/** What is remembered of a quote, from what is known of it. */
export const knownOf = ({
  intent,
  isMet,
}: {
  readonly intent: "maker" | "taker" | undefined;
  readonly isMet: boolean;
}): number => INTENT[intent ?? "unknown"] | (isMet ? MET : 0);

type QuoteEvent = EventOf<"quote"> | EventOf<"quote.ended">;

const quoteKey = ({ mode = "live", venue, quote_id: id }: Pick<QuoteEvent, "mode" | "venue" | "quote_id">): string =>
  `${mode}\t${venue}\t${id}`;

/** A quote stands: what it is for is remembered until it ends. */
export function takeQuote(state: BotState, event: EventOf<"quote">): void {
  const key = quoteKey(event);
  const before = state.quotes.get(key) ?? 0;
  // An id may be used again after its quote ended.
  const known = (before & ENDED) === 0 ? before : 0;
  putBounded(state.quotes, key, known | INTENT[event.intent ?? "unknown"], QUOTES_MAX);
}

/** A fill of a quote: it was hit, whatever is said at its end. */
export function meetQuote(state: BotState, { quote_id: id, venue, mode }: FullFill): void {
  if (id === undefined) return;
  const key = quoteKey({ mode, venue, quote_id: id });
  putBounded(state.quotes, key, (state.quotes.get(key) ?? 0) | MET, QUOTES_MAX);
}

const KINDS = [
  [PLACE.otherQuotes, PLACE.otherHits],
  [PLACE.makerQuotes, PLACE.makerHits],
  [PLACE.takerQuotes, PLACE.takerHits],
] as const;

/** A quote ended, once: those that were refused are no quotes that could have been hit. */
export function takeQuoteEnded(state: BotState, event: EventOf<"quote.ended">, recorded: Recorded): void {
  const key = quoteKey(event);
  const known = state.quotes.get(key) ?? 0;
  if ((known & ENDED) !== 0) return;
  putBounded(state.quotes, key, known | ENDED, QUOTES_MAX);
  const first = sumsNow(state, event, recorded);
  if (first !== undefined) addEnded(state.qualitySums, event, known, first);
  else endedLate(state, event, recorded, known);
}

/** Apart from the rest, which it would cost an object for each quote: so is that of fills. */
const endedLate = (state: BotState, event: EventOf<"quote.ended">, recorded: Recorded, known: number): void =>
  countLate(state, event, recorded, (late, at) => addEnded(late, event, known, at));

/** Adds a quote that ended to sums that begin at `first`. `known`: as it is remembered of the quote. */
export function addEnded(sums: number[], event: EventOf<"quote.ended">, known: number, first = 0): void {
  if (event.outcome === "rejected") return add(sums, first + PLACE.rejectedQuotes, 1);
  const filled = filledOf(event);
  const isHit = (known & MET) !== 0 || (filled ?? 0) > 0 || /filled/.test(event.outcome);
  const [quotes, hits] = KINDS[event.intent === undefined ? known & INTENTS : INTENT[event.intent]] ?? KINDS[0];
  add(sums, first + quotes, 1);
  if (isHit) add(sums, first + hits, 1);
  const eligible = Number(event.eligible_size ?? 0);
  if (!(eligible > 0) || filled === undefined) return;
  add(sums, first + PLACE.eligibleQuotes, 1);
  add(sums, first + PLACE.eligible, eligible);
  add(sums, first + PLACE.filledOfEligible, filled);
}

/** How much of a quote was filled, as far as it is said. */
export function filledOf({ filled_size: filled, outcome, size }: EventOf<"quote.ended">): number | undefined {
  if (filled !== undefined) return Number(filled);
  if (outcome === "filled") return size === undefined ? undefined : Number(size);
  return outcome === "partially_filled" ? undefined : 0;
}

/** A fill that takes effect. */
export function takeFillQuality(state: BotState, desk: DeskState, fill: FullFill, recorded: Recorded): void {
  if (!saysQuality(fill)) return;
  const fee = feeOf(fill, desk);
  // One in another currency is told already.
  if (fill.fee === undefined && fill.is_maker !== undefined && referencePriceOf(fill) !== undefined) {
    const at = effectiveTs(recorded.ts, recorded.receivedAt);
    putBounded(state.feeless, String(recorded.seq), `${fill.is_maker ? 1 : 0}\t${at}`, AMENDED_MAX);
  }
  const first = sumsNow(state, fill, recorded);
  if (first !== undefined) addFill(state.qualitySums, fill, fee, first);
  else filledLate(state, fill, recorded, fee);
}

const filledLate = (state: BotState, fill: FullFill, recorded: Recorded, fee: number | undefined): void =>
  countLate(state, fill, recorded, (late, at) => addFill(late, fill, fee, at));

/** A fill that is taken back: as it was told, with its fee from wherever that came. */
export function voidFillQuality(state: BotState, desk: DeskState, fill: FullFill, recorded: Recorded): void {
  const key = String(recorded.ofSeq);
  const later = state.lateFields.get(key)?.split("\t") ?? [];
  if (later.includes(VOIDED)) return;
  putBounded(state.lateFields, key, [...later, VOIDED].join("\t"), AMENDED_MAX);
  const told = Object.fromEntries(Object.entries(fill).filter(([name]) => !later.includes(name))) as FullFill;
  if (!saysQuality(told)) return;
  const own = SUMS.map(() => 0);
  addFill(own, told, feeOf(fill, desk));
  const ts = parseTime(fill.ts) ?? recorded.ts;
  countLate(state, told, { ...recorded, ts }, (sums, first) => {
    for (const [place, amount] of own.entries()) add(sums, first + place, -amount);
  });
}

const saysQuality = ({ mid, reference_price: reference, adverse_drift_30s: drift }: FullFill): boolean =>
  mid !== undefined || reference !== undefined || drift !== undefined;

/** What a fill is held against counts as it was told first; its fee, from another source, on the day of the fill. */
export function amendFillQuality(state: BotState, desk: DeskState, added: FullFill, recorded: Recorded): void {
  const key = String(recorded.ofSeq);
  const late = HELD_AGAINST.filter((name) => added[name] !== undefined);
  if (late.length > 0) {
    const known = state.lateFields.get(key);
    putBounded(state.lateFields, key, [...(known === undefined ? [] : [known]), ...late].join("\t"), AMENDED_MAX);
  }
  const feeless = state.feeless.get(key);
  const fee = feeOf(added, desk);
  if (feeless === undefined || fee === undefined) return;
  state.feeless.delete(key);
  const [isMaker, time] = feeless.split("\t");
  const names = isMaker === "1" ? MAKER : TAKER;
  const at = Number(time) as Micros;
  countLate(state, added, { ...recorded, ts: at, receivedAt: at }, (sums, first) => {
    add(sums, first + names.feeless, -1);
    add(sums, first + names.fees, fee);
  });
}

/** Of a fill that was taken back already. */
const VOIDED = "voided";
const HELD_AGAINST = ["mid", "reference_price", "is_maker", "adverse_drift_30s"] as const;

/** What a fill says of its own execution. */
type SaidFill = Pick<
  FullFill,
  "side" | "price" | "size" | "is_maker" | "mid" | "reference_price" | "adverse_drift_30s"
>;

/** Adds a fill, with its fee in the currency of its profit, to sums that begin at `first`. */
export function addFill(sums: number[], fill: SaidFill, fee: number | undefined, first = 0): void {
  const { adverse_drift_30s: drift, is_maker: isMaker } = fill;
  const mid = midOfFill(fill);
  // As `referencePriceOf` has it, without reading the mid once more.
  const reference = fill.reference_price === undefined ? mid : referencePriceOf(fill);
  const price = numberOfText(fill.price);
  const side = fill.side === "buy" ? 1 : -1;
  if (reference !== undefined && isMaker !== undefined) {
    const names = isMaker ? MAKER : TAKER;
    const size = numberOfText(fill.size);
    add(sums, first + names.fills, 1);
    add(sums, first + names.gain, side * (reference - price) * size);
    add(sums, first + names.notional, price * size);
    if (price > 0 && reference > 0) {
      add(sums, first + names.inverseGain, (side * size * (reference - price)) / (price * reference));
      add(sums, first + names.inverseNotional, size / price);
    }
    if (fee === undefined) add(sums, first + names.feeless, 1);
    else add(sums, first + names.fees, fee);
  }
  if (mid !== undefined) {
    add(sums, first + CAPTURE_FILLS, 1);
    add(sums, first + CAPTURE_BPS, ((side * (mid - price)) / mid) * 10_000);
  }
  if (drift !== undefined) {
    add(sums, first + DRIFT_FILLS, 1);
    add(sums, first + DRIFT, drift);
  }
}

// Read once: `PLACE` is made name by name, and is slow to read for that.
const { captureFills: CAPTURE_FILLS, captureBps: CAPTURE_BPS, driftFills: DRIFT_FILLS, drift: DRIFT } = PLACE;

interface Names {
  readonly fills: number;
  readonly gain: number;
  readonly notional: number;
  readonly inverseGain: number;
  readonly inverseNotional: number;
  readonly fees: number;
  readonly feeless: number;
}

const MAKER: Names = {
  fills: PLACE.makerFills,
  gain: PLACE.makerGain,
  notional: PLACE.makerNotional,
  inverseGain: PLACE.makerInverseGain,
  inverseNotional: PLACE.makerInverseNotional,
  fees: PLACE.makerFees,
  feeless: PLACE.makerFeeless,
};

const TAKER: Names = {
  fills: PLACE.takerFills,
  gain: PLACE.takerGain,
  notional: PLACE.takerNotional,
  inverseGain: PLACE.takerInverseGain,
  inverseNotional: PLACE.takerInverseNotional,
  fees: PLACE.takerFees,
  feeless: PLACE.takerFeeless,
};

/** In the currency of the profit; undefined where it is not said, or in another. */
function feeOf({ fee, fee_currency: currency, venue, symbol }: FullFill, desk: DeskState): number | undefined {
  if (fee === undefined) return undefined;
  return currency === undefined || currency === currencyOf(desk, venue, symbol) ? numberOfText(fee) : undefined;
}

/** Many desks tell of no instrument: then none is looked for, by a name that would have to be made. */
const currencyOf = (desk: DeskState, venue: string, symbol: string): string | undefined =>
  desk.instruments.size === 0 ? undefined : profitCurrency(desk, venue, symbol);

function add(sums: number[], place: number, amount: number): void {
  sums[place] = (sums[place] as number) + amount;
}
