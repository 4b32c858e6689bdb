import { canonicalDecimal, compare, decimal, decimalText, multiply, type DecimalText } from "../../domain/decimal.ts";
import { parseTime, isoFromMicros } from "../../base/time.ts";
import type { VenueEvent } from "../core/sink.ts";
import { decimalAt, textAt } from "./generations/fields.ts";
import { isRecord } from "./frames.ts";
import type { Json } from "./messages.ts";

/** The fees of a series, and what an event overrides of them. */
interface Fees {
  readonly type: string;
  readonly multiplier: DecimalText;
}

/** Of a contract at price p: rate × multiplier × p × (1 − p). Maker rates by the series' `fee_type`. */
const TAKER_RATE = decimal("0.07");
const MAKER_RATES: Readonly<Record<string, DecimalText>> = {
  quadratic: "0",
  quadratic_with_maker_fees: "0.0175",
  quadratic_with_combo_maker_fees: "0.035",
};

export interface MarketFacts {
  readonly venue: string;
  readonly market: Json;
  /** Undefined when it could not be had: what it would have said is left out. */
  readonly event: Json | undefined;
  readonly series: Json | undefined;
}

/** The `instrument` event of a market; undefined when the market has no ticker. */
export function instrumentEvent({ venue, market, event, series }: MarketFacts): VenueEvent | undefined {
  const symbol = textAt(market, "ticker");
  if (symbol === undefined) return undefined;
  const expires = parseTime(textAt(market, "close_time") ?? textAt(market, "latest_expiration_time"));
  return {
    type: "instrument",
    venue,
    symbol,
    kind: "binary",
    quote: "USD",
    settle: "USD",
    payout: "1",
    ...given("tick", finestStep(market["price_ranges"])),
    ...given("category", (series && textAt(series, "category")) ?? (event && textAt(event, "category"))),
    ...given("event_id", textAt(market, "event_ticker")),
    ...given("outcome", textAt(market, "yes_sub_title")),
    ...given("expires_at", expires === undefined ? undefined : isoFromMicros(expires)),
    ...given("title", titleOf(market, event)),
    ...feeFields(feesOf(event, series)),
  };
}

/** The `settlement` event of a market that is final; undefined while it may still be disputed. */
export function settlementEvent(venue: string, market: Json): VenueEvent | undefined {
  const symbol = textAt(market, "ticker");
  const payout = decimalAt(market, "settlement_value_dollars");
  if (symbol === undefined || payout === undefined || market["status"] !== "finalized") return undefined;
  return { type: "settlement", venue, symbol, payout_per_unit: payout, ...given("outcome", textAt(market, "result")) };
}

const given = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };

/** The finest step of a market's grid; the grid may be finer at its ends. */
function finestStep(ranges: unknown): DecimalText | undefined {
  if (!Array.isArray(ranges)) return undefined;
  const steps = ranges.flatMap((range) => {
    const step = isRecord(range) ? canonicalDecimal(String(range["step"])) : undefined;
    return step === undefined || compare(decimal(step), decimal("0")) <= 0 ? [] : [decimal(step)];
  });
  const [finest] = steps.sort(compare);
  return finest === undefined ? undefined : decimalText(finest);
}

function titleOf(market: Json, event: Json | undefined): string | undefined {
  const title = textAt(market, "title") ?? (event && textAt(event, "title"));
  const which = textAt(market, "yes_sub_title");
  if (title === undefined || which === undefined || title.includes(which)) return title ?? which;
  return `${title}: ${which}`;
}

/** An event overrides type and multiplier together or not at all. */
function feesOf(event: Json | undefined, series: Json | undefined): Fees | undefined {
  const own = event && feesIn(event, "fee_type_override", "fee_multiplier_override");
  return own ?? (series && feesIn(series, "fee_type", "fee_multiplier"));
}

function feesIn(from: Json, typeName: string, multiplierName: string): Fees | undefined {
  const type = textAt(from, typeName);
  const value = from[multiplierName];
  const multiplier = typeof value === "number" || typeof value === "string" ? canonicalDecimal(value) : undefined;
  return type === undefined || multiplier === undefined ? undefined : { type, multiplier };
}

/** Rates of a fee that is no product of p × (1 − p) are not told: a wrong fee is worse than none. */
function feeFields(fees: Fees | undefined): Readonly<Record<string, string>> {
  if (fees === undefined) return {};
  const maker = MAKER_RATES[fees.type];
  const model = `kalshi_${fees.type}`.slice(0, 64);
  if (maker === undefined) return { fee_model: model };
  const times = (rate: DecimalText): DecimalText => decimalText(multiply(decimal(rate), decimal(fees.multiplier)));
  return {
    fee_model: model,
    taker_fee_rate: times(decimalText(TAKER_RATE)),
    maker_fee_rate: times(maker),
  };
}
