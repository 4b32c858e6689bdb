import type { MarksAnswer } from "../protocol/api-marks.ts";
import { fixed } from "./number-format.ts";
import type { Shown } from "./shown.ts";
import { moment } from "./time-format.ts";

/** How a line looks: the line itself, or an area that hangs from its zero in the lower part of the chart. */
export type LineLook = "line" | "below";

/** A line of a chart: a value for each of the chart's times. */
export interface ChartLine {
  readonly name: string;
  readonly label: string;
  /** Stands beside the label: a currency, `%`. */
  readonly unit: string;
  readonly look: LineLook;
  /** Null where nothing is known. */
  readonly values: readonly (number | null)[];
  readonly shown: (value: number) => Shown;
  /** What stands at a tick of the axis, whose ticks are so far apart. */
  readonly axis: (value: number, apart: number) => string;
}

/** Something that happened, to be seen on every chart. */
export interface ChartMark {
  readonly atMs: number;
  /** What each of them says; more than one where they are too close to be told apart. */
  readonly titles: readonly string[];
}

/** What a chart shows. */
export interface ChartModel {
  /** In ms, strictly increasing. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly marks: readonly ChartMark[];
  /** The first and the last moment of the chart (ms), which may have no point. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** More points than a wall has pixels help nobody: what a chart draws at most. */
const POINTS_MOST = 2_000;

/** The newest points of a model, at most `most` of them. */
export function newestPoints(model: ChartModel, most = POINTS_MOST): ChartModel {
  const cut = model.times.length - most;
  if (cut <= 0) return model;
  return {
    ...model,
    times: model.times.slice(cut),
    fromMs: model.times[cut] ?? model.fromMs,
    lines: model.lines.map((line) => ({ ...line, values: line.values.slice(cut) })),
  };
}

/** Whether there is anything to draw. */
export const hasPoints = ({ lines }: ChartModel): boolean =>
  lines.some(({ values }) => values.some((value) => value !== null));

/** The points that no line goes through, since nothing is known before and after them. */
export const lonePoints = (values: readonly (number | null | undefined)[]): number[] =>
  values.flatMap((value, index) =>
    value != null && values[index - 1] == null && values[index + 1] == null ? [index] : [],
  );

/** A line at a point of time. */
export interface LineAt {
  readonly line: ChartLine;
  /** Undefined where nothing is known. */
  readonly shown: Shown | undefined;
}

/** Every line at the point with this index. */
export const linesAt = ({ lines }: ChartModel, index: number): LineAt[] =>
  lines.map((line) => {
    const value = line.values[index] ?? null;
    return { line, shown: value === null ? undefined : line.shown(value) };
  });

/** The point under the cursor in words, with the marks that fall to it. */
export function pointWords(model: ChartModel, index: number, nowMs: number): string {
  const at = model.times[index];
  if (at === undefined) return "no point";
  const values = linesAt(model, index).map(({ line, shown }) => {
    const unit = line.unit === "" ? "" : ` ${line.unit}`;
    return `${line.label} ${shown === undefined ? "not known" : (shown.full ?? shown.text) + unit}`;
  });
  return [`${timeText(at, nowMs)} UTC: ${values.join(", ")}`, ...marksAt(model, index).flatMap(titlesOf)].join("; ");
}

const titlesOf = ({ titles }: ChartMark): readonly string[] => titles;

/** The marks that lie nearer to this point than to any other. */
export function marksAt({ times, marks }: ChartModel, index: number): ChartMark[] {
  return marks.filter(({ atMs }) => nearestIndex(times, atMs) === index);
}

/** The index of the time that is nearest to `atMs`; 0 where there is none. */
export function nearestIndex(times: readonly number[], atMs: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [times[low - 1], times[low]];
  return before !== undefined && (after === undefined || atMs - before <= after - atMs) ? low - 1 : Math.max(0, low);
}

/** What a chart shows, for those who cannot see it: each line's first, last, lowest and highest value, and its marks. */
export function chartWords(model: ChartModel, nowMs: number): string {
  const lines = model.lines.flatMap((line) => {
    const range = rangeOf(line, model.times);
    if (range === undefined) return [`${line.label}: nothing known`];
    const text = (value: number): string => line.shown(value).full ?? line.shown(value).text;
    return [
      `${line.label}${line.unit === "" ? "" : ` in ${line.unit}`}: from ${text(range.first)} to ${text(range.last)}, ` +
        `lowest ${text(range.low.value)} at ${timeText(range.low.at, nowMs)}, ` +
        `highest ${text(range.high.value)} at ${timeText(range.high.at, nowMs)}`,
    ];
  });
  const marked = model.marks.reduce((sum, { titles }) => sum + titles.length, 0);
  const span = `${timeText(model.fromMs, nowMs)} to ${timeText(model.toMs, nowMs)} UTC`;
  return [span, ...lines, ...(marked === 0 ? [] : [`${marked} ${marked === 1 ? "note" : "notes"}`])].join(". ");
}

function rangeOf({ values }: ChartLine, times: readonly number[]) {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, at: times[index] ?? 0 }]));
  const [first] = known;
  if (first === undefined) return undefined;
  return {
    first: first.value,
    last: known.at(-1)?.value ?? first.value,
    low: known.reduce((low, each) => (each.value < low.value ? each : low), first),
    high: known.reduce((high, each) => (each.value > high.value ? each : high), first),
  };
}

/** A moment of a chart as its readout says it. */
export const timeText = (atMs: number, nowMs: number): string => moment(new Date(atMs).toISOString(), nowMs).text;

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at, last) => at - Math.max(1, Math.round(last / 10)),
  PageDown: (at, last) => at + Math.max(1, Math.round(last / 10)),
  Home: () => 0,
  End: (_, last) => last,
};

/** Where a key moves the cursor among `count` points; undefined for a key that does not. */
export function indexAfterKey(key: string, at: number, count: number): number | undefined {
  const move = KEYS[key];
  if (move === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, move(at, count - 1)));
}

/** The part of a chart's width (0 to 1) at which a moment is. */
export const placeOf = ({ fromMs, toMs }: ChartModel, atMs: number): number =>
  toMs > fromMs ? (atMs - fromMs) / (toMs - fromMs) : 0;

/** Marks that are closer than one of `slots` parts of the chart stand as one. */
export function groupedMarks(
  marks: readonly ChartMark[],
  { fromMs, toMs, slots }: { readonly fromMs: number; readonly toMs: number; readonly slots: number },
): ChartMark[] {
  const apart = (toMs - fromMs) / slots;
  const grouped: ChartMark[] = [];
  for (const mark of marks.toSorted((a, b) => a.atMs - b.atMs)) {
    if (mark.atMs < fromMs || mark.atMs > toMs) continue;
    const before = grouped.at(-1);
    if (before !== undefined && mark.atMs - before.atMs < apart)
      grouped[grouped.length - 1] = { atMs: before.atMs, titles: [...before.titles, ...mark.titles] };
    else grouped.push(mark);
  }
  return grouped;
}

/** What the hub marks on charts. Where it is not all, the first of them says so: the oldest were left off. */
export function chartMarks({ marks, left_off: isCut }: Pick<MarksAnswer, "marks" | "left_off">): ChartMark[] {
  const all = marks.map(({ at, text }): ChartMark => ({ atMs: Date.parse(at), titles: [text] }));
  const [first, ...others] = all;
  if (!isCut || first === undefined) return all;
  return [{ ...first, titles: ["what came before is not shown", ...first.titles] }, ...others];
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What stands at a tick of the time axis, in UTC: the time of day, the day, or the month, by how far ticks are apart. */
export function tickText(atMs: number, apartMs: number): string {
  const at = new Date(atMs);
  const iso = at.toISOString();
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}`;
  if (apartMs < MINUTE_MS) return iso.slice(11, 19);
  if (apartMs < DAY_MS) return atMs % DAY_MS === 0 ? day : iso.slice(11, 16);
  return apartMs < 300 * DAY_MS ? day : String(at.getUTCFullYear());
}

/** A number at a tick: as many decimals as tell it from the next one, thousands as K. */
export function axisNumber(value: number, apart: number): string {
  const decimals = (step: number): number => Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  if (Math.abs(value) >= 10_000 && apart >= 10) return `${fixed(value / 1000, decimals(apart / 1000))}K`;
  return fixed(value, decimals(apart));
}
