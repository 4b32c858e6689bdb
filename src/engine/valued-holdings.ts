import type { BotState } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { isHeld, type Ledger } from "./ledgers.ts";
import { reportedValuation, type Valuation, valuationOf } from "./money.ts";
import { reportedPositions } from "./reported-positions.ts";

/** What is held of an instrument, and what it is worth as far as that is known. */
export interface ValuedHolding {
  readonly held: Pick<Ledger, "mode" | "venue" | "symbol">;
  readonly valuation: Valuation;
}

/** All that a bot holds by its fills, and by its report where it tells none; in one mode, or in all. */
export function* valuedHoldings(state: State, bot: BotState, mode: string | undefined): Generator<ValuedHolding> {
  for (const held of bot.ledgers.values())
    if (isHeld(held) && (mode === undefined || held.mode === mode)) yield { held, valuation: valuationOf(state, held) };
  for (const held of reportedPositions(state.desk, bot))
    if (mode === undefined || held.mode === mode) yield { held, valuation: reportedValuation(state, held) };
}
