import { momentsOf } from "../../metrics/returns/moments.ts";
import { type Chart, thinned } from "./chart.ts";
import type { DailyTrading } from "./daily-trading.ts";
import { histogramOf } from "./histogram.ts";
import type { TradeSeries } from "./trade-series.ts";

const DAY_MS = 86_400_000;

/** The pictures of closed trades. */
export function tradeCharts({ closedAt, pnl }: TradeSeries, { firstDay, profits }: DailyTrading): readonly Chart[] {
  if (pnl.length < 2) return [];
  const { sums, falls } = runningSums(pnl);
  const moments = momentsOf(pnl);
  const line = { xUnit: "time", unit: "money" } as const;
  const days = Float64Array.from(profits, (_, index) => firstDay + index * DAY_MS);
  return [
    {
      ...line,
      kind: "line",
      title: "Sum of profits",
      about: `After ${pnl.length} trades ${sums.at(-1)}`,
      isFilled: false,
      lines: [thinned({ label: "net profit", tone: "main", x: closedAt, y: sums })],
    },
    {
      ...line,
      kind: "line",
      title: "Below the highest sum",
      about: "How far the sum of profits lies below its highest so far",
      isFilled: true,
      lines: [thinned({ label: "fall", tone: "down", x: closedAt, y: falls })],
    },
    histogramOf(pnl, moments, {
      title: "Distribution of trades",
      unit: "money",
      marks: [{ label: "mean", at: moments.mean }],
    }),
    ...(profits.length < 3
      ? []
      : [
          {
            ...line,
            kind: "line",
            title: "Profit by UTC day",
            about: "What the trades made that closed on each day",
            isFilled: true,
            lines: [thinned({ label: "day", tone: "main", x: days, y: profits })],
          } as const,
        ]),
  ];
}

function runningSums(pnl: Float64Array): { readonly sums: Float64Array; readonly falls: Float64Array } {
  const [sums, falls] = [new Float64Array(pnl.length), new Float64Array(pnl.length)];
  let [sum, peak] = [0, 0];
  for (let index = 0; index < pnl.length; index++) {
    sum += pnl[index] as number;
    peak = Math.max(peak, sum);
    sums[index] = sum;
    falls[index] = sum - peak;
  }
  return { sums, falls };
}
