import type { AttributionRow } from "../../protocol/api-attribution.ts";
import type { DiagnosisCode, Finding } from "../../protocol/api-attribution.ts";
import type { Measure } from "../../metrics/measure.ts";
import type { SpanEvidence } from "../attribution/span-evidence.ts";
import type { Mode } from "../bot-state.ts";

/** What is known of one bot in one mode and currency over a range. */
export interface MoneyEvidence extends Pick<SpanEvidence, "slippage" | "signal" | "made"> {
  readonly row: AttributionRow;
}

/** The rest of what a bot did in it. */
export interface ConductEvidence {
  readonly bot: string;
  readonly mode: Mode;
  readonly makesMarkets: boolean;
  /** Entry orders, and those of them that were filled at all. */
  readonly ordersPlaced: number;
  readonly ordersFilled: number;
  /** Instruments that it traded. */
  readonly instruments: number;
  /** Herfindahl of what it holds now. */
  readonly concentration: Measure;
  /** The part of the time in which a feed was stale or away, and how long is known; undefined where none was told. */
  readonly feed: { readonly share: number; readonly seconds: number; readonly changes: number } | undefined;
  readonly drawdown: DrawdownEvidence | undefined;
  /** Mean drift of the mid in the 30 s after a fill, bps; or why it is not known. */
  readonly drift: DriftEvidence | { readonly reason: string };
}

/** Ratios ≥ 0 of the equity of days. */
export interface DrawdownEvidence {
  readonly now: number;
  readonly deepest: number;
  /** Days since it was deepest. */
  readonly daysAgo: number;
  readonly days: number;
  readonly limit: number;
}

export interface DriftEvidence {
  readonly bps: number;
  /** Mean markout 30 s after a fill: spread capture and drift together. */
  readonly markoutBps: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** What one rule says: something is wrong, nothing can be said and why, or nothing is wrong (undefined). */
export type Judged = Omit<Finding, "code" | "bot" | "mode" | "threshold"> | { readonly reason: string } | undefined;

/** One thing that may be wrong, and when that is said. */
export interface Rule<Evidence> {
  readonly code: DiagnosisCode;
  /** What it means, for people. */
  readonly means: string;
  /** What has to hold for it to be said, with its numbers. */
  readonly threshold: string;
  readonly judge: (evidence: Evidence) => Judged;
}
