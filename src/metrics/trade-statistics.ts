import { type Measure, measured, unbounded, unknown } from "./measure.ts";
import { Sum } from "./sum.ts";

const NO_TRADES = "no trades";

/**
 * Statistics of closed trades by their net profit (metrics.md §3), one trade at a time, in order of closing. A win is
 * above 0, a loss below, and what is exactly 0 breaks even: it counts among the trades and ends no streak.
 */
export class TradeStatistics {
  #wins = 0;
  #losses = 0;
  #evens = 0;
  readonly #won = new Sum();
  readonly #lost = new Sum();
  #largestWin = 0;
  #largestLoss = 0;
  #streak = 0;
  #longestWins = 0;
  #longestLosses = 0;

  /** `netPnl` after fees and funding, in one currency. Throws when it is not finite. */
  add(netPnl: number): void {
    if (netPnl > 0) this.#win(netPnl);
    else if (netPnl < 0) this.#lose(netPnl);
    else if (netPnl === 0) this.#evens++;
    else throw new RangeError(`a trade made ${netPnl}`);
  }

  get trades(): number {
    return this.#wins + this.#losses + this.#evens;
  }

  get wins(): number {
    return this.#wins;
  }

  get losses(): number {
    return this.#losses;
  }

  get evens(): number {
    return this.#evens;
  }

  /** Sum of the wins, ≥ 0. */
  get grossProfit(): number {
    return this.#won.value;
  }

  /** Sum of the losses, ≤ 0. */
  get grossLoss(): number {
    return this.#lost.value;
  }

  get netProfit(): number {
    return this.#won.value + this.#lost.value;
  }

  /** Wins ÷ all trades, a ratio. */
  get winRate(): Measure {
    return this.trades === 0 ? unknown(NO_TRADES) : measured(this.#wins / this.trades, this.trades);
  }

  /** Mean net profit of a trade, in its currency. */
  get expectancy(): Measure {
    return this.trades === 0 ? unknown(NO_TRADES) : measured(this.netProfit / this.trades, this.trades);
  }

  /** Gross profit ÷ gross loss; `unbounded` without a loss. Whether there was one is counted, never told from a sum. */
  get profitFactor(): Measure {
    if (this.#losses > 0) return measured(this.#won.value / -this.#lost.value, this.trades);
    if (this.#wins > 0) return unbounded(this.trades);
    return unknown(this.#evens > 0 ? "no trade won or lost" : NO_TRADES, this.trades);
  }

  get averageWin(): Measure {
    return this.#wins === 0 ? unknown("no wins", this.trades) : measured(this.#won.value / this.#wins, this.#wins);
  }

  /** ≤ 0. */
  get averageLoss(): Measure {
    return this.#losses === 0
      ? unknown("no losses", this.trades)
      : measured(this.#lost.value / this.#losses, this.#losses);
  }

  /** Average win ÷ average loss, as a magnitude; `unbounded` without a loss. */
  get payoff(): Measure {
    if (this.#wins === 0) return unknown(this.trades === 0 ? NO_TRADES : "no wins", this.trades);
    if (this.#losses === 0) return unbounded(this.trades);
    return measured(this.#won.value / this.#wins / (-this.#lost.value / this.#losses), this.trades);
  }

  get largestWin(): Measure {
    return this.#wins === 0 ? unknown("no wins", this.trades) : measured(this.#largestWin, this.trades);
  }

  get largestLoss(): Measure {
    return this.#losses === 0 ? unknown("no losses", this.trades) : measured(this.#largestLoss, this.trades);
  }

  /** Wins in a row now (> 0), or losses in a row (< 0). */
  get streak(): number {
    return this.#streak;
  }

  get longestWins(): number {
    return this.#longestWins;
  }

  get longestLosses(): number {
    return this.#longestLosses;
  }

  #win(netPnl: number): void {
    this.#wins++;
    this.#won.add(netPnl);
    if (netPnl > this.#largestWin) this.#largestWin = netPnl;
    this.#streak = this.#streak > 0 ? this.#streak + 1 : 1;
    if (this.#streak > this.#longestWins) this.#longestWins = this.#streak;
  }

  #lose(netPnl: number): void {
    this.#losses++;
    this.#lost.add(netPnl);
    if (netPnl < this.#largestLoss) this.#largestLoss = netPnl;
    this.#streak = this.#streak < 0 ? this.#streak - 1 : -1;
    if (-this.#streak > this.#longestLosses) this.#longestLosses = -this.#streak;
  }
}
