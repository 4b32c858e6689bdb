/** A price and the size that now rests there, as the venue wrote them; size 0 removes the level. */
export type WireLevel = readonly [price: string, size: string];

/** What changed in a book between two update ids. `pu` is the `u` of the change before it. Times in ms. */
export interface DepthUpdate {
  readonly e: "depthUpdate";
  readonly E: number;
  readonly T: number;
  readonly s: string;
  readonly U: number;
  readonly u: number;
  readonly pu: number;
  readonly b: readonly WireLevel[];
  readonly a: readonly WireLevel[];
}

/** The best bid and ask after update `u`. */
export interface BookTicker {
  readonly e: "bookTicker";
  readonly E: number;
  readonly u: number;
  readonly s: string;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

/** A trade, or several of one taker at one price (`aggTrade`). `m`: the buyer was the maker. */
export interface TradeFrame {
  readonly e: "trade" | "aggTrade";
  readonly E: number;
  readonly T: number;
  readonly s: string;
  readonly p: string;
  readonly q: string;
  readonly m: boolean;
  readonly id: string;
}

/** Mark price `p`, index price `i`, estimated funding rate `r`, time `T` of the next funding in ms. */
export interface MarkPriceFrame {
  readonly e: "markPriceUpdate";
  readonly E: number;
  readonly s: string;
  readonly p: string;
  readonly i: string | undefined;
  readonly r: string | undefined;
  readonly T: number;
}

/** A book of `GET /fapi/v1/depth`, right as of update `lastUpdateId`. */
export interface DepthSnapshot {
  readonly lastUpdateId: number;
  readonly E: number;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** One frame of the combined stream. */
export type BinanceFrame =
  | { readonly kind: "depth"; readonly update: DepthUpdate }
  | { readonly kind: "ticker"; readonly ticker: BookTicker }
  | { readonly kind: "trade"; readonly trade: TradeFrame }
  | { readonly kind: "markPrice"; readonly mark: MarkPriceFrame }
  | { readonly kind: "snapshot"; readonly snapshot: DepthSnapshot }
  /** The answer to a command of ours: undefined `error` when it was taken. */
  | { readonly kind: "reply"; readonly id: number | undefined; readonly error: string | undefined }
  /** An event that nobody here reads. */
  | { readonly kind: "other"; readonly event: string }
  | { readonly kind: "malformed"; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

const malformed = (reason: string): BinanceFrame => ({ kind: "malformed", reason });

/**
 * Reads one text frame: an event, bare or inside a combined stream's `{stream, data}`, a reply, or a depth snapshot as a
 * recording holds it between frames. Levels are checked where they are applied. Never throws.
 */
export function parseBinanceFrame(text: string): BinanceFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed("not JSON");
  }
  if (!isRecord(value)) return malformed("not an object");
  const event = isRecord(value["data"]) ? value["data"] : value;
  return typeof event["e"] === "string" ? eventOf(event, event["e"]) : withoutEvent(event);
}

function eventOf(event: Json, type: string): BinanceFrame {
  switch (type) {
    case "depthUpdate":
      return isDepthUpdate(event) ? { kind: "depth", update: event } : malformed("depthUpdate with missing fields");
    case "bookTicker":
      return isBookTicker(event) ? { kind: "ticker", ticker: event } : malformed("bookTicker with missing fields");
    case "trade":
    case "aggTrade":
      return tradeOf(event, type);
    case "markPriceUpdate":
      return markOf(event);
    default:
      return { kind: "other", event: type };
  }
}

function withoutEvent(value: Json): BinanceFrame {
  if (value["lastUpdateId"] !== undefined) return snapshotFrame(value);
  const error = value["error"] ?? (value["code"] === undefined ? undefined : value);
  const id = typeof value["id"] === "number" ? value["id"] : undefined;
  if (error !== undefined) return { kind: "reply", id, error: errorText(error) };
  return value["result"] === undefined ? malformed("no event") : { kind: "reply", id, error: undefined };
}

function snapshotFrame(value: Json): BinanceFrame {
  const snapshot = depthSnapshot(value);
  return snapshot === undefined ? malformed("depth snapshot with missing fields") : { kind: "snapshot", snapshot };
}

/** The snapshot in an answer of `GET /fapi/v1/depth`; undefined when it is none. */
export function depthSnapshot(value: unknown): DepthSnapshot | undefined {
  if (!isRecord(value)) return undefined;
  const { lastUpdateId, E, bids, asks } = value;
  if (!isId(lastUpdateId) || !isLevels(bids) || !isLevels(asks)) return undefined;
  return { lastUpdateId, E: isId(E) ? E : 0, bids, asks };
}

/** `code: message` of `{code, msg}`. */
function errorText(error: unknown): string {
  if (!isRecord(error)) return String(error);
  return `${String(error["code"] ?? "?")}: ${String(error["msg"] ?? "no message")}`;
}

function tradeOf(event: Json, e: "trade" | "aggTrade"): BinanceFrame {
  const { E, T, s, p, q, m } = event;
  const id = event[e === "trade" ? "t" : "a"];
  const isComplete = isId(E) && isId(T) && isText(s) && isText(p) && isText(q) && (isText(id) || isId(id));
  if (!isComplete || typeof m !== "boolean") return malformed(`${e} with missing fields`);
  return { kind: "trade", trade: { e, E, T, s, p, q, m, id: String(id) } };
}

function markOf(event: Json): BinanceFrame {
  const { E, T, s, p, i, r } = event;
  if (!isId(E) || !isText(s) || !isText(p)) return malformed("markPriceUpdate with missing fields");
  const mark = { e: "markPriceUpdate", E, s, p, i: textOf(i), r: textOf(r), T: isId(T) ? T : 0 } as const;
  return { kind: "markPrice", mark };
}

/** Checked, not copied: depth frames are most of what arrives. */
function isDepthUpdate(event: object): event is DepthUpdate {
  const { E, T, s, U, u, pu, b, a } = event as Partial<Record<keyof DepthUpdate, unknown>>;
  return isId(E) && isId(T) && isText(s) && isId(U) && isId(u) && isId(pu) && isLevels(b) && isLevels(a);
}

function isBookTicker(event: object): event is BookTicker {
  const { E, u, s, b, B, a, A } = event as Partial<Record<keyof BookTicker, unknown>>;
  return isId(E) && isId(u) && isText(s) && isText(b) && isText(B) && isText(a) && isText(A);
}

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Update ids and times fit a double for centuries; one that does not is refused rather than rounded. */
const isId = (value: unknown): value is number => Number.isSafeInteger(value);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const textOf = (value: unknown): string | undefined => (isText(value) ? value : undefined);

function isLevels(value: unknown): value is readonly WireLevel[] {
  if (!Array.isArray(value)) return false;
  for (const level of value) {
    if (!Array.isArray(level) || typeof level[0] !== "string" || typeof level[1] !== "string") return false;
  }
  return true;
}
