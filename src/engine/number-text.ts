/** Digits that a double holds exactly, whichever they are. */
const DIGITS_MAX = 15;
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
const POINT = 46;
const MINUS = 45;
const ZERO = 48;

/** The nearest double of a canonical decimal, for statistics: `Number(text)`, for short texts in a tenth of its time. */
export function numberOf(text: string): number {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  if (length - start > DIGITS_MAX) return Number(text);
  let units = 0;
  let decimals = 0;
  for (let index = start; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === POINT) {
      decimals = length - 1 - index;
      continue;
    }
    if (code < ZERO || code > ZERO + 9) return Number(text);
    units = units * 10 + (code - ZERO);
  }
  // Of two exact doubles the quotient is the nearest double to the true one.
  const value = decimals === 0 ? units : units / (POWERS[decimals] as number);
  return start === 1 ? -value : value;
}
