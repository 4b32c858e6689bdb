import type { PositionsAnswer } from "../protocol/api-trading.ts";
import { amount } from "./number-format.ts";
import type { Tone } from "./shown.ts";

/** From where on an exposure is medium, and above where it is high, in USD. */
export type ExposureLimits = PositionsAnswer["limits"];

/** The limits of source document 4, for as long as the hub has not told its own. */
export const USUAL_LIMITS: ExposureLimits = { low_usd: 20, high_usd: 50 };

/** How much an exposure is: a word and a sign beside the colour. */
export interface ExposureLevel {
  readonly word: "low" | "medium" | "high";
  readonly sign: string;
  readonly tone: Tone;
  readonly detail: string;
}

/** The level of a gross exposure in USD; undefined when that is not known, or nothing is held. */
export function exposureLevel(grossUsd: number | null, limits: ExposureLimits): ExposureLevel | undefined {
  if (grossUsd === null || grossUsd === 0) return undefined;
  const { low_usd: low, high_usd: high } = limits;
  const lowText = `${amount(low).text} USD`;
  const highText = `${amount(high).text} USD`;
  if (grossUsd < low) return { word: "low", sign: "▁", tone: "ok", detail: `below ${lowText}` };
  if (grossUsd <= high) {
    return { word: "medium", sign: "▄", tone: "stale", detail: `from ${lowText} to ${highText}` };
  }
  return { word: "high", sign: "█", tone: "bad", detail: `above ${highText}` };
}
