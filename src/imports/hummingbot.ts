import { isoFromMicros } from "../base/time.ts";
import {
  add,
  decimal,
  decimalText,
  type Decimal,
  type DecimalText,
  multiply,
  ZERO,
  isZero,
} from "../domain/decimal.ts";
import type { Cells } from "./cells.ts";
import { boundedId, type Occurrences, type Told } from "./content-id.ts";
import { writtenDecimal } from "./float-text.ts";
import { type ImportItem, type ImportMode, type ImportOptions, told, Unmappable } from "./format.ts";
import { type Literal, readLiteral } from "./python-literal.ts";

/** What one import has told so far. */
export interface HummingbotCourse {
  readonly options: ImportOptions;
  readonly instruments: Told;
  readonly occurrences: Occurrences;
}

/** Bot, market and instrument of a row of Hummingbot's, which its CSV and its database name alike. */
export interface HummingbotMarket {
  readonly envelope: { readonly bot: string; readonly mode: ImportMode; readonly strategy: string | undefined };
  readonly venue: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
}

/** Bot as its configuration file is named unless the caller names one; live, but for markets `…_paper_trade`. */
export function hummingbotMarket(row: Cells, options: ImportOptions): HummingbotMarket {
  const [venue, symbol] = [row.need("market"), row.need("symbol")];
  const [base, quote] = symbol.split("-");
  const found = { base: row.get("base_asset") ?? base, quote: row.get("quote_asset") ?? quote };
  if (found.base === undefined || found.quote === undefined) throw new Unmappable("symbol is not BASE-QUOTE", symbol);
  const isPaper = venue.endsWith("_paper_trade");
  return {
    envelope: {
      bot: options.bot ?? botName(row.get("config_file_path") ?? row.get("strategy")),
      mode: options.mode ?? (isPaper ? "paper" : "live"),
      strategy: row.get("strategy"),
    },
    venue,
    symbol,
    base: found.base,
    quote: found.quote,
  };
}

const botName = (file: string | undefined): string =>
  (file ?? "")
    .replace(/^.*[/\\]/, "")
    .replace(/\.(?:ya?ml|py)$/, "")
    .replace(/[^A-Za-z0-9._:-]+/g, "-")
    .slice(0, 64) || "hummingbot";

/** The instrument of a row, when it is the first of the import. Venues named `…_perpetual…` trade linear perpetuals. */
function instrumentItems(row: Cells, market: HummingbotMarket, course: HummingbotCourse, ts: string): ImportItem[] {
  const { envelope, venue, symbol, base, quote } = market;
  if (!course.instruments.isNew(`${envelope.bot}\t${envelope.mode}\t${venue}\t${symbol}`)) return [];
  const isPerpetual = venue.includes("perpetual");
  return [
    told(row.line, {
      type: "instrument",
      ...envelope,
      ts,
      id: `instrument:${venue}:${symbol}`,
      venue,
      symbol,
      kind: isPerpetual ? "linear" : "spot",
      base,
      quote,
      settle: isPerpetual ? quote : undefined,
      category: "crypto",
    }),
  ];
}

/** A row of the trades CSV or of `TradeFill`, its price and amount already as decimals. */
export function hummingbotFill(row: Cells, course: HummingbotCourse): ImportItem[] {
  const market = hummingbotMarket(row, course.options);
  const { envelope, venue, symbol } = market;
  const ts = isoFromMicros(row.needTime("timestamp"));
  const [orderId, side] = [row.need("order_id"), hummingbotSide(row.need("trade_type"))];
  const [price, size] = [row.needDecimal("price"), row.needDecimal("amount")];
  const trade = row.get("exchange_trade_id") ?? course.occurrences.idOf([orderId, ts, side, price, size].join("\t"));
  // Venues number trades for each market, and both orders of a trade with oneself have its number: the order tells apart.
  const fillId = boundedId(`${orderId}:${trade}`);
  const fee = feeOf(row, { price, size, quote: market.quote });
  return [
    ...instrumentItems(row, market, course, ts),
    told(row.line, {
      type: "fill",
      ...envelope,
      ts,
      id: boundedId(`fill:${fillId}`),
      fill_id: fillId,
      order_id: orderId,
      venue,
      symbol,
      side,
      price,
      size,
      is_maker: makerOf(row.get("order_type")),
      fee: fee.amount,
      fee_currency: fee.amount === undefined ? undefined : fee.currency,
      fees_in_other_currencies: fee.others.length === 0 ? undefined : fee.others,
      exchange_trade_id: row.get("exchange_trade_id"),
      ...positionOf(row.get("position")),
      leverage: row.number("leverage"),
    }),
    ...fee.others.map(() => ({
      line: row.line,
      leftOut: "a fee in a second currency: a fill has one (it is kept aside)",
    })),
  ];
}

export function hummingbotSide(text: string): "buy" | "sell" {
  const side = text.toLowerCase().replace(/^.*\./, "");
  if (side === "buy" || side === "sell") return side;
  throw new Unmappable("trade_type is neither BUY nor SELL", text);
}

/** LIMIT_MAKER is refused by the venue unless it makes; MARKET always takes; LIMIT may do either. */
const makerOf = (orderType: string | undefined): boolean | undefined =>
  orderType === "LIMIT_MAKER" ? true : orderType === "MARKET" ? false : undefined;

/** OPEN and CLOSE of a perpetual; NIL says nothing. */
export function positionOf(position: string | undefined): { intent?: "entry" | "exit"; reduce_only?: boolean } {
  const action = position?.replace(/^.*\./, "").toUpperCase();
  if (action === "OPEN") return { intent: "entry", reduce_only: false };
  if (action === "CLOSE") return { intent: "exit", reduce_only: true };
  return {};
}

interface Fee {
  readonly amount: DecimalText | undefined;
  readonly currency: string;
  readonly others: readonly { readonly currency: string; readonly amount: DecimalText }[];
}

interface FeeBase {
  readonly price: DecimalText;
  readonly size: DecimalText;
  readonly quote: string;
}

/**
 * `{'percent': '0.001', 'percent_token': None, 'flat_fees': [{'token': 'USDT', 'amount': '0.1'}]}`: `percent` is a ratio of
 * price × amount, in the quote currency as Hummingbot itself counts it; flat fees are in their tokens, older ones as pairs.
 */
function feeOf(row: Cells, { price, size, quote }: FeeBase): Fee {
  const text = row.get("trade_fee");
  if (text === undefined) return { amount: undefined, currency: quote, others: [] };
  const said = readLiteral(text);
  if (!isDict(said)) throw new Unmappable("trade_fee is not what Hummingbot writes", text);
  const sums = new Map<string, Decimal>();
  const count = (currency: string, amount: Decimal): unknown =>
    sums.set(currency, add(sums.get(currency) ?? ZERO, amount));
  const percent = feeDecimal(said["percent"] ?? "0");
  if (!isZero(percent)) count(quote, multiply(multiply(decimal(price), decimal(size)), percent));
  const flat = said["flat_fees"] ?? [];
  if (!Array.isArray(flat)) throw new Unmappable("flat_fees is not a list", text);
  for (const entry of flat) {
    const { token, amount } = flatFee(entry);
    count(token, feeDecimal(amount));
  }
  const amounts = [...sums].map(([currency, amount]) => ({ currency, amount: decimalText(amount) }));
  const first = amounts.find(({ currency }) => currency === quote) ?? amounts[0] ?? { currency: quote, amount: "0" };
  return { ...first, others: amounts.filter(({ currency }) => currency !== first.currency) };
}

const isDict = (value: Literal | undefined): value is { readonly [key: string]: Literal } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function flatFee(entry: Literal): { readonly token: string; readonly amount: Literal } {
  const [token, amount] = Array.isArray(entry) ? entry : isDict(entry) ? [entry["token"], entry["amount"]] : [];
  if (typeof token === "string" && amount !== undefined) return { token, amount };
  throw new Unmappable("a flat fee without token and amount", JSON.stringify(entry));
}

function feeDecimal(value: Literal): Decimal {
  const text = typeof value === "string" ? writtenDecimal(value) : undefined;
  if (text === undefined) throw new Unmappable("a fee is not a decimal", JSON.stringify(value));
  return decimal(text);
}
