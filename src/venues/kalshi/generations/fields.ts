import { parseTime } from "../../../base/time.ts";
import { canonicalDecimal, type DecimalText } from "../../../domain/decimal.ts";
import type { BookLevel } from "../../../domain/order-book.ts";
import type { Json } from "../messages.ts";

/** What tells a fill's or trade's direction apart from its price, in the names of every generation. */
interface Direction {
  readonly outcome: unknown;
  readonly book: unknown;
  readonly side: unknown;
  readonly action: unknown;
}

export const textAt = (msg: Json, name: string): string | undefined => {
  const value = msg[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** A decimal that came as a text, canonical; undefined when it is absent or none. */
export function decimalAt(msg: Json, name: string): DecimalText | undefined {
  const value = msg[name];
  return typeof value === "string" ? canonicalDecimal(value) : undefined;
}

/** A whole number of 10^-scale as a decimal in whole units: cents with scale 2, centi-cents with 4, counts with 0. */
export function scaledAt(msg: Json, name: string, scale: number): DecimalText | undefined {
  const value = msg[name];
  return Number.isSafeInteger(value) ? canonicalDecimal(`${String(value)}e-${scale}`) : undefined;
}

/** Levels that are pairs of texts, as they came; undefined when one is not. No levels for an absent side. */
export function textLevels(value: unknown): readonly BookLevel[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  for (const level of value) {
    if (!Array.isArray(level) || typeof level[0] !== "string" || typeof level[1] !== "string") return undefined;
  }
  return value;
}

/** Levels whose sizes are counts, and whose prices are texts in dollars or whole cents. */
export function countedLevels(value: unknown): readonly BookLevel[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  const levels: BookLevel[] = [];
  for (const level of value) {
    if (!Array.isArray(level) || !Number.isSafeInteger(level[1])) return undefined;
    const price = typeof level[0] === "string" ? level[0] : scaledAt({ cents: level[0] }, "cents", 2);
    if (price === undefined) return undefined;
    levels.push([price, String(level[1])]);
  }
  return levels;
}

/** The venue's time in ms: `ts_ms`, else `ts`, which is seconds or ISO-8601. */
export function atMs(msg: Json): number | undefined {
  const ms = msg["ts_ms"];
  if (typeof ms === "number" && Number.isSafeInteger(ms)) return ms;
  const at = parseTime(msg["ts"]);
  return at === undefined ? undefined : Math.floor(at / 1_000);
}

export const sideOf = (value: unknown): "yes" | "no" | undefined =>
  value === "yes" || value === "no" ? value : undefined;

/** Buying YES and selling NO are yes; buying NO and selling YES are no. The newer names count before the older. */
export function directionOf({ outcome, book, side, action }: Direction): "yes" | "no" | undefined {
  const said = sideOf(outcome) ?? (book === "bid" ? "yes" : book === "ask" ? "no" : undefined);
  if (said !== undefined) return said;
  const held = sideOf(side);
  if (held === undefined || (action !== "buy" && action !== "sell")) return undefined;
  return (held === "yes") === (action === "buy") ? "yes" : "no";
}

/** A quoted price of a leg; undefined for 0 and 1, which say that there is none. */
export function quoted(price: DecimalText | undefined): DecimalText | undefined {
  return price === "0" || price === "1" ? undefined : price;
}

export const booleanAt = (msg: Json, name: string): boolean | undefined => {
  const value = msg[name];
  return typeof value === "boolean" ? value : undefined;
};
