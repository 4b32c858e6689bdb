import { parseTime } from "../../base/time.ts";

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const malformed = (reason: string): { readonly kind: "malformed"; readonly reason: string } => ({
  kind: "malformed",
  reason,
});

/** The text of a field; undefined when it is absent, empty or no text. */
export function textAt(value: Json, name: string): string | undefined {
  const found = value[name];
  return typeof found === "string" && found !== "" ? found : undefined;
}

const DECIMAL = /^(?:\d+(?:\.\d*)?|\.\d+)$/;

/** A decimal as the venue wrote it, `.48` too; undefined when it is absent, empty (the venue's "not told") or none. */
export function decimalAt(value: Json, name: string): string | undefined {
  const found = value[name];
  const text = typeof found === "number" ? String(found) : found;
  return typeof text === "string" && DECIMAL.test(text) ? text : undefined;
}

const MS_MIN = 100_000_000_000;

/** A time in ms since 1970: the venue writes ms, seconds, or ISO-8601. Undefined when it wrote none. */
export function msAt(value: Json, name: string): number | undefined {
  const found = value[name];
  if (typeof found === "string" && found.length === 13) {
    const ms = Number(found);
    if (ms >= MS_MIN) return ms;
  }
  const at = parseTime(found);
  return at === undefined ? undefined : Math.floor(at / 1000);
}

/** A decimal that whoever takes it checks: any text, or a number. Undefined when it is absent or empty. */
export function uncheckedDecimalAt(value: Json, name: string): string | undefined {
  const found = value[name];
  return typeof found === "number" ? String(found) : textAt(value, name);
}

/** `side`, in any case. */
export function sideAt(value: Json): "buy" | "sell" | undefined {
  const written = value["side"];
  if (written === "BUY") return "buy";
  if (written === "SELL") return "sell";
  const side = textAt(value, "side")?.toLowerCase();
  return side === "buy" || side === "sell" ? side : undefined;
}
