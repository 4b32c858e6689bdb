import type { AssetRow } from "../protocol/api-execution.ts";
import { measureText } from "./measure-text.ts";
import { amount, bps, count, fixed } from "./number-format.ts";
import { madeAmount } from "./performance-rows.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** What an instrument made, and how well it was executed. */
export interface AssetLine {
  readonly key: string;
  readonly row: AssetRow;
  readonly net: Shown;
  readonly realised: Shown;
  readonly unrealised: Shown;
  readonly fees: Shown;
  readonly volume: Shown;
  readonly fills: Shown;
  readonly trades: Shown;
  readonly winRate: Shown;
  readonly fillRate: Shown;
  readonly hitRate: Shown;
  readonly maker: Shown;
  readonly slippage: Shown;
  readonly capture: Shown;
  /** Mean markout after 30 s, bps. */
  readonly markout: Shown;
}

const MARKOUT_S = 30;

const percent = (value: number): Shown => plain(fixed(value, 1));

/** The cells of an instrument. */
export function assetLine(row: AssetRow, markoutsReason: string | undefined): AssetLine {
  const markout = row.markouts.find(({ horizon_s: s }) => s === MARKOUT_S);
  return {
    key: [row.mode, row.bot ?? "", row.venue, row.symbol, row.currency].join(" "),
    row,
    net:
      row.net === null
        ? unknownValue(row.fees_reason ?? row.funding_reason ?? row.unrealized_reason ?? "what is held has no value")
        : madeAmount(row.net),
    realised: madeAmount(row.realized),
    unrealised: row.unrealized === null ? unknownValue(row.unrealized_reason ?? "no mark") : madeAmount(row.unrealized),
    fees:
      row.fees === null
        ? unknownValue(row.fees_reason ?? "nobody told them")
        : { ...madeAmount(row.fees === 0 ? 0 : -row.fees), tone: "neutral" },
    volume: amount(row.volume),
    fills: count(row.fills),
    trades: count(row.trades_closed),
    winRate: measureText(row.win_rate_pct, percent),
    fillRate: measureText(row.fill_rate_pct, percent),
    hitRate: measureText(row.hit_rate, percent),
    maker: measureText(row.maker_ratio, (ratio) => percent(ratio * 100)),
    slippage: measureText(row.entry_slippage_bps, (value) => ({ ...bps(value, ""), tone: "neutral" })),
    capture: measureText(row.spread_capture_bps, (value) => bps(value, "")),
    markout:
      markout === undefined
        ? unknownValue(markoutsReason ?? "no fill of it could be held against a mark")
        : measureText(markout.mean_bps, (value) => bps(value, "")),
  };
}
