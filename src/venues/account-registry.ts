import { binanceAccount } from "./binance/account.ts";
import type { AccountKind } from "./core/account.ts";
import { kalshiAccount } from "./kalshi/account-view.ts";
import { polymarketAccount } from "./polymarket/account-view.ts";

/** Every kind of venue whose accounts can be read. */
export const accountKinds: readonly AccountKind[] = [binanceAccount, kalshiAccount, polymarketAccount];
