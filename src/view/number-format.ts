import { type Shown, plain, unknownValue } from "./shown.ts";

/** The sign of negative numbers: as wide as a plus, unlike a hyphen. */
const MINUS = "−";

/** From here on numbers are shown compact, all their digits on hover. */
const COMPACT_FROM = 10_000;

const STEPS = [
  { from: 1e12, letter: "T" },
  { from: 1e9, letter: "B" },
  { from: 1e6, letter: "M" },
  { from: 1e3, letter: "K" },
] as const;

/** A plain decimal text with commas between thousands and a true minus sign: `-1234.5` → `−1,234.5`. */
export function grouped(decimalText: string): string {
  const negative = decimalText.startsWith("-");
  const [whole = "", fraction] = (negative ? decimalText.slice(1) : decimalText).split(".");
  const body = whole.replace(/\B(?=(?:\d{3})+$)/g, ",") + (fraction === undefined ? "" : `.${fraction}`);
  return negative && /[1-9]/.test(body) ? MINUS + body : body;
}

/** `value` with exactly `decimals` decimals, grouped. Never "−0.00". */
export const fixed = (value: number, decimals: number): string => grouped(value.toFixed(decimals));

/** As `fixed`, with a plus before what is above zero: `+412.80`, `−12.00`, `0.00`. */
export function signedFixed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  return text.startsWith(MINUS) || !/[1-9]/.test(text) ? text : `+${text}`;
}

/** Three significant digits and a letter from 10,000 on (`12.3K`, `4.56M`), all digits below. */
export function compact(value: number, decimals = 0): string {
  const size = Math.abs(value);
  if (size < COMPACT_FROM) return fixed(value, decimals);
  const step = STEPS.find((each) => size >= each.from) ?? STEPS[3];
  const scaled = Number((value / step.from).toPrecision(3));
  if (Math.abs(scaled) >= 1000) return compact(scaled * step.from);
  return `${grouped(scaled.toPrecision(3))}${step.letter}`;
}

/** A count: compact above 10,000, all digits on hover. */
export const count = (value: number): Shown => plain(compact(value), fixed(value, 0));

/** An amount without a direction (gross, size): two decimals, compact above 10,000. */
export const amount = (value: number): Shown => plain(compact(value, 2), fixed(value, 2));

/** An amount that may gain or lose: signed, up or down, compact above 10,000. */
export function signedAmount(value: number, decimals = 2): Shown {
  const full = signedFixed(value, decimals);
  const short = compact(value, decimals);
  const text = value > 0 && full.startsWith("+") ? `+${short}` : short;
  const tone = full.startsWith("+") ? "up" : full.startsWith(MINUS) ? "down" : "neutral";
  return text === full ? { text, tone } : { text, tone, full };
}

/** Cents of an edge: signed, two decimals; the unit belongs in the head of the column. */
export const cents = (value: number | undefined, reason: string): Shown =>
  value === undefined ? unknownValue(reason) : signedAmount(value, 2);

/** Basis points: signed, one decimal; the unit belongs in the head of the column. */
export const bps = (value: number | undefined, reason: string): Shown =>
  value === undefined ? unknownValue(reason) : signedAmount(value, 1);

/** A ratio as percent: `0.001` → `0.10`; the unit belongs in the head of the column. */
export const percent = (ratio: number | null | undefined, reason: string): Shown =>
  ratio === null || ratio === undefined ? unknownValue(reason) : plain(fixed(ratio * 100, 2), String(ratio));

/** Milliseconds: whole from 10 on, one decimal below. */
export const milliseconds = (value: number | null | undefined, reason: string): Shown =>
  value === null || value === undefined ? unknownValue(reason) : plain(fixed(value, value < 10 ? 1 : 0), `${value} ms`);

const DIGITS_SHOWN = 10;

/** An exact decimal (price, size): all its digits up to ten, then cut with "…" and the rest on hover. */
export function exact(decimalText: string | undefined, reason: string): Shown {
  if (decimalText === undefined) return unknownValue(reason);
  const full = grouped(decimalText);
  const point = decimalText.indexOf(".");
  if (point < 0) return digitsIn(full) > DIGITS_SHOWN ? plain(compact(Number(decimalText)), full) : plain(full);
  const digits = decimalText.replace(/^-/, "").length - 1;
  const lead = leadingZeros(decimalText.slice(point + 1));
  if (digits - lead <= DIGITS_SHOWN) return plain(full);
  const kept = decimalText.slice(0, Math.max(point + 3, point + 1 + lead + 4, DIGITS_SHOWN + 1));
  return plain(kept === decimalText ? full : `${grouped(kept)}…`, full);
}

const digitsIn = (text: string): number => text.replace(/\D/g, "").length;

const leadingZeros = (fraction: string): number => fraction.length - fraction.replace(/^0+/, "").length;
