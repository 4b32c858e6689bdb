import { add, type Decimal, decimalToNumber, multiply, ZERO } from "../domain/decimal.ts";
import { concentration, effectiveNumber } from "../metrics/concentration.ts";
import { eitherReason, unknown } from "../metrics/measure.ts";
import type { NowReading } from "../metrics/scope-reading.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { instrumentKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { valuedHoldings } from "./valued-holdings.ts";

/** How concentrated net exposure at average cost is, by instrument, whichever accounts and bots hold it. */
export function readConcentration(
  state: State,
  bots: readonly BotState[],
  mode: Mode,
): Pick<NowReading, "concentration" | "effectivePositions"> {
  const net = new Map<string, Decimal>();
  let reason = bots.some(({ pairs }) => [...pairs.values()].some((pair) => pair.mode === mode))
    ? "pair trades name no instruments"
    : undefined;
  for (const { held, valuation } of bots.flatMap((bot) => [...valuedHoldings(state, bot, mode)])) {
    const { notional = ZERO, usdRate = ZERO, reason: unvalued } = valuation;
    reason = eitherReason(reason, unvalued);
    const key = instrumentKey(held.venue, held.symbol);
    net.set(key, add(net.get(key) ?? ZERO, multiply(notional, usdRate)));
  }
  const exposures = [...net.values()].map(decimalToNumber).filter((usd) => usd !== 0);
  const none = reason === undefined ? undefined : unknown(reason, net.size);
  return {
    concentration: none ?? concentration(exposures),
    effectivePositions: none ?? effectiveNumber(exposures),
  };
}
