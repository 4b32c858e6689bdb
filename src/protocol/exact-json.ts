/** Digits that a double may not hold, as a JSON number: 19-digit transaction ids and the like. */
const OVERLONG_INTEGER = /[^"\d.][1-9]\d{15,}\s*[,}\]]/;

/** Whether a text may hold an integer that `JSON.parse` would round. */
export const mayLoseDigits = (text: string): boolean => OVERLONG_INTEGER.test(text);

/** `JSON.parse`, but an integer beyond 2^53 comes back as the text it was written in. Throws `SyntaxError` like it. */
export const parseExactJson = (text: string): unknown =>
  mayLoseDigits(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

const keepDigits = (_: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context?.source
    : value;
