import type { Dependence } from "./inference/dependence.ts";
import type { Measure } from "./measure.ts";

/** A measure with where it comes from, and for money the currency that it is in. */
export type Reading = Measure & {
  /** Whether the bot said it or the hub made it; absent where it can only be computed. */
  readonly source?: "reported" | "computed";
  /** Of money: undefined where nobody named it. */
  readonly currency?: string;
  /** Where chance alone leaves it, as far as that is told. */
  readonly interval?: { readonly low: number; readonly high: number; readonly level: number };
  /** Of a share of things that may resemble one another: how much, made when it is asked for; undefined where nobody knows. */
  readonly dependence?: () => Dependence | undefined;
};

/** Of a distribution, in seconds. */
export interface Percentiles {
  readonly p50: Reading;
  readonly p95: Reading;
  readonly p99: Reading;
}

/** What trading made and what orders did in a window. Money is in USD where rates are recorded, else in the one currency there is. */
export interface SpanReading {
  /** Gross profit of what was closed. */
  readonly realized: Reading;
  /** Paid less rebates. */
  readonly fees: Reading;
  readonly feesPaid: Reading;
  readonly rebates: Reading;
  /** Received less paid. */
  readonly funding: Reading;
  readonly fundingReceived: Reading;
  readonly fundingPaid: Reading;
  /** Realised less fees plus funding. */
  readonly realizedNet: Reading;
  /** At the marks of the moment; this and the next two only where the window is all. */
  readonly unrealized: Reading;
  /** Realised plus unrealised; and the same less fees plus funding. */
  readonly gross: Reading;
  readonly net: Reading;
  readonly volume: Reading;
  readonly fills: Reading;
  readonly makerRatio: Reading;
  readonly tradesClosed: Reading;
  readonly winRatePct: Reading;
  readonly expectancy: Reading;
  readonly profitFactor: Reading;
  readonly payoff: Reading;
  readonly avgWin: Reading;
  /** ≤ 0. */
  readonly avgLoss: Reading;
  readonly avgHoldingHours: Reading;
  readonly ordersPlaced: Reading;
  readonly ordersFilled: Reading;
  readonly fillRatePct: Reading;
  readonly fillRateQtyPct: Reading;
  readonly entrySlippageBps: Reading;
  readonly exitSlippageBps: Reading;
  readonly timeInMarketPct: Reading;
  /** From the decision until it was sent, from there until it was acknowledged, and until its first fill. */
  readonly orderSent: Percentiles;
  readonly orderAcknowledged: Percentiles;
  readonly orderFilled: Percentiles;
  readonly tradesPerDay: Reading;
}

/** Fields of `risk` that are numbers. */
export type RiskField =
  | "position_drift_pct"
  | "margin_ratio"
  | "funding_rate"
  | "daily_loss_pct"
  | "drawdown_pct"
  | "realized_pnl_today_quote"
  | "equity_quote"
  | "base_pct"
  | "adverse_drift_30s"
  | "order_book_stale";

/** What holds at the moment. */
export interface NowReading {
  readonly equity: Reading;
  /** Computed from the equity that was reported; ratios ≥ 0. */
  readonly drawdown: Reading;
  readonly maxDrawdown: Reading;
  readonly dailyLoss: Reading;
  /** Ratios: what a day may lose, and how far equity may fall below its peak. */
  readonly limits: { readonly daily_loss_pct: number; readonly drawdown_pct: number };
  /** At average cost, in USD. */
  readonly exposureGross: Reading;
  readonly exposureNet: Reading;
  /** Of the exposure in how few instruments it is (Herfindahl), and as many of equal size. */
  readonly concentration: Reading;
  readonly effectivePositions: Reading;
  readonly openOrders: Reading;
  readonly positions: Reading;
  /** Statements of fills: none is taken back. */
  readonly fillsTold: Reading;
  readonly reconnects: Reading;
  /** As the bot last said; those of a day are here only while it is that day. */
  readonly risk: Readonly<Partial<Record<RiskField, number>>>;
  /** Between our ledger and the accounts that are read at venues; a ratio. */
  readonly venueDrift: Reading;
  /** Of those accounts, the one nearest to liquidation. */
  readonly venueMargin: Reading;
  /** Undefined where the bot reports none, empty where it reports that there is none. */
  readonly riskReasons: readonly string[] | undefined;
  readonly tickDurationS: Reading;
  readonly tickIndicatorS: Reading;
  readonly tickConnectorIoS: Reading;
  /** Of the last five minutes. */
  readonly tickTimes: Percentiles;
  readonly avgCaptureBps: Reading;
  readonly realizedFillFactor: Reading;
  readonly configuredFillFactor: Reading;
  readonly approvalRate: Reading;
  readonly consecutiveLosses: Reading;
}

/** What the fills of one bot in a window tell one after the other: read from the log when it is asked for. */
export interface HistoryReading {
  /** Wins in a row at the end (> 0), or losses (< 0). */
  readonly streak: Reading;
  readonly longestWins: Reading;
  readonly longestLosses: Reading;
  readonly largestWin: Reading;
  /** ≤ 0. */
  readonly largestLoss: Reading;
  readonly medianHoldingHours: Reading;
  /** Means over time, and the largest, of what is held at the price of its newest fill. */
  readonly inventoryAvg: Reading;
  readonly inventoryNetAvg: Reading;
  readonly inventoryMax: Reading;
  readonly inventoryTurnover: Reading;
}

/** What quotes and fills say of their own execution in a window. */
export interface QualityReading {
  /** Percent of quotes that ended, rejected ones left out, which were filled at least in part. */
  readonly hitRate: Reading;
  readonly hitRateMaker: Reading;
  readonly hitRateTaker: Reading;
  /** Filled of what traded at or through quotes while they were live. */
  readonly fillFactor: Reading;
  /** Ratios of notional, net of fees, against the reference prices that fills say: of maker and of taker fills. */
  readonly avgMarkoutIn: Reading;
  readonly avgMarkoutOut: Reading;
  /** Mean, against the mid that fills say. */
  readonly spreadCaptureBps: Reading;
  /** Mean of what fills say of it, as they say it. */
  readonly reportedDrift: Reading;
}

/** What the fills of a window were worth a while later, against recorded marks: read from the log when it is asked for. */
export interface MarkoutReading {
  /** Mean, by seconds after the fill. */
  readonly meanBps: (horizonS: number) => Reading;
  /** Mean of s · (mid 30 s later − mid) ÷ mid. */
  readonly drift30s: Reading;
}

/** What the equity of whole UTC days says, by the names of `dailyStatistics`: made when it is asked for. */
export type DailyReading = (name: string) => Reading;

/** Everything that the catalogue reads: of one bot or the whole desk, in one mode and window, at one moment. */
export interface ScopeReading {
  readonly now: NowReading;
  readonly span: SpanReading;
  readonly history: HistoryReading;
  readonly quality: QualityReading;
  readonly markouts: MarkoutReading;
  readonly daily: DailyReading;
}
