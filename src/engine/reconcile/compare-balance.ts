import { MICROS_PER_SECOND } from "../../base/time.ts";
import { absolute, canonicalDecimal, decimal, decimalToNumber, subtract } from "../../domain/decimal.ts";
import type { State } from "../fold.ts";
import type { VenueRead } from "../venue-readings.ts";
import { beginCompared, type Compared } from "./compared.ts";

/** Equity moves with every mark: so much of it apart is nothing. */
const SHARE = 0.01;
/** What was told further apart than this cannot be compared. */
const APART_MICROS = 60 * MICROS_PER_SECOND;

/** The equity that a bot reports of itself against its account's, where that is all that it trades on. */
export function compareBalance(state: State, read: VenueRead): Compared[] {
  const { mode, venue, sharedBy, balance, dust } = read;
  const [name] = sharedBy;
  const bot = sharedBy.length === 1 && name !== undefined ? state.bots.get(name) : undefined;
  const said = bot?.equity.get(`${mode}\t`);
  const equity = balance?.event.equity;
  if (bot === undefined || said === undefined || balance === undefined || equity === undefined) return [];
  if (Math.abs(said.drawdown.at - balance.at) > APART_MICROS) return [];
  for (const ledger of bot.ledgers.values()) if (ledger.mode === mode && ledger.venue !== venue) return [];
  const own = canonicalDecimal(said.drawdown.equity);
  if (own === undefined) return [];
  const [ours, theirs] = [decimal(own), decimal(equity)];
  const difference = subtract(theirs, ours);
  const apart = decimalToNumber(absolute(difference));
  const larger = Math.max(Math.abs(Number(own)), Math.abs(Number(equity)));
  const isApart = apart > Math.max(dust, larger * SHARE);
  return [
    {
      ...beginCompared(read),
      kind: "balance",
      symbol: "",
      currency: balance.event.equity_currency,
      ours,
      theirs,
      difference,
      isApart,
      drift: isApart && larger > 0 ? apart / larger : 0,
      readAt: balance.at,
    },
  ];
}
