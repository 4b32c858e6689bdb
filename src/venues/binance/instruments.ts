import { canonicalDecimal } from "../../domain/decimal.ts";
import type { VenueEvent } from "../core/sink.ts";

/** What `GET /fapi/v1/exchangeInfo` says. */
export interface ExchangeInfo {
  /** By symbol, of contracts that trade. */
  readonly instruments: ReadonlyMap<string, VenueEvent>;
  /** Request weight that one address may use in a minute; undefined when the venue does not say. */
  readonly weightPerMinute: number | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Delivery of contracts that have none: 2100-12-25, and 0 in older answers. */
const NO_DELIVERY_MS = 4_000_000_000_000;

/** Reads exchangeInfo; undefined when it is none. Symbols of an unknown shape are left out. */
export function exchangeInfoOf(body: unknown, venue: string): ExchangeInfo | undefined {
  if (!isRecord(body) || !Array.isArray(body["symbols"])) return undefined;
  const instruments = new Map<string, VenueEvent>();
  for (const entry of body["symbols"]) {
    const instrument = isRecord(entry) && entry["status"] === "TRADING" ? instrumentOf(entry, venue) : undefined;
    if (instrument !== undefined) instruments.set(String(instrument["symbol"]), instrument);
  }
  return { instruments, weightPerMinute: weightOf(body["rateLimits"]) };
}

function instrumentOf(entry: Json, venue: string): VenueEvent | undefined {
  const { symbol, baseAsset, quoteAsset, marginAsset, deliveryDate, underlyingType, contractType } = entry;
  if (!isText(symbol) || !isText(quoteAsset)) return undefined;
  const tick = filterValue(entry["filters"], "PRICE_FILTER", "tickSize");
  const expires = typeof deliveryDate === "number" && deliveryDate > 0 && deliveryDate < NO_DELIVERY_MS;
  return {
    type: "instrument",
    venue,
    symbol,
    kind: "linear",
    ...(isText(baseAsset) ? { base: baseAsset } : {}),
    quote: quoteAsset,
    ...(isText(marginAsset) ? { settle: marginAsset } : {}),
    multiplier: "1",
    ...(tick === undefined || tick === "0" ? {} : { tick }),
    ...(isText(underlyingType) ? { category: underlyingType.toLowerCase() } : {}),
    ...(expires && contractType !== "PERPETUAL" ? { expires_at: new Date(deliveryDate).toISOString() } : {}),
    ...(isText(contractType) ? { contract_type: contractType } : {}),
  };
}

/** One value of a symbol's filter, canonical. */
function filterValue(filters: unknown, type: string, name: string): string | undefined {
  if (!Array.isArray(filters)) return undefined;
  const filter: unknown = filters.find((entry) => isRecord(entry) && entry["filterType"] === type);
  const value = isRecord(filter) ? filter[name] : undefined;
  return isText(value) ? canonicalDecimal(value) : undefined;
}

function weightOf(limits: unknown): number | undefined {
  if (!Array.isArray(limits)) return undefined;
  for (const entry of limits) {
    if (!isRecord(entry) || entry["rateLimitType"] !== "REQUEST_WEIGHT" || entry["interval"] !== "MINUTE") continue;
    const [limit, minutes] = [Number(entry["limit"]), Number(entry["intervalNum"] ?? 1)];
    if (limit > 0 && minutes > 0) return limit / minutes;
  }
  return undefined;
}

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
