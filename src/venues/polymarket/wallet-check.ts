import { isRecord, type Json, textAt } from "./wire.ts";

/** Whose key it is, and the wallet that what it trades is said to be of. */
export interface Wallet {
  readonly apiKey: string;
  readonly wallet: string;
}

/**
 * The wallet that the newest of the account's own trades was of, where that is another than the one that is read; undefined
 * where it is the same, or nothing was traded. What is held lies with a proxy, a Safe or a deposit wallet as often as
 * with the address that a key belongs to.
 */
export function otherTradingWallet(trades: readonly unknown[], { apiKey, wallet }: Wallet): string | undefined {
  for (const trade of trades) {
    const own = isRecord(trade) ? ownWallet(trade, apiKey) : undefined;
    if (own !== undefined) return own.toLowerCase() === wallet.toLowerCase() ? undefined : own;
  }
  return undefined;
}

/** The same of orders that rest: each says whose it is. */
export function otherOrderWallet(orders: readonly Json[], { wallet }: Wallet): string | undefined {
  const makers = orders.map((order) => textAt(order, "maker_address"));
  return makers.find((maker) => maker !== undefined && maker.toLowerCase() !== wallet.toLowerCase());
}

/** The trade's own where the key took it, that of its order where one of its orders was met. */
function ownWallet(trade: Json, apiKey: string): string | undefined {
  const makers: unknown = trade["maker_orders"];
  const met = Array.isArray(makers) ? makers.filter(isRecord).find((maker) => maker["owner"] === apiKey) : undefined;
  if (met !== undefined) return textAt(met, "maker_address");
  return trade["owner"] === apiKey ? textAt(trade, "maker_address") : undefined;
}
