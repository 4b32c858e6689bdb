/** What a chart shows; how it looks is the business of who draws it. */
export type Chart = LineChart | HistogramChart | HeatChart | CurveChart;

export type ChartTone = "main" | "up" | "down" | "other";

export interface Line {
  readonly label: string;
  readonly tone: ChartTone;
  /** Epoch ms, or counts where there are no times; in order. */
  readonly x: Float64Array;
  /** NaN breaks the line. */
  readonly y: Float64Array;
}

interface Titled {
  readonly title: string;
  /** What it shows in a sentence, for who cannot see it. */
  readonly about: string;
}

export interface LineChart extends Titled {
  readonly kind: "line";
  readonly lines: readonly Line[];
  readonly unit: "fraction" | "ratio" | "growth" | "money";
  readonly xUnit: "time" | "count";
  /** Shaded down to 0. */
  readonly isFilled: boolean;
}

export interface HistogramChart extends Titled {
  readonly kind: "histogram";
  readonly unit: "fraction" | "money";
  readonly from: number;
  readonly step: number;
  readonly counts: readonly number[];
  /** How many there would be if values were normal; as many as `counts`. */
  readonly expected: readonly number[];
  readonly marks: readonly { readonly label: string; readonly at: number }[];
}

/** A number for each month of each year. */
export interface HeatChart extends Titled {
  readonly kind: "heat";
  readonly years: readonly {
    readonly year: number;
    /** January first; undefined where there is none. */
    readonly months: readonly (number | undefined)[];
    readonly whole: number;
  }[];
}

/** Values at a few places, with how sure they are. */
export interface CurveChart extends Titled {
  readonly kind: "curve";
  readonly unit: "bps";
  readonly places: readonly string[];
  readonly curves: readonly {
    readonly label: string;
    readonly tone: ChartTone;
    readonly points: readonly ({ readonly value: number; readonly low?: number; readonly high?: number } | undefined)[];
  }[];
}

/** No screen shows more points than this side by side. */
const POINTS_MAX = 1_000;

/** A line with few enough points to draw: of each stretch its lowest and highest, in their order. */
export function thinned({ x, y, ...rest }: Line): Line {
  if (y.length <= 2 * POINTS_MAX) return { ...rest, x, y };
  const stretch = y.length / POINTS_MAX;
  const kept: number[] = [];
  for (let place = 0; place < POINTS_MAX; place++) {
    const [from, to] = [Math.floor(place * stretch), Math.floor((place + 1) * stretch)];
    kept.push(...extremesOf(y, from, to));
  }
  const [first, last] = [0, y.length - 1];
  const indexes = [...new Set([first, ...kept, last])].sort((a, b) => a - b);
  return {
    ...rest,
    x: Float64Array.from(indexes, (index) => x[index] as number),
    y: Float64Array.from(indexes, (index) => y[index] as number),
  };
}

function extremesOf(y: Float64Array, from: number, to: number): number[] {
  let [low, high] = [from, from];
  for (let index = from; index < to; index++) {
    const value = y[index] as number;
    if (value < (y[low] as number)) low = index;
    if (value > (y[high] as number)) high = index;
  }
  return low < high ? [low, high] : [high, low];
}
