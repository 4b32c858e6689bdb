import { type Micros, isoFromMicros } from "../base/time.ts";

type Body = Record<string, unknown>;

const isBody = (input: unknown): input is Body => typeof input === "object" && input !== null && !Array.isArray(input);

const DEFAULT_BOT = "default";

/**
 * The body of `POST /api/edges` (document 2) as an `edge` event. `timestamp` becomes `ts` (now when absent),
 * the bot is `default` unless given. What is not an object is handed on, to be refused by `parseEvent`.
 */
export function edgeFromDocument2(input: unknown, now: Micros): unknown {
  return isBody(input) ? withEnvelope("edge", input, now) : input;
}

/** The body of `POST /api/fills` (document 2) as a `fill` event: a pair trade in cents and USD, or a full fill. */
export function fillFromDocument2(input: unknown, now: Micros): unknown {
  return isBody(input) ? withEnvelope("fill", input, now) : input;
}

function withEnvelope(type: string, input: Body, now: Micros): Body {
  const { timestamp, ...rest } = input;
  return { bot: DEFAULT_BOT, ...rest, type, ts: rest["ts"] ?? timestamp ?? isoFromMicros(now) };
}

/**
 * The `TradeEvent` of document 5 (`POST /api/v1/trades`) as a `fill` event. `funding_paid` > 0 was paid, so its sign
 * turns; without a `fill_id` the trade's own content is its id, so that a repeated post takes effect once.
 */
export function fillFromTradeEvent(input: unknown, now: Micros): unknown {
  if (!isBody(input)) return input;
  const { timestamp, quantity, trade_type, fees_paid, funding_paid, ...rest } = input;
  const ts = rest["ts"] ?? timestamp ?? isoFromMicros(now);
  const content = [ts, rest["symbol"], rest["side"], quantity, rest["price"], rest["position_after"] ?? ""];
  return {
    bot: DEFAULT_BOT,
    venue: "default",
    fill_id: `trade:${content.map(String).join(":")}`.slice(0, 128),
    ...rest,
    type: "fill",
    ts,
    side: typeof rest["side"] === "string" ? rest["side"].toLowerCase() : rest["side"],
    size: rest["size"] ?? quantity,
    ...optional("is_maker", isMaker(trade_type)),
    ...optional("fee", rest["fee"] ?? fees_paid),
    ...optional("funding", rest["funding"] ?? negated(funding_paid)),
  };
}

const optional = (name: string, value: unknown): Body =>
  value === undefined || value === null ? {} : { [name]: value };

function isMaker(tradeType: unknown): boolean | undefined {
  if (typeof tradeType !== "string") return undefined;
  const name = tradeType.toLowerCase();
  return name === "maker" ? true : name === "taker" ? false : undefined;
}

function negated(value: unknown): unknown {
  if (typeof value === "number") return value === 0 ? 0 : -value;
  if (typeof value !== "string") return value;
  return value.startsWith("-") ? value.slice(1) : `-${value}`;
}
