import { micros } from "../../base/time.ts";
import { add, type Decimal, decimalToNumber, isZero, multiply, subtract, ZERO } from "../../domain/decimal.ts";
import { heldCost } from "../../domain/ledger/average-cost.ts";
import { FifoLots } from "../../domain/ledger/fifo.ts";
import { NO_TRADE, type OpenTrade, trade } from "../../domain/ledger/trades.ts";

/** One fill of one instrument, exact. */
export interface LedgerFill {
  readonly side: "buy" | "sell";
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** > 0 paid, < 0 a rebate; undefined where the file has no fees. */
  readonly fee: Decimal | undefined;
}

/** What one fill made, and what was held after it. */
export interface FillStep {
  /** Gross profit by average cost, and first in first out. */
  readonly realizedAc: number;
  readonly realizedFifo: number;
  readonly position: number;
  readonly averagePrice: number | undefined;
}

/** All fills of one instrument together, exact to the last digit until they are read. */
export interface FillTotals {
  readonly realizedAc: Decimal;
  readonly realizedFifo: Decimal;
  /** Undefined where a fill has no fee. */
  readonly fees: Decimal | undefined;
  readonly position: Decimal;
  /** What the position was worth when it was opened, with its sign; by either accounting. */
  readonly costAc: Decimal;
  readonly costFifo: Decimal;
  readonly closings: number;
  /** Σ profit of what closed, fees of entry and exit in proportion; undefined without fees. */
  readonly closedNet: Decimal | undefined;
}

/** Books fills one after the other, in the order they come. */
export class FillLedger {
  #open: OpenTrade = NO_TRADE;
  readonly #lots = new FifoLots();
  #realizedAc = ZERO;
  #realizedFifo = ZERO;
  #fees: Decimal | undefined = ZERO;
  #closings = 0;
  #closedNet = ZERO;
  #count = 0;

  take({ side, quantity, price, fee }: LedgerFill): FillStep {
    const booked = {
      side,
      size: quantity,
      value: multiply(price, quantity),
      fee: fee ?? ZERO,
      at: micros(this.#count++),
    };
    const { open, closing } = trade(this.#open, booked);
    const closedLots = this.#lots.take(booked);
    this.#open = open;
    this.#fees = fee === undefined || this.#fees === undefined ? undefined : add(this.#fees, fee);
    if (closing !== undefined) {
      this.#realizedAc = add(this.#realizedAc, closing.grossPnl);
      this.#closedNet = add(this.#closedNet, closing.netPnl);
      this.#closings++;
    }
    if (closedLots !== undefined) this.#realizedFifo = add(this.#realizedFifo, closedLots.grossPnl);
    const { quantity: held } = open.position;
    return {
      realizedAc: decimalToNumber(closing?.grossPnl ?? ZERO),
      realizedFifo: decimalToNumber(closedLots?.grossPnl ?? ZERO),
      position: decimalToNumber(held),
      averagePrice: isZero(held) ? undefined : decimalToNumber(heldCost(open.position)) / decimalToNumber(held),
    };
  }

  get totals(): FillTotals {
    const { quantity } = this.#open.position;
    const cost = heldCost(this.#open.position);
    return {
      realizedAc: this.#realizedAc,
      realizedFifo: this.#realizedFifo,
      fees: this.#fees,
      position: quantity,
      costAc: cost,
      costFifo: this.#lots.cost,
      closings: this.#closings,
      closedNet: this.#fees === undefined ? undefined : this.#closedNet,
    };
  }
}

/** What the position gained against what it cost, at a price; exact. */
export const unrealizedAt = (position: Decimal, cost: Decimal, mark: Decimal): Decimal =>
  subtract(multiply(position, mark), cost);
