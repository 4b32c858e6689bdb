import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import { canonicalDecimal } from "../../src/domain/decimal.ts";
import { MarketBook } from "../../src/venues/polymarket/market-book.ts";
import { parseMarketMessage } from "../../src/venues/polymarket/market-messages.ts";
import { openFrame } from "../../src/venues/polymarket/messages.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const YES_ROWS = "data/two-venue-events/Polymarket_Jokic_YES.csv.gz";
const NO_ROWS = "data/two-venue-events/Polymarket_Jokic_NO.csv.gz";
const NOW = micros(1);

interface Row {
  readonly timestamp: string;
  readonly type: string;
  readonly price: string;
  readonly side: string;
  readonly size: string;
  readonly bestBid: string;
  readonly bestAsk: string;
}

async function rowsOf(path: string): Promise<Row[]> {
  const [, ...lines] = gunzipSync(await readFile(testData(path)))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [timestamp = "", type = "", price = "", side = "", size = "", bestBid = "", bestAsk = ""] = line
      .trim()
      .split(",");
    return { timestamp, type, price, side, size, bestBid, bestAsk };
  });
}

/** The rows of one token as the venue's frames: the recorder wrote the best level of each side of a book, one a row. */
function framesOf(rows: readonly Row[], asset_id: string): { readonly text: string; readonly row: Row }[] {
  const frames: { text: string; row: Row }[] = [];
  for (const [index, row] of rows.entries()) {
    const { timestamp, type: event_type, price, side, size, bestBid: best_bid, bestAsk: best_ask } = row;
    const common = { event_type, market: "0xmarket", timestamp };
    if (event_type === "price_change") {
      const price_changes = [{ asset_id, price, size, side, best_bid, best_ask }];
      frames.push({ text: JSON.stringify({ ...common, price_changes }), row });
    } else if (event_type === "book") {
      const ask = rows[index + 1];
      if (side !== "BUY" || ask === undefined) continue;
      const sides = { bids: [{ price, size }], asks: [{ price: ask.price, size: ask.size }] };
      frames.push({ text: JSON.stringify([{ ...common, asset_id, ...sides }]), row });
    } else frames.push({ text: JSON.stringify({ ...common, asset_id, price, size, side }), row });
  }
  return frames;
}

/** Plays the frames of a token into its book; `onFrame` after each. */
async function played(path: string, onFrame: (book: MarketBook, row: Row) => void) {
  const told: string[] = [];
  const kinds: Record<string, number> = {};
  const market = new MarketBook("token", {
    stale: (reason, detail) => told.push(`${reason}: ${detail}`),
    resynced: () => told.push("resynced"),
    doubtful: (detail) => told.push(`doubtful: ${detail}`),
  });
  for (const { text, row } of framesOf(await rowsOf(path), "token")) {
    const frame = openFrame(text);
    if (frame.kind !== "messages") throw new Error(`${frame.kind}: ${text}`);
    for (const event of frame.events) {
      const message = parseMarketMessage(event);
      kinds[message.kind] = (kinds[message.kind] ?? 0) + 1;
      market.take(message, NOW);
    }
    onFrame(market, row);
  }
  return { told, kinds };
}

const topOf = ({ book }: MarketBook) => [book.best("bids")?.[0], book.best("asks")?.[0]];

requireTestData(YES_ROWS, NO_ROWS)("a recorded market of Polymarket", () => {
  test.each([YES_ROWS, NO_ROWS])(
    "%s: every row is read, and a book is right at its top or stale with a reason",
    async (path) => {
      let fresh = 0;
      const { told, kinds } = await played(path, (market, { type, bestBid, bestAsk }) => {
        if (type === "last_trade_price" || !market.book.isFresh) return;
        fresh++;
        expect(topOf(market)).toEqual([canonicalDecimal(bestBid), canonicalDecimal(bestAsk)]);
      });
      expect(kinds).toEqual({ book: 81, changes: 11_931, trade: 7 });
      const stale = told.filter((line) => line !== "resynced");
      expect(stale.every((line) => /^(?:mismatch: the venue's top is|crossed: )/.test(line))).toBe(true);
      // The recorder kept one level a side, so the next best is missing each time that the best goes.
      expect(stale.length).toBeLessThanOrEqual(81);
      expect(fresh).toBeGreaterThan(100);
    },
  );

  test("the book of NO is that of YES seen from the other side, whenever both are fresh", async () => {
    const tops = new Map<string, string>();
    await played(YES_ROWS, (market, { timestamp }) => {
      if (market.book.isFresh)
        tops.set(
          timestamp,
          topOf(market)
            .map((price) => Number(price).toFixed(3))
            .join(" "),
        );
      else tops.delete(timestamp);
    });
    let compared = 0;
    const mirrors = new Map<string, string>();
    await played(NO_ROWS, (market, { timestamp }) => {
      const [bid, ask] = topOf(market);
      if (market.book.isFresh)
        mirrors.set(timestamp, `${(1 - Number(ask)).toFixed(3)} ${(1 - Number(bid)).toFixed(3)}`);
      else mirrors.delete(timestamp);
    });
    for (const [timestamp, mirror] of mirrors) {
      const top = tops.get(timestamp);
      if (top === undefined) continue;
      expect({ timestamp, top }).toEqual({ timestamp, top: mirror });
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});
