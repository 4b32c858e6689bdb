import { putBounded } from "../../base/bounded-map.ts";
import { compare, type DecimalText, decimal, decimalText, subtract, ZERO } from "../../domain/decimal.ts";
import { contentId, Occurrences } from "../content-id.ts";
import {
  isMaker,
  markoutMetric,
  type RunEnvelope,
  RunInstruments,
  runEnvelope,
  runFillId,
  runFormat,
  runMarket,
  runOrderId,
  runSize,
} from "../fill-quality.ts";
import { type ImportInput, type ImportItem, told, Unmappable } from "../format.ts";
import type { Fields } from "../json-fields.ts";

const ORDERS_MAX = 50_000;

/** The event log of the fill-quality run: book tops, orders, quotes, fills, markouts and the state of its feeds. */
export const fillQualityEvents = runFormat(
  "fill-quality-events",
  "events.jsonl of the fill-quality run, one event a line",
  ["ts_local", "event", "run_id"],
  (input) => {
    const log = new RunLog(input);
    return (row) => log.take(row);
  },
);

interface Submitted {
  readonly size: DecimalText;
  readonly isMaker: boolean;
}

type Body = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

class RunLog {
  readonly #envelope: RunEnvelope;
  readonly #instruments = new RunInstruments();
  readonly #occurrences = new Occurrences();
  /** Orders under way: later lines name them without size or kind. */
  readonly #orders = new Map<string, Submitted>();

  constructor(input: ImportInput) {
    this.#envelope = runEnvelope(input);
  }

  take(row: Fields): readonly ImportItem[] {
    const market = row.text("venue");
    const instrument =
      market === undefined
        ? []
        : this.#instruments.tell(row.line, { ...this.#envelope, ts: row.needIso("ts_local") }, market);
    return [...instrument, ...this.#items(row)];
  }

  #items(row: Fields): readonly ImportItem[] {
    const event = row.needText("event");
    switch (event) {
      case "BOOK_TOP":
        return this.#bookTop(row);
      case "ORDER_SUBMIT":
        return this.#submitted(row);
      case "ORDER_EFFECTIVE":
        return [this.#orderEvent(row, "acknowledged", { queue_ahead: row.number("queue_ahead") })];
      case "ORDER_CANCEL":
        return this.#cancelled(row);
      case "FILL":
        return this.#filled(row);
      case "MARKOUT":
        return [markoutMetric(row, this.#envelope, "ts_local")];
      case "RUN_START": {
        const run = row.needText("run_id");
        return [
          this.#event(row, {
            type: "bot.started",
            id: `run:${run}`,
            status: "running",
            makes_markets: true,
            run_id: run,
          }),
        ];
      }
      case "TRADE":
        return [{ line: row.line, leftOut: "a trade of others on the market" }];
      default:
        return [this.#feed(row, event)];
    }
  }

  #event(row: Fields, body: Body): ImportItem {
    return told(row.line, { ...this.#envelope, ts: row.needIso("ts_local"), ...body });
  }

  #bookTop(row: Fields): ImportItem[] {
    const { venue, symbol } = runMarket(row.needText("venue"));
    const [bid, ask] = [row.needDecimal("bid"), row.needDecimal("ask")];
    const [bidSize, askSize] = [row.needDecimal("bid_qty"), row.needDecimal("ask_qty")];
    const id = this.#occurrences.idOf(["BOOK_TOP", row.text("ts_local"), venue, bid, bidSize, ask, askSize].join("\t"));
    const seen = { venue, symbol, venue_ts: row.iso("t_exchange") };
    const bids = [[bid, bidSize]];
    const asks = [[ask, askSize]];
    return [
      this.#event(row, {
        type: "mark",
        id: `mark:${id}`,
        ...seen,
        price: row.needDecimal("mid"),
        bid,
        ask,
        bid_size: bidSize,
        ask_size: askSize,
      }),
      this.#event(row, { type: "book", id: `book:${id}`, ...seen, bids, asks, depth: 1 }),
    ];
  }

  #submitted(row: Fields): ImportItem[] {
    const orderId = runOrderId(row);
    const order = { ...runMarket(row.needText("venue")), side: row.needSide("side"), size: runSize(row, "qty") };
    const [price, makes] = [row.decimal("limit"), isMaker(row)];
    putBounded(this.#orders, orderId, { size: order.size, isMaker: makes }, ORDERS_MAX);
    const placed = this.#event(row, {
      type: "order.placed",
      id: `order:${orderId}:placed`,
      order_id: orderId,
      ...order,
      price,
      order_type: orderType(makes, price),
      arrival_mid: row.decimal("arrival_mid"),
      decided_at: row.iso("t_decision"),
      sent_at: row.iso("t_submit"),
      reason: row.text("reason"),
      expected_slippage_center_bps: row.number("expected_slippage_center_bps"),
    });
    if (!makes || price === undefined) return [placed];
    const quote = { type: "quote", id: `quote:${orderId}`, quote_id: orderId, ...order, price, intent: "maker" };
    return [placed, this.#event(row, quote)];
  }

  #orderEvent(row: Fields, state: "acknowledged" | "cancelled", extra: Readonly<Record<string, unknown>>): ImportItem {
    const orderId = runOrderId(row);
    const market = runMarket(row.needText("venue"));
    return this.#event(row, {
      type: `order.${state}`,
      id: `order:${orderId}:${state}`,
      order_id: orderId,
      ...market,
      ...extra,
    });
  }

  #cancelled(row: Fields): ImportItem[] {
    const order = this.#orders.get(runOrderId(row));
    this.#orders.delete(runOrderId(row));
    const left = decimal(runSize(row, "remaining_qty"));
    const filled = order === undefined ? undefined : subtract(decimal(order.size), left);
    const filledSize = filled === undefined || compare(filled, ZERO) < 0 ? undefined : decimalText(filled);
    const cancelled = this.#orderEvent(row, "cancelled", { reason: row.text("reason"), filled_size: filledSize });
    if (order?.isMaker !== true) return [cancelled];
    const outcome = filledSize === undefined || filledSize === "0" ? "cancelled" : "partially_filled";
    return [cancelled, this.#quoteEnded(row, outcome, filledSize)];
  }

  #quoteEnded(row: Fields, outcome: string, filledSize: DecimalText | undefined): ImportItem {
    const quoteId = runOrderId(row);
    return this.#event(row, {
      type: "quote.ended",
      id: `quote:${quoteId}:ended`,
      quote_id: quoteId,
      ...runMarket(row.needText("venue")),
      outcome,
      filled_size: filledSize,
    });
  }

  #filled(row: Fields): ImportItem[] {
    const orderId = runOrderId(row);
    const [price, size, makes] = [row.needDecimal("price"), runSize(row, "qty"), isMaker(row)];
    const fillId = runFillId(orderId, price, size, this.#occurrences);
    const order = this.#orders.get(orderId);
    const fill = this.#event(row, {
      type: "fill",
      id: `fill:${fillId}`,
      fill_id: fillId,
      order_id: orderId,
      quote_id: makes ? orderId : undefined,
      ...runMarket(row.needText("venue")),
      side: row.needSide("side"),
      price,
      size,
      is_maker: makes,
      mid: row.decimal("fill_mid"),
      reason: row.text("reason"),
      slippage_total_bps: row.number("slippage_total_bps"),
      slippage_surprise_bps: row.number("slippage_surprise_bps"),
      decision_to_fill_ms: row.number("decision_to_fill_ms"),
    });
    if (!makes || order === undefined || compare(decimal(size), decimal(order.size)) < 0) return [fill];
    this.#orders.delete(orderId);
    return [fill, this.#quoteEnded(row, "filled", size)];
  }

  #feed(row: Fields, event: string): ImportItem {
    const { kind, channel } = feedState(row, event);
    const { venue } = runMarket(row.needText("venue"));
    const age = row.number("age_seconds");
    const detail = row.text("message") ?? (age === undefined ? undefined : `book age ${age} s`);
    const id = `feed:${contentId(JSON.stringify(row.value))}`;
    return this.#event(row, { type: "feed", id, venue, kind, channel, detail });
  }
}

const orderType = (makes: boolean, price: DecimalText | undefined): string => {
  if (makes) return "limit_maker";
  return price === undefined ? "market" : "limit";
};

/** What the run says of its connections, in Deskwatch's terms. */
function feedState(row: Fields, event: string): { readonly kind: string; readonly channel?: string | undefined } {
  if (event === "STALE_FEED") return { kind: "stale" };
  if (event === "FEED_RECOVERED") return { kind: "resynced" };
  if (!/^(?:FUT|SPOT)_WS_CONTROL$/.test(event)) throw new Unmappable("the event has no mapping", event);
  const said = row.needText("ws_event");
  if (said === "info" || said === "subscribed") return { kind: "connected", channel: row.text("feed") };
  if (said === "error" || said === "alert") return { kind: "error", channel: row.text("feed") };
  throw new Unmappable("the control message has no mapping", said);
}
