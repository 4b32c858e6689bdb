import { parseTime, isoFromMicros } from "../../base/time.ts";
import { canonicalDecimal, type DecimalText } from "../../domain/decimal.ts";
import type { VenueEvent } from "../core/sink.ts";
import type { FeeSchedule } from "./fees.ts";
import { decimalAt, isRecord, type Json, textAt } from "./wire.ts";

/** One side of a binary market. */
export interface Outcome {
  readonly token: string;
  /** As the venue labels it: Yes, Over, a team. */
  readonly label: string;
  /** `<slug>-<LABEL>`, as importers name it too. */
  readonly symbol: string;
}

/** What the venue says of a market. */
export interface MarketInfo {
  /** `0x` and 64 hex digits: `market` in messages. */
  readonly condition: string;
  readonly slug: string;
  /** The outcome in whose prices the book is kept: Yes where there is one, else the first. */
  readonly first: Outcome;
  readonly second: Outcome;
  readonly title: string | undefined;
  readonly tick: DecimalText | undefined;
  readonly category: string | undefined;
  readonly eventId: string | undefined;
  readonly expiresAt: string | undefined;
  /** Undefined while no source told it. */
  readonly fees: FeeSchedule | undefined;
  /** Orders are taken: there is a book. */
  readonly isTradable: boolean;
  /** What each outcome pays, once the market has been resolved for good. */
  readonly payouts: ReadonlyMap<string, DecimalText> | undefined;
}

const SYMBOL_MAX = 256;
const PAYOUTS = new Set(["0", "0.5", "1"]);

/** Reads a market of Gamma; undefined when it is none of two outcomes. */
export function marketInfoOf(value: unknown): MarketInfo | undefined {
  if (!isRecord(value)) return undefined;
  const [condition, slug] = [textAt(value, "conditionId"), textAt(value, "slug")];
  const tokens = textsIn(value["positionIds"]) ?? textsIn(value["clobTokenIds"]);
  const labels = textsIn(value["outcomes"]);
  if (condition === undefined || slug === undefined || tokens?.length !== 2 || labels?.length !== 2) return undefined;
  const outcomes = tokens.map((token, index) => outcomeOf(slug, token, labels[index] ?? ""));
  const yes = outcomes.findIndex(({ label }) => label.toLowerCase() === "yes");
  const [first, second] = yes === 1 ? [outcomes[1], outcomes[0]] : [outcomes[0], outcomes[1]];
  if (first === undefined || second === undefined) return undefined;
  const tick = decimalAt(value, "orderPriceMinTickSize");
  const end = parseTime(value["endDate"]);
  return {
    condition,
    slug,
    first,
    second,
    title: textAt(value, "question"),
    tick: tick === undefined ? undefined : canonicalDecimal(tick),
    category: categoryOf(value),
    eventId: eventOf(value),
    expiresAt: end === undefined ? undefined : isoFromMicros(end),
    fees: gammaFees(value),
    isTradable: isTradable(value),
    payouts: payoutsOf(value, tokens),
  };
}

/** The fees in an answer of `/clob-markets/{conditionId}`, which counts before Gamma's: `fd` is left out where there are none. */
export function clobFees(value: unknown): FeeSchedule | undefined {
  if (!isRecord(value) || textAt(value, "c") === undefined) return undefined;
  const fees = value["fd"];
  if (fees === undefined || fees === null) return { rate: "0", exponent: "1" };
  return isRecord(fees) ? schedule(decimalAt(fees, "r"), decimalAt(fees, "e")) : undefined;
}

/** What the hub is told of each outcome. */
export function instrumentsOf(info: MarketInfo, venue: string): VenueEvent[] {
  return [info.first, info.second].map(({ symbol, label, token }) => ({
    type: "instrument",
    venue,
    symbol,
    kind: "binary",
    quote: "USDC",
    payout: "1",
    outcome: label.toLowerCase(),
    ...(info.tick === undefined || info.tick === "0" ? {} : { tick: info.tick }),
    ...(info.category === undefined ? {} : { category: info.category.slice(0, 128) }),
    ...(info.eventId === undefined ? {} : { event_id: info.eventId.slice(0, SYMBOL_MAX) }),
    ...(info.expiresAt === undefined ? {} : { expires_at: info.expiresAt }),
    ...(info.title === undefined ? {} : { title: info.title.slice(0, 512) }),
    ...(info.fees === undefined ? {} : feeFields(info.fees)),
    token_id: token,
    condition_id: info.condition,
    market_slug: info.slug,
  }));
}

/** `taker_fee_rate` is the rate of the formula in `fees.ts`, not a share of the notional: `fee_model` says so. */
const feeFields = ({ rate, exponent }: FeeSchedule) => ({
  fee_model: "polymarket",
  maker_fee_rate: "0",
  taker_fee_rate: rate,
  fee_exponent: exponent,
});

/** What each outcome paid, for each symbol. */
export function settlementsOf({ first, second, payouts }: MarketInfo, venue: string): VenueEvent[] {
  return [first, second].flatMap(({ symbol, token, label }) => {
    const payout = payouts?.get(token);
    return payout === undefined
      ? []
      : [{ type: "settlement" as const, venue, symbol, outcome: label.toLowerCase(), payout_per_unit: payout }];
  });
}

const outcomeOf = (slug: string, token: string, label: string): Outcome => ({
  token,
  label,
  symbol: symbolFor(slug, label, token),
});

/** `<slug>-<LABEL>`, as importers name it too; the token where there are no words for it, or too many. */
export function symbolFor(slug: string | undefined, label: string | undefined, token: string): string {
  if (slug === undefined || label === undefined || label === "") return token;
  const named = `${slug}-${label.toUpperCase().replace(/[^\p{L}\p{N}.]+/gu, "_")}`;
  return named.length > SYMBOL_MAX ? token : named;
}

/** A list of texts, which Gamma also writes as JSON inside of a text. */
function textsIn(value: unknown): readonly string[] | undefined {
  const list: unknown = typeof value === "string" && value.startsWith("[") ? parsed(value) : value;
  return Array.isArray(list) && list.every((entry) => typeof entry === "string") ? list : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTradable(value: Json): boolean {
  const isOpen = value["active"] === true && value["closed"] !== true && value["enableOrderBook"] !== false;
  return isOpen && value["acceptingOrders"] !== false && textAt(value, "umaResolutionStatus") === undefined;
}

function payoutsOf(value: Json, tokens: readonly string[]): ReadonlyMap<string, DecimalText> | undefined {
  if (value["closed"] !== true || value["umaResolutionStatus"] !== "resolved") return undefined;
  const prices = textsIn(value["outcomePrices"])?.map((price) => canonicalDecimal(price) ?? "");
  if (prices?.length !== 2 || !prices.every((price) => PAYOUTS.has(price))) return undefined;
  return new Map(tokens.map((token, index) => [token, prices[index] ?? "0"]));
}

/** Gamma's own schedule; none told is no fee only where it says that fees are off. */
function gammaFees(value: Json): FeeSchedule | undefined {
  if (value["feesEnabled"] === false) return { rate: "0", exponent: "1" };
  const fees = value["feeSchedule"];
  return isRecord(fees) ? schedule(decimalAt(fees, "rate"), decimalAt(fees, "exponent")) : undefined;
}

function schedule(rate: string | undefined, exponent: string | undefined): FeeSchedule | undefined {
  const [r, e] = [canonicalDecimal(rate ?? ""), canonicalDecimal(exponent ?? "")];
  return r === undefined || e === undefined ? undefined : { rate: r, exponent: e };
}

const firstEvent = (value: Json): Json => {
  const events = value["events"];
  const first: unknown = Array.isArray(events) ? events[0] : undefined;
  return isRecord(first) ? first : {};
};

const categoryOf = (value: Json): string | undefined =>
  textAt(value, "category") ?? textAt(firstEvent(value), "category") ?? textAt(value, "feeType");

const eventOf = (value: Json): string | undefined =>
  textAt(firstEvent(value), "slug") ?? textAt(value, "negRiskMarketID");
