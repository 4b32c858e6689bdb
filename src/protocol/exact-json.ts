/** From here on an integer is not what was written, as a double. */
const ROUNDED_FROM = 2 ** 53;
/** What goes deeper is looked for in the text. */
const LEVELS_MAX = 32;
/** Digits that a double may not hold, as a JSON number: 19-digit transaction ids and the like. */
const OVERLONG_INTEGER = /[^"\d.][1-9]\d{15,}\s*[,}\]]/;

/** Whether `value`, as `JSON.parse` read it from `text`, may have an integer that was rounded. */
export function mayBeRounded(value: unknown, text: string, levels = LEVELS_MAX): boolean {
  if (typeof value === "number") return Math.abs(value) >= ROUNDED_FROM;
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return OVERLONG_INTEGER.test(text);
  if (Array.isArray(value)) {
    for (const item of value) if (mayBeRounded(item, text, levels - 1)) return true;
    return false;
  }
  for (const name in value) if (mayBeRounded((value as Record<string, unknown>)[name], text, levels - 1)) return true;
  return false;
}

/** `JSON.parse`, but an integer beyond 2^53 comes back as the text it was written in. Throws `SyntaxError` like it. */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayBeRounded(value, text) ? JSON.parse(text, keepDigits) : value;
}

const keepDigits = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value;
