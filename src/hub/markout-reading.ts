import { MICROS_PER_SECOND, type Micros, micros, parseTime } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { FullFill } from "../engine/ledgers.ts";
import { type FillTable, type TableInstrument, tableKey } from "../engine/markouts/fill-table.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { WireEvent } from "../protocol/recorded.ts";
import { HistoryUnreadable } from "./histories.ts";
import { type LogParts, logEvents } from "./log-events.ts";
import type { EventFilter } from "./ports.ts";

/** Whose fills are read, from which moment on. */
export interface TableScope {
  /** Every bot when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly from: Micros;
}

/** What is read for one answer, and kept of all answers, at most: fills of some 400 bytes each, and marks of some 24. */
export interface TableBudget {
  readonly fills: number;
  readonly marks: number;
}

interface ReadingParts extends LogParts {
  readonly budget: TableBudget;
}

/** The facts that are read: those after `afterSeq` (all where undefined) up to `asOfSeq`. */
interface Facts {
  readonly afterSeq: number | undefined;
  readonly asOfSeq: number;
}

/** A mark that a fill met was told so long before it at most, or is looked for by itself. */
const BEFORE_MICROS = 300 * MICROS_PER_SECOND;
const LOOK_BACK_MARKS = 8;
/** Instruments that are new to a table and whose marks are read one by one. */
const FRESH_MAX = 10;
/** Instruments whose mark of before the first fill is looked for. */
const LOOK_BACK_MAX = 200;

/** Reads a table on. Rejects with `HistoryUnreadable` where it would hold more than the budget; it is of no use then. */
export async function readTable(
  parts: ReadingParts,
  table: FillTable,
  { scope, afterSeq, asOfSeq }: Facts & { readonly scope: TableScope },
): Promise<void> {
  const known = new Set(table.instruments.keys());
  const whole = { beforeSeq: asOfSeq + 1 };
  const since = afterSeq === undefined ? whole : { ...whole, afterSeq };
  await readFills(parts, table, { scope, since });
  const fresh = [...table.instruments].flatMap(([key, instrument]) => (known.has(key) ? [] : [instrument]));
  // Marks of before what is new were passed over, as nothing was traded in it then; of much that is new all are read anew.
  const isAnew = afterSeq === undefined || fresh.length > FRESH_MAX;
  await readMarks(parts, table, { scope, filter: isAnew ? whole : since });
  for (const { venue, symbol } of isAnew ? [] : fresh)
    await readMarks(parts, table, { scope, filter: { ...whole, venue, symbol } });
  await lookBack(parts, table, { fresh, to: marksFrom(scope), beforeSeq: whole.beforeSeq });
  for (const _ of table.settling()) await parts.timers.breathe();
}

/** That so many fills lie in a span that they are not read. */
export const tooManyFills = ({ fills }: TableBudget, scope: Pick<TableScope, "bot">): HistoryUnreadable =>
  new HistoryUnreadable(`more than ${fills} fills lie in that time: ${shorter(scope)}`);

const tooManyMarks = ({ marks }: TableBudget, scope: Pick<TableScope, "bot">): HistoryUnreadable =>
  new HistoryUnreadable(`more than ${marks} marks are held against the fills of that time: ${shorter(scope)}`);

const shorter = ({ bot }: Pick<TableScope, "bot">): string =>
  `ask for a shorter one${bot === undefined ? ", or for one bot" : ""}`;

const marksFrom = ({ from }: TableScope): Micros => micros(from - BEFORE_MICROS);

interface Scoped {
  readonly scope: TableScope;
}

/** Facts first: what was said of them later may be of either type. */
async function readFills(
  parts: ReadingParts,
  table: FillTable,
  { scope, since }: Scoped & { readonly since: Pick<EventFilter, "afterSeq" | "beforeSeq"> },
): Promise<void> {
  const { bot, mode, from } = scope;
  const whose = { ...since, mode, ...(bot === undefined ? {} : { bot }) };
  const merges: (WireEvent & FullFill)[] = [];
  for (const type of ["fill", "order.filled"] as const)
    for await (const event of logEvents<FullFill>(parts, { ...whose, type, from })) {
      takeFill(table, event, merges);
      if (table.fills.length > parts.budget.fills) throw tooManyFills(parts.budget, scope);
    }
  for (const { of_seq: ofSeq, ...added } of merges) if (ofSeq !== undefined) table.amend(ofSeq, added as FullFill);
  for await (const event of logEvents<EventOf<"fill.voided">>(parts, { ...whose, type: "fill.voided" }))
    table.takeVoid(event, event.of_seq);
}

function takeFill(table: FillTable, event: WireEvent & FullFill, merges: (WireEvent & FullFill)[]): void {
  if (event.standing === "merge") merges.push(event);
  // What says otherwise has no effect; a pair trade in cents has no price.
  else if (event.standing === undefined && event.price !== undefined)
    table.takeFill(event, { seq: event.seq, ts: parseTime(event.ts) ?? 0 });
}

/** Marks of what is traded in the table: those of other instruments say nothing of it. */
async function readMarks(
  parts: ReadingParts,
  table: FillTable,
  { scope, filter }: Scoped & { readonly filter: Pick<EventFilter, "afterSeq" | "beforeSeq" | "venue" | "symbol"> },
): Promise<void> {
  const wanted = { ...filter, type: "mark", from: marksFrom(scope) };
  for await (const event of logEvents<EventOf<"mark">>(parts, wanted)) {
    if (!table.instruments.has(tableKey(event.venue, event.symbol))) continue;
    table.takeMark(event, parseTime(event.ts) ?? 0);
    if (table.marks > parts.budget.marks) throw tooManyMarks(parts.budget, scope);
  }
}

interface LookBack {
  readonly fresh: readonly TableInstrument[];
  readonly to: Micros;
  readonly beforeSeq: number;
}

/** A mark that stood long before the first fill. */
async function lookBack({ store }: ReadingParts, table: FillTable, { fresh, to, beforeSeq }: LookBack): Promise<void> {
  for (const { venue, symbol, marks } of fresh.slice(0, LOOK_BACK_MAX)) {
    const first = table.fills.find(({ instrument }) => instrument.marks === marks);
    if (first === undefined || !Number.isNaN(marks.midAt(first.at))) continue;
    const { events } = await store.events({
      ...{ type: "mark", venue, symbol, to, beforeSeq },
      ...{ order: "newest", limit: LOOK_BACK_MARKS },
    });
    for (const text of events) {
      const event = JSON.parse(text) as EventOf<"mark">;
      table.takeMark(event, parseTime(event.ts) ?? 0);
    }
  }
}
