import { type BotFile, botFileFormat } from "../arb-bot.ts";
import { contentId } from "../content-id.ts";
import { type ImportItem, told, Unmappable } from "../format.ts";
import { Fields, isObject } from "../json-fields.ts";
import { hasNames } from "../json-items.ts";

const CONTAINER = ["positions", "open_positions", "current_positions"];
const EVENT = ["event_id", "event", "event_ticker", "market", "market_id", "pair_id"];
const SIZES = {
  kalshi: ["kalshi_size", "kalshi_position", "kalshi_contracts", "kalshi_qty", "kalshi"],
  polymarket: [
    "polymarket_size",
    "poly_size",
    "polymarket_position",
    "poly_position",
    "poly_qty",
    "polymarket",
    "poly",
  ],
} as const;
const SIZE = ["size", "position", "quantity", "qty", "contracts"];
const SYMBOL = ["symbol", "ticker", "market_ticker", "market", "token_id", "asset_id"];
const ENTRY = ["entry_price", "avg_price", "average_price", "avg_entry_price"];
const MARK = ["mark_price", "current_price", "price"];
const NET = ["net_exposure", "net_position", "net"];
const UNREALIZED = ["unrealized_pnl", "unrealised_pnl", "upnl"];
const TOTAL = ["total_exposure", "total_portfolio_exposure", "gross_exposure", "total_gross_exposure"];

/** What the bot holds of each event on both venues: one look at the whole book. */
export const arbBotPositions = botFileFormat({
  name: "arb-bot-positions",
  about: "positions.json of the arbitrage bot with four state files",
  fileNames: ["positions.json"],
  detect: (head) =>
    hasNames(
      head,
      SIZES.kalshi.filter((name) => name !== "kalshi"),
      SIZES.polymarket.filter((name) => name.includes("_")),
    ),
  map: positions,
});

function positions({ document, time, envelope }: BotFile, rowRead: () => void): ImportItem[] {
  const events = eventsIn(document).map(({ key, value }, index) => {
    rowRead();
    return eventOf(new Fields(index + 1, value), key);
  });
  const total = isObject(document) ? new Fields(1, document).number(TOTAL) : undefined;
  const body = { positions: events.flatMap(({ legs }) => legs), events: events.map(({ reported }) => reported) };
  return [
    ...events.flatMap(({ legs, reported }) => instrumentsOf(reported.event_id, legs, { time, envelope })),
    told(1, {
      type: "position.snapshot",
      ...envelope,
      ts: time.ts,
      id: `positions:${contentId(JSON.stringify([time.ts, body, total]))}`,
      ...body,
      total_exposure: total,
      source: "bot",
    }),
  ];
}

/**
 * A leg that names no market of its own is known by its event alone; nobody else tells of it. The file counts both venues
 * in dollars.
 */
function instrumentsOf(
  event: string,
  legs: readonly { readonly venue: string; readonly symbol: string }[],
  { time, envelope }: Pick<BotFile, "time" | "envelope">,
): ImportItem[] {
  return legs
    .filter(({ symbol }) => symbol === event)
    .map(({ venue, symbol }) =>
      told(1, {
        ...{ type: "instrument", ...envelope, ts: time.ts, id: `instrument:${venue}:${symbol}` },
        ...{ venue, symbol, kind: "binary", quote: "USD", event_id: event },
      }),
    );
}

/** A list of events, or an object that names each by its key. The book is whole only when every entry is read. */
function eventsIn(document: unknown): readonly { readonly key: string | undefined; readonly value: unknown }[] {
  const held = isObject(document) && CONTAINER.some((name) => Object.hasOwn(document, name));
  const found = held ? CONTAINER.map((name) => document[name]).find((value) => value !== undefined) : document;
  if (Array.isArray(found)) return found.map((value: unknown) => ({ key: undefined, value }));
  if (!isObject(found)) throw new Unmappable("no positions");
  const entries = Object.entries(found).filter(([, value]) => held || isObject(value));
  return entries.map(([key, value]) => ({ key, value }));
}

function eventOf(row: Fields, key: string | undefined) {
  const event = row.text(EVENT) ?? key;
  if (event === undefined) throw new Unmappable("a position has no event_id");
  if (!row.has(SIZES.kalshi) && !row.has(SIZES.polymarket))
    throw new Unmappable("a position has neither a size at kalshi nor one at polymarket", event);
  const legs = Object.entries(SIZES).flatMap(([venue, names]) => legOf(row, { event, venue, names }));
  const reported = { event_id: event, net_exposure: row.number(NET), unrealized_pnl: row.number(UNREALIZED) };
  return { legs, reported };
}

/** A size, or an object with the size and more. What is not held is left out. */
function legOf(
  row: Fields,
  { event, venue, names }: { readonly event: string; readonly venue: string; readonly names: readonly string[] },
) {
  const said = row.object(names);
  const size = said === undefined ? row.decimal(names) : said.needDecimal(SIZE);
  if (size === undefined || size === "0") return [];
  return [
    {
      venue,
      symbol: said?.text(SYMBOL) ?? event,
      size,
      entry_price: said?.decimal(ENTRY),
      mark_price: said?.decimal(MARK),
    },
  ];
}
