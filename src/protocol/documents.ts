import { canonicalTime, type Micros, isoFromMicros } from "../base/time.ts";
import { err, type Result } from "../base/result.ts";
import { canonicalDecimal } from "../domain/decimal.ts";
import type { Rejection } from "./errors.ts";
import type { DeskEvent } from "./event-types.ts";
import { shown } from "./fields.ts";
import { parseEvent } from "./parse-event.ts";

type Body = Record<string, unknown>;

/** What a source document's body says, or why it is refused, in the names of fields that the body has. */
export type DocumentReader = (input: unknown, now: Micros) => Result<DeskEvent, Rejection>;

const isBody = (input: unknown): input is Body => typeof input === "object" && input !== null && !Array.isArray(input);

const DEFAULT_BOT = "default";
const DEFAULT_VENUE = "default";

/**
 * The body of `POST /api/edges` (document 2), an `edge` event. `timestamp` becomes `ts` (now when absent), the bot is
 * `default` unless given.
 */
export const readDocument2Edge: DocumentReader = (input, now) => readDocument2("edge", input, now);

/** The body of `POST /api/fills` (document 2), a `fill` event: a pair trade in cents and USD, or a full fill. */
export const readDocument2Fill: DocumentReader = (input, now) => readDocument2("fill", input, now);

/** The input of a reader as it is kept when it is refused: with the bot that it counts for, `usual` where it names none. */
export const withBot = (input: unknown, usual = DEFAULT_BOT): unknown =>
  isBody(input) ? { ...input, bot: input["bot"] ?? usual } : input;

function readDocument2(type: string, input: unknown, now: Micros): Result<DeskEvent, Rejection> {
  if (!isBody(input)) return parseEvent(input);
  const { timestamp, ...rest } = input;
  const names = new Names(rest);
  const ts = names.pick("ts", "timestamp", timestamp) ?? isoFromMicros(now);
  return names.read({ ...rest, bot: rest["bot"] ?? DEFAULT_BOT, type, ts });
}

/**
 * The `TradeEvent` of document 5 (`POST /api/v1/trades`), a `fill` event. `funding_paid` > 0 was paid, so its sign turns.
 * A `fill_id`, `trade_id` or `id` names the trade; without one its content does, however time and decimals are written,
 * so that a repeated post takes effect once.
 */
export const readTradeEvent: DocumentReader = (input, now) => {
  if (!isBody(input)) return parseEvent(input);
  const { timestamp, quantity, trade_type, fees_paid, funding_paid, id, ...rest } = input;
  const isMaker = isMakerTrade(trade_type);
  if (isMaker === undefined && isGiven(trade_type))
    return refusedTradeType(`expected maker or taker, found ${shown(trade_type)}`);
  const names = new Names(rest);
  const fill: Body = {
    ...rest,
    bot: rest["bot"] ?? DEFAULT_BOT,
    venue: rest["venue"] ?? DEFAULT_VENUE,
    type: "fill",
    ts: names.pick("ts", "timestamp", timestamp) ?? isoFromMicros(now),
    side: typeof rest["side"] === "string" ? rest["side"].toLowerCase() : rest["side"],
    size: names.pick("size", "quantity", quantity),
    fee: names.pick("fee", "fees_paid", fees_paid),
    funding: names.pick("funding", "funding_paid", negated(funding_paid)),
    ...(isMaker === undefined ? {} : { is_maker: isMaker }),
    ...(isGiven(id) ? { id: asId(id) } : {}),
    ...(isGiven(rest["trade_id"]) ? { trade_id: asId(rest["trade_id"]) } : {}),
  };
  const tradeId = isGiven(rest["trade_id"]) ? names.pick("fill_id", "trade_id", rest["trade_id"]) : undefined;
  const ownId = rest["fill_id"] ?? tradeId ?? (isGiven(id) ? names.pick("fill_id", "id", id) : undefined);
  return names.read({ ...fill, fill_id: ownId ?? contentId(fill) });
};

/** An empty text says as little as nothing. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** 17 and "17" are one id. */
const asId = (value: unknown): unknown => (typeof value === "number" ? String(value) : value);

const refusedTradeType = (message: string): Result<never, Rejection> =>
  err({ code: "invalid_event", path: "trade_type", message });

function isMakerTrade(tradeType: unknown): boolean | undefined {
  if (typeof tradeType !== "string") return undefined;
  const name = tradeType.toLowerCase();
  return name === "maker" ? true : name === "taker" ? false : undefined;
}

function negated(value: unknown): unknown {
  const text = typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;
  if (text === undefined || text === "0") return text ?? value;
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}

/** What the fields of a body are called there and in the event. */
class Names {
  readonly #body: Body;
  readonly #names = new Map<string, string>();

  constructor(body: Body) {
    this.#body = body;
  }

  /** The value of a field: the event's own name goes before the document's. */
  pick(field: string, inDocument: string, value: unknown): unknown {
    const own = this.#body[field];
    if (own !== undefined && own !== null) return own;
    this.#names.set(field, inDocument);
    return value;
  }

  /** The event; a refusal names the field as the body does. */
  read(event: Body): Result<DeskEvent, Rejection> {
    const read = parseEvent(event);
    if (read.ok) return read;
    const [field = "", ...inside] = read.error.path.split(".");
    return err({ ...read.error, path: [this.#names.get(field) ?? field, ...inside].join(".") });
  }
}

const ID_CHARS_MAX = 128;
const DIGEST_CHARS = 16;

/** One id for all ways to write the content of a trade. */
function contentId({ ts, symbol, side, size, price, position_after: after }: Body): string {
  const content = [canonicalTime(ts) ?? ts, symbol, side, ...[size, price, after].map(asDecimal)];
  const id = `trade:${content.map(String).join(":")}`.replace(/\p{C}/gu, "");
  if (id.length <= ID_CHARS_MAX) return id;
  return `${id.slice(0, ID_CHARS_MAX - DIGEST_CHARS - 1)}:${digest(id)}`;
}

function asDecimal(value: unknown): unknown {
  if (value === undefined || value === null) return "";
  return (typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined) ?? value;
}

/** FNV-1a of 64 bits, in hexadecimal. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  return hash.toString(16).padStart(DIGEST_CHARS, "0");
}
