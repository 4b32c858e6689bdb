import type { LedgerEntry } from "../domain/ledger/entries.ts";
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
  readonly take: (ledger: string, entry: LedgerEntry, arrivalMid?: string) => void;
  /** Of a sink that wants them: the mids when the orders of some fills were decided. */
  readonly arrivalsOf?: (fills: readonly StoredFill[], course: BotCourse) => Promise<(string | undefined)[]>;
}

export interface BotCourse {
  /** As it was after `asOfSeq`. */
  readonly bot: BotState;
  readonly mode: Mode;
  /** Only what was said after it. */
  readonly afterSeq?: number;
  readonly asOfSeq: number;
}

/** An entry with the ledger that it is of. */
interface Placed {
  readonly key: string;
  readonly entry: LedgerEntry;
  readonly arrivalMid?: string | undefined;
}

/** Entries that are held back until all that can come before them has come: one that is later than so many was late. */
const HELD_BACK = 1_024;
/** Fills whose arrivals are asked for together. */
const FILLS_AT_ONCE = 500;
/** Late entries are held in memory: no more than these. */
const LATE_MAX = 200_000;

/** Why fills cannot be read one after the other. */
export class TooManyLate extends Error {
  override readonly name = "TooManyLate";
}

/** A sink with what it was handed. */
export interface ReadSoFar<Sink> {
  readonly sink: Sink;
  /** The newest in time; undefined before any. */
  readonly newest: LedgerEntry | undefined;
  /** The last fact that was read. */
  readonly asOfSeq: number;
}

/**
 * Hands the stored fills of a bot, and the settlements of what it traded, to a sink in the order of time. They are stored
 * in the order of the log, which is nearly that: what is out of it by some hundred fills finds its place on the way;
 * where some came later than that it is begun again with these set aside. Rejects with `TooManyLate`.
 */
export async function readInOrder<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  begin: () => Sink,
): Promise<ReadSoFar<Sink>> {
  const settlements = await settlementsOf(store, course);
  const first = await sorted(store, course, { sink: begin(), settlements });
  if (first.late.length === 0) return first;
  return sorted(store, course, { sink: begin(), settlements, late: first.late });
}

/** Reads on from where a read ended; undefined where something has to take its place before that: then begin again. */
export async function readOn<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  { sink, newest, asOfSeq: afterSeq }: ReadSoFar<Sink>,
): Promise<ReadSoFar<Sink> | undefined> {
  const rest = { ...course, afterSeq };
  const settlements = await settlementsOf(store, rest);
  const [oldest] = settlements;
  if (oldest !== undefined && newest !== undefined && isBefore(oldest.entry, newest)) return undefined;
  const read = await sorted(store, rest, { sink, settlements, newest });
  return read.late.length === 0 ? read : undefined;
}

interface Reading<Sink> {
  readonly sink: Sink;
  /** In the order of time. */
  readonly settlements: readonly Placed[];
  /** Fills that are known to come too late. */
  readonly late?: readonly Placed[];
  readonly newest?: LedgerEntry | undefined;
}

async function sorted<Sink extends EntrySink>(
  store: EntryStore,
  course: BotCourse,
  { sink, settlements, late: known = [], newest }: Reading<Sink>,
): Promise<ReadSoFar<Sink> & { readonly late: readonly Placed[] }> {
  const late: Placed[] = [];
  const aside = new Set(known.map(({ entry }) => entry.seq));
  const sorting = new Sorting({
    take: ({ key, entry, arrivalMid }) => late.length === 0 && sink.take(key, entry, arrivalMid),
    aside: inOrderOfTime([...settlements, ...known]),
    newest,
  });
  for await (const placed of fillsOf(store, course, sink)) {
    if (aside.has(placed.entry.seq) || sorting.push(placed)) continue;
    late.push(placed);
    if (late.length > LATE_MAX)
      throw new TooManyLate(`more than ${LATE_MAX} fills of ${course.bot.bot} came long after later ones`);
  }
  sorting.end();
  return { sink, newest: sorting.newest, asOfSeq: course.asOfSeq, late };
}

interface SortingOptions {
  readonly take: (placed: Placed) => void;
  /** In the order of time. */
  readonly aside: readonly Placed[];
  /** The newest that was taken before. */
  readonly newest: LedgerEntry | undefined;
}

/** Puts entries that are nearly in order into it, and those set aside between them. */
class Sorting {
  readonly #options: SortingOptions;
  #next = 0;
  #held: Placed[] = [];
  #newest: LedgerEntry | undefined;

  constructor(options: SortingOptions) {
    this.#options = options;
    this.#newest = options.newest;
  }

  get newest(): LedgerEntry | undefined {
    return this.#newest;
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
    for (const placed of this.#options.aside.slice(this.#next)) this.#take(placed);
  }

  #letGo(count: number): void {
    inOrderOfTime(this.#held);
    for (const placed of this.#held.slice(0, count)) {
      this.#takeAsideBefore(placed);
      this.#take(placed);
    }
    this.#held = this.#held.slice(count);
  }

  #takeAsideBefore({ entry }: Placed): void {
    const { aside } = this.#options;
    for (let due = aside[this.#next]; due !== undefined && isBefore(due.entry, entry); due = aside[++this.#next])
      this.#take(due);
  }

  #take(placed: Placed): void {
    this.#options.take(placed);
    this.#newest = placed.entry;
  }
}

const inOrderOfTime = (all: Placed[]): Placed[] =>
  all.sort((a, b) => a.entry.at - b.entry.at || a.entry.seq - b.entry.seq);

/** Entries of ledgers that the fold has forgotten are left out, as they are everywhere. */
async function* fillsOf(store: EntryStore, course: BotCourse, sink: EntrySink): AsyncGenerator<Placed> {
  const { bot, ...rest } = course;
  let waiting: StoredFill[] = [];
  for await (const fill of storedFills(store, { bot: bot.bot, ...rest })) {
    waiting.push(fill);
    if (waiting.length < FILLS_AT_ONCE) continue;
    yield* await placed(waiting, course, sink);
    waiting = [];
  }
  if (waiting.length > 0) yield* await placed(waiting, course, sink);
}

async function placed(fills: readonly StoredFill[], course: BotCourse, sink: EntrySink): Promise<Placed[]> {
  const { bot } = course;
  const arrivals = await sink.arrivalsOf?.(fills, course);
  return fills.flatMap((fill, index) => {
    const key = keyOf(bot, fill);
    const ledger = bot.ledgers.get(key);
    const entry = ledger && entryOfFill(fill, ledger, bot.startedAt);
    return entry === undefined ? [] : [{ key, entry, arrivalMid: arrivals?.[index] }];
  });
}

const keyOf = ({ bot }: BotState, { mode, account = bot, venue, symbol }: StoredFill): string =>
  ledgerKey({ mode, account, venue, symbol });

/** Those of what the bot has a ledger of, in the order of time: one for each of its accounts. */
async function settlementsOf(store: EntryStore, { bot, ...course }: BotCourse): Promise<Placed[]> {
  const ledgers = new Map<string, [string, Ledger][]>();
  for (const [key, ledger] of bot.ledgers) {
    if (ledger.mode !== course.mode) continue;
    const instrument = `${ledger.venue}\t${ledger.symbol}`;
    ledgers.set(instrument, [...(ledgers.get(instrument) ?? []), [key, ledger]]);
  }
  const placed: Placed[] = [];
  for await (const event of storedSettlements(store, { bot: bot.bot, ...course }))
    for (const [key, ledger] of ledgers.get(`${event.venue}\t${event.symbol}`) ?? [])
      placed.push({ key, entry: entryOfSettlement(event, ledger, bot.startedAt) });
  return inOrderOfTime(placed);
}
