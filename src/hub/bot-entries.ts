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

/** Entries that are held back until all that can come before them has come: one that is later than so many was late. */
const HELD_BACK = 4_096;
/** Late entries are held in memory: no more than these. */
const LATE_MAX = 200_000;

/** Why fills cannot be read one after the other. */
export class TooManyLate extends Error {
  override readonly name = "TooManyLate";
}

/**
 * Hands the stored fills of a bot, and the settlements of what it traded, to a sink in the order of time. They are stored
 * in the order of the log, which is nearly that: what is out of it by some thousand fills finds its place on the way;
 * where some came later than that it is begun again with these set aside. Rejects with `TooManyLate`.
 */
export async function readInOrder<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  begin: () => Sink,
): Promise<Sink> {
  const settlements = await settlementsOf(store, course);
  const sink = begin();
  const late: Placed[] = [];
  const first = new Sorting((placed) => late.length === 0 && sink.take(placed.key, placed.entry), settlements);
  for await (const placed of fillsOf(store, course)) {
    if (first.push(placed)) continue;
    late.push(placed);
    if (late.length > LATE_MAX)
      throw new TooManyLate(`more than ${LATE_MAX} fills of ${course.bot.bot} came long after later ones`);
  }
  first.end();
  return late.length === 0 ? sink : readAgain(store, course, { sink: begin(), aside: [...settlements, ...late] });
}

async function readAgain<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  { sink, aside }: { readonly sink: Sink; readonly aside: Placed[] },
): Promise<Sink> {
  const seqs = new Set(aside.map(({ entry }) => entry.seq));
  const sorting = new Sorting(({ key, entry }) => sink.take(key, entry), inOrderOfTime(aside));
  for await (const placed of fillsOf(store, course)) if (!seqs.has(placed.entry.seq)) sorting.push(placed);
  sorting.end();
  return sink;
}

/** Puts entries that are nearly in order into it, and those set aside between them. */
class Sorting {
  readonly #take: (placed: Placed) => void;
  readonly #aside: readonly Placed[];
  #next = 0;
  #held: Placed[] = [];
  #newest: LedgerEntry | undefined;

  /** `aside` in the order of time. */
  constructor(take: (placed: Placed) => void, aside: readonly Placed[]) {
    this.#take = take;
    this.#aside = aside;
  }

  /** False for an entry that comes too late to find its place. */
  push(placed: Placed): boolean {
    if (this.#newest !== undefined && isBefore(placed.entry, this.#newest)) return false;
    this.#held.push(placed);
    if (this.#held.length >= 2 * HELD_BACK) this.#letGo(HELD_BACK);
    return true;
  }

  end(): void {
    this.#letGo(this.#held.length);
    for (const placed of this.#aside.slice(this.#next)) this.#take(placed);
  }

  #letGo(count: number): void {
    inOrderOfTime(this.#held);
    for (const placed of this.#held.slice(0, count)) {
      this.#takeAsideBefore(placed);
      this.#take(placed);
      this.#newest = placed.entry;
    }
    this.#held = this.#held.slice(count);
  }

  #takeAsideBefore({ entry }: Placed): void {
    for (let due = this.#aside[this.#next]; due !== undefined && isBefore(due.entry, entry); ) {
      this.#take(due);
      due = this.#aside[++this.#next];
    }
  }
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
