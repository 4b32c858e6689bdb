import { isoFromMicros, type Micros } from "../base/time.ts";
import { absolute, add, compare, decimal, decimalText, divide, multiply, subtract } from "../domain/decimal.ts";
import type { Cells } from "./cells.ts";
import { boundedId, type Told } from "./content-id.ts";
import { type ImportItem, type ImportMode, type ImportOptions, mapped, told, Unmappable } from "./format.ts";

/** A trade of freqtrade and its orders: rows of its tables, or objects of its JSON, whose fields have the same names. */
export interface FreqtradeTrade {
  readonly trade: Cells;
  readonly orders: readonly Cells[];
}

/** What one import has told so far. */
export interface FreqtradeCourse {
  readonly options: ImportOptions;
  readonly instruments: Told;
}

interface Market {
  readonly envelope: { readonly bot: string; readonly mode: ImportMode; readonly strategy: string | undefined };
  readonly venue: string;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly settle: string | undefined;
  readonly isShort: boolean;
}

/** A trade is a position; each of its orders is an order, and a fill when it filled. Rows are refused one by one. */
export function freqtradeItems({ trade, orders }: FreqtradeTrade, course: FreqtradeCourse): ImportItem[] {
  let market: Market | undefined;
  const ofTrade = mapped(trade.line, () => {
    market = marketOf(trade, orders, course.options);
    return [...instrumentItems(trade, market, course), ...positionItems(trade, orders, market)];
  });
  if (market === undefined)
    return [...ofTrade, ...orders.map(({ line }) => ({ line, refused: "the trade of the order was refused" }))];
  const known = market;
  const ofOrders = orders.flatMap((order) => mapped(order.line, () => orderItems(order, { trade, orders }, known)));
  return [...ofTrade, ...ofOrders].sort((a, b) => timeOf(a) - timeOf(b));
}

/** Items without a time stand first; the order of those at the same time stays. */
const timeOf = (item: ImportItem): number => ("body" in item ? (item.at ?? 0) : 0);

function marketOf(trade: Cells, orders: readonly Cells[], options: ImportOptions): Market {
  const symbol = trade.need("pair");
  const [, base, quote, settle] = /^([^/:]+)\/([^/:]+)(?::([^/:]+))?/.exec(symbol) ?? [];
  if (base === undefined || quote === undefined) throw new Unmappable("pair is not BASE/QUOTE", symbol);
  const isDryRun = orders.some((order) => order.get("order_id")?.startsWith("dry_run_") === true);
  return {
    envelope: {
      bot: options.bot ?? "freqtrade",
      mode: options.mode ?? (isDryRun ? "paper" : "live"),
      strategy: trade.get("strategy"),
    },
    venue: trade.need("exchange"),
    symbol,
    base,
    quote,
    settle,
    isShort: trade.flag("is_short") === true,
  };
}

function instrumentItems(trade: Cells, market: Market, { instruments }: FreqtradeCourse): ImportItem[] {
  const { envelope, venue, symbol, base, quote, settle } = market;
  if (!instruments.isNew(`${envelope.mode}\t${venue}\t${symbol}`)) return [];
  const kind = settle === undefined ? "spot" : settle === base ? "inverse" : "linear";
  const ts = isoFromMicros(trade.needTime("open_date"));
  const id = boundedId(`instrument:${venue}:${symbol}`);
  return [
    told(trade.line, {
      type: "instrument",
      ...envelope,
      ts,
      id,
      venue,
      symbol,
      kind,
      base,
      quote,
      settle,
      category: "crypto",
    }),
  ];
}

function positionItems(trade: Cells, orders: readonly Cells[], market: Market): ImportItem[] {
  const { envelope, venue, symbol, isShort } = market;
  const openedAt = trade.needTime("open_date");
  const isOpen = trade.flag("is_open") === true;
  const size = trade.decimal("amount");
  const { line } = trade;
  if (isOpen && (size === undefined || size === "0"))
    return [{ line, leftOut: "a trade that has bought or sold nothing yet" }];
  // Each database counts its trades from 1: the second of the opening tells those of several apart, in every form of file.
  const positionId = `${trade.need("id")}:${Math.floor(openedAt / 1e6)}`;
  const position = {
    ...envelope,
    position_id: positionId,
    venue,
    symbol,
    side: isShort ? "short" : "long",
    size: trade.needDecimal("amount"),
    entry_price: trade.needDecimal("open_rate"),
    leverage: trade.number("leverage"),
    entry_tag: trade.get("enter_tag"),
  };
  const opened = told(line, {
    type: "position.opened",
    ...position,
    ts: isoFromMicros(openedAt),
    id: `opened:${positionId}`,
  });
  if (isOpen) return [opened];
  const closedAt = trade.needTime("close_date");
  const closed = told(line, {
    type: "position.closed",
    ...position,
    ts: isoFromMicros(closedAt),
    id: `closed:${positionId}`,
    exit_price: trade.needDecimal("close_rate"),
    // Net of fees and funding, as freqtrade counts it.
    realized_pnl: trade.decimal("close_profit_abs"),
    fees: totalFees(trade, orders),
    opened_at: isoFromMicros(openedAt),
    reason: trade.get("exit_reason") ?? trade.get("sell_reason"),
  });
  return [opened, closed, ...fundingItems(trade, market, { positionId, closedAt })];
}

/** In the quote currency, by the rates that its profit was counted with; undefined when it was bought or sold in parts. */
function totalFees(trade: Cells, orders: readonly Cells[]): string | undefined {
  if (filledOrders(orders, "buy") > 1 || filledOrders(orders, "sell") > 1) return undefined;
  const [openRate, closeRate] = [trade.decimal("fee_open"), trade.decimal("fee_close")];
  if (openRate === undefined || closeRate === undefined) return undefined;
  const opening = multiply(decimal(trade.needDecimal("open_rate")), decimal(openRate));
  const closing = multiply(decimal(trade.needDecimal("close_rate")), decimal(closeRate));
  return decimalText(multiply(decimal(trade.needDecimal("amount")), add(opening, closing)));
}

const filledOrders = (orders: readonly Cells[], side: string): number =>
  orders.filter((order) => sideOf(order) === side && Number(order.get("filled") ?? 0) > 0).length;

/** What a perpetual paid or received while the trade was open, told once it is closed: until then it changes. */
function fundingItems(
  trade: Cells,
  { envelope, venue, symbol, quote, settle }: Market,
  { positionId, closedAt }: { positionId: string; closedAt: Micros },
): ImportItem[] {
  const amount = trade.decimal("funding_fees");
  if (amount === undefined || amount === "0") return [];
  return [
    told(trade.line, {
      type: "income",
      ...envelope,
      ts: isoFromMicros(closedAt),
      id: `funding:${positionId}`,
      income_type: "FUNDING_FEE",
      amount,
      currency: settle ?? quote,
      venue,
      symbol,
      transaction_id: `funding:${positionId}`,
    }),
  ];
}

const ORDER_TYPES: Readonly<Record<string, string>> = { limit: "limit", market: "market" };
const ENDS: Readonly<Record<string, string>> = {
  canceled: "order.cancelled",
  cancelled: "order.cancelled",
  expired: "order.expired",
  rejected: "order.rejected",
};
const GOES_ON = new Set(["open", "closed"]);

const sideOf = (order: Cells): string | undefined => order.get("side") ?? order.get("ft_order_side");

function orderItems(order: Cells, whole: FreqtradeTrade, market: Market): ImportItem[] {
  const { line } = order;
  const { envelope, venue, symbol } = market;
  const side = tradeSide(order, market);
  const orderId = order.need("order_id");
  const isEntry = (side === "sell") === market.isShort;
  const base = { ...envelope, order_id: orderId, venue, symbol };
  const price = priceOf(order, ["ft_price", "price", "safe_price"]);
  const type = order.get("order_type");
  const placed = told(line, {
    type: "order.placed",
    ...base,
    ts: isoFromMicros(timeOfOrder(order, ["order_date", "order_timestamp"])),
    id: boundedId(`order:${orderId}`),
    side,
    price,
    size: positive(order.decimal("ft_amount")) ?? order.needDecimal("amount"),
    order_type: ORDER_TYPES[type ?? ""],
    venue_order_type: type,
    intent: isEntry ? "entry" : "exit",
    reduce_only: market.settle === undefined ? undefined : !isEntry,
  });
  const endedAt = isoFromMicros(timeOfOrder(order, ENDED));
  const filled = order.decimal("filled") ?? "0";
  const status = order.need("status");
  const end = ENDS[status];
  if (end === undefined && !GOES_ON.has(status)) throw new Unmappable("the status is unknown", status);
  const ended =
    end === undefined
      ? []
      : [told(line, { type: end, ...base, ts: endedAt, id: boundedId(`${end}:${orderId}`), filled_size: filled })];
  if (filled === "0") return [placed, ...ended];
  if (status === "open") return [placed, { line, leftOut: "what an open order has filled so far: it still changes" }];
  const fillPrice = executedPrice(order, filled, market);
  if (fillPrice === undefined) return [placed, ...ended, { line, leftOut: "a fill without a price" }];
  const fill = told(line, {
    type: "fill",
    ...base,
    ts: endedAt,
    id: boundedId(`fill:${orderId}`),
    fill_id: orderId,
    side,
    price: fillPrice,
    size: filled,
    is_maker: type === "market" ? false : undefined,
    ...feeOf(whole, isEntry, side),
    reduce_only: market.settle === undefined ? undefined : !isEntry,
  });
  return [placed, fill, ...ended];
}

/** `stoploss` orders have a side of their own in `side`; where it lacks, they close the trade. */
function tradeSide(order: Cells, market: Market): "buy" | "sell" {
  const said = sideOf(order)?.toLowerCase();
  const side = said === "stoploss" ? (market.isShort ? "buy" : "sell") : said;
  if (side === "buy" || side === "sell") return side;
  throw new Unmappable("the side is neither buy nor sell", said);
}

const ENDED = [
  "order_filled_date",
  "order_filled_timestamp",
  "order_update_date",
  "order_date",
  "order_timestamp",
] as const;

function timeOfOrder(order: Cells, names: readonly string[]): Micros {
  for (const name of names) {
    const at = order.time(name);
    if (at !== undefined) return at;
  }
  throw new Unmappable("no order_date");
}

const AVERAGE_SCALE = 12;
/** What a cost that was cut off after eight digits can be out by. */
const CUT_OFF = decimal("0.00000001");

/**
 * The average price where the order tells it. Some have only the price that was asked for, and a cost that is of a better
 * one: then it is cost ÷ filled. Costs of derivatives may be of contracts or margin, and tell no price.
 */
function executedPrice(order: Cells, filled: string, { settle }: Market): string | undefined {
  const average = priceOf(order, ["average"]);
  const price = priceOf(order, ["safe_price", "price"]);
  const cost = positive(order.decimal("cost"));
  if (average !== undefined || price === undefined || cost === undefined || settle !== undefined)
    return average ?? price;
  const [spent, size] = [decimal(cost), decimal(filled)];
  const gap = subtract(multiply(decimal(price), size), spent);
  return compare(absolute(gap), CUT_OFF) > 0 ? decimalText(divide(spent, size, AVERAGE_SCALE)) : price;
}

/** The first of these that is a price; 0 is none. */
const priceOf = (order: Cells, names: readonly string[]): string | undefined =>
  names.map((name) => positive(order.decimal(name))).find((price) => price !== undefined);

const positive = (text: string | undefined): string | undefined => (text === "0" ? undefined : text);

/** The trade has what its entry and its exit cost; which of several orders cost how much of it, it does not say. */
function feeOf({ trade, orders }: FreqtradeTrade, isEntry: boolean, side: "buy" | "sell") {
  if (filledOrders(orders, side) !== 1) return {};
  const [fee, currency] = isEntry ? ["fee_open_cost", "fee_open_currency"] : ["fee_close_cost", "fee_close_currency"];
  const [amount, paidIn] = [trade.decimal(fee), trade.get(currency)];
  return amount === undefined || paidIn === undefined ? {} : { fee: amount, fee_currency: paidIn };
}
