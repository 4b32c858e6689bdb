import uPlot from "uplot";
import { type ChartLine, type ChartModel, lonePoints, tickText } from "../../view/chart-model.ts";

/** The part of the height that belongs to what hangs below. */
const BELOW_SHARE = 0.3;

/** The colour that a variable of the page's style sheet has now. */
const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Lines beside one another are told apart by their dashes too, never by colour alone. */
const LOOKS = [
  { ink: "n12", dash: [] },
  { ink: "demo", dash: [6, 3] },
  { ink: "stale", dash: [2, 3] },
  { ink: "paper", dash: [8, 3, 2, 3] },
] as const;

interface PlotSize {
  readonly width: number;
  readonly height: number;
  /** Of the root, px: everything grows with it. */
  readonly fontPx: number;
}

interface PlotParts extends PlotSize {
  /** As it is when it is drawn. */
  readonly model: () => ChartModel;
  /** The index of the point under the cursor; undefined when there is none. */
  readonly onPoint: (index: number | undefined) => void;
}

/** The model as uPlot wants it: times, then the values of each line; what hangs below is below zero. */
export const plotData = ({ times, lines }: ChartModel): uPlot.AlignedData => [
  [...times],
  ...lines.map(({ look, values }) => values.map((value) => (value === null || look === "line" ? value : -value))),
];

/** What a plot of `model` is made with. Colours are looked up at every drawing, so that a theme needs no new plot. */
export function plotOptions({ model, onPoint, width, height, fontPx }: PlotParts): uPlot.Options {
  const { lines } = model();
  const hasBelow = lines.some(({ look }) => look === "below");
  return {
    width,
    height,
    ms: 1,
    tzDate: (ms) => uPlot.tzDate(new Date(ms), "Etc/UTC"),
    padding: [fontPx * 0.5, 0, 0, fontPx * 0.25],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: fontPx * 0.45, width: 1.5, stroke: () => ink("n1") },
    },
    scales: {
      x: { range: () => [model().fromMs, model().toMs] },
      y: { range: (_, low, high) => upperRange(low, high, hasBelow) },
      below: { range: (_, low) => lowerRange(low) },
    },
    series: [{}, ...lines.map((line, index) => series(line, index))],
    axes: axes(model, { fontPx, hasBelow }),
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? undefined)] },
  };
}

function upperRange(low: number | null, high: number | null, hasBelow: boolean): [number, number] {
  if (low === null || high === null) return [0, 1];
  const size = high - low || Math.abs(high) * 0.01 || 1;
  return [low - size * (hasBelow ? BELOW_SHARE / (1 - BELOW_SHARE) + 0.1 : 0.08), high + size * 0.08];
}

/** What hangs below fills its part of the height, whose upper edge is zero. */
function lowerRange(low: number | null): [number, number] {
  const size = Math.max(-(low ?? 0), 1e-9);
  return [-size * 1.08, (size * (1 - BELOW_SHARE)) / BELOW_SHARE];
}

function series(line: ChartLine, index: number): uPlot.Series {
  if (line.look === "below") {
    return {
      scale: "below",
      width: 1,
      stroke: () => ink("down"),
      fill: () => `${ink("down")}38`,
      fillTo: () => 0,
      points: { show: false },
    };
  }
  const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
  return {
    scale: "y",
    width: 1.5,
    dash: [...look.dash],
    stroke: () => ink(look.ink),
    points: {
      show: false,
      size: 4,
      stroke: () => ink(look.ink),
      fill: () => ink(look.ink),
      filter: (plot, at) => lonePoints([...(plot.data[at] ?? [])]),
    },
  };
}

interface AxesParts {
  readonly fontPx: number;
  readonly hasBelow: boolean;
}

function axes(model: () => ChartModel, { fontPx, hasBelow }: AxesParts): uPlot.Axis[] {
  const common = {
    stroke: () => ink("n9"),
    font: `${fontPx * 0.75}px ${getComputedStyle(document.body).fontFamily}`,
    gap: fontPx * 0.375,
    ticks: { show: false },
  };
  const grid = { stroke: () => ink("n4"), width: 1 };
  const main = model().lines.find(({ look }) => look === "line");
  const below = model().lines.find(({ look }) => look === "below");
  const values: uPlot.Axis = {
    ...common,
    scale: "y",
    side: 1,
    size: fontPx * 4,
    space: fontPx * 2.25,
    grid,
    values: (plot, splits, _, __, apart) =>
      splits.map((split) => (split < lowest(plot) ? null : axisText(main, split, apart))),
  };
  const drawdown: uPlot.Axis = {
    ...common,
    scale: "below",
    side: 1,
    size: 0,
    space: fontPx * 1.125,
    grid: { show: false },
    values: (_, splits, __, ___, apart) =>
      splits.map((split) => (split > 0 ? null : axisText(below, split === 0 ? 0 : -split, apart))),
  };
  return [
    {
      ...common,
      grid,
      size: fontPx * 1.75,
      space: fontPx * 4.5,
      // A label that the left edge would cut is left out.
      values: (plot, splits, _, __, apart) =>
        splits.map((split) => (plot.valToPos(split, "x") < fontPx * 1.25 ? null : tickText(split, apart))),
    },
    ...(hasBelow ? [drawdown] : []),
    values,
  ];
}

/** The lowest value in the upper part: no tick of it stands beside what hangs below. */
const lowest = (plot: uPlot): number => {
  const { min, max } = plot.scales["y"] ?? {};
  const hasBelow = plot.series.some(({ scale }) => scale === "below");
  return hasBelow && min != null && max != null ? min + (max - min) * (BELOW_SHARE + 0.06) : Number.NEGATIVE_INFINITY;
};

const axisText = (line: ChartLine | undefined, value: number, apart: number): string | null =>
  line === undefined ? null : line.axis(value, apart);
