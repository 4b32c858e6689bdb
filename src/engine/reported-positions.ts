import { parseTime } from "../base/time.ts";
import { type Decimal, decimal, isZero, multiply, subtract } from "../domain/decimal.ts";
import { tradeValue } from "../domain/ledger/terms.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { type DeskState, instrumentKey } from "./desk-state.ts";
import { type Ledger, termsOf } from "./ledgers.ts";
import type { Mark } from "./mark-price.ts";

/** What a bot says it holds of an instrument of which it told no fills. */
export interface ReportedPosition {
  readonly mode: Mode;
  readonly account: string;
  readonly venue: string;
  readonly symbol: string;
  /** Signed, never 0. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal | undefined;
  /** As the bot reported it, of the moment of its report. */
  readonly mark: Mark | undefined;
  /** The bot's time of the report, ISO-8601 in UTC. */
  readonly reportedAt: string;
}

/** A profit in quote currency, or why it is not known. */
export type Gain = { readonly ok: true; readonly value: Decimal } | { readonly ok: false; readonly reason: string };

type Snapshot = EventOf<"position.snapshot">;
type Row = Snapshot["positions"][number];

/** What the bot's last `position.snapshot` holds and its ledgers do not know: never what fills tell already. */
export function reportedPositions(desk: DeskState, bot: BotState): ReportedPosition[] {
  const { snapshot } = bot;
  if (snapshot === undefined || snapshot.positions.length === 0) return [];
  const mode = snapshot.mode ?? "live";
  const told = toldByFills(desk, bot, snapshot);
  return snapshot.positions.flatMap((row) => {
    const quantity = decimal(row.size);
    if (isZero(quantity) || told.has(instrumentKey(row.venue, row.symbol)) || bot.pairs.has(`${mode}\t${row.symbol}`))
      return [];
    return [{ ...reportedOf(row, snapshot), mode, account: snapshot.account ?? bot.bot, quantity }];
  });
}

function reportedOf({ venue, symbol, entry_price: entry, mark_price: mark }: Row, { ts }: Snapshot) {
  const at = parseTime(ts);
  return {
    venue,
    symbol,
    entryPrice: entry === undefined ? undefined : decimal(entry),
    mark: mark === undefined || at === undefined ? undefined : { price: decimal(mark), at },
    reportedAt: ts,
  };
}

/** Instruments of which the account has a ledger, flat ones too; and events of theirs, as some bots report by event. */
function toldByFills(desk: DeskState, bot: BotState, { account, mode = "live" }: Snapshot): Set<string> {
  const told = new Set<string>();
  for (const ledger of bot.ledgers.values()) {
    if (ledger.mode !== mode || !isOfAccount(ledger, account, bot.bot)) continue;
    const { venue, symbol } = ledger;
    told.add(instrumentKey(venue, symbol));
    const eventId = desk.instruments.get(instrumentKey(venue, symbol))?.event_id;
    if (eventId !== undefined) told.add(instrumentKey(venue, eventId));
  }
  return told;
}

/** A report that names no account is of all of them. */
const isOfAccount = (ledger: Ledger, account: string | undefined, bot: string): boolean =>
  account === undefined || ledger.account === account || ledger.account === bot;

/** What the position would bring at a mark, less what it was entered at. */
export function reportedGain(desk: DeskState, reported: ReportedPosition, mark: Decimal | undefined): Gain {
  const { venue, symbol, quantity, entryPrice } = reported;
  if (entryPrice === undefined) return { ok: false, reason: `the bot reports no entry price of ${symbol}` };
  if (mark === undefined) return { ok: false, reason: `no mark and no book of ${symbol}` };
  const terms = termsOf(desk, venue, symbol);
  const [value, cost] = [tradeValue(terms, mark, quantity), tradeValue(terms, entryPrice, quantity)];
  if (value === undefined || cost === undefined) return { ok: false, reason: `a price of ${symbol} is 0` };
  const gain = subtract(value, cost);
  return { ok: true, value: terms.kind === "inverse" ? multiply(gain, mark) : gain };
}
