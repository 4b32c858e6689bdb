import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { BookLevel } from "../src/domain/order-book.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DATA = resolve(ROOT, process.env["DESKWATCH_TEST_DATA"] ?? "../shared", "data");

const BINANCE_FILE = resolve(DATA, "binance-futures/btcusdt_20240808.gz");
export const KALSHI_FILE = resolve(DATA, "kalshi-websocket/raw_events_20260514T014324Z.ndjson.gz");

/** A recorded session: its frames as text, and how a parsed one changes a book. */
export interface Session<Frame> {
  readonly texts: readonly string[];
  readonly frames: readonly Frame[];
  /** Level updates in all frames. */
  readonly updates: number;
}

/** A depth diff of Binance, in its combined stream. */
export interface BinanceFrame {
  readonly data: { readonly b: readonly BookLevel[]; readonly a: readonly BookLevel[] };
}

/** A snapshot or delta of Kalshi as it came over the socket. */
export interface KalshiFrame {
  readonly type: "orderbook_snapshot" | "orderbook_delta";
  readonly msg: {
    readonly yes_dollars_fp?: readonly BookLevel[];
    readonly no_dollars_fp?: readonly BookLevel[];
    readonly side: "yes" | "no";
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly ts_ms: number;
  };
}

export const areThere = (): boolean => existsSync(BINANCE_FILE) && existsSync(KALSHI_FILE);

const linesOf = (path: string): string[] => gunzipSync(readFileSync(path)).toString("utf8").trimEnd().split("\n");

export function binanceSession(): Session<BinanceFrame> {
  const texts = linesOf(BINANCE_FILE)
    .map((line) => line.slice(line.indexOf(" ") + 1))
    .filter((text) => text.includes('"depthUpdate"'));
  const frames = texts.map((text): BinanceFrame => JSON.parse(text));
  return { texts, frames, updates: frames.reduce((sum, { data }) => sum + data.b.length + data.a.length, 0) };
}

/** The frames of one market of the session, as the venue sent them. */
export function kalshiSession(): Session<KalshiFrame> {
  const texts = linesOf(KALSHI_FILE).flatMap((line) => {
    const { event_type: type, sequence_number: seq, payload_json: msg } = JSON.parse(line);
    const isOfBook = type === "orderbook_snapshot" || type === "orderbook_delta";
    return isOfBook && msg.market_ticker.endsWith("-00") ? [JSON.stringify({ type, sid: 2, seq, msg })] : [];
  });
  const frames = texts.map((text): KalshiFrame => JSON.parse(text));
  return { texts, frames, updates: frames.length };
}
