import type { EdgeView } from "../protocol/api.ts";
import type { EdgeHistoryAnswer, EdgeLineView } from "../protocol/api-edges.ts";
import { axisNumber, type ChartMark, type ChartModel } from "./chart-model.ts";
import { cents, fixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** Lines that a chart tells apart. */
const LINES_DRAWN = 4;
/** An edge counts for so long after it was told, unless the bot says otherwise. */
const HOLD_MS = 30_000;
const NO_EDGE = "no edge was told then";

/** One direction of a pair, as one bot sees it. */
export interface EdgeDirection {
  readonly key: string;
  /** The direction in the bot's words, and the bot where there are several. */
  readonly label: string;
  /** What it is told to be now; undefined while nothing is. */
  readonly live: EdgeView | undefined;
  /** Net edge in cents after fees: now, and the lowest and highest over the time that is shown. */
  readonly net: Shown;
  readonly low: Shown;
  readonly high: Shown;
  readonly size: Shown;
  /** Who says it, its expected slippage and the leading venue, in words. */
  readonly about: string;
}

/** Which edges are between two markets. */
export type EdgesBetween = Pick<EdgeHistoryAnswer, "lines" | "from" | "to" | "step_s">;

const directionOf = ({ direction, best_side: side }: EdgeView): string | null => direction ?? side ?? null;

const isOf = (line: EdgeLineView, edge: EdgeView): boolean =>
  line.bot === edge.bot && line.pair_id === edge.pair_id && line.direction === directionOf(edge);

/**
 * What was read, with the edges that were told since. Of live ones only those of the pairs that were read, or of the two
 * markets, count.
 */
export function withLiveEdges(
  history: EdgesBetween,
  live: readonly EdgeView[],
  isBetween: (edge: EdgeView) => boolean,
): EdgesBetween {
  const stepMs = history.step_s * 1_000;
  let lines = history.lines;
  for (const edge of live) {
    if (!isBetween(edge)) continue;
    const found = lines.find((line) => isOf(line, edge));
    const line = found ?? newLine(edge);
    const points = withPoint(line.points, edge, stepMs);
    lines = [...lines.filter((other) => other !== found), { ...line, points }];
  }
  return { ...history, lines: lines.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) };
}

const newLine = (edge: EdgeView): EdgeLineView => ({
  bot: edge.bot,
  pair_id: edge.pair_id,
  primary_market: edge.primary_market,
  hedge_market: edge.hedge_market,
  direction: directionOf(edge),
  points: [],
});

function withPoint(points: EdgeLineView["points"], edge: EdgeView, stepMs: number): EdgeLineView["points"] {
  const begin = Math.floor(Date.parse(edge.timestamp) / stepMs) * stepMs;
  const last = points.at(-1);
  const lastBegin = last === undefined ? Number.NEGATIVE_INFINITY : Date.parse(last.from);
  if (!(begin >= lastBegin)) return points;
  const value = edge.net_edge_cents;
  const held = last !== undefined && begin === lastBegin ? last : undefined;
  const point = {
    from: new Date(begin).toISOString(),
    to: new Date(begin + stepMs).toISOString(),
    min_cents: Math.min(held?.min_cents ?? value, value),
    max_cents: Math.max(held?.max_cents ?? value, value),
    last_cents: value,
  };
  return [...(held === undefined ? points : points.slice(0, -1)), point];
}

const keyOf = ({ bot, pair_id: pair, direction }: EdgeLineView): string => `${pair} ${direction ?? ""} ${bot}`;

/** How each direction is called: with its bot or pair where these are not the same for all. */
function labelsOf(lines: readonly EdgeLineView[]): (line: EdgeLineView) => string {
  const bots = new Set(lines.map(({ bot }) => bot)).size;
  const pairs = new Set(lines.map(({ pair_id: pair }) => pair)).size;
  return ({ bot, pair_id: pair, direction }) =>
    [direction ?? "best direction", ...(bots > 1 ? [bot] : []), ...(pairs > 1 ? [pair] : [])].join(", ");
}

/** Every direction, with what it is now and was in the time that is shown. */
export function edgeDirections({ lines }: EdgesBetween, live: readonly EdgeView[]): EdgeDirection[] {
  const labelOf = labelsOf(lines);
  return lines.map((line) => {
    const now = live.find((edge) => isOf(line, edge));
    return {
      key: keyOf(line),
      label: labelOf(line),
      live: now,
      net: cents(now?.net_edge_cents, "it is not told now"),
      low: cents(extreme(line, "min_cents", Math.min), NO_EDGE),
      high: cents(extreme(line, "max_cents", Math.max), NO_EDGE),
      size: sizeOf(now),
      about: aboutOf(line, now),
    };
  });
}

function aboutOf({ bot, pair_id: pair }: EdgeLineView, now: EdgeView | undefined): string {
  const { expected_slippage_cents: slippage, leader } = now ?? {};
  return [
    `${bot}, pair ${pair}`,
    ...(slippage === undefined ? [] : [`expected slippage ${fixed(slippage, 2)} ¢`]),
    ...(leader === undefined ? [] : [`${leader} leads`]),
  ].join(", ");
}

function sizeOf(edge: EdgeView | undefined): Shown {
  const size: unknown = edge?.["size"];
  if (typeof size !== "number" && typeof size !== "string") return unknownValue("the bot gave no size");
  return plain(String(size));
}

function extreme(
  { points }: EdgeLineView,
  which: "min_cents" | "max_cents",
  of: (...values: readonly number[]) => number,
): number | undefined {
  return points.length === 0 ? undefined : points.map((point) => point[which]).reduce((a, b) => of(a, b));
}

/** The edges over time: a line for each direction, each step at its beginning, held for as long as an edge counts, and broken where none was told. */
export function edgeChart(between: EdgesBetween, marks: readonly ChartMark[]): ChartModel {
  const { from, step_s: stepS } = between;
  const stepMs = stepS * 1_000;
  const drawn = between.lines.filter(({ points }) => points.length > 0).slice(0, LINES_DRAWN);
  const labelOf = labelsOf(between.lines);
  const begins = drawn.flatMap(({ points }) => points.map((point) => Date.parse(point.from)));
  const first = begins.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const last = begins.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const steps = begins.length === 0 ? 0 : Math.round((last - first) / stepMs) + 1;
  const times = Array.from({ length: steps }, (_, index) => first + index * stepMs);
  return {
    times,
    fromMs: Math.min(Date.parse(from), times[0] ?? Number.POSITIVE_INFINITY),
    toMs: Math.max(Date.parse(between.to), times.at(-1) ?? 0),
    marks,
    lines: drawn.map((line) => ({
      name: keyOf(line),
      label: labelOf(line),
      unit: "¢",
      look: "line",
      values: valuesOf(line, times),
      shown: (value) => cents(value, NO_EDGE),
      axis: axisNumber,
    })),
  };
}

function valuesOf({ points }: EdgeLineView, times: readonly number[]): (number | null)[] {
  const told = new Map(points.map((point) => [Date.parse(point.from), point.last_cents]));
  let held: { readonly value: number; readonly at: number } | undefined;
  return times.map((at) => {
    const value = told.get(at);
    if (value !== undefined) held = { value, at };
    return held !== undefined && at - held.at <= HOLD_MS ? held.value : null;
  });
}
