import type { ChangesMessage, LevelChange, MarketMessage, WireLevel } from "./messages.ts";
import { decimalAt, isRecord, type Json, malformed, msAt, sideAt, textAt, uncheckedDecimalAt } from "./wire.ts";

/** Reads one event of the market channel. Never throws; what is no event of a known shape says why. */
export function parseMarketMessage(event: unknown): MarketMessage {
  if (!isRecord(event)) return malformed("not an object");
  const type = textAt(event, "event_type");
  switch (type) {
    case "book":
      return bookOf(event);
    case "price_change":
      return changesOf(event);
    case "tick_size_change":
      return tickOf(event);
    case "last_trade_price":
      return tradeOf(event);
    case "best_bid_ask":
      return bestOf(event);
    case "market_resolved":
      return resolvedOf(event);
    default:
      return type === undefined ? malformed("no event_type") : { kind: "other", event: type };
  }
}

function bookOf(event: Json): MarketMessage {
  const [token, market] = [textAt(event, "asset_id"), textAt(event, "market")];
  // Older books name their sides buys and sells.
  const bids = levelsOf(event["bids"] ?? event["buys"]);
  const asks = levelsOf(event["asks"] ?? event["sells"]);
  if (token === undefined || market === undefined || bids === undefined || asks === undefined) {
    return { ...malformed("book without its token, market or levels"), market };
  }
  const [hash, tick] = [textAt(event, "hash"), decimalAt(event, "tick_size")];
  return { kind: "book", token, market, at: msAt(event, "timestamp"), hash, bids, asks, tick };
}

/** The book in an answer of `/book` or `/books`; undefined when it is none. */
export const restBookOf = (value: unknown) => {
  const book = isRecord(value) ? bookOf(value) : undefined;
  return book?.kind === "book" ? book : undefined;
};

/** The three generations, told apart by their shape. */
function changesOf(event: Json): MarketMessage {
  if (Array.isArray(event["price_changes"])) return generationC(event, event["price_changes"]);
  if (Array.isArray(event["changes"])) return generationB(event, event["changes"]);
  return generationA(event);
}

/** Since 2025-09-15: a list of changes, each with its token and the best prices after it. */
function generationC(event: Json, list: readonly unknown[]): MarketMessage {
  return changesMessage("C", event, list.map(changeOfC));
}

function changeOfC(value: unknown): LevelChange | undefined {
  if (!isRecord(value)) return undefined;
  const [bestBid, bestAsk] = [uncheckedDecimalAt(value, "best_bid"), uncheckedDecimalAt(value, "best_ask")];
  return changeOf(value, textAt(value, "asset_id"), bestBid, bestAsk);
}

/** Until 2025-09-15: a list of changes of the one token named above it. */
function generationB(event: Json, list: readonly unknown[]): MarketMessage {
  const token = textAt(event, "asset_id");
  const changes = list.map((value) => (isRecord(value) ? changeOf(value, token) : undefined));
  return changesMessage("B", event, changes);
}

/** 2024: one change, flat. */
function generationA(event: Json): MarketMessage {
  return changesMessage("A", event, [changeOf(event, textAt(event, "asset_id"))]);
}

/** What cannot be a price or a size is for the book to refuse. */
function changeOf(value: Json, token?: string, bestBid?: string, bestAsk?: string): LevelChange | undefined {
  const side = sideAt(value);
  const price = uncheckedDecimalAt(value, "price");
  const size = uncheckedDecimalAt(value, "size");
  if (token === undefined || side === undefined || price === undefined || size === undefined) return undefined;
  return { token, side: side === "buy" ? "bid" : "ask", price, size, bestBid, bestAsk };
}

function changesMessage(
  generation: ChangesMessage["generation"],
  event: Json,
  changes: readonly (LevelChange | undefined)[],
): MarketMessage {
  const [market, at] = [textAt(event, "market"), msAt(event, "timestamp")];
  if (!isWhole(changes)) {
    return { ...malformed(`price_change (${generation}) with missing fields`), market };
  }
  return { kind: "changes", generation, market, at, changes };
}

const isWhole = (changes: readonly (LevelChange | undefined)[]): changes is readonly LevelChange[] =>
  !changes.includes(undefined);

function tickOf(event: Json): MarketMessage {
  const [token, tick] = [textAt(event, "asset_id"), decimalAt(event, "new_tick_size")];
  if (token === undefined || tick === undefined) return malformed("tick_size_change without token or new tick");
  return { kind: "tick", token, tick, at: msAt(event, "timestamp") };
}

function tradeOf(event: Json): MarketMessage {
  const [token, price, size] = [textAt(event, "asset_id"), decimalAt(event, "price"), decimalAt(event, "size")];
  if (token === undefined || price === undefined || size === undefined) {
    return malformed("last_trade_price without token, price or size");
  }
  return { kind: "trade", token, price, size, side: sideAt(event), at: msAt(event, "timestamp") };
}

function bestOf(event: Json): MarketMessage {
  const token = textAt(event, "asset_id");
  if (token === undefined) return malformed("best_bid_ask without token");
  const [bestBid, bestAsk] = [decimalAt(event, "best_bid"), decimalAt(event, "best_ask")];
  return { kind: "best", token, bestBid, bestAsk, at: msAt(event, "timestamp") };
}

function resolvedOf(event: Json): MarketMessage {
  const [market, winner] = [textAt(event, "market"), textAt(event, "winning_asset_id")];
  if (market === undefined || winner === undefined) return malformed("market_resolved without market or winner");
  return { kind: "resolved", market, winner, at: msAt(event, "timestamp") };
}

function levelsOf(value: unknown): readonly WireLevel[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const levels: WireLevel[] = [];
  for (const entry of value) {
    const level = isRecord(entry) ? levelOf(entry) : undefined;
    if (level === undefined) return undefined;
    levels.push(level);
  }
  return levels;
}

function levelOf(entry: Json): WireLevel | undefined {
  const [price, size] = [uncheckedDecimalAt(entry, "price"), uncheckedDecimalAt(entry, "size")];
  return price === undefined || size === undefined ? undefined : { price, size };
}
