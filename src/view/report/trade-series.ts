/** Closed trades in order of closing; columns of one length. */
export interface TradeSeries {
  /** Epoch ms; NaN where nobody said. */
  readonly openedAt: Float64Array;
  readonly closedAt: Float64Array;
  /** Profit after fees, in the one currency of the file. */
  readonly pnl: Float64Array;
  readonly source: string;
}

const DAY_MS = 86_400_000;

/** Profits of UTC days by closing, empty days between as 0: the first day's 00:00 (epoch ms), and each day's profit. */
export function dailyProfits({ closedAt, pnl }: TradeSeries): {
  readonly firstDay: number;
  readonly profits: Float64Array;
} {
  if (closedAt.length === 0) return { firstDay: 0, profits: new Float64Array() };
  const first = Math.floor((closedAt[0] as number) / DAY_MS);
  const last = Math.floor((closedAt.at(-1) as number) / DAY_MS);
  const profits = new Float64Array(last - first + 1);
  for (let index = 0; index < pnl.length; index++) {
    const day = Math.floor((closedAt[index] as number) / DAY_MS) - first;
    profits[day] = (profits[day] as number) + (pnl[index] as number);
  }
  return { firstDay: first * DAY_MS, profits };
}

/** How long anything was open between the first opening and the last closing, as a part of it; half-open, merged. */
export function timeInMarket({ openedAt, closedAt }: TradeSeries): { readonly open: number; readonly whole: number } {
  const order = Array.from(openedAt.keys()).sort((a, b) => (openedAt[a] as number) - (openedAt[b] as number));
  let [open, until] = [0, Number.NEGATIVE_INFINITY];
  for (const index of order) {
    const from = Math.max(until, openedAt[index] as number);
    const to = closedAt[index] as number;
    if (to <= from) continue;
    open += to - from;
    until = to;
  }
  const begin = openedAt[order[0] ?? -1] ?? 0;
  return { open, whole: Math.max(0, (closedAt.at(-1) ?? begin) - begin) };
}
