import { type Micros, parseTime } from "../base/time.ts";
import type { LedgerEntry } from "../domain/ledger/entries.ts";
import { fillEntry, type FullFill, type Ledger, settlementEntry } from "../engine/ledgers.ts";
import type { FillView } from "../protocol/api.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded, type WireEvent } from "../protocol/recorded.ts";
import type { EventFilter, EventPage, Store } from "./ports.ts";

export type EntryStore = Pick<Store, "fills" | "events">;

/** Whose entries are read, up to which fact. */
export interface EntryFilter {
  readonly bot: string;
  readonly mode: string;
  readonly venue?: string;
  readonly symbol?: string;
  /** Only what was said after it. */
  readonly afterSeq?: number;
  readonly asOfSeq: number;
}

/** A fill as it is stored, with what was said of it later. */
export type StoredFill = FillView & FullFill;

const PAGE = 1_000;

/** The fills with a price that are not voided, in the order of the log. */
export async function* storedFills(
  store: EntryStore,
  { asOfSeq, afterSeq, ...filter }: EntryFilter,
): AsyncGenerator<StoredFill> {
  const wanted = { ...filter, order: "oldest", beforeSeq: asOfSeq + 1, limit: PAGE } as const;
  for await (const text of everyItem(afterSeq, (page) => store.fills({ ...wanted, ...page }))) {
    const view = JSON.parse(text) as StoredFill;
    if (!view.voided && view.price !== undefined) yield view;
  }
}

/** The settlements of the mode, whichever bot said them, in the order of the log. */
export async function* storedSettlements(
  store: EntryStore,
  { asOfSeq, afterSeq, bot: _, ...filter }: EntryFilter,
): AsyncGenerator<WireEvent & EventOf<"settlement">> {
  const wanted = { ...filter, type: "settlement", order: "oldest", beforeSeq: asOfSeq + 1, limit: PAGE } as const;
  for await (const text of everyItem(afterSeq, (page) => store.events({ ...wanted, ...page }))) {
    const event = JSON.parse(text) as WireEvent & EventOf<"settlement">;
    if (event.standing === undefined) yield event;
  }
}

/** The income rows of a bot that it dates from one moment up to another, in the order of the log. */
export async function* storedIncomes(
  store: EntryStore,
  { asOfSeq, afterSeq, ...filter }: EntryFilter & Pick<EventFilter, "from" | "to">,
): AsyncGenerator<{ readonly income: EventOf<"income">; readonly at: Micros }> {
  const wanted = { ...filter, type: "income", order: "oldest", beforeSeq: asOfSeq + 1, limit: PAGE } as const;
  for await (const text of everyItem(afterSeq, (page) => store.events({ ...wanted, ...page }))) {
    const income = JSON.parse(text) as WireEvent & EventOf<"income">;
    const { ts, receivedAt } = momentOf(income.seq, income.ts, income.received_at);
    if (income.standing === undefined) yield { income, at: effectiveTs(ts, receivedAt) };
  }
}

/** Facts of one type, whichever bot said them, in the order of the log. */
export async function* storedFacts(
  store: EntryStore,
  { asOfSeq, ...filter }: Pick<EventFilter, "type" | "mode"> & { readonly asOfSeq: number },
): AsyncGenerator<Recorded> {
  const wanted = { ...filter, order: "oldest", beforeSeq: asOfSeq + 1, limit: PAGE } as const;
  for await (const text of everyItem(undefined, (page) => store.events({ ...wanted, ...page }))) {
    const event = JSON.parse(text) as WireEvent;
    if (event.standing !== undefined) continue;
    yield { ...momentOf(event.seq, event.ts, event.received_at), event, standing: "fact", ofSeq: undefined };
  }
}

/** A stored fill as its ledger takes it; undefined where its price has no worth. */
export const entryOfFill = (
  view: StoredFill,
  { terms }: Pick<Ledger, "terms">,
  startedAt: Micros | undefined,
): LedgerEntry | undefined => {
  const entry = fillEntry(view, { terms, recorded: momentOf(view.seq, view.timestamp, view.received_at), startedAt });
  return entry === undefined || view.fee !== undefined ? entry : { ...entry, feeless: true };
};

/** A stored settlement as a ledger takes it. */
export const entryOfSettlement = (
  event: WireEvent & EventOf<"settlement">,
  { terms }: Pick<Ledger, "terms">,
  startedAt: Micros | undefined,
): LedgerEntry =>
  settlementEntry(event, { terms, recorded: momentOf(event.seq, event.ts, event.received_at), startedAt });

/** Whether an entry comes before another in the order of the ledger. */
export const isBefore = (a: LedgerEntry, b: LedgerEntry): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

function momentOf(seq: number, ts: string, receivedAt: string) {
  return { seq, ts: parseTime(ts) ?? (0 as Micros), receivedAt: parseTime(receivedAt) ?? (0 as Micros) };
}

/** The next page is read while one is worked on. */
async function* everyItem(
  afterSeq: number | undefined,
  read: (page: Pick<EventFilter, "afterSeq">) => Promise<EventPage>,
): AsyncGenerator<string> {
  let next: Promise<EventPage> | undefined = read(afterSeq === undefined ? {} : { afterSeq });
  while (next !== undefined) {
    const { events, complete, lastSeq }: EventPage = await next;
    next = complete || lastSeq === undefined ? undefined : read({ afterSeq: lastSeq });
    // Whoever leaves off before the next page does not hear of its failure.
    next?.catch(() => undefined);
    yield* events;
  }
}
