import type { GenerationName, Json, KalshiGeneration, KalshiMessage } from "./messages.ts";
import { textAt } from "./generations/fields.ts";
import { g1 } from "./generations/g1.ts";
import { g2 } from "./generations/g2.ts";
import { g3 } from "./generations/g3.ts";

/** Where a frame belongs: its subscription and its place there. Not every message has them. */
interface Envelope {
  readonly sid: number | undefined;
  readonly seq: number | undefined;
}

/** One frame of the venue. */
export type KalshiFrame = Envelope &
  (
    | { readonly kind: "message"; readonly message: KalshiMessage; readonly generation: GenerationName }
    /** An answer to a command of ours; `channel` says what was subscribed. */
    | { readonly kind: "reply"; readonly id: number | undefined; readonly channel: string | undefined }
    | {
        readonly kind: "error";
        readonly id: number | undefined;
        readonly code: number;
        readonly text: string;
        /** The markets that the venue refused, when it named them. */
        readonly tickers: readonly string[];
      }
    /** A message that nobody here reads. */
    | { readonly kind: "other"; readonly type: string }
    | { readonly kind: "malformed"; readonly reason: string }
  );

const PARSERS: Readonly<Record<GenerationName, KalshiGeneration>> = { G1: g1, G2: g2, G3: g3 };

/** For each type of message: its reader, and keys by which the older and the newer form are known. */
const TYPES = {
  orderbook_delta: { read: "delta", old: ["delta"], new: ["delta_fp", "price_dollars"] },
  orderbook_snapshot: {
    read: "snapshot",
    old: ["yes", "no"],
    new: ["yes_dollars_fp", "no_dollars_fp", "yes_dollars", "no_dollars"],
  },
  ticker: { read: "ticker", old: ["yes_bid", "yes_ask"], new: ["yes_bid_dollars", "yes_ask_dollars"] },
  trade: { read: "trade", old: ["yes_price", "count"], new: ["yes_price_dollars", "count_fp"] },
  fill: { read: "fill", old: ["yes_price", "count"], new: ["yes_price_dollars", "count_fp"] },
  market_position: { read: "position", old: ["position"], new: ["position_fp"] },
} as const satisfies Readonly<
  Record<
    string,
    { readonly read: keyof KalshiGeneration; readonly old: readonly string[]; readonly new: readonly string[] }
  >
>;

const TEXT_MAX = 200;

/** Reads one text frame. Never throws. */
export function parseKalshiFrame(text: string): KalshiFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "malformed", sid: undefined, seq: undefined, reason: "not JSON" };
  }
  return isRecord(value) ? frameOf(value) : malformed({ sid: undefined, seq: undefined }, "not an object");
}

function frameOf(frame: Json): KalshiFrame {
  const envelope = { sid: wholeAt(frame, "sid"), seq: wholeAt(frame, "seq") };
  const { type } = frame;
  if (typeof type !== "string") return malformed(envelope, "no type");
  const msg = isRecord(frame["msg"]) ? frame["msg"] : undefined;
  if (isKnown(type))
    return msg === undefined ? malformed(envelope, `${type} without msg`) : dataFrame(type, msg, envelope);
  switch (type) {
    case "subscribed":
      return replyFrame(frame, { ...envelope, sid: envelope.sid ?? (msg && wholeAt(msg, "sid")) }, msg);
    case "ok":
    case "unsubscribed":
      return replyFrame(frame, envelope, undefined);
    case "error":
      return errorFrame(frame, envelope, msg ?? {});
    case "market_lifecycle_v2":
      return lifecycleFrame(envelope, msg);
    default:
      return { kind: "other", ...envelope, type };
  }
}

const isKnown = (type: string): type is keyof typeof TYPES => Object.hasOwn(TYPES, type);

function dataFrame(type: keyof typeof TYPES, msg: Json, envelope: Envelope): KalshiFrame {
  const generation = generationOf(type, msg);
  const message = PARSERS[generation][TYPES[type].read](msg);
  if (message === undefined) return malformed(envelope, `${type} with missing fields`);
  return { kind: "message", ...envelope, message, generation };
}

/** Told by its keys: nothing else in a frame says which it is. A snapshot without sides is an empty book of today. */
function generationOf(type: keyof typeof TYPES, msg: Json): GenerationName {
  const known = TYPES[type];
  if (!known.old.some((key) => key in msg)) return "G3";
  return known.new.some((key) => key in msg) ? "G2" : "G1";
}

function replyFrame(frame: Json, envelope: Envelope, msg: Json | undefined): KalshiFrame {
  const channel = msg === undefined ? undefined : textAt(msg, "channel");
  return { kind: "reply", ...envelope, id: wholeAt(frame, "id"), channel };
}

function errorFrame(frame: Json, envelope: Envelope, msg: Json): KalshiFrame {
  const { market_ticker: one, market_tickers: many } = msg;
  const tickers = [one, ...(Array.isArray(many) ? many : [])].filter((ticker) => typeof ticker === "string");
  const text = (textAt(msg, "msg") ?? "no message").slice(0, TEXT_MAX);
  return { kind: "error", ...envelope, id: wholeAt(frame, "id"), code: wholeAt(msg, "code") ?? 0, text, tickers };
}

function lifecycleFrame(envelope: Envelope, msg: Json | undefined): KalshiFrame {
  const [ticker, event] = [msg && textAt(msg, "market_ticker"), msg && textAt(msg, "event_type")];
  if (!ticker || !event) return malformed(envelope, "market_lifecycle_v2 with missing fields");
  return { kind: "message", ...envelope, message: { kind: "lifecycle", ticker, event }, generation: "G3" };
}

const malformed = (envelope: Envelope, reason: string): KalshiFrame => ({ kind: "malformed", ...envelope, reason });

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function wholeAt(value: Json, name: string): number | undefined {
  const found = value[name];
  return typeof found === "number" && Number.isSafeInteger(found) ? found : undefined;
}
