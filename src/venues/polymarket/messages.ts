/** Where the venue answers requests. */
export interface RestAddresses {
  readonly gammaUrl: string;
  readonly clobUrl: string;
  readonly dataUrl: string;
}

/** One level of a `book`, as the venue wrote it: prices may lack the zero before the point. */
export interface WireLevel {
  readonly price: string;
  readonly size: string;
}

/** The whole book of one token. Sides come in any order. */
export interface BookMessage {
  readonly kind: "book";
  readonly token: string;
  readonly market: string;
  readonly at: number | undefined;
  readonly hash: string | undefined;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
  readonly tick: string | undefined;
}

/** One level of one token's book: the size that rests there now, 0 for none. */
export interface LevelChange {
  readonly token: string;
  readonly side: "bid" | "ask";
  readonly price: string;
  readonly size: string;
  /** The best prices after this change, where the venue tells them: bid 0 or ask 1 for a side without orders. */
  readonly bestBid: string | undefined;
  readonly bestAsk: string | undefined;
}

export interface ChangesMessage {
  readonly kind: "changes";
  readonly generation: "A" | "B" | "C";
  readonly market: string | undefined;
  readonly at: number | undefined;
  readonly changes: readonly LevelChange[];
}

/** Everything that the market channel says. Times are the venue's, in ms; undefined where it told none. */
export type MarketMessage =
  | BookMessage
  | ChangesMessage
  | { readonly kind: "tick"; readonly token: string; readonly tick: string; readonly at: number | undefined }
  | {
      readonly kind: "trade";
      readonly token: string;
      readonly price: string;
      readonly size: string;
      readonly side: "buy" | "sell" | undefined;
      readonly at: number | undefined;
    }
  | {
      readonly kind: "best";
      readonly token: string;
      readonly bestBid: string | undefined;
      readonly bestAsk: string | undefined;
      readonly at: number | undefined;
    }
  | {
      readonly kind: "resolved";
      readonly market: string;
      readonly winner: string;
      readonly at: number | undefined;
    }
  /** An event that nobody here reads. */
  | { readonly kind: "other"; readonly event: string }
  /** With the market whose book may have missed something by it. */
  | { readonly kind: "malformed"; readonly reason: string; readonly market?: string | undefined };

/** What one frame holds: the answer to a PING, words that are no JSON (mostly errors), or messages in their order. */
export type PolymarketFrame =
  | { readonly kind: "pong" }
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "messages"; readonly events: readonly unknown[] };

const WORDS_MAX = 200;

/** Reads the envelope of a text frame of either channel. Never throws. */
export function openFrame(text: string, parse: (text: string) => unknown = JSON.parse): PolymarketFrame {
  const trimmed = text.trim();
  if (trimmed === "PONG") return { kind: "pong" };
  if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) return words(trimmed);
  try {
    const value = parse(trimmed);
    return { kind: "messages", events: Array.isArray(value) ? value : [value] };
  } catch {
    return words(trimmed);
  }
}

const words = (text: string): PolymarketFrame => ({ kind: "words", text: text.slice(0, WORDS_MAX) });
