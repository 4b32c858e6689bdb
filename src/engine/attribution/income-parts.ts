import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";
import { add, type Decimal, decimal, negate, ZERO } from "../../domain/decimal.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { incomeKind } from "../cash.ts";

/** Fees (paid less rebates) and funding (received less paid) of income rows. */
export interface IncomeMoney {
  readonly fees: Decimal;
  readonly funding: Decimal;
}

const NO_INCOME: IncomeMoney = { fees: ZERO, funding: ZERO };

/** Income rows of one currency, by what they are of and by days since 1970-01-01. */
interface IncomeOfCurrency {
  /** By `venue\tsymbol`; empty where a row names no symbol. */
  readonly assets: Map<string, IncomeMoney>;
  readonly days: Map<number, IncomeMoney>;
}

/** What the income rows of a bot say of fees and funding. */
export class IncomeParts {
  readonly #currencies = new Map<string, IncomeOfCurrency>();

  /** The next row, in any order. */
  take(income: EventOf<"income">, at: Micros): void {
    const kind = incomeKind(income);
    if (kind !== "fees" && kind !== "funding") return;
    const amount = decimal(income.amount);
    const money = kind === "fees" ? { fees: negate(amount), funding: ZERO } : { fees: ZERO, funding: amount };
    const of = this.#currencies.get(income.currency) ?? { assets: new Map(), days: new Map() };
    this.#currencies.set(income.currency, of);
    addTo(of.assets, income.symbol === undefined ? "" : `${income.venue}\t${income.symbol}`, money);
    addTo(of.days, Math.floor(at / MICROS_PER_DAY), money);
  }

  /** By `venue\tsymbol`, empty where a row names no symbol. */
  assetsOf(currency: string): ReadonlyMap<string, IncomeMoney> {
    return this.#currencies.get(currency)?.assets ?? new Map();
  }

  daysOf(currency: string): ReadonlyMap<number, IncomeMoney> {
    return this.#currencies.get(currency)?.days ?? new Map();
  }
}

function addTo<K>(map: Map<K, IncomeMoney>, key: K, { fees, funding }: IncomeMoney): void {
  const before = map.get(key) ?? NO_INCOME;
  map.set(key, { fees: add(before.fees, fees), funding: add(before.funding, funding) });
}
