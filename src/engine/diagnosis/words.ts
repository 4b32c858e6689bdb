/** `3.1 bps`. */
export const bpsText = (bps: number): string => `${bps.toFixed(1)} bps`;

/** Money of a currency with as many digits as it takes to tell it. */
export const amount = (value: number, currency: string): string => `${digits(value)} ${currency}`;

/** `1,234`. */
export const counted = (count: number): string => grouped(String(count));

/** `12.5 %` of a ratio. */
export const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

const DECIMALS_FROM = 1;

function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < DECIMALS_FROM) return String(Number(value.toPrecision(2)));
  const [whole = "", fraction = ""] = value.toFixed(2).split(".");
  return `${grouped(whole)}.${fraction}`;
}

const grouped = (whole: string): string => whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
