import { add, canonicalDecimal, decimal, decimalText, ZERO } from "../../domain/decimal.ts";
import type { VenueBalances } from "../../domain/venue-account.ts";
import { isRecord } from "./frames.ts";

/** Of one subaccount, in dollars. */
export interface Money {
  readonly cash: string;
  /** What is held besides; undefined where it is not told. */
  readonly held: string | undefined;
}

/** What `GET /portfolio/balance` says of one subaccount; undefined when it cannot be read. */
export function moneyOf(body: unknown): Money | undefined {
  if (!isRecord(body)) return undefined;
  const cash = exact(body["balance_dollars"]) ?? dollars(body["balance"]);
  return cash === undefined ? undefined : { cash, held: dollars(body["portfolio_value"]) };
}

/** What all of them own together; equity only where each tells what it holds. */
export function balancesOf(money: readonly Money[]): VenueBalances {
  const cash = sum(money.map((each) => each.cash));
  const held = money.map((each) => each.held).filter((each) => each !== undefined);
  return {
    balances: [{ currency: "USD", total: cash, available: cash }],
    ...(held.length < money.length ? {} : { equity: sum([cash, ...held]), equityCurrency: "USD" }),
  };
}

const sum = (amounts: readonly string[]): string =>
  decimalText(amounts.map((amount) => decimal(amount)).reduce(add, ZERO));

function dollars(cents: unknown): string | undefined {
  const amount = exact(cents);
  if (amount === undefined) return undefined;
  const { units, scale } = decimal(amount);
  return decimalText({ units, scale: scale + 2 });
}

/** A decimal as the venue wrote it; undefined when it is none. */
export const exact = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;
