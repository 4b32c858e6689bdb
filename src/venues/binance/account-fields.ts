import { canonicalDecimal } from "../../domain/decimal.ts";

export type Json = Readonly<Record<string, unknown>>;

/** Every entry read, or undefined when one of them could not be. */
export function listOf<T>(body: unknown, read: (entry: Json) => T | undefined): T[] | undefined {
  if (!Array.isArray(body)) return undefined;
  const list: T[] = [];
  for (const entry of body) {
    const item = isRecord(entry) ? read(entry) : undefined;
    if (item === undefined) return undefined;
    list.push(item);
  }
  return list;
}

/** A decimal as the venue wrote it; undefined when it is none. */
export const exact = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;

export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
