import type { MarkoutGroup, MarkoutPoint } from "../protocol/api-execution.ts";
import { bps, count, fixed, signedFixed } from "./number-format.ts";
import { measureText } from "./measure-text.ts";
import type { Shown } from "./shown.ts";

/** A point of the curve: parts of its width and height, from the upper left. */
export interface CurvePoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Where chance alone leaves it, as `y`; undefined where that is not known. */
  readonly range: { readonly high: number; readonly low: number } | undefined;
  readonly words: string;
}

/** A curve of markouts, ready to be drawn. */
export interface Curve {
  readonly points: readonly CurvePoint[];
  /** Where zero is, 0 to 1 from above. */
  readonly zero: number;
  readonly top: string;
  readonly bottom: string;
}

/** Seconds as the axis names them: `1 s`, `5 m`. */
export const horizonText = (s: number): string => (s < 60 ? `${s} s` : `${s / 60} m`);

const numberOf = ({ mean_bps: { value } }: MarkoutPoint): number | undefined =>
  typeof value === "number" ? value : undefined;

/** The mean markout at each horizon with its interval; undefined without any. Zero is always in view. */
export function markoutCurve({ curve }: Pick<MarkoutGroup, "curve">): Curve | undefined {
  const known = curve.flatMap((point, index) => {
    const mean = numberOf(point);
    return mean === undefined ? [] : [{ point, mean, index }];
  });
  if (known.length === 0) return undefined;
  const ends = known.flatMap(({ point, mean }) => [
    mean,
    point.mean_bps.ci?.low ?? mean,
    point.mean_bps.ci?.high ?? mean,
  ]);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = (high - low || 1) * 0.08;
  const [bottom, top] = [low - room, high + room];
  const y = (value: number): number => (top - value) / (top - bottom);
  const last = Math.max(1, curve.length - 1);
  return {
    zero: y(0),
    top: signedFixed(top, 1),
    bottom: signedFixed(bottom, 1),
    points: known.map(({ point, mean, index }) => ({
      label: horizonText(point.horizon_s),
      x: index / last,
      y: y(mean),
      range:
        point.mean_bps.ci === undefined
          ? undefined
          : { high: y(point.mean_bps.ci.high), low: y(point.mean_bps.ci.low) },
      words: pointWords(point, mean),
    })),
  };
}

function pointWords(point: MarkoutPoint, mean: number): string {
  const { ci } = point.mean_bps;
  const between = ci === undefined ? "" : ` [${signedFixed(ci.low, 1)}, ${signedFixed(ci.high, 1)}]`;
  return `${horizonText(point.horizon_s)} after: ${signedFixed(mean, 2)}${between} bps, n=${fixed(point.n, 0)}`;
}

/** A horizon as a row of a table. */
export interface MarkoutRow {
  readonly key: string;
  readonly horizon: string;
  readonly n: Shown;
  readonly mean: Shown;
  readonly interval: string;
  readonly median: Shown;
  readonly weighted: Shown;
  readonly net: Shown;
  readonly drift: Shown;
  /** Fills that do not count, and why. */
  readonly without: string;
}

/** The horizons of a group as rows. */
export const markoutRows = ({ curve }: Pick<MarkoutGroup, "curve">): readonly MarkoutRow[] =>
  curve.map((point) => ({
    key: String(point.horizon_s),
    horizon: horizonText(point.horizon_s),
    n: count(point.n),
    mean: measureText(point.mean_bps, (value) => bps(value, "")),
    interval: intervalOf(point),
    median: measureText(point.median_bps, (value) => bps(value, "")),
    weighted: measureText(point.weighted_bps, (value) => bps(value, "")),
    net: measureText(point.mean_net_bps, (value) => bps(value, "")),
    drift: measureText(point.mean_drift_bps, (value) => bps(value, "")),
    without: withoutWords(point),
  }));

function intervalOf({ mean_bps: { ci } }: MarkoutPoint): string {
  return ci === undefined ? "" : `[${signedFixed(ci.low, 1)}, ${signedFixed(ci.high, 1)}]`;
}

function withoutWords({ pending, expired, unmarked }: MarkoutPoint): string {
  const parts = [
    pending > 0 ? `${pending} pending` : "",
    expired > 0 ? `${expired} marks expired` : "",
    unmarked > 0 ? `${unmarked} without marks` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
