import { canonicalDecimal } from "../domain/decimal.ts";

/** Digits that a double holds of whatever decimal. Languages print doubles with no more. */
const DIGITS_HELD = 17;

/**
 * A number in an object or array that a double may not hold: an integer from 2^53, or a decimal of 18 significant digits or
 * more with a point or an exponent.
 */
const LONG_NUMBER = /[:,[\s]-?(?:[1-9](?:\d{16}|[\d.]{18})|9\d{15}|0\.0*[1-9]\d{17})/;

/** Digits and points one after another that each such number has. */
const RUN = 16;

/** Whether `text`, which is JSON, may have a number that `JSON.parse` rounds. */
export const mayBeRounded = (text: string): boolean => hasLongRun(text) && LONG_NUMBER.test(text);

/** Looks at every sixteenth character, and around it: for half of what the pattern takes on its own. */
function hasLongRun(text: string): boolean {
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (!isOfNumber(text.charCodeAt(at))) continue;
    let [from, to] = [at, at + 1];
    while (from > 0 && isOfNumber(text.charCodeAt(from - 1))) from--;
    while (to < text.length && isOfNumber(text.charCodeAt(to))) to++;
    if (to - from >= RUN) return true;
  }
  return false;
}

const [POINT, SLASH, NINE] = [46, 47, 57];
const isOfNumber = (code: number): boolean => code >= POINT && code <= NINE && code !== SLASH;

/**
 * `JSON.parse`, but a number that it would round comes back as the text it was written in: an integer beyond 2^53, and a
 * decimal of more than 17 significant digits. Throws `SyntaxError` like it.
 */
export const parseExactJson = (text: string): unknown =>
  mayBeRounded(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);

function keepDigits(_: string, value: unknown, { source = "" }: { source?: string } = {}): unknown {
  if (typeof value !== "number") return value;
  const isRounded = /^-?\d+$/.test(source) ? !Number.isSafeInteger(value) : isRoundedDecimal(value, source);
  return isRounded ? source : value;
}

/** What has more digits than our decimals is a number as before. */
function isRoundedDecimal(value: number, source: string): boolean {
  const [mantissa = ""] = source.split(/[eE]/);
  const digits = mantissa.replace(/[-.]/g, "").replace(/^0+|0+$/g, "");
  return digits.length > DIGITS_HELD && canonicalDecimal(source) !== undefined && !isExpansion(value, source);
}

/** Above this `toFixed` does not write a number whole. */
const FIXED_BELOW = 1e21;

/** Whether a text is all digits of a double, as `Decimal(0.08)` of Python writes it: the double was meant. */
const isExpansion = (value: number, source: string): boolean =>
  Math.abs(value) < FIXED_BELOW && value.toFixed(100).replace(/0+$/, "") === source.replace(/0+$/, "");
