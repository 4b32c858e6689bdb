import type { BotAccount } from "./bot-account.ts";
import { between } from "./chance.ts";
import { hourly } from "./bot-life.ts";
import { moneyOf, moneyUnits, rounded } from "./instrument.ts";
import { heldValue } from "./ledger.ts";
import type { PerpetualMarket } from "./perpetual-market.ts";

const EVERY_HOURS = 8;
/** A crashed bot reads what it was charged when it is back. */
const AGAIN_MS = 30_000;

/** Funding of every perpetual that a bot holds, at 0, 8 and 16 o'clock UTC: longs pay while the rate is above 0. */
export function payFunding(account: BotAccount, markets: readonly PerpetualMarket[], usualRate: number): void {
  hourly(account, (hour) => {
    if (hour % EVERY_HOURS === 0) charge(account, markets, usualRate);
  });
}

function charge(account: BotAccount, markets: readonly PerpetualMarket[], usualRate: number): void {
  const { desk, ledger, random } = account;
  if (!account.running) return desk.after(AGAIN_MS, () => charge(account, markets, usualRate));
  for (const { instrument } of markets) {
    const rate = rounded(usualRate * between(random, 0.3, 1.7), 7);
    const units = moneyUnits(-heldValue(ledger.holding(instrument)) * rate);
    if (units === 0) continue;
    const { venue, symbol, quote } = instrument;
    account.tell(
      "income",
      {
        ...{ income_type: "FUNDING_FEE", amount: moneyOf(units), currency: quote, venue, symbol },
        ...{ transaction_id: account.nextId("fund"), funding_rate: rate },
      },
      { kind: "funding", instrument, units },
    );
  }
}
