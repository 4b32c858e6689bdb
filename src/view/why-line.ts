import { compareTexts } from "../base/compare-texts.ts";
import type { AttributionAnswer } from "../protocol/api-attribution.ts";
import { signedAmount } from "./number-format.ts";
import { type Shown, unknownValue } from "./shown.ts";

/** Where the net of one currency came from, all bots together. */
export interface WhyShown {
  readonly currency: string;
  readonly net: Shown;
  readonly signal: Shown;
  readonly execution: Shown;
  readonly cost: Shown;
  /** Undefined where everything is explained. */
  readonly residual: Shown | undefined;
}

type Row = AttributionAnswer["rows"][number];
const TERMS = ["net", "signal", "execution", "cost", "residual"] as const;
type Term = (typeof TERMS)[number];

/**
 * One line for each currency, the largest net first; currencies that only fees are paid in, or that nothing was made or
 * lost in, have none of their own.
 */
export function whyLines(rows: readonly Row[]): readonly WhyShown[] {
  const currencies = new Map<string, Row[]>();
  for (const row of rows) currencies.set(row.currency, [...(currencies.get(row.currency) ?? []), row]);
  return [...currencies]
    .filter(([, some]) => TERMS.some((term) => sumOf(some, term) !== 0))
    .map(([currency, some]) => ({ currency, some, net: sumOf(some, "net") ?? 0 }))
    .sort((a, b) => Math.abs(b.net) - Math.abs(a.net) || compareTexts(a.currency, b.currency))
    .map(({ currency, some }) => whyOf(currency, some));
}

function whyOf(currency: string, rows: readonly Row[]): WhyShown {
  const reason = rows.flatMap((row) => row.residual_reasons)[0] ?? "not known";
  const of = (term: Term): Shown => shownOf(sumOf(rows, term), reason);
  const residual = sumOf(rows, "residual");
  const isExplained = residual !== undefined && Math.abs(residual) < SMALLEST;
  return {
    currency,
    net: of("net"),
    signal: of("signal"),
    execution: of("execution"),
    cost: of("cost"),
    residual: isExplained ? undefined : explained(residual, reason),
  };
}

/** Less than this is not shown as money that nothing explains. */
const SMALLEST = 0.005;

const shownOf = (value: number | undefined, reason: string): Shown =>
  value === undefined ? unknownValue(reason) : signedAmount(value);

/** Why it is there is told on hover. */
const explained = (value: number | undefined, reason: string): Shown =>
  value === undefined ? unknownValue(reason) : { ...signedAmount(value), full: reason };

function sumOf(rows: readonly Row[], term: Term): number | undefined {
  let sum = 0;
  for (const row of rows) {
    const value = row[term];
    if (value === null) return undefined;
    sum += value;
  }
  return sum;
}
