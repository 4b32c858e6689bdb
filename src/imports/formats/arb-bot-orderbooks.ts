import { isoFromMicros, micros, parseTime } from "../../base/time.ts";
import { type BotFile, botFileFormat, venueNamed } from "../arb-bot.ts";
import { midOf } from "../arbitrage-attempt.ts";
import { contentId } from "../content-id.ts";
import { compare, type DecimalText, decimal, decimalText, multiply } from "../../domain/decimal.ts";
import { type ImportItem, mapped, told, Unmappable } from "../format.ts";
import { Fields, isObject, type JsonObject } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";

const BID = ["best_bid", "bid", "bid_price", "best_bid_price"];
const ASK = ["best_ask", "ask", "ask_price", "best_ask_price"];
const BID_SIZE = ["best_bid_size", "bid_size", "bid_qty", "bid_depth_size"];
const ASK_SIZE = ["best_ask_size", "ask_size", "ask_qty", "ask_depth_size"];
const LEVELS = ["bids", "asks"];
const VENUE = ["venue", "exchange", "platform", "source"];
const SYMBOL = ["symbol", "market_id", "market", "ticker", "market_ticker", "token_id", "asset_id", "event_id"];
const STALENESS = ["staleness_ms", "age_ms", "ms_since_update", "stale_ms"];
const UPDATED = ["last_update", "last_updated", "updated_at", "timestamp", "ts"];
const DEPTH = ["depth", "levels", "num_levels", "bid_levels", "bid_depth"];
const IS_BOOK = new Set([...BID, ...ASK, ...LEVELS]);
const DEPTH_MAX = 6;
const LEVELS_MAX = 100;
const MICROS_PER_MS = 1_000;
const ONE = decimal("1");
const CENT = decimal("0.01");

/** The books that the bot sees: best prices with their sizes or some levels, and how old each is. */
export const arbBotOrderbooks = botFileFormat({
  name: "arb-bot-orderbooks",
  about: "orderbooks.json of the arbitrage bot with four state files",
  fileNames: ["orderbooks.json"],
  detect: (head) => hasNames(head, ["best_bid", "best_ask", "bids"], STALENESS),
  map: books,
  rowsSayTime: everyBookSaysTime,
});

/** A book in the file, and the names of the objects that it stands in. */
interface Found {
  readonly value: JsonObject;
  readonly path: readonly string[];
}

function* books(file: BotFile, rowRead: () => void): Generator<ImportItem, void> {
  let line = 0;
  for (const found of booksIn(file.document, [])) {
    rowRead();
    line++;
    const at = line;
    yield* mapped(at, () => bookItems(new Fields(at, found.value), found.path, file));
  }
  if (line === 0 && !isObject(file.document) && !Array.isArray(file.document)) throw new Unmappable("no order books");
}

function everyBookSaysTime(document: unknown): boolean {
  const found = [...booksIn(document, [])];
  return found.length > 0 && found.every(({ value }) => new Fields(1, value).has(UPDATED));
}

function* booksIn(value: unknown, path: readonly string[]): Generator<Found, void> {
  if (path.length > DEPTH_MAX) return;
  if (Array.isArray(value)) for (const part of value) yield* booksIn(part, path);
  if (!isObject(value)) return;
  if (Object.keys(value).some((name) => IS_BOOK.has(name))) yield { value, path };
  else for (const [name, part] of Object.entries(value)) yield* booksIn(part, [...path, name]);
}

function bookItems(row: Fields, path: readonly string[], file: BotFile): ImportItem[] {
  const market = marketOf(row, path);
  const sides = inDollars({ bids: sideOf(row, "bids"), asks: sideOf(row, "asks") });
  const { bids, asks } = sides;
  const staleness = row.number(STALENESS);
  const ts = timeOf(row, file, staleness);
  const base = { ...file.envelope, ts, ...market, staleness_ms: staleness };
  const id = contentId(JSON.stringify([ts, market, sides]));
  const [bid, ask] = [bids[0], asks[0]];
  const sized = [...bids, ...asks].every(({ size }) => size !== undefined);
  const pairs = (levels: readonly Level[]) => levels.map(({ price, size }) => [price, size]);
  const depth = row.number(DEPTH);
  const book = { type: "book", ...base, id: `book:${id}`, bids: pairs(bids), asks: pairs(asks), depth };
  const items: ImportItem[] = sized ? [told(row.line, book)] : [];
  if (bid !== undefined && ask !== undefined) {
    const top = { price: midOf(bid.price, ask.price), bid: bid.price, ask: ask.price };
    items.push(told(row.line, { type: "mark", ...base, id: `mark:${id}`, ...top }));
  }
  if (!sized && items.length > 0)
    items.push({ line: row.line, leftOut: "a book whose sizes are not said: its mid is told" });
  return items.length > 0 ? items : [{ line: row.line, leftOut: "a quote with one side only and no size" }];
}

/** The market is named by the book's own fields, or by where it stands: `kalshi` › ticker, or `kalshi:ticker`. */
function marketOf(row: Fields, path: readonly string[]): { readonly venue: string; readonly symbol: string } {
  const place = path.flatMap((name) => {
    const [before = "", ...after] = name.split(":");
    return after.length > 0 && venueNamed(before) !== undefined ? [before, after.join(":")] : [name];
  });
  const said = row.text(VENUE) ?? place.find((name) => venueNamed(name) !== undefined);
  if (said === undefined) throw new Unmappable("a book has no venue");
  const last = place.at(-1);
  const symbol = row.text(SYMBOL) ?? (last === undefined || last === said ? undefined : last);
  if (symbol === undefined) throw new Unmappable("a book has no market");
  return { venue: venueNamed(said) ?? said.toLowerCase(), symbol };
}

interface Level {
  readonly price: DecimalText;
  readonly size: DecimalText | undefined;
}

function sideOf(row: Fields, side: "bids" | "asks"): readonly Level[] {
  const listed = row.get(side);
  if (Array.isArray(listed)) return listed.slice(0, LEVELS_MAX).map((level: unknown) => levelOf(row.line, level));
  const [price, size] = side === "bids" ? [BID, BID_SIZE] : [ASK, ASK_SIZE];
  const best = row.object(price);
  if (best !== undefined) return [levelOf(row.line, best.value)];
  const found = row.decimal(price);
  return found === undefined ? [] : [{ price: found, size: row.decimal(size) }];
}

function levelOf(line: number, level: unknown): Level {
  const row = new Fields(line, Array.isArray(level) ? { price: level[0], size: level[1] } : level);
  return { price: row.needDecimal("price"), size: row.decimal(["size", "quantity", "qty"]) };
}

/** A contract pays 1 dollar at most, so a price above 1 says that this book is in cents. */
function inDollars(sides: { readonly bids: readonly Level[]; readonly asks: readonly Level[] }) {
  const inCents = [...sides.bids, ...sides.asks].some(({ price }) => compare(decimal(price), ONE) > 0);
  if (!inCents) return sides;
  const dollars = ({ price, size }: Level) => ({ price: decimalText(multiply(decimal(price), CENT)), size });
  return { bids: sides.bids.map(dollars), asks: sides.asks.map(dollars) };
}

/** When the book last changed: its own word, else the time of the file less its staleness. */
function timeOf(row: Fields, { time }: BotFile, staleness: number | undefined): string {
  const own = row.iso(UPDATED);
  if (own !== undefined) return own;
  const at = parseTime(time.ts);
  if (at === undefined || staleness === undefined || staleness < 0) return time.ts;
  return isoFromMicros(micros(Math.max(0, at - Math.round(staleness * MICROS_PER_MS))));
}
