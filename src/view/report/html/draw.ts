import { fixed } from "../../number-format.ts";
import { valueText } from "../figure-text.ts";
import type { Chart, CurveChart, HeatChart, HistogramChart, Line, LineChart } from "../chart.ts";
import {
  across,
  axisText,
  belowAxis,
  countTicks,
  FRAME,
  type Scale,
  ticksOf,
  timeTicksOf,
  upwards,
  valueAxis,
} from "./axis.ts";
import { escaped } from "./escape.ts";

/** A chart as a figure: its title, its picture, and what it shows in words. */
export function drawn(chart: Chart): string {
  const picture = pictureOf(chart);
  return `<figure class="chart ${chart.kind}"><figcaption><h2>${escaped(chart.title)}</h2>${legendOf(chart)}</figcaption>${picture}</figure>`;
}

function pictureOf(chart: Chart): string {
  switch (chart.kind) {
    case "line":
      return svg(chart, drawLines(chart));
    case "histogram":
      return svg(chart, drawHistogram(chart));
    case "curve":
      return svg(chart, drawCurves(chart));
    case "heat":
      return heatTable(chart);
  }
}

const svg = ({ title, about }: Chart, body: string): string =>
  `<svg viewBox="0 0 ${FRAME.width} ${FRAME.height}" role="img" aria-label="${escaped(`${title}. ${about}`)}">${body}</svg>`;

function legendOf(chart: Chart): string {
  const shown = chart.kind === "line" ? chart.lines : chart.kind === "curve" ? chart.curves : [];
  if (shown.length < 2) return "";
  const items = shown.map(({ label, tone }) => `<span class="key ${tone}">${escaped(label)}</span>`);
  return `<p class="legend">${items.join("")}</p>`;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(columns: readonly Float64Array[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const column of columns)
    for (const value of column) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}

/** A little room above and below, so that no line lies on the frame. */
function roomy({ low, high }: Range, includesZero: boolean): Range {
  const [from, to] = includesZero ? [Math.min(0, low), Math.max(0, high)] : [low, high];
  const room = (to - from) * 0.04 || Math.abs(to) * 0.05 || 1;
  return { low: includesZero && from === 0 ? 0 : from - room, high: includesZero && to === 0 ? 0 : to + room };
}

function drawLines({ lines, unit, xUnit, isFilled }: LineChart): string {
  const times = rangeOf(lines.map(({ x }) => x));
  const values = roomy(rangeOf(lines.map(({ y }) => y)), unit === "fraction" || unit === "ratio");
  const [x, y] = [across(times.low, times.high), upwards(values.low, values.high)];
  const ticks = xUnit === "time" ? timeTicksOf(times.low, times.high, 9) : countTicks(times.low, times.high, 9);
  const fill = isFilled ? lines.map((line) => areaOf(line, x, y)).join("") : "";
  const strokes = lines.map((line) => `<path class="line ${line.tone}" d="${pathOf(line, x, y)}"/>`);
  return valueAxis(y, unit) + belowAxis(ticks, x) + fill + strokes.join("");
}

/** NaN lifts the pen. */
function pathOf(line: Pick<Line, "x" | "y">, x: Scale, y: Scale): string {
  let path = "";
  let isDown = false;
  for (let index = 0; index < line.y.length; index++) {
    const value = line.y[index] as number;
    if (Number.isFinite(value)) {
      path += `${isDown ? "L" : "M"}${x.place(line.x[index] as number).toFixed(1)} ${y.place(value).toFixed(1)}`;
      isDown = true;
    } else isDown = false;
  }
  return path;
}

function areaOf(line: Line, x: Scale, y: Scale): string {
  if (line.x.length === 0) return "";
  const [first, last] = [x.place(line.x[0] as number), x.place(line.x.at(-1) as number)];
  const zero = y.place(0).toFixed(1);
  return `<path class="area ${line.tone}" d="${pathOf(line, x, y)}L${last.toFixed(1)} ${zero}L${first.toFixed(1)} ${zero}Z"/>`;
}

function drawHistogram({ unit, from, step, counts, expected, marks }: HistogramChart): string {
  const most = Math.max(1, ...counts, ...expected);
  const to = from + counts.length * step;
  const [x, y] = [across(from, to), upwards(0, most * 1.04)];
  const bars = counts.map((count, bin) => {
    const [left, right] = [x.place(from + bin * step), x.place(from + (bin + 1) * step)];
    const top = y.place(count);
    const tone = from + (bin + 0.5) * step < 0 ? "down" : "up";
    return `<rect class="bar ${tone}" x="${left.toFixed(1)}" width="${Math.max(0.5, right - left - 1).toFixed(1)}" y="${top.toFixed(1)}" height="${Math.max(0, y.place(0) - top).toFixed(1)}"><title>${escaped(`${fixed(count, 0)} of about ${valueText(from + (bin + 0.5) * step, unit)}`)}</title></rect>`;
  });
  const normal = {
    x: Float64Array.from(expected, (_, bin) => from + (bin + 0.5) * step),
    y: Float64Array.from(expected),
  };
  const ticks = ticksOf(from, to, 8);
  const tickStep = (ticks[1] ?? 0) - (ticks[0] ?? 0) || 1;
  const below = ticks.map((at) => ({ at, label: axisText(at, unit, tickStep) }));
  const lines = marks
    .filter(({ at }) => at >= from && at <= to)
    .map(({ label, at }, index) => {
      const place = x.place(at).toFixed(1);
      const height = FRAME.top + 12 + index * 14;
      return `<line class="mark" x1="${place}" x2="${place}" y1="${FRAME.top}" y2="${FRAME.height - FRAME.bottom}"/><text class="tick halo" x="${place}" dx="4" y="${height}">${escaped(`${label} ${valueText(at, unit)}`)}</text>`;
    });
  const curve = `<path class="line other" d="${pathOf(normal, x, y)}"/>`;
  return valueAxis(y, "count") + belowAxis(below, x) + bars.join("") + curve + lines.join("");
}

function drawCurves({ places, curves, unit }: CurveChart): string {
  const known = curves.flatMap(({ points }) => points.flatMap((point) => (point === undefined ? [] : [point])));
  const bounds = known.flatMap(({ value, low = value, high = value }) => [low, value, high]);
  const range = roomy(rangeOf([Float64Array.from(bounds)]), true);
  const [x, y] = [across(-0.5, places.length - 0.5), upwards(range.low, range.high)];
  const below = belowAxis(
    places.map((label, at) => ({ at, label })),
    x,
  );
  const drawnCurves = curves.map(({ points, tone }, which) => {
    const shift = (which - (curves.length - 1) / 2) * 0.06;
    const marks = points.flatMap((point, index) => {
      if (point === undefined) return [];
      const place = x.place(index + shift).toFixed(1);
      const { value, low = value, high = value } = point;
      return [
        `<line class="whisker ${tone}" x1="${place}" x2="${place}" y1="${y.place(low).toFixed(1)}" y2="${y.place(high).toFixed(1)}"/><circle class="dot ${tone}" cx="${place}" cy="${y.place(value).toFixed(1)}" r="3.5"><title>${escaped(`${valueText(value, unit)} [${valueText(low, unit)}, ${valueText(high, unit)}] bps`)}</title></circle>`,
      ];
    });
    const line = {
      x: Float64Array.from(points, (_, index) => index + shift),
      y: Float64Array.from(points, (point) => point?.value ?? Number.NaN),
    };
    return `<path class="line ${tone}" d="${pathOf(line, x, y)}"/>${marks.join("")}`;
  });
  return valueAxis(y, unit) + below + drawnCurves.join("");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** The shade of a month is full at a return as large as nine in ten of them. */
const FULL_AT = 0.9;

function heatTable({ title, about, years }: HeatChart): string {
  const sizes = years.flatMap(({ months }) =>
    months.flatMap((value) => (value === undefined ? [] : [Math.abs(value)])),
  );
  const full = sizes.sort((a, b) => a - b)[Math.floor((sizes.length - 1) * FULL_AT)] || 1;
  const cell = (value: number | undefined): string => {
    if (value === undefined) return "<td></td>";
    const shade = Math.round(8 + 62 * Math.min(1, Math.abs(value) / full));
    return `<td class="${value < 0 ? "down" : "up"}" style="--shade:${shade}%">${escaped(fixed(100 * value, 1))}</td>`;
  };
  const rows = years.map(
    ({ year, months, whole }) =>
      `<tr><th scope="row">${year}</th>${months.map(cell).join("")}<td class="whole">${escaped(fixed(100 * whole, 1))}</td></tr>`,
  );
  const head = [...MONTHS, "Year"].map((name) => `<th scope="col">${name}</th>`).join("");
  return `<div class="wide"><table class="heat" aria-label="${escaped(`${title}. ${about}`)}"><thead><tr><th scope="col">%</th>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
