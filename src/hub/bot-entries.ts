import type { LedgerEntry } from "../domain/ledger/holding.ts";
import type { BotState, Mode } from "../engine/bot-state.ts";
import { type Ledger, ledgerKey } from "../engine/ledgers.ts";
import {
  type EntryStore,
  entryOfFill,
  entryOfSettlement,
  isBefore,
  type StoredFill,
  storedFills,
  storedSettlements,
} from "./stored-entries.ts";

/** Takes the entries of all ledgers of a bot in one mode, in the order of time. */
export interface EntrySink {
  readonly take: (ledger: string, entry: LedgerEntry) => void;
}

export interface BotCourse {
  /** As it was after `asOfSeq`. */
  readonly bot: BotState;
  readonly mode: Mode;
  readonly asOfSeq: number;
}

/** An entry with the ledger that it is of. */
interface Placed {
  readonly key: string;
  readonly entry: LedgerEntry;
}

/** Fills that came after a later one are held in memory: no more than these. */
const LATE_MAX = 200_000;

/** Why fills cannot be read one after the other. */
export class TooManyLate extends Error {
  override readonly name = "TooManyLate";
}

/**
 * Hands the stored fills of a bot, and the settlements of what it traded, to a sink in the order of time. They are stored
 * in the order of the log, which is nearly that: where some came late it is begun again with these set aside, so a log
 * in order is read once and any other twice. Rejects with `TooManyLate`.
 */
export async function readInOrder<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  begin: () => Sink,
): Promise<Sink> {
  const aside = await settlementsOf(store, course);
  const settlements = aside.length;
  let [sink, next, newest] = [begin(), 0, Number.NEGATIVE_INFINITY];
  for await (const placed of fillsOf(store, course)) {
    const isLate = placed.entry.at < newest;
    if (isLate) aside.push(placed);
    if (aside.length > settlements + LATE_MAX)
      throw new TooManyLate(`more than ${LATE_MAX} fills of ${course.bot.bot} came after later ones`);
    newest = Math.max(newest, placed.entry.at);
    if (aside.length === settlements) next = takeDue(sink, { aside, next, before: placed });
  }
  if (aside.length > settlements) {
    inOrderOfTime(aside);
    [sink, next] = [begin(), 0];
    const late = new Set(aside.map(({ entry }) => entry));
    const seqs = new Set([...late].map(({ seq }) => seq));
    for await (const placed of fillsOf(store, course))
      if (!seqs.has(placed.entry.seq)) next = takeDue(sink, { aside, next, before: placed });
  }
  for (const { key, entry } of aside.slice(next)) sink.take(key, entry);
  return sink;
}

interface Due {
  /** In the order of time. */
  readonly aside: readonly Placed[];
  /** The first of them that was not taken. */
  readonly next: number;
  readonly before: Placed;
}

/** Takes an entry, and those set aside that come before it; which of these is the next. */
function takeDue(sink: EntrySink, { aside, next, before }: Due): number {
  let index = next;
  for (let due = aside[index]; due !== undefined && isBefore(due.entry, before.entry); due = aside[++index])
    sink.take(due.key, due.entry);
  sink.take(before.key, before.entry);
  return index;
}

const inOrderOfTime = (all: Placed[]): Placed[] =>
  all.sort((a, b) => a.entry.at - b.entry.at || a.entry.seq - b.entry.seq);

/** Entries of ledgers that the fold has forgotten are left out, as they are everywhere. */
async function* fillsOf(store: EntryStore, { bot, mode, asOfSeq }: BotCourse): AsyncGenerator<Placed> {
  for await (const fill of storedFills(store, { bot: bot.bot, mode, asOfSeq })) {
    const key = keyOf(bot, fill);
    const ledger = bot.ledgers.get(key);
    const entry = ledger && entryOfFill(fill, ledger, bot.startedAt);
    if (entry !== undefined) yield { key, entry };
  }
}

const keyOf = ({ bot }: BotState, { mode, account = bot, venue, symbol }: StoredFill): string =>
  ledgerKey({ mode, account, venue, symbol });

/** Those of what the bot has a ledger of, in the order of time: one for each of its accounts. */
async function settlementsOf(store: EntryStore, { bot, mode, asOfSeq }: BotCourse): Promise<Placed[]> {
  const ledgers = new Map<string, [string, Ledger][]>();
  for (const [key, ledger] of bot.ledgers) {
    if (ledger.mode !== mode) continue;
    const instrument = `${ledger.venue}\t${ledger.symbol}`;
    ledgers.set(instrument, [...(ledgers.get(instrument) ?? []), [key, ledger]]);
  }
  const placed: Placed[] = [];
  for await (const event of storedSettlements(store, { bot: bot.bot, mode, asOfSeq }))
    for (const [key, ledger] of ledgers.get(`${event.venue}\t${event.symbol}`) ?? [])
      placed.push({ key, entry: entryOfSettlement(event, ledger, bot.startedAt) });
  return inOrderOfTime(placed);
}
