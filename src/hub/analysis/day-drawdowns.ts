import type { Measure } from "../../metrics/measure.ts";
import { drawdownStatistics } from "../../metrics/returns/drawdown-statistics.ts";
import { growthOf, readPath } from "../../metrics/returns/equity-path.ts";
import type { StatisticView } from "../../protocol/api-statistics.ts";
import type { DailyReturns } from "./daily-returns.ts";

const MILLIS_PER_DAY = 86_400_000;
const SECONDS_PER_DAY = 86_400;

/** Falls of the equity besides the deepest: now, in money, and how long they last. What came in is left out of it. */
export function drawdownViews({ returns, at, startEquity }: DailyReturns): StatisticView[] {
  const scale = startEquity ?? 1;
  const path = readPath(growthOf(returns).map((value) => value * scale));
  const times = new Float64Array(returns.length + 1);
  times.set(at, 1);
  times[0] = (at[0] ?? MILLIS_PER_DAY) - MILLIS_PER_DAY;
  const found = drawdownStatistics(path, times);
  const below = "≥ 0 is below the peak";
  const longer = "≥ 0, longer is worse";
  return [
    view(found.current_drawdown_pct, {
      name: "current_drawdown",
      title: "Drawdown now",
      unit: "fraction",
      sign: below,
      scale: -1,
      formula: "1 − equity ÷ highest so far, at the end",
    }),
    view(found.avg_drawdown_pct, {
      name: "avg_drawdown",
      title: "Drawdown, mean of all",
      unit: "fraction",
      sign: below,
      scale: -1,
      formula: "mean of the deepest of each drawdown",
    }),
    view(found.max_drawdown_abs, {
      name: "max_drawdown_abs",
      title: "Largest fall in money",
      unit: "money",
      sign: below,
      scale: -1,
      formula: "max over time of highest equity so far − equity; it may lie elsewhere than the deepest ratio",
    }),
    view(found.max_drawdown_duration_seconds, {
      name: "max_drawdown_days",
      title: "Longest time below a high",
      unit: "days",
      sign: longer,
      scale: 1 / SECONDS_PER_DAY,
      formula: "from the last day at the old height to the first at it again; one that did not recover, to the end",
    }),
    view(found.avg_drawdown_duration_seconds, {
      name: "avg_drawdown_days",
      title: "Time below a high, mean of all",
      unit: "days",
      sign: longer,
      scale: 1 / SECONDS_PER_DAY,
      formula: "mean of the durations",
    }),
  ];
}

type Described = Pick<StatisticView, "name" | "title" | "unit" | "sign" | "formula"> & { readonly scale: number };

function view(measure: Measure, { scale, ...described }: Described): StatisticView {
  return {
    ...described,
    group: "risk",
    ...(typeof measure.value === "number"
      ? { value: measure.value * scale + 0 }
      : { value: null, ...(measure.value === undefined ? { reason: measure.reason } : {}) }),
    n: measure.n,
  };
}
