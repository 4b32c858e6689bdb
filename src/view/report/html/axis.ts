import { compact, fixed } from "../../number-format.ts";
import { escaped } from "./escape.ts";

/** Where the picture lies in its frame, in the units of the drawing. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const FRAME: Frame = { width: 860, height: 240, left: 64, right: 12, top: 10, bottom: 24 };

/** Values to places along a side of the frame. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly place: (value: number) => number;
}

/** From a range of values to a range of places; a range without width is given one. */
function linear(from: number, to: number, [start, end]: readonly [number, number]): Scale {
  const width = to - from || 1;
  return { from, to, place: (value) => start + ((value - from) / width) * (end - start) };
}

export const across = (from: number, to: number, frame = FRAME): Scale =>
  linear(from, to, [frame.left, frame.width - frame.right]);

export const upwards = (from: number, to: number, frame = FRAME): Scale =>
  linear(from, to, [frame.height - frame.bottom, frame.top]);

/** Round values within a range, about so many. */
export function ticksOf(from: number, to: number, count: number): readonly number[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step <= to + step * 1e-9; index++) ticks.push(index * step);
  return ticks;
}

const DAY_MS = 86_400_000;
const STEPS_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];

interface TimeTick {
  readonly at: number;
  readonly label: string;
}

/** Days, months or years within a range of epoch ms, about so many. */
export function timeTicksOf(from: number, to: number, count: number): readonly TimeTick[] {
  const span = to - from;
  if (span < 70 * DAY_MS) return dayTicks(from, to, count);
  const months = span / (30.44 * DAY_MS);
  const step = STEPS_MONTHS.find((each) => months / each <= count) ?? 120;
  const first = new Date(from);
  const ticks: TimeTick[] = [];
  const begin = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
  for (let month = begin; ; month += step) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > to) return ticks;
    if (at >= from) ticks.push({ at, label: new Date(at).toISOString().slice(0, step >= 12 ? 4 : 7) });
  }
}

const STEPS_MS = [60_000, 300_000, 900_000, 3_600_000, 4 * 3_600_000, 12 * 3_600_000, DAY_MS, 7 * DAY_MS, 14 * DAY_MS];

function dayTicks(from: number, to: number, count: number): readonly TimeTick[] {
  const step = STEPS_MS.find((each) => (to - from) / each <= count) ?? 14 * DAY_MS;
  const ticks: TimeTick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const iso = new Date(at).toISOString();
    ticks.push({ at, label: step >= DAY_MS ? iso.slice(5, 10) : iso.slice(5, 16).replace("T", " ") });
  }
  return ticks;
}

/** How an axis writes its values. */
export type AxisUnit = "fraction" | "ratio" | "growth" | "money" | "bps" | "count";

export function axisText(value: number, unit: AxisUnit, step: number): string {
  const scale = unit === "fraction" ? 100 : 1;
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(Math.max(step * scale, 1e-6)) + 1e-9)));
  const shown = Math.abs(value) >= 10_000 ? compact(value) : fixed(value * scale, decimals);
  return unit === "fraction" ? `${shown} %` : shown;
}

/** The lines and labels of the values at the left. */
export function valueAxis(scale: Scale, unit: AxisUnit, frame = FRAME): string {
  const ticks = ticksOf(scale.from, scale.to, 5);
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0) || Math.abs(scale.to) || 1;
  return ticks
    .map((tick) => {
      const y = scale.place(tick).toFixed(1);
      const isZero = Math.abs(tick) < step * 1e-9;
      return `<line class="${isZero ? "zero" : "grid"}" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${y}" y2="${y}"/><text class="tick end" x="${frame.left - 8}" y="${y}" dy="4">${escaped(axisText(tick, unit, step))}</text>`;
    })
    .join("");
}

/** The labels of the times or counts below. */
export function belowAxis(ticks: readonly TimeTick[], scale: Scale, frame = FRAME): string {
  return ticks
    .map(
      ({ at, label }) =>
        `<text class="tick mid" x="${scale.place(at).toFixed(1)}" y="${frame.height - 6}">${escaped(label)}</text>`,
    )
    .join("");
}

/** Ticks of plain numbers, written as they are. */
export const countTicks = (from: number, to: number, count: number): readonly TimeTick[] =>
  ticksOf(from, to, count).map((at) => ({ at, label: fixed(at, 0) }));
